"""The card over the track that offers three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QCommandLinkButton, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from racer_desktop.gui.icons import icon
from racer_desktop.gui.panel_parts import colour_words, small_button, words
from racer_desktop.gui.theme import GRID, Theme, blend, tabular_font

WIDTH = 52 * GRID  # each description on a line of its own


class WelcomeCard(QFrame):
    """Three buttons in the middle of the view; Escape or the cross puts it away.

    Args:
        view: what it lies over.
        theme: the colours.

    Signals:
        learn_wanted: watch the car learn from nothing.
        drive_wanted: drive.
        guide_wanted: read the beginner's guide.
        closed: it went away, whatever was chosen.
    """

    learn_wanted = Signal()
    drive_wanted = Signal()
    guide_wanted = Signal()
    closed = Signal()

    def __init__(self, view: QWidget, theme: Theme) -> None:
        super().__init__(view)
        self.setObjectName("welcome_card")
        self.setAccessibleName(self.tr("Welcome"))
        self._view = view
        self._heading = QLabel(self.tr("Welcome to Racer Desktop"))
        self._heading.setFont(tabular_font(16, bold=True))
        self._about = words()
        self._close = small_button("\N{MULTIPLICATION SIGN}", self.tr("Close this card"))
        self._learn = self._choice(
            self.tr("Watch it &learn from nothing"), self.tr("A new brain, which knows no more than its five rays")
        )
        self._drive = self._choice(self.tr("&Drive yourself"), self.tr("Arrow keys or W, A, S, D; Space hands over"))
        self._guide = self._choice(
            self.tr("Read the &beginner's guide"), self.tr("What you see here, and how a car learns to race")
        )
        self._icons: dict[QCommandLinkButton, str] = {
            self._learn: "learn", self._drive: "control", self._guide: "book",
        }  # fmt: skip
        self._lay_out()
        self.set_theme(theme)
        self.set_driver(trained=False)
        self._close.clicked.connect(self.put_away)
        for button, signal in (
            (self._learn, self.learn_wanted), (self._drive, self.drive_wanted), (self._guide, self.guide_wanted)
        ):  # fmt: skip
            button.clicked.connect(self.put_away)
            button.clicked.connect(signal)
        view.installEventFilter(self)
        self.hide()

    def set_driver(self, *, trained: bool) -> None:
        """Says who drives: the shipped driver, or a brain that knows nothing yet."""
        self._about.setText(
            self.tr("The car on the track was taught by this program. It laps with nothing but five distance rays.")
            if trained
            else self.tr("The car on the track knows nothing yet. With no more than five rays it learns to race.")
        )

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        ground, border = blend(theme.window, theme.panel, 0.5).name(), theme.border.name()
        self.setStyleSheet(
            f"#welcome_card {{ background: {ground}; border: 1px solid {border}; border-radius: {GRID}px; }}"
        )
        colour_words(theme.muted, self._about)
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme))

    def open_up(self) -> None:
        """Shows it; the keyboard goes to the first choice."""
        self._place()
        self.show()
        self.raise_()
        self._learn.setFocus()

    @Slot()
    def put_away(self) -> None:
        """Hides it; the keys go back to the track."""
        if not self.isHidden():
            self.hide()
            self._view.setFocus()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names from here on
        """Stays in the middle of the view."""
        if watched is self._view and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Keys are the card's own while it has the focus: Space presses a button, it does not hand over the wheel."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape puts it away, Enter chooses, arrows go from choice to choice; no key drives the car behind it."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        event.accept()

    def _place(self) -> None:
        room = self._view.width() - 2 * GRID
        self.setFixedWidth(min(WIDTH, room))
        self.adjustSize()
        self.move((self._view.width() - self.width()) // 2, max((self._view.height() - self.height()) // 2, GRID))

    def _choice(self, text: str, description: str) -> QCommandLinkButton:
        button = QCommandLinkButton(text, description)
        button.setAccessibleName(text.replace("&", ""))
        button.setAccessibleDescription(description)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self._about)
        choices: tuple[QAbstractButton, ...] = (self._learn, self._drive, self._guide)
        for button in choices:
            column.addWidget(button)
        for first, second in zip((*choices,), (*choices[1:], self._close), strict=True):
            QWidget.setTabOrder(first, second)
