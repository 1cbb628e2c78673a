"""The outlines that a track is painted from, computed once per track; no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from racer_desktop.gui.camera import Bounds
from racer_desktop.sim.track import Track

REFINE = 4  # points of an outline for each point of the track: no corner shows its facets at any zoom
SHOULDER = 1.5  # m of soft edge beyond the asphalt
SHOULDER_LAYERS = 8
KERB_WIDTH = 0.8  # m
KERB_BLOCK = 1.6  # m of one colour
KERB_CURVATURE = 1 / 55  # 1/m: corners tighter than this have a kerb
KERB_LEAST = 8.0  # m: shorter ones look like an accident
CHEQUER = 0.75  # m, about, the side of one square of the start line


@dataclass(frozen=True)
class TrackShape:
    """Outlines in metres.

    Attributes:
        bounds: of everything painted.
        left, right: [M, 2] edges of the asphalt.
        shoulders: rings around the asphalt, outermost first, each a pair of [M, 2] outlines.
        kerbs_red, kerbs_white: [K, 4, 2] the blocks of the kerbs by colour.
        chequers: [C, 4, 2] the dark squares of the start line.
        start: [4, 2] the ground of the start line.
        obstacles: [K, 2] centres of the discs.
        obstacle_radius: m.
    """

    bounds: Bounds
    left: np.ndarray
    right: np.ndarray
    shoulders: tuple[tuple[np.ndarray, np.ndarray], ...]
    kerbs_red: np.ndarray
    kerbs_white: np.ndarray
    start: np.ndarray
    chequers: np.ndarray
    obstacles: np.ndarray
    obstacle_radius: float


def track_shape(track: Track) -> TrackShape:
    """The outlines of a track."""
    centre = _refined(np.asarray(track.centre, float))
    half = _refined(np.asarray(track.half_width, float)[:, None])[:, 0]
    tangents, curvature = _direction_and_curvature(centre)
    normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
    left, right = centre + half[:, None] * normals, centre - half[:, None] * normals
    reach = half + SHOULDER
    shoulders = tuple(
        (centre + (half + d)[:, None] * normals, centre - (half + d)[:, None] * normals)
        for d in np.linspace(SHOULDER, SHOULDER / SHOULDER_LAYERS, SHOULDER_LAYERS)
    )
    outline = np.concatenate([centre + reach[:, None] * normals, centre - reach[:, None] * normals])
    red, white = _kerbs(centre, normals, half, curvature)
    start, chequers = _start_line(centre[0], tangents[0], normals[0], half[0])
    return TrackShape(
        bounds=Bounds(*outline.min(0), *outline.max(0)),
        left=left,
        right=right,
        shoulders=shoulders,
        kerbs_red=red,
        kerbs_white=white,
        start=start,
        chequers=chequers,
        obstacles=np.asarray(track.obstacles, float).reshape(-1, 2),
        obstacle_radius=float(track.obstacle_radius),
    )


def _refined(points: np.ndarray) -> np.ndarray:
    """A closed curve with REFINE times the points: Catmull-Rom through the given ones."""
    before, after, beyond = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
    parts = [
        points
        + 0.5 * t * (after - before)
        + t**2 * (before - 2.5 * points + 2.0 * after - 0.5 * beyond)
        + t**3 * (1.5 * (points - after) + 0.5 * (beyond - before))
        for t in np.arange(REFINE) / REFINE
    ]
    return np.stack(parts, axis=1).reshape(-1, points.shape[1])


def _direction_and_curvature(centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit tangents [M, 2] and smoothed curvature [M], 1/m, positive to the left."""
    ahead = np.roll(centre, -1, 0) - np.roll(centre, 1, 0)
    length = np.linalg.norm(ahead, axis=1)
    tangents = ahead / length[:, None]
    turn = np.roll(tangents, -1, 0) - np.roll(tangents, 1, 0)
    curvature = (tangents[:, 0] * turn[:, 1] - tangents[:, 1] * turn[:, 0]) / length
    window = 4 * REFINE + 1
    wrapped = np.concatenate([curvature[-(window // 2) :], curvature, curvature[: window // 2]])
    return tangents, np.convolve(wrapped, np.full(window, 1 / window), mode="valid")


def _kerbs(
    centre: np.ndarray, normals: np.ndarray, half: np.ndarray, curvature: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Red and white blocks, [K, 4, 2] each, along the inside of the corners."""
    colours: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for side in (1.0, -1.0):
        inner = centre + (side * (half - 0.1))[:, None] * normals
        outward = side * normals
        for run in _runs(side * curvature > KERB_CURVATURE):
            for index, block in enumerate(_blocks(inner[run], outward[run])):
                colours[index % 2].append(block)
    red, white = (np.array(blocks).reshape(-1, 4, 2) for blocks in colours)
    return red, white


def _runs(wanted: np.ndarray) -> list[np.ndarray]:
    """The indices of each unbroken run of True on a circle."""
    if wanted.all():
        return [np.arange(len(wanted))]
    if not wanted.any():
        return []
    begin = int(np.argmin(wanted))  # a place outside every run, so that none is cut in two
    order = (np.arange(len(wanted)) + begin) % len(wanted)
    changes = np.flatnonzero(np.diff(wanted[order].astype(int), prepend=0, append=0))
    return [order[a:b] for a, b in zip(changes[::2], changes[1::2], strict=True)]


def _blocks(inner: np.ndarray, outward: np.ndarray) -> list[np.ndarray]:
    """Blocks of equal length along one kerb, its width tapered at both ends."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(inner, axis=0), axis=1))])
    length = along[-1]
    if length < KERB_LEAST:
        return []
    count = 2 * round(length / KERB_BLOCK / 2) + 1  # odd: a kerb begins and ends in red
    marks = np.linspace(0.0, length, count + 1)
    foot = np.stack([np.interp(marks, along, inner[:, k]) for k in (0, 1)], axis=1)
    side = np.stack([np.interp(marks, along, outward[:, k]) for k in (0, 1)], axis=1)
    taper = np.clip(np.minimum(marks, length - marks) / 4.0, 0.15, 1.0)
    top = foot + (KERB_WIDTH * taper)[:, None] * side
    return [np.array([foot[i], foot[i + 1], top[i + 1], top[i]]) for i in range(count)]


def _start_line(
    place: np.ndarray, tangent: np.ndarray, normal: np.ndarray, half: float
) -> tuple[np.ndarray, np.ndarray]:
    """The ground [4, 2] and the dark squares [C, 4, 2] of two chequered rows across the track."""
    columns = max(2 * math.ceil(half / CHEQUER), 2)
    width = 2 * half / columns

    def square(row: float, column: float, rows: float, across: float) -> np.ndarray:
        corners = ((row, column), (row, column + across), (row + rows, column + across), (row + rows, column))
        return np.array([place + r * width * tangent + (c * width - half) * normal for r, c in corners])

    dark = [square(r - 1, c, 1, 1) for r in (0, 1) for c in range(columns) if (r + c) % 2]
    return square(-1, 0, 2, columns), np.array(dark)
