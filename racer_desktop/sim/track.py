"""Tracks: a closed centre line with a half width and obstacles, and the generator that makes them from a seed.

A track is made on the host with NumPy and `noise`; everything that drives on it is JAX. Neither is needed
to show one, so this module imports no JAX.
"""

from __future__ import annotations

import functools
import math
import random
from typing import NamedTuple

import noise
import numpy as np

from racer_desktop.config import TrackConfig

CURVATURE_LIMIT = 0.8  # of curvature * half width: below 1 the inner edge never folds over itself
SEPARATION = 2.4  # half widths between stretches that are not neighbours: the edges never touch
NEIGHBOURS = 4.0  # half widths of arc length within which points count as neighbours
GAP_WIDTHS = 2.0  # car widths that stay free beside every obstacle
START_CLEARANCE = 40.0  # m on both sides of the start line without obstacles
OBSTACLE_SPACING = 25.0  # m of arc length between two obstacles
# Of the half width, where a disc's centre may lie. Nearer to the middle a disc can hide between two rays until it is
# too close to be avoided: a disc whose centre is 1.6 m beside the path meets the 22.5 degree ray 8 m ahead at most.
OFF_CENTRE = (0.5, 0.75)
ATTEMPTS = 400
LENGTHS = (500.0, 900.0)  # m


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
    half_width = config.half_width * (1.2 - 0.4 * config.difficulty)
    for attempt in range(ATTEMPTS):
        # `random.Random` promises the same numbers on every version and platform; NumPy's generators do not.
        draw = random.Random(seed * ATTEMPTS + attempt)
        centre = _start_on_the_straight(_centre_line(draw, config), half_width)
        if not drivable(centre, half_width):
            continue
        track = _track(centre, half_width, config)
        obstacles = _obstacles(draw, track, config, car_half_width)
        if obstacles is not None:
            return track._replace(obstacles=obstacles)
    raise TrackError(
        f"No drivable track was found for seed {seed} with half width {half_width:g} m and {config.obstacles} "
        f"obstacles of {config.obstacle_radius:g} m; make the track wider, the obstacles fewer or smaller, or the "
        "difficulty lower."
    )


def drivable(centre: np.ndarray, half_width: float) -> bool:
    """Whether a centre line [N, 2] of equal steps keeps its curvature and its distance from itself."""
    step = float(np.linalg.norm(centre[1] - centre[0]))
    if np.abs(curvature(centre)).max() * half_width > CURVATURE_LIMIT:
        return False
    n = len(centre)
    apart = np.abs(np.arange(n)[:, None] - np.arange(n)[None, :])
    apart = np.minimum(apart, n - apart) * step
    distance = np.linalg.norm(centre[:, None] - centre[None, :], axis=-1)
    return bool(distance[apart >= NEIGHBOURS * half_width].min(initial=math.inf) >= SEPARATION * half_width)


def curvature(centre: np.ndarray) -> np.ndarray:
    """Signed curvature [N] of a closed line [N, 2], 1/m, positive to the left (circle through three points)."""
    before, after = centre - np.roll(centre, 1, 0), np.roll(centre, -1, 0) - centre
    across = before + after
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1) * np.linalg.norm(across, axis=1)
    return 2.0 * cross / lengths


def resample(line: np.ndarray, points: int) -> np.ndarray:
    """A closed line [M, 2] as `points` points at equal arc length, the first one kept."""
    closed = np.vstack([line, line[:1]])
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.linspace(0.0, arc[-1], points, endpoint=False)
    return np.stack([np.interp(at, arc, closed[:, k]) for k in range(2)], axis=1)


def _centre_line(draw: random.Random, config: TrackConfig) -> np.ndarray:
    """A candidate [N, 2]: an oval whose radius is bent by periodic Perlin noise, in equal steps."""
    twist = config.difficulty
    length = draw.uniform(*LENGTHS)
    stretch = draw.uniform(1.0, 1.6)
    offset = draw.uniform(0.0, 256.0), draw.uniform(0.0, 256.0)
    frequency, amplitude = 1.0 + 0.5 * twist, 1.0 * twist
    mirrored = draw.choice((-1.0, 1.0))  # half of the tracks run clockwise
    angles = 2.0 * math.pi * np.arange(4 * config.points) / (4 * config.points)
    radius = np.array(
        [
            1.0
            + amplitude
            * noise.pnoise2(frequency * math.cos(a) + offset[0], frequency * math.sin(a) + offset[1], octaves=2)
            for a in angles
        ]
    )
    line = np.stack([radius * np.cos(angles) * stretch, mirrored * radius * np.sin(angles)], axis=1)
    line = resample(_smoothed(line), config.points)
    steps = np.linalg.norm(line - np.roll(line, 1, 0), axis=1)
    return line * (length / steps.sum())


def _smoothed(line: np.ndarray, keep: int = 14) -> np.ndarray:
    """A closed line without its harmonics above `keep`, faded out smoothly."""
    spectrum = np.fft.rfft(line, axis=0)
    fade = np.exp(-((np.arange(len(spectrum)) / keep) ** 4))
    return np.fft.irfft(spectrum * fade[:, None], n=len(line), axis=0)


def _start_on_the_straight(centre: np.ndarray, half_width: float) -> np.ndarray:
    """The same line, begun where the track stays straightest for a good way on both sides."""
    reach = max(3, int(6 * half_width / np.linalg.norm(centre[1] - centre[0])))
    bend = np.abs(curvature(centre))
    around = sum(np.roll(bend, k) for k in range(-reach, reach + 1))
    return np.roll(centre, -int(np.argmin(around)), axis=0)


def _track(centre: np.ndarray, half_width: float, config: TrackConfig) -> Track:
    closing = np.linalg.norm(centre - np.roll(centre, 1, 0), axis=1)
    return Track(
        centre=centre.astype(np.float32),
        half_width=np.full(len(centre), half_width, np.float32),
        obstacles=np.zeros((0, 2), np.float32),
        obstacle_radius=np.array(config.obstacle_radius, np.float32),
        length=np.array(closing.sum(), np.float32),
    )


def _obstacles(draw: random.Random, track: Track, config: TrackConfig, car_half_width: float) -> np.ndarray | None:
    """Disc centres [K, 2] beside the centre line, or None if they do not fit."""
    if not config.obstacles:
        return np.zeros((0, 2), np.float32)
    length, half_width = float(track.length), float(track.half_width[0])
    tangents = track.tangents
    least = max(OFF_CENTRE[0] * half_width, GAP_WIDTHS * 2 * car_half_width + config.obstacle_radius - half_width)
    most = OFF_CENTRE[1] * half_width
    if least > most:
        return None
    arcs: list[float] = []
    discs = []
    for _ in range(200):
        if len(discs) == config.obstacles:
            return np.array(discs, np.float32).reshape(-1, 2)
        arc = draw.uniform(START_CLEARANCE, length - START_CLEARANCE)
        side = draw.choice((-1.0, 1.0))
        offset = side * draw.uniform(least, most)
        if all(abs(arc - other) >= OBSTACLE_SPACING for other in arcs):
            at = int(arc / length * len(tangents))
            normal = np.array([-tangents[at, 1], tangents[at, 0]])
            arcs.append(arc)
            discs.append(track.centre[at] + offset * normal)
    return None
