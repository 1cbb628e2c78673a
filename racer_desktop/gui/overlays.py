"""What can be laid over the track: the fastest line, where cars crash, how fast they drive, what the critic expects.

Each is painted on a picture of its own that lies on the ground, again only when what it shows has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from racer_desktop.gui.camera import Bounds, Camera
from racer_desktop.gui.crash_heat import heat
from racer_desktop.gui.ground_canvas import GroundCanvas
from racer_desktop.gui.legend import Legend
from racer_desktop.gui.speed_map import SpeedMap
from racer_desktop.gui.theme import Theme, blend, with_alpha
from racer_desktop.gui.track_shape import REFINE, TrackShape
from racer_desktop.training.snapshot import FastestLap, Frame

KMH = 3.6  # km/h in a m/s
LINE_WIDTH = 1.5  # px
DASHES = [5.0, 4.0]  # of the line's width
RIBBON_INSET = 0.12  # of the width on each side: edges and kerbs stay to be seen
RIBBON_ALPHA = 0.78
HEAT_ROOM = 10.0  # m beside the road where it may glow
HEAT_PERIOD = 120  # ticks between two pictures of the heat at least
HEAT_FADES = 8 * HEAT_PERIOD  # ticks between two pictures although nobody crashed
HEAT_ALPHA = 0.85
RIMS = (160, 224, 288)  # device pixels around ribbon, heat and line
CELL_REACH = 30.0  # m that the piece of road around a point may reach from it
SWEEP = 48  # points of the track whose colours are renewed in one frame
CUT = 2.0  # px of the ribbon's rough edge that are smoothed away


class Overlays:
    """The overlays of one track view.

    Args:
        theme: the colours.
        top_speed: the speed at the end of the colour scale, m/s.
    """

    def __init__(self, theme: Theme, top_speed: float) -> None:
        self.top_speed = top_speed
        self.values = ValueScale()
        self._theme = theme
        self._on: frozenset[str] = frozenset()
        self._shape: TrackShape | None = None
        self._cells: list[Cell] = []
        self._middles = np.zeros((0, 2))
        self._due: list[int] = []  # points whose colour is no longer true
        self._glow_colours = _glow_colours(theme)
        self._speeds = SpeedMap()
        self._fastest: FastestLap | None = None
        self._crashes = np.zeros((0, 3))
        self._tick, self._heat_tick = 0, -HEAT_PERIOD
        self._ribbon, self._heat, self._line = (GroundCanvas(rim) for rim in RIMS)

    @property
    def painted(self) -> int:
        """How often a picture was painted from the beginning."""
        return self._ribbon.painted + self._heat.painted + self._line.painted

    @property
    def ribbon(self) -> str:
        """Which map colours the track: "speed_map", "value_map" or none."""
        return next((name for name in ("speed_map", "value_map") if name in self._on), "")

    @property
    def legend(self) -> Legend | None:
        """The colours of the map that colours the track."""
        if self.ribbon == "speed_map":
            high = _tr("{0} km/h").format(f"{self.top_speed * KMH:.0f}")
            return Legend(_tr("Speed here last time"), "0", high, self._theme.speed_colour)
        if self.ribbon == "value_map":
            low, high = (_tr("…") if np.isnan(v) else f"{v:.1f}" for v in (self.values.low, self.values.high))
            return Legend(_tr("Reward expected from here"), low, high, self._theme.ghost_colour)
        return None

    def set_shape(self, shape: TrackShape) -> None:
        """Takes another track."""
        self._shape = shape
        self._cells = _cells(shape)
        self._middles = 0.5 * (shape.left + shape.right)[::REFINE]
        self._due = []
        self._fastest = None
        self._speeds = SpeedMap()
        self.values.clear()
        self._crashes, self._heat_tick = np.zeros((0, 3)), -HEAT_PERIOD
        self._clear()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme, self._glow_colours = theme, _glow_colours(theme)
        self._clear()

    def show(self, on: frozenset[str]) -> None:
        """Chooses what is shown, of "fastest_line", "crash_map", "speed_map" and "value_map"."""
        if on != self._on:
            self._on = on
            self._ribbon.clear()

    def feed(self, frame: Frame) -> None:
        """Takes each frame that arrives, after its track."""
        self._tick = frame.tick
        passed = self._speeds.feed(frame)
        if self.ribbon == "speed_map":
            self._due += passed
        if frame.fastest is not self._fastest:
            self._fastest = frame.fastest
            self._line.clear()
        if self.values.take(frame.values) and self.ribbon == "value_map":
            self._due = list(range(len(self._cells)))
        if self._due:
            now, self._due = self._due[:SWEEP], self._due[SWEEP:]
            self._ribbon.touch(lambda painter, seen: self._paint_cells(painter, now))
        waited = abs(frame.tick - self._heat_tick)
        if waited >= (HEAT_PERIOD if frame.crash_places is not self._crashes else HEAT_FADES):
            self._crashes, self._heat_tick = frame.crash_places, frame.tick
            self._heat.clear()

    def paint(self, painter: QPainter, camera: Camera) -> None:
        """Paints what is switched on; the painter's transform must be the identity in device pixels."""
        shape = self._shape
        if shape is None or not self._on:
            return
        for shown, canvas, paint in (
            (bool(self.ribbon), self._ribbon, self._paint_ribbon),
            ("crash_map" in self._on and len(self._crashes) > 0, self._heat, self._paint_heat),
            ("fastest_line" in self._on and self._fastest is not None, self._line, self._paint_line),
        ):
            if shown:
                canvas.draw(painter, camera, _widened(shape.bounds), paint)

    def _clear(self) -> None:
        for canvas in (self._ribbon, self._heat, self._line):
            canvas.clear()

    def _paint_ribbon(self, painter: QPainter, seen: Bounds) -> None:
        x, y = self._middles.T
        reach = CELL_REACH
        inside = (x > seen.left - reach) & (x < seen.right + reach) & (y > seen.bottom - reach) & (y < seen.top + reach)
        self._paint_cells(painter, np.flatnonzero(inside).tolist())

    def _paint_cells(self, painter: QPainter, which: list[int]) -> None:
        shape = self._shape
        assert shape is not None, "painted only with a track"
        colour = self._colour_at()
        # Cells replace what was there, without smooth edges: those of neighbours would show as seams.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setPen(Qt.PenStyle.NoPen)
        for index in which:
            if (found := colour(index)) is not None:
                painter.setBrush(with_alpha(found, RIBBON_ALPHA))
                painter.drawPolygon(self._cells[index].road)
        # What lies on the road stays to be seen, and the rough edges are cut off smoothly.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cut = QPen(QColor(0, 0, 0), CUT)
        cut.setCosmetic(True)
        cut.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(cut)
        for index in which:
            painter.drawPolyline(self._cells[index].left)
            painter.drawPolyline(self._cells[index].right)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in shape.start.tolist()]))
        for x, y in shape.obstacles.tolist():
            painter.drawEllipse(QPointF(x, y), shape.obstacle_radius, shape.obstacle_radius)

    def _colour_at(self) -> Callable[[int], QColor | None]:
        if self.ribbon == "value_map":
            shares, colours = self.values.shares, self._theme.ghost_colour
        else:
            shares, colours = self._speeds.speeds / self.top_speed, self._theme.speed_colour
        if len(shares) != len(self._cells):  # nothing is known of this track yet
            return lambda index: None
        known = np.isfinite(shares)
        return lambda index: colours(float(shares[index])) if known[index] else None

    def _paint_heat(self, painter: QPainter, seen: Bounds) -> None:
        assert self._shape is not None, "painted only with a track"
        bounds = _widened(self._shape.bounds)
        glow = heat(self._crashes, self._tick, bounds)
        pixels = self._glow_colours[np.round(glow * 255).astype(np.uint8)]
        rows, columns = pixels.shape[:2]
        picture = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBA8888_Premultiplied)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.save()
        painter.translate(bounds.left, bounds.top)
        painter.scale((bounds.right - bounds.left) / columns, -(bounds.top - bounds.bottom) / rows)
        painter.drawImage(0, 0, picture)
        painter.restore()

    def _paint_line(self, painter: QPainter, seen: Bounds) -> None:
        assert self._fastest is not None, "painted only when it is known"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in self._fastest.line.tolist()]))
        path.closeSubpath()
        pen = QPen(with_alpha(self._theme.start_line, 0.85), LINE_WIDTH)
        pen.setCosmetic(True)
        pen.setDashPattern(DASHES)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(path, pen)


