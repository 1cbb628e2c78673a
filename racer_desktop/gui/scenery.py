"""Paints what does not move: ground, asphalt, kerbs, start line, discs; kept in tiles and painted once."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from racer_desktop.gui.camera import Camera
from racer_desktop.gui.theme import Theme, with_alpha
from racer_desktop.gui.track_shape import SHOULDER_LAYERS, TrackShape

TILE = 512  # device pixels
SPARE_TILES = 24  # kept beyond those in view, so that a panned or followed picture comes back at no cost


class Scenery:
    """A track as paths in metres (y up), ready to be painted at any scale.

    Args:
        shape: the outlines.
        theme: the colours.
    """

    def __init__(self, shape: TrackShape, theme: Theme) -> None:
        self.shape = shape
        self.theme = theme
        self._asphalt = _ring(shape.left, shape.right)
        self._shoulders = [_ring(left, right) for left, right in shape.shoulders]
        self._edges = _closed(shape.left)
        self._edges.addPath(_closed(shape.right))
        self._kerbs_red = _quads(shape.kerbs_red)
        self._kerbs_white = _quads(shape.kerbs_white)
        self._start = _quads(shape.start[None])
        self._chequers = _quads(shape.chequers)

    def paint(self, painter: QPainter, pixels_per_metre: float) -> None:
        """Paints everything; the painter's transform takes metres to device pixels."""
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        layer = with_alpha(theme.asphalt, 0.6 / SHOULDER_LAYERS)
        for shoulder in self._shoulders:
            painter.fillPath(shoulder, layer)
        painter.fillPath(self._asphalt, theme.asphalt)
        edge = QPen(theme.asphalt_edge, max(0.16, 1.0 / pixels_per_metre))
        edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(self._edges, edge)
        painter.fillPath(self._kerbs_white, theme.kerb_white)
        painter.fillPath(self._kerbs_red, theme.kerb_red)
        painter.fillPath(self._start, theme.start_line)
        painter.fillPath(self._chequers, QColor("#15171a"))
        self._paint_obstacles(painter)

    def _paint_obstacles(self, painter: QPainter) -> None:
        radius, theme = self.shape.obstacle_radius, self.theme
        shadow = QColor(0, 0, 0, 70)
        for x, y in self.shape.obstacles:
            place = QPointF(x, y)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shadow)
            painter.drawEllipse(place + QPointF(0.18, -0.22) * radius, radius, radius)
            painter.setBrush(QBrush(theme.obstacle_rim))
            painter.drawEllipse(place, radius, radius)
            painter.setBrush(QBrush(theme.obstacle))
            painter.drawEllipse(place, radius * 0.84, radius * 0.84)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(with_alpha(theme.obstacle_rim, 0.45), radius * 0.1))
            painter.drawEllipse(place, radius * 0.5, radius * 0.5)


class TileCache:
    """Pictures of the scenery, square by square, painted when first seen and then only copied.

    Tiles lie on a grid of device pixels fixed to the ground, so moving the camera needs new tiles only at the
    rim, and nothing is painted twice until the scale, the track or the theme changes.
    """

    def __init__(self) -> None:
        self._scenery: Scenery | None = None
        self._scale = 0.0
        self._tiles: OrderedDict[tuple[int, int], QPixmap] = OrderedDict()
        self.painted = 0  # tiles painted so far; a test sees by it that nothing is painted again

    def set_scenery(self, scenery: Scenery) -> None:
        """Takes another track or theme."""
        self._scenery = scenery
        self._tiles.clear()

    def draw(self, painter: QPainter, camera: Camera) -> None:
        """Covers the whole view with ground; the painter's transform must be the identity in device pixels."""
        scenery = self._scenery
        if scenery is None:
            return
        if camera.device_scale != self._scale:
            self._scale = camera.device_scale
            self._tiles.clear()
        left, top = camera.device_origin
        columns = range(-left // TILE, (round(camera.width * camera.ratio) - left - 1) // TILE + 1)
        rows = range(-top // TILE, (round(camera.height * camera.ratio) - top - 1) // TILE + 1)
        keys = [(column, row) for row in rows for column in columns]
        missing = [key for key in keys if key not in self._tiles]
        if missing:
            self._paint_block(scenery, missing)
        for column, row in keys:
            self._tiles.move_to_end((column, row))
            painter.drawPixmap(column * TILE + left, row * TILE + top, self._tiles[column, row])
        while len(self._tiles) > len(keys) + SPARE_TILES:
            self._tiles.popitem(last=False)

    def _paint_block(self, scenery: Scenery, missing: list[tuple[int, int]]) -> None:
        """Paints all missing tiles in one picture and cuts it up: a path costs nearly the same for one and for many."""
        left, right = min(column for column, _ in missing), max(column for column, _ in missing)
        top, bottom = min(row for _, row in missing), max(row for _, row in missing)
        columns, rows = right - left + 1, bottom - top + 1
        image = QImage(columns * TILE, rows * TILE, QImage.Format.Format_RGB32)  # opaque: copied without blending
        image.fill(scenery.theme.grass)
        bounds, scale = scenery.shape.bounds, self._scale
        ground = QRectF(left * TILE / scale, -(bottom + 1) * TILE / scale, columns * TILE / scale, rows * TILE / scale)
        if ground.intersects(QRectF(QPointF(bounds.left, bounds.bottom), QPointF(bounds.right, bounds.top))):
            painter = QPainter(image)
            painter.setTransform(QTransform(scale, 0, 0, -scale, -left * TILE, -top * TILE))
            scenery.paint(painter, scale)
            painter.end()
        for column, row in missing:
            place = QRect((column - left) * TILE, (row - top) * TILE, TILE, TILE)
            self._tiles[column, row] = QPixmap.fromImage(image.copy(place))
        self.painted += len(missing)


def _points(outline: np.ndarray) -> list[QPointF]:
    return [QPointF(x, y) for x, y in outline.tolist()]


def _closed(outline: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF(_points(outline)))
    path.closeSubpath()
    return path


def _ring(outer: np.ndarray, inner: np.ndarray) -> QPainterPath:
    """The area between two closed outlines."""
    path = _closed(outer)
    path.addPath(_closed(inner))
    path.setFillRule(Qt.FillRule.OddEvenFill)
    return path


def _quads(corners: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for corner in corners:
        path.addPath(_closed(corner))
    return path
