"""Tracks on the device: many of one size side by side, and where a car is on its own.

A car carries the index of its nearest centre-line segment, so finding its place again and seeing the edges
around it look at a window of the track, not at all of it. Rays stay exact: a car between the edges cannot
see an edge outside the stretch of track that its rays' range can reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.config import MOST_OBSTACLES
from racer_desktop.sim.track import Track

SEARCH = 1 / 128  # of the lap, looked at on each side of the last nearest segment, and two segments at least:
# on the inside of a bend the half metre that a car drives in a tick can be two and a half along the centre line


class Courses(NamedTuple):
    """T tracks of N points with up to K obstacles each.

    Attributes:
        line: [T, N, 7] centre x, y; left edge x, y; right edge x, y; half width.
        obstacles: [T, K, 3] x, y, radius; absent ones lie far away.
        length: [T] m.
    """

    line: jax.Array
    obstacles: jax.Array
    length: jax.Array

    @property
    def step(self) -> jax.Array:
        """[T] length of a segment, m."""
        return self.length / self.line.shape[1]


class Place(NamedTuple):
    """Where a car is on its course; fields [...].

    Attributes:
        segment: index of the nearest centre-line segment.
        arc: distance along the centre line from the start line, m, in [0, length).
        offset: distance from the centre line, m, positive to the left.
        half_width: of the track there, m.
        along: [..., 2] direction of the track there.
    """

    segment: jax.Array
    arc: jax.Array
    offset: jax.Array
    half_width: jax.Array
    along: jax.Array


def courses(tracks: Sequence[Track]) -> Courses:
    """Tracks of one number of points side by side, with room for `MOST_OBSTACLES` discs each.

    Raises:
        ValueError: if the tracks differ in their number of points or have too many discs.
    """
    if max(len(t.obstacles) for t in tracks) > MOST_OBSTACLES or len({len(t.centre) for t in tracks}) != 1:
        raise ValueError(f"Tracks in one batch need the same number of points and at most {MOST_OBSTACLES} discs.")
    discs = np.full((len(tracks), MOST_OBSTACLES, 3), (1e6, 1e6, 0.0), np.float32)
    lines = []
    for k, track in enumerate(tracks):
        lines.append(np.concatenate([track.centre, *track.edges, track.half_width[:, None]], axis=1))
        discs[k, : len(track.obstacles), :2] = track.obstacles
        discs[k, : len(track.obstacles), 2] = track.obstacle_radius
    lengths = np.array([t.length for t in tracks], np.float32)
    return Courses(jnp.asarray(np.array(lines, np.float32)), jnp.asarray(discs), jnp.asarray(lengths))


def window(course: Courses, track: jax.Array, start: jax.Array, size: int) -> jax.Array:
    """`size` rows of each car's line from index `start`, round the lap.

    Args:
        course: T tracks.
        track, start: [B] the car's track and first row, any integer.
        size: number of rows.

    Returns:
        [B, size, 7].
    """
    points = course.line.shape[1]
    rows = (start[:, None] + jnp.arange(size)) % points
    return course.line.reshape(-1, course.line.shape[-1])[track[:, None] * points + rows]


def locate(course: Courses, track: jax.Array, segment: jax.Array, x: jax.Array, y: jax.Array) -> Place:
    """The place of each car near its last segment, exactly: nearest point of the polyline.

    Args:
        course: T tracks.
        track: [B] which one each car drives.
        segment: [B] nearest segment a moment ago.
        x, y: [B] position, m.

    Returns:
        Its place, fields [B].
    """
    points = course.line.shape[1]
    search = max(2, math.ceil(SEARCH * points))
    line = window(course, track, segment - search, 2 * search + 2)
    ends = line[..., :2]
    first, along = ends[:, :-1], ends[:, 1:] - ends[:, :-1]
    to_car = jnp.stack([x, y], axis=-1)[:, None] - first
    length = jnp.sum(along**2, axis=-1)
    t = jnp.clip(jnp.sum(to_car * along, axis=-1) / length, 0.0, 1.0)
    gap = to_car - t[..., None] * along
    distance = jnp.sum(gap**2, axis=-1)
    best = jnp.argmin(distance, axis=-1)

    def chosen(values: jax.Array) -> jax.Array:
        return jnp.take_along_axis(values, best[:, None], axis=1)[:, 0]

    cross = along[..., 0] * to_car[..., 1] - along[..., 1] * to_car[..., 0]
    unit = along / jnp.sqrt(length)[..., None]
    here = (segment - search + best) % points
    share = chosen(t)
    half_width = line[..., 6]
    return Place(
        segment=here,
        arc=(here + share) % points * course.step[track],
        offset=jnp.sign(chosen(cross)) * jnp.sqrt(chosen(distance)),
        half_width=chosen(half_width[:, :-1]) * (1 - share) + chosen(half_width[:, 1:]) * share,
        along=jnp.stack([chosen(unit[..., 0]), chosen(unit[..., 1])], axis=-1),
    )
