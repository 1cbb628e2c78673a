"""Distance rays, and the observation made of them and the speed.

Each ray is met exactly with every edge segment and disc it can reach.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from racer_desktop.config import CarConfig, SensorConfig
from racer_desktop.sim.course import Courses, window
from racer_desktop.sim.vehicle import Pose

FAR = 1e9  # m: no hit


def measure(
    sensors: SensorConfig, course: Courses, track: jax.Array, segment: jax.Array, pose: Pose, looked_at: int
) -> jax.Array:
    """The length of every ray up to the first edge or disc.

    Args:
        sensors: angles and range of the R rays.
        course: T tracks.
        track, segment: [B] the car's track and nearest segment.
        pose: fields [B].
        looked_at: segments on each side of the car, see `sight.reach`.

    Returns:
        [B, R] distances, m, at most `ray_range`.
    """
    line = window(course, track, segment - looked_at, 2 * looked_at + 1)
    angles = pose.heading[:, None] + jnp.deg2rad(jnp.asarray(sensors.ray_angles_deg))
    direction = jnp.cos(angles), jnp.sin(angles)
    nearest = jnp.minimum(
        _to_polyline(direction, line[..., 2] - pose.x[:, None], line[..., 3] - pose.y[:, None]),
        _to_polyline(direction, line[..., 4] - pose.x[:, None], line[..., 5] - pose.y[:, None]),
    )
    discs = course.obstacles[track]
    to_disc = discs[..., 0] - pose.x[:, None], discs[..., 1] - pose.y[:, None]
    nearest = jnp.minimum(nearest, _to_discs(direction, to_disc, discs[..., 2]))
    return jnp.minimum(nearest, sensors.ray_range)


def observe(sensors: SensorConfig, car: CarConfig, rays: jax.Array, speed: jax.Array) -> jax.Array:
    """What the agent sees: [..., R + 1] rays / range and speed / top speed, all in [0, 1]."""
    return jnp.concatenate([rays / sensors.ray_range, (speed / car.max_speed)[..., None]], axis=-1)


def _to_polyline(direction: tuple[jax.Array, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
    """Distance [B, R] along rays from the origin to a polyline with vertices x, y [B, W]."""
    cos, sin = direction[0][..., None], direction[1][..., None]
    along = x[:, None] * cos + y[:, None] * sin
    across = y[:, None] * cos - x[:, None] * sin
    a, b = across[..., :-1], across[..., 1:]
    crosses = (a > 0) != (b > 0)
    share = a / jnp.where(crosses, a - b, 1.0)
    hit = along[..., :-1] + share * (along[..., 1:] - along[..., :-1])
    return jnp.min(jnp.where(crosses & (hit >= 0.0), hit, FAR), axis=-1)


def _to_discs(
    direction: tuple[jax.Array, jax.Array], to_disc: tuple[jax.Array, jax.Array], radius: jax.Array
) -> jax.Array:
    """Distance [B, R] along rays from the origin to the first of K discs, given their centres [B, K] and radii."""
    cos, sin = direction[0][..., None], direction[1][..., None]
    x, y = to_disc[0][:, None], to_disc[1][:, None]
    along = x * cos + y * sin
    across = y * cos - x * sin
    depth = radius[:, None] ** 2 - across**2
    hit = along - jnp.sqrt(jnp.maximum(depth, 0.0))
    return jnp.min(jnp.where((depth > 0.0) & (hit >= 0.0), hit, FAR), axis=-1)
