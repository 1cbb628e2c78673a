"""A picture under work: the program's colours, letters and arrows, and how it becomes a small file."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QImageWriter, QPainter, QPen, QPolygonF

from racer_desktop.gui.theme import Theme, blend, tabular_font

WIDTH = 720  # logical pixels: what the help window has room for
RATIO = 2  # pixels for each
COLOURS = 256
SMALL, BODY, LARGE = 12, 14, 16  # px
LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignHCenter
_HEAD = 9.0  # px: an arrow's


class Canvas:
    """Paper in the colours of a theme.

    Args:
        height: logical pixels.
        theme: the colours.

    Attributes:
        painter: in logical pixels, with soft edges.
        theme: the colours.
    """

    def __init__(self, height: int, theme: Theme) -> None:
        self.theme = theme
        self._image = QImage(WIDTH * RATIO, height * RATIO, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(RATIO)
        self._image.fill(theme.panel)
        self.painter = QPainter(self._image)
        self.painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)

    def text(
        self,
        place: QRectF | QPointF,
        words: str,
        *,
        size: int = BODY,
        colour: QColor | None = None,
        align: Qt.AlignmentFlag = MIDDLE,
        bold: bool = False,
    ) -> None:
        """Writes words into a rectangle, in the middle of its height, or about a point."""
        if isinstance(place, QPointF):
            shift = {LEFT: 0.0, MIDDLE: -WIDTH / 2, RIGHT: -float(WIDTH)}[align]
            place = QRectF(place.x() + shift, place.y() - 40, WIDTH, 80)
        self.painter.setFont(tabular_font(size, bold=bold))
        self.painter.setPen(colour or self.theme.text)
        self.painter.drawText(place, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), words)

    def width_of(self, words: str, size: int = BODY, *, bold: bool = False) -> float:
        """Width of a line of words."""
        return QFontMetricsF(tabular_font(size, bold=bold)).horizontalAdvance(words)

    def label(self, middle: QPointF, words: str, colour: QColor | None = None) -> None:
        """Writes a few words on a ground of their own, to be read on anything."""
        width = self.width_of(words, BODY, bold=True) + 14
        place = QRectF(middle.x() - width / 2, middle.y() - 12, width, 24)
        self.painter.setPen(QPen(colour or self.theme.border, 1.2))
        self.painter.setBrush(self.theme.panel)
        self.painter.drawRoundedRect(place, 6, 6)
        self.text(place, words, bold=True)

    def card(self, place: QRectF, title: str = "", note: str = "") -> None:
        """A box with a title and a note under it."""
        self.painter.setPen(QPen(self.theme.border, 1.2))
        self.painter.setBrush(blend(self.theme.panel, self.theme.text, 0.05))
        self.painter.drawRoundedRect(place, 10, 10)
        if title:
            self.text(QRectF(place.left(), place.top() + 10, place.width(), 20), title, size=LARGE, bold=True)
        if note:
            under = QRectF(place.left() + 8, place.top() + 31, place.width() - 16, 18)
            self.text(under, note, size=SMALL, colour=self.theme.muted)

    def arrow(self, points: Sequence[QPointF], colour: QColor | None = None, width: float = 2.2) -> None:
        """A line through points, with a head at its end."""
        colour = colour or self.theme.muted
        before, end = points[-2], points[-1]
        way = math.hypot(end.x() - before.x(), end.y() - before.y())
        along = QPointF((end.x() - before.x()) / way, (end.y() - before.y()) / way)
        aside = QPointF(-along.y(), along.x()) * (_HEAD * 0.55)
        base = end - along * _HEAD
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline(QPolygonF([*points[:-1], base]))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF([end, base + aside, base - aside]))

    @contextmanager
    def clipped(self, place: QRectF) -> Iterator[QPainter]:
        """While it lasts, nothing is painted outside a rectangle."""
        self.painter.save()
        self.painter.setClipRect(place)
        try:
            yield self.painter
        finally:
            self.painter.restore()

    def save(self, path: Path) -> None:
        """Writes the picture; nothing can be painted any more."""
        self.painter.end()
        save(self._image, path)


def save(picture: QImage, path: Path) -> None:
    """Writes a picture as PNG in at most 256 colours: a third of the size, and nobody sees it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    image = Image.open(io.BytesIO(data.data())).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
