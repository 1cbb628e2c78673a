"""Minimises a lap's time within the car's limits: Newton's method with a logarithmic barrier.

The sum over stations of  t_i - mu * sum log slack  is minimised over all offsets and speeds for a mu that shrinks
towards 0 (S. Boyd and L. Vandenberghe, Convex Optimization, ch. 11). Every iterate keeps all limits, so whatever
comes out can be driven. Each station depends on its neighbours only: Newton's equations are a ring of small blocks.

JAX differentiates one station's cost, for all of them at once; the few dozen steps themselves are NumPy's: compiled,
they would save a tenth of a second a lap and cost four once.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.sim import block_cyclic
from racer_desktop.sim.point_mass import Around, Limits, Stations, travel

FIRST_WEIGHT, LAST_WEIGHT = 0.1, 1e-6  # s: mu; at the end the barrier costs some 0.01% of a lap
SHRINK = 0.2
CENTRED = 0.05  # of mu, per station: squared Newton decrement at which mu shrinks
MOST_STEPS = 300  # about 40 are needed
LEAST_CURVATURE = 1e-10  # of a station's cost, s per squared unknown: keeps Newton's direction downhill
SHARES = np.concatenate([[0.0, 1.0], 0.99 * 0.6 ** np.arange(17)])  # of a Newton step, tried at once


class Solution(NamedTuple):
    """A lap at M stations.

    Attributes:
        offset: [M] of the line, m, positive to the left.
        energy: [M] v^2 half-way to the next station, m2/s2.
        time: of the lap, s.
        arrived: whether the barrier was taken down to `LAST_WEIGHT`.
    """

    offset: np.ndarray
    energy: np.ndarray
    time: float
    arrived: bool


def minimise(limits: Limits, stations: Stations, energy: float) -> Solution:
    """The fastest lap of a point mass; to be called with 64 bits enabled.

    Args:
        limits: what the car can do.
        stations: M of them, M a power of two, at least 4.
        energy: v^2 at which the whole centre line can be driven with no limit reached: where the search begins.
    """
    m = len(stations.room)
    x = np.stack([np.zeros(m), np.full(m, energy)], axis=1)
    weight = FIRST_WEIGHT
    for _ in range(MOST_STEPS):
        slopes, bends = jax.device_get(_derivatives(limits, stations, weight, x))
        gradient, direction = _newton(slopes, bends)
        costs = np.asarray(_costs(limits, stations, weight, x, direction))
        best = int(np.argmin(costs))
        x = x + SHARES[best] * direction
        if best == 0 or -np.sum(gradient * direction) < CENTRED * weight * m:
            weight *= SHRINK
        if weight <= LAST_WEIGHT:
            break
    time = float(_time(limits, stations, x))
    return Solution(x[:, 0], x[:, 1], time, arrived=weight <= LAST_WEIGHT)


def _cost(limits: Limits, station: Stations, weight: jax.Array, around: jax.Array) -> jax.Array:
    """One station's share of what is minimised; `around` [5] in the order of `Around`."""
    time, slacks = travel(limits, station, Around(*around))
    return time - weight * jnp.sum(jnp.log(slacks))


@jax.jit
def _derivatives(limits: Limits, stations: Stations, weight: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Slope [M, 5] and Hessian [M, 5, 5] of each station's cost at x [M, 2]."""

    def both(station: Stations, around: jax.Array) -> tuple[jax.Array, jax.Array]:
        return jax.grad(_cost, 3)(limits, station, weight, around), jax.hessian(_cost, 3)(
            limits, station, weight, around
        )

    return jax.vmap(both)(stations, _around(x))


@jax.jit
def _costs(limits: Limits, stations: Stations, weight: jax.Array, x: jax.Array, direction: jax.Array) -> jax.Array:
    """The whole cost at each of `SHARES` along a direction [M, 2]; inf where a limit is broken."""

    def total(share: jax.Array) -> jax.Array:
        there = x + share * direction
        costs = jax.vmap(_cost, (None, 0, None, 0))(limits, stations, weight, _around(there))
        return jnp.where(jnp.all(jnp.isfinite(costs)) & jnp.all(there[:, 1] > 0.0), jnp.sum(costs), jnp.inf)

    return jax.vmap(total)(jnp.asarray(SHARES))


@jax.jit
def _time(limits: Limits, stations: Stations, x: jax.Array) -> jax.Array:
    times, _ = jax.vmap(lambda station, around: travel(limits, station, Around(*around)))(stations, _around(x))
    return jnp.sum(times)


def _around(x: jax.Array) -> jax.Array:
    """Each station's five unknowns [M, 5], in the order of `Around`, out of all of them [M, 2]."""
    offset, energy = x[:, 0], x[:, 1]
    return jnp.stack([jnp.roll(offset, 1), offset, jnp.roll(offset, -1), jnp.roll(energy, 1), energy], axis=1)


def _newton(slopes: np.ndarray, bends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Newton direction [M, 2] of a sum with terms of slope [M, 5] and Hessian [M, 5, 5]."""
    m = len(slopes)
    values, vectors = np.linalg.eigh(bends)
    bends = (vectors * np.maximum(values, LEAST_CURVATURE)[:, None]) @ vectors.swapaxes(1, 2)
    # As blocks of (offset, energy) at the stations before, here and after; the energy after plays no part.
    places = np.array([0, 2, 4, 1, 3])
    slope, bend = np.zeros((m, 6)), np.zeros((m, 6, 6))
    slope[:, places] = slopes
    bend[:, places[:, None], places] = bends
    slope, bend = slope.reshape(m, 3, 2), bend.reshape(m, 3, 2, 3, 2)
    gradient = slope[:, 1] + np.roll(slope[:, 0], -1, 0) + np.roll(slope[:, 2], 1, 0)
    here = bend[:, 1, :, 1] + np.roll(bend[:, 0, :, 0], -1, 0) + np.roll(bend[:, 2, :, 2], 1, 0)
    to_next = bend[:, 1, :, 2] + np.roll(bend[:, 0, :, 1], -1, 0)
    over_next = np.roll(bend[:, 0, :, 2], -1, 0)
    # Two stations to a block, so that only neighbouring blocks are coupled.
    even, odd = slice(0, None, 2), slice(1, None, 2)
    diagonal = np.block([[here[even], to_next[even]], [to_next[even].swapaxes(1, 2), here[odd]]])
    upper = np.block([[over_next[even], np.zeros_like(here[odd])], [to_next[odd], over_next[odd]]])
    lower = np.roll(upper, 1, 0).swapaxes(1, 2)
    return gradient, block_cyclic.solve(lower, diagonal, upper, -gradient.reshape(-1, 4)).reshape(m, 2)
