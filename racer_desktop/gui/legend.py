"""The colour scale of a map that lies over the track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from racer_desktop.gui.hud_cards import PAD, CardPainter
from racer_desktop.gui.theme import GRID

SIZE = QSizeF(26 * GRID, 7 * GRID)
STEPS = 64


@dataclass(frozen=True)
class Legend:
    """What a colour means.

    Attributes:
        title: of the map.
        low, high: what stands at the ends of the scale.
        colour: of a share of the scale, 0 to 1.
    """

    title: str
    low: str
    high: str
    colour: Callable[[float], QColor]

    def paint(self, painter: QPainter, cards: CardPainter, place: QRectF) -> None:
        """Paints the scale into a card of `SIZE`."""
        cards.ground(painter, place)
        theme = cards.theme
        line = QRectF(place.left() + PAD, place.top() + 0.5 * GRID, place.width() - 2 * PAD, 2 * GRID)
        cards.text(painter, line, self.title, cards.fonts.label, theme.hud_text, Qt.AlignmentFlag.AlignLeft)
        scale = QImage(STEPS, 1, QImage.Format.Format_RGB32)
        for step in range(STEPS):
            scale.setPixelColor(step, 0, self.colour(step / (STEPS - 1)))
        painter.drawImage(QRectF(line.left(), line.bottom() + 4, line.width(), GRID), scale)
        ends = line.translated(0, 3.75 * GRID)
        cards.text(painter, ends, self.low, cards.fonts.label, theme.hud_muted, Qt.AlignmentFlag.AlignLeft)
        cards.text(painter, ends, self.high, cards.fonts.label, theme.hud_muted, Qt.AlignmentFlag.AlignRight)
