"""Small parts that all panels are made of, so that they look and behave alike."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QToolButton, QWidget

from racer_desktop.gui.theme import Theme, tabular_font

SMALL = 11  # px: words of lesser rank


class FoldHeading(QToolButton):
    """A heading with an arrow that folds what is below it; checked means unfolded.

    Args:
        text: the heading.
        pixels: height of the words.
    """

    def __init__(self, text: str, pixels: int = 13) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFont(tabular_font(pixels, bold=True))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setArrowType(Qt.ArrowType.DownArrow)
        self.setIconSize(QSize(8, 8))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self.show_arrow)

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self.setStyleSheet(plain_style(theme, padding="2px"))

    @Slot(bool)
    def show_arrow(self, unfolded: bool) -> None:
        """Points down when unfolded, to the right when folded."""
        self.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)


def plain_style(theme: Theme, padding: str) -> str:
    """A style for switches that look like words, not like pressed buttons; the focus still shows.

    It names every colour that is seen: a widget with a style sheet follows the palette no more.
    """
    return (
        f"QToolButton {{ border: none; padding: {padding}; background: transparent; color: {theme.text.name()}; }}"
        f"QToolButton:disabled {{ color: {theme.muted.name()}; }}"
        "QToolButton:focus { text-decoration: underline; }"
    )


def words(text: str = "", pixels: int = 0) -> QLabel:
    """A label whose words wrap; `pixels` high, or like the system's text."""
    label = QLabel(text)
    label.setWordWrap(True)
    if pixels:
        label.setFont(tabular_font(pixels))
    return label


def small_button(text: str, tip: str) -> QToolButton:
    """A flat button of one sign, which the tip explains."""
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setFixedSize(22, 22)
    return button


def scrolling(inside: QWidget) -> QScrollArea:
    """A frameless area that scrolls up and down and is as wide as it is given."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def colour_words(colour: QColor, *widgets: QWidget) -> None:
    """Gives the words (or the line) of some widgets a colour."""
    for widget in widgets:
        palette = widget.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        widget.setPalette(palette)


def keep_room_when_hidden(widget: QWidget) -> None:
    """Neighbours do not move when the widget comes and goes."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def fill_width(widget: QWidget) -> None:
    """Takes the width that is left and no more height than it needs."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
