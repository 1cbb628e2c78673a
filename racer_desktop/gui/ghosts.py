"""The other cars of a race, painted with their names; who is called what, and has which colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from racer_desktop.gui.camera import Camera
from racer_desktop.gui.car_painter import CAR_LENGTH, LEAST_HERO, CarPainter
from racer_desktop.gui.theme import GRID, Theme, tabular_font
from racer_desktop.training.contest import Racer
from racer_desktop.training.snapshot import CarState, Ghost

GHOST_ALPHA = 0.8
NAME = 11  # px
NAME_AWAY = 5 * GRID  # px from the hero: a name must not lie on it


def racer_name(racer: Racer) -> str:
    """What a racer is called on the screen."""
    translate = QCoreApplication.translate
    if racer is Racer.YOU:
        return translate("Racers", "You")
    return translate("Racers", "AI") if racer is Racer.AI else translate("Racers", "Fastest lap")


def racer_colour(racer: Racer, theme: Theme) -> QColor:
    """A racer's colour: the same as everywhere else; the fastest lap has that of its line."""
    if racer is Racer.FASTEST:
        return theme.start_line
    return theme.human if racer is Racer.YOU else theme.hero


def racer_dot(racer: Racer, theme: Theme) -> QColor:
    """A racer's colour beside its name: the fastest lap's white would not be seen on every ground."""
    return theme.hud_muted if racer is Racer.FASTEST else racer_colour(racer, theme)


class GhostPainter:
    """Paints opponents in the colours of a theme."""

    def __init__(self, theme: Theme, cars: CarPainter) -> None:
        self._theme, self._cars = theme, cars
        self._font: QFont = tabular_font(NAME)
        metrics = QFontMetricsF(self._font)
        self._widths = {racer: metrics.horizontalAdvance(racer_name(racer)) + 1.5 * GRID for racer in Racer}

    def paint(self, painter: QPainter, camera: Camera, ghosts: tuple[Ghost, ...], hero: CarState) -> None:
        """Paints each car a little transparent, and its name above it unless it is too near to the hero."""
        for ghost in ghosts:
            painter.setOpacity(GHOST_ALPHA)
            self._cars.paint_car(painter, camera, ghost.car, racer_colour(ghost.racer, self._theme))
            painter.setOpacity(1.0)
        for ghost in ghosts:
            if camera.scale * math.hypot(ghost.car.x - hero.x, ghost.car.y - hero.y) > NAME_AWAY:
                self._paint_name(painter, camera, ghost)

    def _paint_name(self, painter: QPainter, camera: Camera, ghost: Ghost) -> None:
        x, y = camera.point(ghost.car.x, ghost.car.y)
        above = 0.5 * max(CAR_LENGTH * camera.scale, LEAST_HERO) + 1.5 * GRID
        width = self._widths[ghost.racer]
        place = QRectF(QPointF(x - width / 2, y - above - GRID), QPointF(x + width / 2, y - above + GRID))
        self._cars.paint_label(painter, place, racer_name(ghost.racer), self._font)
