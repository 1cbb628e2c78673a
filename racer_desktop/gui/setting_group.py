"""One group of settings that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from racer_desktop.config import Section
from racer_desktop.configuration_guide import summary
from racer_desktop.gui.setting_row import SettingRow
from racer_desktop.gui.theme import GRID, Theme, tabular_font

_PLAIN = (  # a heading, not a pressed button; the focus still shows
    "QToolButton { border: none; padding: 2px; background: transparent; }"
    "QToolButton:focus { text-decoration: underline; }"
)


class SettingGroup(QWidget):
    """The settings of one section: first those that are taken at once, then those that need a new brain.

    Args:
        name: name of the section.
        section: an instance with the defaults.

    Signals:
        reset_wanted: name of the section whose settings are all to return to their defaults.
    """

    reset_wanted = Signal(str)

    def __init__(self, name: str, section: Section) -> None:
        super().__init__(objectName=f"settings_{name}")
        self.name = name
        rows = [SettingRow(name, field, about, default) for field, about, default in section.settings()]
        self.rows = [r for r in rows if r.about.live] + [r for r in rows if not r.about.live]
        self._filtering = False
        self._heading = QToolButton(text=name.capitalize(), checkable=True, autoRaise=True)
        self._changes = QLabel()
        self._reset = QToolButton(text=self.tr("Reset"), autoRaise=True)
        self._summary = QLabel(summary(section), wordWrap=True)
        self._new_brain = QLabel(self.tr("Need a new brain"), wordWrap=True)
        self._body = QWidget()
        self._line = QFrame(frameShape=QFrame.Shape.HLine)
        self._dress()
        self._arrange()
        self._heading.toggled.connect(self._unfold)
        self._reset.clicked.connect(self._reset_clicked)
        self.set_unfolded(False)
        self.count_changes()

    @property
    def unfolded(self) -> bool:
        """Whether its settings are shown."""
        return self._heading.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Shows or hides its settings."""
        self._heading.setChecked(unfolded)
        self._unfold(unfolded)

    def filter(self, words: list[str]) -> int:
        """Shows only the settings that match every word, unfolded; all of them, as before, if there are no words.

        Returns:
            How many match.
        """
        matching = [row for row in self.rows if row.matches(words)]
        for row in self.rows:
            row.setVisible(row in matching)
        self._filtering = bool(words)
        self._new_brain.setVisible(any(not row.about.live for row in matching))
        self._summary.setVisible(not words)
        self._body.setVisible(self._filtering or self.unfolded)
        self._heading.setEnabled(not self._filtering)
        self._heading.setArrowType(self._arrow())
        self.setVisible(bool(matching))
        return len(matching)

    def count_changes(self) -> int:
        """Says how many of its settings are not at their defaults, and returns it."""
        count = sum(row.changed for row in self.rows)
        self._changes.setText(self.tr("{n} changed").format(n=count) if count else "")
        self._reset.setEnabled(count > 0)
        self._reset.setVisible(count > 0)
        return count

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        colours = {self._line: theme.border}
        colours |= dict.fromkeys((self._summary, self._changes, self._new_brain), theme.muted)
        for widget, colour in colours.items():
            palette = widget.palette()
            palette.setColor(palette.ColorRole.WindowText, colour)
            widget.setPalette(palette)
        for row in self.rows:
            row.set_theme(theme)

    def _dress(self) -> None:
        title = self.name.capitalize()
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setFont(tabular_font(13, bold=True))
        self._heading.setIconSize(QSize(8, 8))
        self._heading.setStyleSheet(_PLAIN)
        self._heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._heading.setAccessibleName(self.tr("Settings: {title}").format(title=title))
        self._heading.setToolTip(self.tr("Fold or unfold these settings"))
        for label in (self._summary, self._changes, self._new_brain):
            label.setFont(tabular_font(11))
        self._new_brain.setToolTip(
            self.tr("These shape the networks, the replay or the training itself: a change starts learning from nothing.")
        )
        self._reset.setToolTip(self.tr("Reset every setting under {title} to its default").format(title=title))
        self._reset.setAccessibleName(self.tr("Reset all settings of {title}").format(title=title))
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._heading, 1)
        head.addWidget(self._changes)
        head.addWidget(self._reset)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(2 * GRID, 0, 0, GRID)
        body.setSpacing(GRID // 2)
        body.addWidget(self._summary)
        live = [row for row in self.rows if row.about.live]
        for row in live:
            body.addWidget(row)
        self._new_brain.setVisible(len(live) < len(self.rows))
        if live:
            body.addSpacing(GRID // 2)
        body.addWidget(self._new_brain)
        for row in self.rows[len(live) :]:
            body.addWidget(row)
        self._line.setFrameShadow(QFrame.Shadow.Plain)
        self._line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self._body)
        column.addWidget(self._line)

    def _arrow(self) -> Qt.ArrowType:
        return Qt.ArrowType.DownArrow if self.unfolded or self._filtering else Qt.ArrowType.RightArrow

    @Slot(bool)
    def _unfold(self, unfolded: bool) -> None:
        self._heading.setArrowType(self._arrow())
        self._body.setVisible(unfolded or self._filtering)

    @Slot()
    def _reset_clicked(self) -> None:
        self.reset_wanted.emit(self.name)
