"""Curves with axes, as few lines as can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from guide.canvas import LEFT, RIGHT, SMALL, Canvas

TICKS = 5  # on an axis, about


@dataclass(frozen=True)
class Chart:
    """Axes on a canvas; `x` and `y` are the ranges that they show.

    Attributes:
        canvas: it is drawn on.
        place: of the curves; the numbers stand outside it.
        x, y: lowest and highest number.
    """

    canvas: Canvas
    place: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def axes(self, title: str, below: str, *, percent: bool = False) -> None:
        """Grid, numbers, a title above and what goes to the right below."""
        canvas, place, theme = self.canvas, self.place, self.canvas.theme
        painter = canvas.painter
        for value in ticks(*self.y):
            top = self.point(self.x[0], value).y()
            painter.setPen(QPen(theme.chart_grid, 1))
            painter.drawLine(QLineF(place.left(), top, place.right(), top))
            words = f"{value:.0%}" if percent else _number(value)
            canvas.text(QPointF(place.left() - 6, top), words, size=SMALL, colour=theme.muted, align=RIGHT)
        for value in ticks(*self.x):
            left = self.point(value, self.y[0]).x()
            painter.setPen(QPen(theme.chart_grid, 1))
            painter.drawLine(QLineF(left, place.bottom(), left, place.bottom() + 4))
            canvas.text(QPointF(left, place.bottom() + 13), _number(value), size=SMALL, colour=theme.muted)
        title_place = QPointF(place.left(), place.top() - 20)
        canvas.text(title_place, title, bold=True, align=LEFT)
        canvas.text(QPointF(place.center().x(), place.bottom() + 30), below, size=SMALL, colour=theme.muted)

    def point(self, x: float, y: float) -> QPointF:
        """Where a pair of numbers lies on the canvas."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return QPointF(self.place.left() + across * self.place.width(), self.place.bottom() - up * self.place.height())

    def line(self, x: np.ndarray, y: np.ndarray, colour: QColor, width: float = 2.0, *, dashed: bool = False) -> None:
        """A curve."""
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashed:
            pen.setDashPattern([4.0, 2.5])
        with self.canvas.clipped(self.place.adjusted(-2, -2, 2, 2)) as painter:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(list(self._points(x, y))))

    def dots(self, x: np.ndarray, y: np.ndarray, colour: QColor, radius: float) -> None:
        """A dot for each pair of numbers."""
        with self.canvas.clipped(self.place.adjusted(-2, -2, 2, 2)) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for point in self._points(x, y):
                painter.drawEllipse(point, radius, radius)

    def bars(self, x: np.ndarray, y: np.ndarray, width: float, up: QColor, down: QColor) -> None:
        """A bar from zero for each pair of numbers."""
        with self.canvas.clipped(self.place.adjusted(-2, -2, 2, 2)) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for left, height in zip(x.tolist(), y.tolist(), strict=True):
                painter.setBrush(up if height >= 0 else down)
                corner, opposite = self.point(left - width / 2, 0.0), self.point(left + width / 2, height)
                painter.drawRect(QRectF(corner, opposite).normalized())

    def _points(self, x: np.ndarray, y: np.ndarray) -> Iterator[QPointF]:
        for pair in zip(x.tolist(), y.tolist(), strict=True):
            yield self.point(*pair)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` to `high`."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * 0.999)
    return [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", "\u2212")
