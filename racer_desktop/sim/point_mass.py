"""The reference lap's car: a point mass under the limits of `vehicle.drive`, along a line of stations.

Station i of a track has the centre c_i and the unit normal N_i to the left; the line passes it at the offset n_i.
The speed is known half-way between stations: E_i = v^2 between i and i + 1. Around station i, with chords b and a to
its neighbours:

    p_i     = c_i + n_i N_i
    kappa_i = 2 (b x a) / (|b| |a| |a + b|)              circle through three points
    s_i     = (|b| + |a|) / 2 * (1 + (kappa h)^2 / 24)   arc instead of chord
    t_i     = 2 s_i / (sqrt E_{i-1} + sqrt E_i)          travel time
    a_i     = (E_i - E_{i-1}) / (2 s_i) + drag * E       what the tyres give along the line
    e_i     = (E_{i-1} + E_i) / 2

and what the car can do are inequalities: a^2 + (kappa e)^2 <= grip^2, a <= engine, a sqrt e <= power,
-a <= braking, |n| <= room, E <= top speed^2. Staggering speed against place makes all of it accurate to second order.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.config import CarConfig

Array = jax.Array | np.ndarray


class Limits(NamedTuple):
    """What the car can do, SI units.

    Attributes:
        grip, engine, power, braking, drag: see `CarConfig`.
        top: largest v^2: of the top speed, or where drag eats all of the engine, if that is less.
    """

    grip: float
    engine: float
    power: float
    braking: float
    drag: float
    top: float

    @classmethod
    def of(cls, car: CarConfig) -> Limits:
        """The limits of a car."""
        speeds = [car.max_speed]
        if car.drag > 0.0:
            speeds += [(car.engine_acceleration / car.drag) ** (1 / 2), (car.engine_power / car.drag) ** (1 / 3)]
        return cls(car.grip, car.engine_acceleration, car.engine_power, car.braking, car.drag, min(speeds) ** 2)


class Stations(NamedTuple):
    """The track as M stations sees it, each with its neighbours, so that a station is a row.

    Attributes:
        behind, ahead: [M, 2] from the station before, and to the one after, m.
        normals: [M, 3, 2] of the station before, this one and the one after.
        room: [M] largest offset to either side, m.
    """

    behind: Array
    ahead: Array
    normals: Array
    room: Array


class Around(NamedTuple):
    """The unknowns that one station depends on; every field [].

    Attributes:
        before, here, after: offsets at the three stations, m.
        entering, leaving: v^2 before and after the station, m2/s2.
    """

    before: jax.Array
    here: jax.Array
    after: jax.Array
    entering: jax.Array
    leaving: jax.Array


def travel(limits: Limits, station: Stations, around: Around) -> tuple[jax.Array, jax.Array]:
    """One station's travel time and how far the car is from its limits there.

    Args:
        limits: what the car can do.
        station: one row of `Stations`.
        around: the unknowns there.

    Returns:
        The time, s, and seven slacks as shares of their limits, each positive where the car keeps within it.
    """
    normals = station.normals
    b = station.behind + around.here * normals[1] - around.before * normals[0]
    a = station.ahead + around.after * normals[2] - around.here * normals[1]
    length_b, length_a, across = jnp.sqrt(b @ b), jnp.sqrt(a @ a), jnp.sqrt((a + b) @ (a + b))
    bend = 2.0 * (b[0] * a[1] - b[1] * a[0]) / (length_b * length_a * across)
    half = 0.5 * (length_b + length_a)
    arc = half * (1.0 + (bend * half) ** 2 / 24.0)
    time = 2.0 * arc / (jnp.sqrt(around.entering) + jnp.sqrt(around.leaving))
    energy = 0.5 * (around.entering + around.leaving)
    along = (around.leaving - around.entering) / (2.0 * arc) + limits.drag * energy
    slacks = [
        1.0 - (along**2 + (bend * energy) ** 2) / limits.grip**2,
        1.0 - along / limits.engine,
        1.0 - along * jnp.sqrt(energy) / limits.power,
        1.0 + along / limits.braking,
        1.0 - around.here / station.room,
        1.0 + around.here / station.room,
        1.0 - around.leaving / limits.top,
    ]
    return time, jnp.stack(slacks)
