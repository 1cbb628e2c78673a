"""Sequence replay in device arrays: one ring of rows per car, sampled uniformly over whole sequences.

One more ring, of a length of its own, belongs to guests: what the hero or the person drove, handed in between updates.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.agent.world_model import Sequences

CANDIDATES = 32  # sequences looked at for each one drawn with an ending


class Replay(NamedTuple):
    """B rings of C rows for the fleet's cars and one of G rows for guests.

    Attributes:
        rows: [B, C, W] of the cars; W = O + A + 3: observation, action, reward, first, terminal.
        guests: [G, W] of the guests.
        cursor: [B + 1] where each ring is written next; the guests' is the last.
        filled: [B + 1] rows written, at most what the ring holds.
    """

    rows: jax.Array
    guests: jax.Array
    cursor: jax.Array
    filled: jax.Array


def empty(cars: int, capacity: int, guests: int, observation: int, action: int) -> Replay:
    """Nothing remembered yet.

    Args:
        cars: of the fleet.
        capacity: rows of each car's ring.
        guests: rows of the guests' ring.
        observation: its width.
        action: its width.
    """
    width = observation + action + 3
    zero = jnp.zeros(cars + 1, jnp.int32)
    return Replay(jnp.zeros((cars, capacity, width)), jnp.zeros((guests, width)), zero, zero)


def pack(data: Sequences) -> jax.Array:
    """Sequences [T, B, ...] as rows [T, B, W]."""
    flags = jnp.stack([data.reward, data.first, data.terminal], axis=-1)
    return jnp.concatenate([data.observation, data.action, flags], axis=-1)


def unpack(rows: jax.Array, observation: int) -> Sequences:
    """Rows [..., W] as sequences, given the observation's width."""
    obs, action, flags = jnp.split(rows, [observation, rows.shape[-1] - 3], axis=-1)
    return Sequences(obs, action, *jnp.moveaxis(flags, -1, 0))


def write(replay: Replay, rows: jax.Array) -> Replay:
    """Appends rows [T, B, W] to the cars' rings, which are always in step with each other."""
    steps, cars = rows.shape[:2]
    capacity = replay.rows.shape[1]
    kept = min(steps, capacity)  # no place is written twice: which write would win is not defined
    at = (replay.cursor[0] + jnp.arange(steps - kept, steps)) % capacity
    ring = jnp.arange(cars)
    return replay._replace(
        rows=replay.rows.at[ring[:, None], at[None, :]].set(jnp.swapaxes(rows[steps - kept :], 0, 1)),
        cursor=replay.cursor.at[:cars].set((replay.cursor[0] + steps) % capacity),
        filled=replay.filled.at[:cars].set(jnp.minimum(replay.filled[0] + steps, capacity)),
    )


def write_guest(replay: Replay, rows: jax.Array, count: jax.Array) -> Replay:
    """Appends the first `count` of rows [N, W] to the guests' ring."""
    capacity = len(replay.guests)
    steps = jnp.arange(len(rows))
    # Rows beyond the count, and old ones of more than fit, are aimed outside the ring, where a scatter drops them.
    kept = (steps < count) & (steps >= count - capacity)
    at = jnp.where(kept, (replay.cursor[-1] + steps) % capacity, capacity)
    return replay._replace(
        guests=replay.guests.at[at].set(rows, mode="drop"),
        cursor=replay.cursor.at[-1].set((replay.cursor[-1] + count) % capacity),
        filled=replay.filled.at[-1].set(jnp.minimum(replay.filled[-1] + count, capacity)),
    )


def sample(replay: Replay, batch: int, length: int, key: jax.Array) -> jax.Array:
    """Draws whole sequences, every possible start equally likely.

    Args:
        replay: with at least one ring holding `length` rows.
        batch: sequences to draw.
        length: rows of each.
        key: random key.

    Returns:
        [T, B, W] rows.
    """
    return _rows(replay, *_drawn(replay, batch, length, key))


def sample_endings(replay: Replay, batch: int, length: int, key: jax.Array) -> jax.Array:
    """Draws sequences in which an episode ended for good, as far as a number of candidates has them.

    Crashes are rare in what a good driver lives through, and nothing matters more to the world model.

    Args:
        replay: with at least one ring holding `length` rows.
        batch: sequences to draw.
        length: rows of each.
        key: random key.

    Returns:
        [T, B, W] rows.
    """
    for_draw, for_rank = jax.random.split(key)
    ring, at = _drawn(replay, CANDIDATES * batch, length, for_draw)
    ends = jnp.max(_rows(replay, ring, at, -1), axis=0)
    # Among equals chance decides; what it adds cannot lift a sequence without an ending above one with it.
    _, chosen = jax.lax.top_k(ends + 0.5 * jax.random.uniform(for_rank, ends.shape), batch)
    return _rows(replay, ring[:, chosen], at[:, chosen])


def _drawn(replay: Replay, batch: int, length: int, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Ring [1, B] and place in it [T, B] of the rows of whole sequences."""
    cars, capacity = replay.rows.shape[:2]
    capacities = jnp.full(cars + 1, capacity).at[-1].set(len(replay.guests))
    starts = jnp.maximum(replay.filled - length + 1, 0)
    upto = jnp.cumsum(starts)
    drawn = jax.random.randint(key, (batch,), 0, jnp.maximum(upto[-1], 1))
    ring = jnp.searchsorted(upto, drawn, side="right")
    age = drawn - (upto - starts)[ring]
    at = (replay.cursor - replay.filled)[ring] + age
    return ring[None, :], (at[None, :] + jnp.arange(length)[:, None]) % capacities[ring]


def _rows(replay: Replay, ring: jax.Array, at: jax.Array, column: int | slice = slice(None)) -> jax.Array:
    """Columns of the rows at places [T, B] of rings [1, B]."""
    # Both are read and one is taken: a few rows twice, where joining the arrays would copy all that is remembered.
    # A place in the one may lie outside the other, hence the clipping.
    of_cars = replay.rows.at[ring, at, column].get(mode="clip")
    of_guests = replay.guests.at[at, column].get(mode="clip")
    guest = ring == len(replay.rows)
    return jnp.where(guest.reshape(guest.shape + (1,) * (of_cars.ndim - at.ndim)), of_guests, of_cars)
