"""Paints what moves: the hero with its rays, the fleet, the trail, the marks of crashes."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from racer_desktop.gui.camera import Camera
from racer_desktop.gui.glide import Shown
from racer_desktop.gui.theme import Theme, with_alpha
from racer_desktop.gui.traces import MARK_TICKS, CrashMark, Trail
from racer_desktop.training.snapshot import CarState, Mode

CAR_LENGTH = 4.4  # m, as painted
LEAST_HERO = 17.0  # px: below this length the car is painted larger than life, so that it can be seen
LEAST_FLEET = 10.0  # px
DETAILED = 30.0  # px: from this length on wheels and wings can be told apart
FLEET_SHOWN = 256  # more faint cars than this say nothing more, and cost a frame
FLEET_ALPHA = 0.25
TRAIL_PIECE = 10  # points painted in one colour


class CarPainter:
    """Paints moving things in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._body, self._wheels, self._front_wheel = _body(), _rear_wheels(), _wheel()
        self._wedge = _wedge()

    def paint_trail(self, painter: QPainter, camera: Camera, trail: Trail, top_speed: float) -> None:
        """Paints the trail in pieces of one colour each; older pieces are fainter."""
        points = trail.points
        last = len(points) - 1
        if last < 1:
            return
        width = min(max(0.35 * camera.scale, 1.5), 5.0)
        screen = camera.to_screen(points[:, :2])
        # Pieces begin at fixed points of the trail, not of the part shown: their colours must not flicker.
        for begin in range(-(trail.dropped % TRAIL_PIECE), last, TRAIL_PIECE):
            first, end = max(begin, 0), min(begin + TRAIL_PIECE, last)
            colour = self.theme.speed_colour(float(points[first : end + 1, 2].mean()) / top_speed)
            pen = QPen(with_alpha(colour, 0.9 * min((first + 1) / last * 1.5, 1.0)), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in screen[first : end + 1].tolist()]))

    def paint_marks(self, painter: QPainter, camera: Camera, marks: list[CrashMark], tick: int) -> None:
        """Paints a cross for each crash, fading with its age."""
        for mark in marks:
            strength = 1.0 - (tick - mark.tick) / MARK_TICKS
            if strength <= 0.0:
                continue
            place = QPointF(*camera.point(mark.x, mark.y))
            size = min(max(1.1 * camera.scale, 5.0), 14.0)
            for colour, width in ((QColor(0, 0, 0), size * 0.75), (self.theme.crash, size * 0.38)):
                pen = QPen(with_alpha(colour, strength * (0.35 if colour.value() == 0 else 1.0)), width)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                for slope in (1.0, -1.0):
                    painter.drawLine(place + QPointF(-size, -size * slope), place + QPointF(size, size * slope))

    def paint_fleet(self, painter: QPainter, camera: Camera, fleet: np.ndarray) -> None:
        """Paints [cars, 3] x, y, heading as faint wedges."""
        if not len(fleet):
            return
        cars = fleet[:: -(-len(fleet) // FLEET_SHOWN)]
        size = max(CAR_LENGTH * camera.scale, LEAST_FLEET) / CAR_LENGTH
        turn = np.stack([np.cos(cars[:, 2]), np.sin(cars[:, 2])], axis=1)
        forward, side = turn * size, np.stack([-turn[:, 1], turn[:, 0]], axis=1) * size
        corners = self._wedge[None, :, :1] * forward[:, None] + self._wedge[None, :, 1:] * side[:, None]
        screen = camera.to_screen(cars[:, :2])[:, None] + corners * np.array((1.0, -1.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(self.theme.hero, FLEET_ALPHA))
        for car in screen.tolist():
            painter.drawConvexPolygon(QPolygonF([QPointF(x, y) for x, y in car]))

    def paint_rays(self, painter: QPainter, camera: Camera, shown: Shown) -> None:
        """Paints the distance rays, green where there is room and red where there is none, ending in a dot."""
        frame, hero = shown.frame, shown.hero
        place = QPointF(*camera.point(hero.x, hero.y))
        for angle, distance in zip(frame.ray_angles.tolist(), frame.rays.tolist(), strict=True):
            direction = hero.heading + angle
            reach = distance * camera.scale
            end = place + QPointF(math.cos(direction) * reach, -math.sin(direction) * reach)
            colour = self.theme.ray_colour(distance / frame.ray_range)
            painter.setPen(QPen(with_alpha(colour, 0.75), 1.5))
            painter.drawLine(QLineF(place, end))
            if distance < frame.ray_range * 0.999:  # a ray that hits nothing ends in nothing
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawEllipse(end, 3.0, 3.0)

    def paint_hero(self, painter: QPainter, camera: Camera, hero: CarState, mode: Mode) -> None:
        """Paints the hero in the colour of who drives it."""
        self.paint_car(painter, camera, hero, self.theme.hero if mode is Mode.AI else self.theme.human)

    def paint_car(self, painter: QPainter, camera: Camera, hero: CarState, colour: QColor) -> None:
        """Paints a car in a colour."""
        pixels = max(CAR_LENGTH * camera.scale, LEAST_HERO)
        size = pixels / CAR_LENGTH
        painter.save()
        painter.translate(*camera.point(hero.x, hero.y))
        painter.rotate(-math.degrees(hero.heading))
        painter.scale(size, -size)
        if pixels < DETAILED:
            self._paint_small(painter, colour, size)
        else:
            self._paint_detailed(painter, colour, hero, size)
        painter.restore()

    def paint_label(self, painter: QPainter, place: QRectF, text: str, font: QFont) -> None:
        """Paints a few words on a rounded ground."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.hud)
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        painter.setFont(font)
        painter.setPen(self.theme.hud_text)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)

    def _paint_small(self, painter: QPainter, colour: QColor, size: float) -> None:
        wedge = QPolygonF([QPointF(x, y) for x, y in self._wedge.tolist()])
        outline = QPen(QColor(8, 10, 12), 2.5 / size)
        outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(outline)
        painter.setBrush(colour)
        painter.drawConvexPolygon(wedge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawConvexPolygon(wedge)
        painter.setBrush(QColor(255, 255, 255, 220))
        painter.drawEllipse(QPointF(0.1, 0.0), 0.38, 0.38)

    def _paint_detailed(self, painter: QPainter, colour: QColor, hero: CarState, size: float) -> None:
        tyre = QColor(14, 15, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(self._wheels, tyre)
        for side in (0.78, -0.78):
            painter.save()
            painter.translate(1.25, side)
            painter.rotate(math.degrees(hero.steering))
            painter.fillRect(self._front_wheel, tyre)
            painter.restore()
        outline = QPen(QColor(8, 10, 12, 230), max(1.2 / size, 0.05))
        outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(outline)
        painter.setBrush(QBrush(colour))
        painter.drawPath(self._body)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(18, 20, 23))
        painter.drawEllipse(QPointF(-0.25, 0.0), 0.55, 0.3)
        painter.setBrush(QColor(245, 246, 247))
        painter.drawEllipse(QPointF(-0.35, 0.0), 0.24, 0.22)
        lamp = self.theme.ray_near if hero.throttle < -0.05 else QColor(90, 20, 20)
        painter.setBrush(lamp)
        painter.drawRect(QRectF(-2.2, -0.3, 0.16, 0.6))


def _body() -> QPainterPath:
    """The car from above, nose along +x, m."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(QRectF(1.72, -0.85, 0.42, 1.7), 0.12, 0.12)  # front wing
    path.addRoundedRect(QRectF(-2.15, -0.72, 0.5, 1.44), 0.1, 0.1)  # rear wing
    hull = QPainterPath()
    hull.moveTo(2.0, 0.16)
    hull.cubicTo(1.2, 0.24, 0.6, 0.3, 0.3, 0.62)
    hull.cubicTo(-0.3, 0.74, -0.9, 0.66, -1.8, 0.3)
    hull.lineTo(-1.8, -0.3)
    hull.cubicTo(-0.9, -0.66, -0.3, -0.74, 0.3, -0.62)
    hull.cubicTo(0.6, -0.3, 1.2, -0.24, 2.0, -0.16)
    hull.closeSubpath()
    return path.united(hull)


def _rear_wheels() -> QPainterPath:
    path = QPainterPath()
    for side in (0.76, -0.76):
        path.addRoundedRect(QRectF(-1.75, side - 0.22, 0.8, 0.44), 0.1, 0.1)
    return path


def _wheel() -> QRectF:
    return QRectF(-0.35, -0.18, 0.7, 0.36)


def _wedge() -> np.ndarray:
    """[6, 2] the car as a small arrow, m."""
    return np.array([(2.2, 0.35), (2.2, -0.35), (0.6, -0.95), (-2.2, -0.95), (-2.2, 0.95), (0.6, 0.95)])