class ValueScale:
    """The critic's values along the track, and how they are spread over the colour scale.

    Attributes:
        low, high: the ends of the scale; nan before there are values.
        shares: [N] where each point's value lies between them, 0 to 1.
    """

    def __init__(self) -> None:
        self._values: np.ndarray | None = None
        self.clear()

    def clear(self) -> None:
        """No values."""
        self._values = None
        self.low = self.high = float("nan")
        self.shares = np.zeros(0)

    def take(self, values: np.ndarray | None) -> bool:
        """Takes the values in a frame; True if they are others than before."""
        if values is self._values:
            return False
        if values is None:
            self.clear()
            return True
        self._values = values
        self.low, self.high = (float(v) for v in np.percentile(values, (2, 98)))
        spread = max(self.high - self.low, 1e-6)
        self.shares = np.clip((values - self.low) / spread, 0.0, 1.0)
        return True


def _tr(text: str) -> str:
    return QCoreApplication.translate("Overlays", text)


class Cell(NamedTuple):
    """The piece of road around one point of the track, and its two edges."""

    road: QPolygonF
    left: QPolygonF
    right: QPolygonF


def _cells(shape: TrackShape) -> list[Cell]:
    left = shape.left + RIBBON_INSET * (shape.right - shape.left)
    right = shape.right + RIBBON_INSET * (shape.left - shape.right)
    cells = []
    for middle in range(0, len(left), REFINE):
        rows = np.arange(middle - REFINE // 2, middle + REFINE // 2 + 1) % len(left)
        one, other = ([QPointF(x, y) for x, y in edge[rows].tolist()] for edge in (left, right))
        cells.append(Cell(QPolygonF([*one, *other[::-1]]), QPolygonF(one), QPolygonF(other)))
    return cells


def _widened(bounds: Bounds) -> Bounds:
    """With room for the glow of a crash beside the road."""
    return Bounds(bounds.left - HEAT_ROOM, bounds.bottom - HEAT_ROOM, bounds.right + HEAT_ROOM, bounds.top + HEAT_ROOM)


def _glow_colours(theme: Theme) -> np.ndarray:
    """[256, 4] red, green, blue, opacity of the heat, faint to hot, premultiplied."""
    shares = np.linspace(0.0, 1.0, 256)
    colours = [blend(theme.crash, theme.obstacle, 2.0 * share - 1.0) for share in shares.tolist()]
    hot = [(colour.red(), colour.green(), colour.blue()) for colour in colours]
    alpha = HEAT_ALPHA * shares[:, None]
    return np.round(np.hstack([np.array(hot) * alpha, 255.0 * alpha])).astype(np.uint8)
