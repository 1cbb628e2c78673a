"""Minimises a lap's time within the car's limits: Newton's method with a logarithmic barrier.

The sum over stations of  t_i - mu * sum log slack  is minimised over all offsets and speeds for a mu that shrinks
towards 0 (S. Boyd and L. Vandenberghe, Convex Optimization, ch. 11). Every iterate keeps all limits, so whatever
comes out can be driven. Each station depends on its neighbours only: Newton's equations are a ring of small blocks.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.sim import block_cyclic
from racer_desktop.sim.point_mass import Around, Limits, Stations, travel

FIRST_WEIGHT, LAST_WEIGHT = 0.1, 1e-6  # s: mu; at the end the barrier costs some 0.01% of a lap
SHRINK = 0.2
CENTRED = 0.05  # of mu, per station: squared Newton decrement at which mu shrinks
MOST_STEPS = 300  # about 40 are needed
LEAST_CURVATURE = 1e-10  # of a station's cost, s per squared unknown: keeps Newton's direction downhill
SHARES = 18  # step lengths tried at once


class Solution(NamedTuple):
    """A lap at M stations.

    Attributes:
        offset: [M] of the line, m, positive to the left.
        energy: [M] v^2 half-way to the next station, m2/s2.
        time: [] of the lap, s.
        weight: [] mu; above `LAST_WEIGHT` if the method did not arrive.
    """

    offset: jax.Array
    energy: jax.Array
    time: jax.Array
    weight: jax.Array


@jax.jit
def minimise(limits: Limits, stations: Stations, energy: jax.Array) -> Solution:
    """The fastest lap of a point mass.

    Args:
        limits: what the car can do.
        stations: M of them, M a power of two, at least 4.
        energy: [] v^2 at which the whole centre line can be driven with no limit reached: where the search begins.
    """
    m = len(stations.room)

    def cost(weight: jax.Array, station: Stations, x: jax.Array) -> jax.Array:
        time, slacks = travel(limits, station, Around(*x))
        return time - weight * jnp.sum(jnp.log(slacks))

    def total(weight: jax.Array, x: jax.Array) -> jax.Array:
        costs = jax.vmap(cost, (None, 0, 0))(weight, stations, _around(x))
        return jnp.where(jnp.all(jnp.isfinite(costs)) & jnp.all(x[:, 1] > 0.0), jnp.sum(costs), jnp.inf)

    slopes = jax.vmap(jax.grad(cost, argnums=2), (None, 0, 0))
    bends = jax.vmap(jax.hessian(cost, argnums=2), (None, 0, 0))
    shares = jnp.concatenate([jnp.ones(1), 0.99 * 0.6 ** jnp.arange(SHARES - 1)])

    def newton(state: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array, jax.Array]:
        x, weight, step = state
        around = _around(x)
        gradient, direction = _direction(slopes(weight, stations, around), bends(weight, stations, around))
        costs = jax.vmap(lambda share: total(weight, x + share * direction))(shares)
        best = jnp.argmin(costs)
        better = costs[best] < total(weight, x)
        x = jnp.where(better, x + shares[best] * direction, x)
        centred = -jnp.sum(gradient * direction) < CENTRED * weight * m
        return x, jnp.where(centred | ~better, SHRINK * weight, weight), step + 1

    begin = jnp.stack([jnp.zeros(m), jnp.full(m, energy)], axis=1), jnp.asarray(FIRST_WEIGHT), jnp.asarray(0)
    x, weight, _ = jax.lax.while_loop(lambda s: (s[1] > LAST_WEIGHT) & (s[2] < MOST_STEPS), newton, begin)
    times, _ = jax.vmap(lambda station, row: travel(limits, station, Around(*row)))(stations, _around(x))
    return Solution(x[:, 0], x[:, 1], jnp.sum(times), weight)


def _around(x: jax.Array) -> jax.Array:
    """Each station's five unknowns [M, 5], in the order of `Around`, out of all of them [M, 2]."""
    offset, energy = x[:, 0], x[:, 1]
    return jnp.stack([jnp.roll(offset, 1), offset, jnp.roll(offset, -1), jnp.roll(energy, 1), energy], axis=1)


def _direction(slopes: jax.Array, bends: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Gradient and Newton direction [M, 2] of a sum with terms of slope [M, 5] and Hessian [M, 5, 5]."""
    m = len(slopes)
    values, vectors = jnp.linalg.eigh(bends)
    bends = (vectors * jnp.maximum(values, LEAST_CURVATURE)[:, None]) @ vectors.swapaxes(1, 2)
    # As blocks of (offset, energy) at the stations before, here and after; the energy after plays no part.
    places = jnp.array([0, 2, 4, 1, 3])
    slopes = jnp.zeros((m, 6)).at[:, places].set(slopes).reshape(m, 3, 2)
    bends = jnp.zeros((m, 6, 6)).at[:, places[:, None], places].set(bends).reshape(m, 3, 2, 3, 2)
    gradient = slopes[:, 1] + jnp.roll(slopes[:, 0], -1, 0) + jnp.roll(slopes[:, 2], 1, 0)
    here = bends[:, 1, :, 1] + jnp.roll(bends[:, 0, :, 0], -1, 0) + jnp.roll(bends[:, 2, :, 2], 1, 0)
    to_next = bends[:, 1, :, 2] + jnp.roll(bends[:, 0, :, 1], -1, 0)
    over_next = jnp.roll(bends[:, 0, :, 2], -1, 0)
    # Two stations to a block, so that only neighbouring blocks are coupled.
    even, odd = slice(0, None, 2), slice(1, None, 2)
    diagonal = _block(here[even], to_next[even], to_next[even].swapaxes(1, 2), here[odd])
    upper = _block(over_next[even], jnp.zeros_like(here[odd]), to_next[odd], over_next[odd])
    lower = jnp.roll(upper, 1, 0).swapaxes(1, 2)
    return gradient, block_cyclic.solve(lower, diagonal, upper, -gradient.reshape(-1, 4)).reshape(m, 2)


def _block(a: jax.Array, b: jax.Array, c: jax.Array, d: jax.Array) -> jax.Array:
    """[[a, b], [c, d]] of blocks [M, 2, 2]."""
    return jnp.concatenate([jnp.concatenate([a, b], axis=2), jnp.concatenate([c, d], axis=2)], axis=1)
