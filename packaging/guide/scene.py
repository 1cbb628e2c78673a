"""A piece of the track with the car and its rays, painted by the program's own painters on a canvas."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from guide.canvas import RATIO, Canvas
from racer_desktop.gui.camera import Camera
from racer_desktop.gui.car_painter import CarPainter
from racer_desktop.gui.glide import Shown
from racer_desktop.gui.scenery import Scenery, TileCache
from racer_desktop.gui.track_shape import track_shape
from racer_desktop.training.snapshot import Frame


class Scene:
    """What is around the car.

    Args:
        canvas: to be painted on.
        place: where.
        frame: what to paint.
        margin: px that stay free around the ends of the rays.
    """

    def __init__(self, canvas: Canvas, place: QRectF, frame: Frame, margin: float) -> None:
        self._place, self._frame = place, frame
        self._camera = Camera()
        self._camera.resize(round(place.width()), round(place.height()), RATIO)
        seen = np.concatenate([self._ends(), [[frame.hero.x, frame.hero.y]]])
        low, high = seen.min(axis=0), seen.max(axis=0)
        room = np.array((place.width(), place.height())) - 2 * margin
        self._camera.look(float(np.min(room / np.maximum(high - low, 1.0))), *((low + high) / 2).tolist())
        tiles, painter = TileCache(), canvas.painter
        tiles.set_scenery(Scenery(track_shape(frame.track), canvas.theme))
        with canvas.clipped(place):
            painter.translate(place.topLeft())
            painter.save()
            painter.scale(1 / RATIO, 1 / RATIO)
            tiles.draw(painter, self._camera)
            painter.restore()
            self._paint_car(painter, CarPainter(canvas.theme))

    def end(self, ray: int) -> QPointF:
        """Where a ray ends on the canvas."""
        return self._place.topLeft() + QPointF(*self._camera.point(*self._ends()[ray].tolist()))

    @property
    def car(self) -> QPointF:
        """Where the car is on the canvas."""
        return self._place.topLeft() + QPointF(*self._camera.point(self._frame.hero.x, self._frame.hero.y))

    def _paint_car(self, painter: QPainter, cars: CarPainter) -> None:
        frame = self._frame
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = Shown(frame, frame.hero, np.zeros((0, 3)), settled=True)
        cars.paint_rays(painter, self._camera, shown)
        cars.paint_hero(painter, self._camera, frame.hero, frame.mode)

    def _ends(self) -> np.ndarray:
        frame = self._frame
        directions = frame.hero.heading + frame.ray_angles
        way = np.stack([np.cos(directions), np.sin(directions)], axis=1) * frame.rays[:, None]
        return np.array((frame.hero.x, frame.hero.y)) + way


def fan(canvas: Canvas, car: QPointF, size: float, angles: np.ndarray, shares: np.ndarray) -> None:
    """Rays by themselves, the car looking up.

    Args:
        canvas: to be painted on.
        car: where all rays begin.
        size: of the longest possible ray, px.
        angles: [R] rad, positive to the left.
        shares: [R] length of each, as a share of the longest possible one.
    """
    painter = canvas.painter
    for angle, share in zip(angles.tolist(), np.clip(shares, 0.0, 1.0).tolist(), strict=True):
        colour = canvas.theme.ray_colour(share)
        end = car + QPointF(-math.sin(angle), -math.cos(angle)) * (size * share)
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(2.5)
        painter.setPen(pen)
        painter.drawLine(car, end)
        painter.setBrush(colour)
        painter.drawEllipse(end, 3.5, 3.5)
    painter.setBrush(canvas.theme.hero)
    painter.setPen(canvas.theme.panel)
    painter.drawRoundedRect(QRectF(car.x() - 6, car.y() - 8, 12, 24), 4, 4)
