"""A check box drawn as a switch: its position can be seen in any appearance, where a style's box may be too faint."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QCheckBox

from racer_desktop.gui.theme import blend

_SIZE = QSize(34, 18)  # px
_EDGE = 2.0  # px around, for the focus ring
_GAP = 3.0  # px between the switch and its knob


class ToggleSwitch(QCheckBox):
    """On with the knob to the right, off with the knob to the left."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names from here on
        """The switch and its focus ring."""
        return _SIZE + QSize(round(2 * _EDGE), round(2 * _EDGE))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It does not shrink."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802
        """All of it can be clicked."""
        return self.rect().contains(pos)

    def paintEvent(self, arg__1: QPaintEvent) -> None:  # noqa: N802
        """Draws the switch from the palette alone."""
        colours, role = self.palette(), QPalette.ColorRole
        text, ground = colours.color(role.WindowText), colours.color(role.Window)
        box = QRectF(_EDGE, (self.height() - _SIZE.height()) / 2, _SIZE.width(), _SIZE.height())
        radius = box.height() / 2
        on = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(colours.color(role.Highlight), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), radius + 1, radius + 1)
        outline = colours.color(role.Highlight) if on else blend(ground, text, 0.5)
        painter.setPen(QPen(outline, 1))
        painter.setBrush(colours.color(role.Highlight) if on else colours.color(role.Base))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size = box.height() - 2 * _GAP
        left = box.right() - _GAP - size if on else box.left() + _GAP
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(role.HighlightedText) if on else blend(ground, text, 0.6))
        painter.drawEllipse(QRectF(left, box.top() + _GAP, size, size))
        painter.end()
