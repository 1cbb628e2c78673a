"""A track as a small picture with the lines that were driven on it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from racer_desktop.gui.theme import GRID, Theme, current_theme
from racer_desktop.sim.track import Track
from racer_desktop.training.trial import TrackResult

LEAST = QSize(22 * GRID, 18 * GRID)
_MARGIN = 0.06  # of the picture, free around the track
_LEAST_ROAD = 3.0  # px: a road that is thinner cannot be told from a line
_CROSS = 3.0  # px, half the size of the mark where a drive ended by a crash


@dataclass(frozen=True)
class Line:
    """A line to be painted.

    Attributes:
        points: [N, 2] where the car was, m.
        colour: of the line.
        crashed: whether it ends in a crash.
    """

    points: np.ndarray
    colour: QColor
    crashed: bool

    @classmethod
    def of(cls, result: TrackResult, colour: QColor) -> Line:
        """The line of one drive."""
        return cls(result.line, colour, crashed=result.ended and not result.finished)


def paint_track(painter: QPainter, area: QRectF, track: Track, lines: Sequence[Line], theme: Theme) -> None:
    """Paints a track and what was driven on it, as large as the area allows."""
    centre = np.asarray(track.centre, float)
    low, high = centre.min(axis=0), centre.max(axis=0)
    road = 2.0 * float(np.mean(track.half_width))
    extent = high - low + road
    room = min(area.width(), area.height()) * _MARGIN
    scale = min((area.width() - 2 * room) / extent[0], (area.height() - 2 * room) / extent[1])
    middle = (low + high) / 2

    def placed(points: np.ndarray) -> list[QPointF]:
        screen = (points - middle) * (scale, -scale) + (area.center().x(), area.center().y())
        return [QPointF(x, y) for x, y in screen.tolist()]

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(road * scale, _LEAST_ROAD)
    for colour, extra in ((theme.asphalt_edge, 1.5), (theme.asphalt, 0.0)):
        pen = QPen(colour, width + extra)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolygon(QPolygonF(placed(centre)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.obstacle)
    radius = max(float(track.obstacle_radius) * scale, 1.0)
    for place in placed(np.asarray(track.obstacles, float).reshape(-1, 2)):
        painter.drawEllipse(place, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        _paint_line(painter, placed(np.asarray(line.points, float)), line, max(0.12 * width, 1.3))
    _paint_start(painter, placed(centre[:2]), width, theme)
    for line in lines:
        if line.crashed and len(line.points):
            _paint_crash(painter, placed(np.asarray(line.points[-1:], float))[0], theme)


def track_pixmap(size: QSize, ratio: float, track: Track, lines: Sequence[Line], theme: Theme) -> QPixmap:
    """The same as a pixmap of a size in logical pixels."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_track(painter, QRectF(0, 0, size.width(), size.height()), track, lines, theme)
    painter.end()
    return pixmap


class Thumbnail:
    """A small picture that is painted when it is first looked at."""

    def __init__(self, size: QSize, ratio: float, track: Track, lines: Sequence[Line], theme: Theme) -> None:
        self._paint = functools.partial(track_pixmap, size, ratio, track, lines, theme)

    @functools.cached_property
    def pixmap(self) -> QPixmap:
        """The picture."""
        return self._paint()


class Thumbnails:
    """The small pictures of a table's rows: only those that are in sight, and that changed, are ever painted."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[object, ...], Thumbnail]] = {}

    def clear(self) -> None:
        """Forgets them: the rows stand for other tracks now."""
        self._known.clear()

    def of(self, row: int, size: QSize, ratio: float, track: Track, lines: Sequence[Line], theme: Theme) -> Thumbnail:
        """The picture of a row, the same as last time if nothing in it changed."""
        key = (
            float(track.length),
            ratio,
            theme.name,
            *((len(line.points), line.crashed, line.colour.rgba()) for line in lines),
        )
        before = self._known.get(row)
        if before is not None and before[0] == key:
            return before[1]
        made = Thumbnail(size, ratio, track, lines, theme)
        self._known[row] = key, made
        return made


class TrackPicture(QWidget):
    """One track with its lines, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("track_picture")
        self.setMinimumSize(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Track with the line driven"))
        self._track: Track | None = None
        self._lines: Sequence[Line] = ()

    def show_track(self, track: Track | None, lines: Sequence[Line] = ()) -> None:
        """Shows a track; None shows only the ground."""
        self._track, self._lines = track, lines
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A comfortable size."""
        return LEAST * 1.4

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paints the ground and the track."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.grass)
        painter.drawRoundedRect(QRectF(self.rect()), GRID / 2, GRID / 2)
        if self._track is not None:
            paint_track(painter, QRectF(self.rect()), self._track, self._lines, theme)
        painter.end()


def _paint_line(painter: QPainter, points: list[QPointF], line: Line, width: float) -> None:
    if len(points) < 2:
        return
    pen = QPen(line.colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(points))


def _paint_start(painter: QPainter, ahead: list[QPointF], width: float, theme: Theme) -> None:
    way = ahead[1] - ahead[0]
    length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1e-9)
    across = QPointF(-way.y(), way.x()) * (0.5 * width / length)
    painter.setPen(QPen(theme.start_line, 1.5))
    painter.drawLine(ahead[0] - across, ahead[0] + across)


def _paint_crash(painter: QPainter, place: QPointF, theme: Theme) -> None:
    for colour, width in ((QColor(0, 0, 0, 150), 3.5), (theme.crash, 1.8)):
        painter.setPen(QPen(colour, width))
        for slope in (1.0, -1.0):
            arm = QPointF(_CROSS, _CROSS * slope)
            painter.drawLine(place - arm, place + arm)
