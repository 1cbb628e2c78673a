"""The small displays painted over the track: each one a card of fixed size, so that nothing on it jitters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from racer_desktop.gui.theme import GRID, Theme, blend, tabular_font, with_alpha

LABEL = 11  # px
VALUE = 20  # px
RADIUS = GRID
PAD = GRID * 1.5
CELLS_HEIGHT = 7 * GRID


@dataclass(frozen=True)
class Fonts:
    """The fonts of all cards, made once: making a font costs more than painting with it."""

    label: QFont
    value: QFont
    large: QFont
    small: QFont

    @staticmethod
    def make() -> Fonts:
        """The fonts in the system's typeface."""
        return Fonts(tabular_font(LABEL), tabular_font(VALUE, bold=True), tabular_font(36, bold=True), tabular_font(13))


@dataclass(frozen=True, slots=True)
class Cell:
    """One labelled value of the lap card: its width is fixed whatever the value is."""

    label: str
    text: str
    width: int
    colour: QColor | None = None


class CardPainter:
    """Paints cards with one theme and one set of fonts.

    Attributes:
        theme, fonts: as they are used.
        heat: the theme's `heat_colours`.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.fonts = Fonts.make()
        self.heat = heat_colours(theme)

    def ground(self, painter: QPainter, place: QRectF, glow: float = 0.0) -> None:
        """The card itself; `glow` from 0 to 1 lights its rim."""
        painter.setPen(QPen(with_alpha(self.theme.good, glow), 2.0) if glow > 0.0 else Qt.PenStyle.NoPen)
        painter.setBrush(blend(self.theme.hud, with_alpha(self.theme.good, 0.9), 0.18 * glow))
        painter.drawRoundedRect(place, RADIUS, RADIUS)

    def text(
        self, painter: QPainter, place: QRectF, text: str, font: QFont, colour: QColor, align: Qt.AlignmentFlag
    ) -> None:
        """One line of text in a place of fixed size."""
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(place, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), text)

    def cells(self, painter: QPainter, left: float, top: float, cells: list[Cell], glow: float = 0.0) -> None:
        """A card of labelled values side by side."""
        place = QRectF(left, top, cells_width(cells), CELLS_HEIGHT)
        self.ground(painter, place, glow)
        theme, x = self.theme, left + PAD
        for cell in cells:
            label = QRectF(x, top + GRID, cell.width, 2 * GRID)
            value = QRectF(x, top + 3 * GRID, cell.width, 3 * GRID)
            self.text(painter, label, cell.label, self.fonts.label, theme.hud_muted, Qt.AlignmentFlag.AlignLeft)
            colour = cell.colour or theme.hud_text
            self.text(painter, value, cell.text, self.fonts.value, colour, Qt.AlignmentFlag.AlignLeft)
            x += cell.width + PAD

    def bar(self, painter: QPainter, place: QRectF, share: float, colour: QColor, segments: int = 1) -> None:
        """A bar filled from the left, in one piece or in segments."""
        gap = 2.0 if segments > 1 else 0.0
        width = (place.width() - gap * (segments - 1)) / segments
        painter.setPen(Qt.PenStyle.NoPen)
        rest = with_alpha(self.theme.hud_muted, 0.28)
        for index in range(segments):
            x = place.left() + index * (width + gap)
            filled = min(max(share * segments - index, 0.0), 1.0)
            painter.fillRect(QRectF(x, place.top(), width, place.height()), rest)
            if filled > 0.0:
                painter.fillRect(QRectF(x, place.top(), width * filled, place.height()), colour)

    def pill(self, painter: QPainter, place: QRectF, text: str, dot: QColor | None) -> None:
        """A line of text on a rounded ground, with a coloured dot before it."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.hud)
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        left = place.left() + 2 * GRID
        if dot is not None:
            painter.setBrush(dot)
            painter.drawEllipse(QPointF(left + 4, place.center().y()), 4.5, 4.5)
            left += 2 * GRID
        words = QRectF(left, place.top(), place.right() - left, place.height())
        self.text(painter, words, text, self.fonts.small, self.theme.hud_text, Qt.AlignmentFlag.AlignLeft)


def cells_width(cells: list[Cell]) -> float:
    """Width of a card of cells, px."""
    return sum(cell.width + PAD for cell in cells) + PAD


def heat_image(values: np.ndarray, colours: list[int]) -> QImage:
    """[rows, columns] shares from 0 to 1 as a picture with one pixel each, in `heat_colours`."""
    steps = np.clip(np.nan_to_num(values) * 255.0, 0, 255).astype(np.uint8)
    rows, columns = steps.shape
    wide = np.zeros((rows, -(-columns // 4) * 4), np.uint8)  # a scan line of an image fills whole words
    wide[:, :columns] = steps
    data = wide.tobytes()
    image = QImage(data, columns, rows, wide.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(colours)
    return image.copy()  # a copy of its own, because `data` ends with this call


def heat_colours(theme: Theme) -> list[int]:
    """The 256 colours of `heat_image`."""
    low = blend(with_alpha(theme.hud, 1.0), theme.hud_muted, 0.22)
    ramp = [theme.ghost_colour(0.25 + 0.75 * step / 255) for step in range(256)]
    return [blend(low, colour, min(step / 48, 1.0)).rgb() for step, colour in enumerate(ramp)]
