"""Standing cars: on the grid before a race, and back on the track after a crash in one."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.sim.race import RaceState
from racer_desktop.sim.track import Track
from racer_desktop.sim.vehicle import Pose

CLEAR = 10.0  # m from a disc to where a car is put back, so that it can get past


def free_point(track: Track, point: int) -> int:
    """The track's point at or before `point` with no disc near."""
    discs = np.asarray(track.obstacles).reshape(-1, 2)
    for back in range(len(track.centre)):
        index = (point - back) % len(track.centre)
        away = np.linalg.norm(discs - track.centre[index], axis=1)
        if not (away < CLEAR).any():
            return index
    return point  # discs everywhere: as good a place as any


def standing(state: RaceState, track: Track, point: int, aside: float = 0.0) -> RaceState:
    """A standing car, its way and gates adjusted to where it is put.

    Args:
        state: one car on the track, fields [1].
        track: that it is on.
        point: index of the track's point that it is put beside.
        aside: from the centre line, m, positive to the left.

    Returns:
        The state after.
    """
    along = track.tangents[point]
    x, y = track.centre[point] + aside * np.array((-along[1], along[0]))
    length = float(track.length)
    arc = point * length / len(track.centre)
    back = math.remainder(float(state.arc[0]) - arc, length)
    travelled = _one(float(state.travelled[0]) - back)
    still = _one(0.0)
    return state._replace(
        pose=Pose(_one(x), _one(y), _one(math.atan2(along[1], along[0])), still, still),
        segment=jnp.asarray(np.full(1, point, np.int32)),
        arc=_one(arc),
        travelled=travelled,
        furthest=travelled,
        stalled=still,
        gate_time=still,
    )


def _one(value: float) -> jax.Array:
    return jnp.asarray(np.full(1, value, np.float32))
