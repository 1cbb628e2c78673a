"""The picture of a race: the ground, what lies over it, and everything that moves on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from racer_desktop.gui.camera import Camera
from racer_desktop.gui.car_painter import CarPainter
from racer_desktop.gui.ghosts import GhostPainter
from racer_desktop.gui.glide import Shown
from racer_desktop.gui.overlays import Overlays
from racer_desktop.gui.scenery import Scenery, TileCache
from racer_desktop.gui.theme import Theme
from racer_desktop.gui.traces import CrashMarks, Trail
from racer_desktop.gui.track_shape import TrackShape, track_shape
from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import Frame


@dataclass(frozen=True, slots=True)
class Layers:
    """What is painted besides the track and the hero; each can be switched off in the View menu."""

    rays: bool = True
    trail: bool = True
    fleet: bool = True
    latent: bool = True
    fastest_line: bool = False
    crash_map: bool = False
    speed_map: bool = False
    value_map: bool = False

    @property
    def overlays(self) -> frozenset[str]:
        """Names of those that lie over the track."""
        names = ("fastest_line", "crash_map", "speed_map", "value_map")
        return frozenset(name for name in names if getattr(self, name))


class RacePicture:
    """Paints a race for whatever camera.

    Args:
        theme: the colours.
        top_speed: the end of the speed's scales, m/s.

    Attributes:
        overlays: what lies over the track.
        tiles: the ground.
    """

    def __init__(self, theme: Theme, top_speed: float) -> None:
        self._theme = theme
        self._cars = CarPainter(theme)
        self._ghosts = GhostPainter(theme, self._cars)
        self._trail, self._marks = Trail(), CrashMarks()
        self._shape: TrackShape | None = None
        self._layers = Layers()
        self._outline: np.ndarray | None = None
        self.overlays = Overlays(theme, top_speed)
        self.tiles = TileCache()

    @property
    def layers(self) -> Layers:
        """What is painted."""
        return self._layers

    @property
    def outline(self) -> np.ndarray | None:
        """[N, 2] of all that belongs to the track, m; None without one."""
        return self._outline

    def set_layers(self, **changes: bool) -> None:
        """Switches layers on or off by their names in `Layers`."""
        self._layers = replace(self._layers, **changes)
        self.overlays.show(self._layers.overlays)

    def set_track(self, track: Track) -> None:
        """Takes another track; what was driven on the one before is gone."""
        shape = self._shape = track_shape(track)
        self._outline = np.concatenate((shape.shoulders[0][0], shape.shoulders[0][1]))
        self.tiles.set_scenery(Scenery(shape, self._theme))
        self.overlays.set_shape(shape)
        self._trail.clear()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._cars = CarPainter(theme)
        self._ghosts = GhostPainter(theme, self._cars)
        self.overlays.set_theme(theme)
        if self._shape is not None:
            self.tiles.set_scenery(Scenery(self._shape, theme))

    def feed(self, frame: Frame, *, jumped: bool) -> None:
        """Takes each frame that arrives; where the hero jumped, another trail begins."""
        if jumped:
            self._trail.clear()
        self._trail.add(frame.hero.x, frame.hero.y, frame.hero.speed)
        self._marks.feed(frame)
        self.overlays.feed(frame)

    def paint(self, painter: QPainter, camera: Camera, shown: Shown | None) -> None:
        """Paints the ground from tiles, and everything that moves on top if there is a race to be shown."""
        self._paint_ground(painter, camera)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shown is not None:
            self._paint_race(painter, camera, shown)

    def _paint_ground(self, painter: QPainter, camera: Camera) -> None:
        if self._shape is None:
            painter.fillRect(QRect(0, 0, camera.width, camera.height), self._theme.grass)
            return
        painter.save()
        painter.scale(1.0 / camera.ratio, 1.0 / camera.ratio)  # tiles are counted in device pixels
        self.tiles.draw(painter, camera)
        self.overlays.paint(painter, camera)
        painter.restore()

    def _paint_race(self, painter: QPainter, camera: Camera, shown: Shown) -> None:
        if self._layers.trail:
            self._cars.paint_trail(painter, camera, self._trail, self.overlays.top_speed)
        self._cars.paint_marks(painter, camera, self._marks.marks, shown.frame.tick)
        if self._layers.fleet:
            self._cars.paint_fleet(painter, camera, shown.fleet)
        if self._layers.rays:
            self._cars.paint_rays(painter, camera, shown)
        self._ghosts.paint(painter, camera, shown.ghosts, shown.hero)
        self._cars.paint_hero(painter, camera, shown.hero, shown.frame.mode)
