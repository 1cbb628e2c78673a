"""Tracks: a closed centre line with a half width and obstacles, and the generator that makes them from a seed.

A track is made on the host with NumPy and `noise`; everything that drives on it is JAX. Neither is needed
to show one, so this module imports no JAX.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import noise
import numpy as np

from racer_desktop.config import TrackConfig

CURVATURE_LIMIT = 0.8  # of curvature * half width: below 1 the inner edge never folds over itself
GAP_WIDTHS = 2.0  # car widths that stay free beside every obstacle
ATTEMPTS = 200


class TrackError(ValueError):
    """No drivable track could be made; the message says of what."""


class Track(NamedTuple):
    """A closed track of N points, driven in the order of its points.

    Attributes:
        centre: [N, 2] centre line at equal arc length, m; the first point is the start line.
        half_width: [N] distance from the centre line to each edge, m.
        obstacles: [K, 2] centres of the discs, m.
        obstacle_radius: [] radius of the discs, m.
        length: [] length of the centre line, m.
    """

    centre: np.ndarray
    half_width: np.ndarray
    obstacles: np.ndarray
    obstacle_radius: np.ndarray
    length: np.ndarray

    @property
    def tangents(self) -> np.ndarray:
        """[N, 2] unit vectors along the track, by central differences."""
        ahead = np.roll(self.centre, -1, 0) - np.roll(self.centre, 1, 0)
        return ahead / np.linalg.norm(ahead, axis=1, keepdims=True)

    @property
    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Left and right edge, [N, 2] each, as seen in driving direction."""
        tangents = self.tangents
        normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
        offset = self.half_width[:, None] * normals
        return self.centre + offset, self.centre - offset


@functools.lru_cache(maxsize=256)
def generate(seed: int, config: TrackConfig, car_half_width: float = 0.9) -> Track:
    """The track of a seed: periodic Perlin noise on the radius, smoothed (`noise.pnoise2` on a circle).

    The same seed and settings give the same track everywhere. Candidates that are too tight, or whose
    stretches come too near each other, are drawn again from the next sub-seed.

    Args:
        seed: any non-negative integer.
        config: shape, width, obstacles and number of points; its own seed is not used.
        car_half_width: half the width of the car, m; gaps beside obstacles are measured in it.

    Raises:
        TrackError: if no candidate is drivable.
    """
    raise NotImplementedError
