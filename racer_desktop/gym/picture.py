"""The track and the car from above as an array of pixels, for who records environments; the window paints its own."""

from __future__ import annotations

import math

import numpy as np

from racer_desktop.sim.track import Track

SIZE = 400  # pixels of the longer side
MARGIN = 12.0  # m around the track
GRASS, ASPHALT, DISC, START, CAR = (96, 122, 84), (58, 60, 64), (235, 200, 60), (240, 240, 240), (230, 70, 60)
CAR_SIZE = (3.5, 2.0)  # m half length and half width: larger than true, or it would be three pixels


class Picture:
    """Paints a track once, and a car on it as often as asked."""

    def __init__(self) -> None:
        self._track: Track | None = None
        self._ground = np.zeros((1, 1, 3), np.uint8)
        self._x = self._y = np.zeros((1, 1))

    def drawn(self, track: Track, x: float, y: float, heading: float) -> np.ndarray:
        """[H, W, 3] the track with a car at x, y in m."""
        if track is not self._track:
            self._track = track
            self._paint_ground(track)
        picture = self._ground.copy()
        ahead = (self._x - x) * math.cos(heading) + (self._y - y) * math.sin(heading)
        aside = (self._y - y) * math.cos(heading) - (self._x - x) * math.sin(heading)
        picture[(np.abs(ahead) <= CAR_SIZE[0]) & (np.abs(aside) <= CAR_SIZE[1])] = CAR
        return picture

    def _paint_ground(self, track: Track) -> None:
        low = track.centre.min(0) - track.half_width.max() - MARGIN
        high = track.centre.max(0) + track.half_width.max() + MARGIN
        wide, tall = high - low
        scale = max(wide, tall) / SIZE
        across = low[0] + scale * (np.arange(math.ceil(wide / scale)) + 0.5)
        down = high[1] - scale * (np.arange(math.ceil(tall / scale)) + 0.5)
        self._x, self._y = np.meshgrid(across, down)
        self._ground = np.full((*self._x.shape, 3), GRASS, np.uint8)
        for (cx, cy), half_width in zip(track.centre, track.half_width, strict=True):
            self._dot(cx, cy, half_width, ASPHALT)
        left, right = (edge[0] for edge in track.edges)
        for share in np.linspace(0.0, 1.0, 24):
            x, y = left + share * (right - left)
            self._dot(x, y, 0.6 * scale + 0.3, START)
        for cx, cy in track.obstacles:
            self._dot(cx, cy, max(float(track.obstacle_radius), scale), DISC)

    def _dot(self, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        """A filled circle, computed in the few pixels around it only."""
        columns = np.flatnonzero(np.abs(self._x[0] - x) <= radius)
        rows = np.flatnonzero(np.abs(self._y[:, 0] - y) <= radius)
        if len(columns) and len(rows):
            box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
            self._ground[box][(self._x[box] - x) ** 2 + (self._y[box] - y) ** 2 <= radius**2] = colour
