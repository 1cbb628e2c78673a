"""Sequence replay in device arrays: one ring of rows per car, sampled uniformly over whole sequences.

The last ring belongs to guests: what the hero or the person drove, handed in between updates.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.agent.world_model import Sequences

CANDIDATES = 32  # sequences looked at for each one drawn with an ending


class Replay(NamedTuple):
    """R rings of C rows.

    Attributes:
        rows: [R, C, O + A + 3] observation, action, reward, first, terminal.
        cursor: [R] where each ring is written next.
        filled: [R] rows written, at most C.
    """

    rows: jax.Array
    cursor: jax.Array
    filled: jax.Array


def empty(rings: int, capacity: int, observation: int, action: int) -> Replay:
    """Nothing remembered yet."""
    zero = jnp.zeros(rings, jnp.int32)
    return Replay(jnp.zeros((rings, capacity, observation + action + 3)), zero, zero)


def pack(data: Sequences) -> jax.Array:
    """Sequences [T, B, ...] as rows [T, B, W]."""
    flags = jnp.stack([data.reward, data.first, data.terminal], axis=-1)
    return jnp.concatenate([data.observation, data.action, flags], axis=-1)


def unpack(rows: jax.Array, observation: int) -> Sequences:
    """Rows [..., W] as sequences, given the observation's width."""
    obs, action, flags = jnp.split(rows, [observation, rows.shape[-1] - 3], axis=-1)
    return Sequences(obs, action, *jnp.moveaxis(flags, -1, 0))


def write(replay: Replay, rows: jax.Array) -> Replay:
    """Appends rows [T, B, W] to the first B rings, which are always in step with each other."""
    steps, cars = rows.shape[:2]
    capacity = replay.rows.shape[1]
    at = (replay.cursor[0] + jnp.arange(steps)) % capacity
    ring = jnp.arange(cars)
    return Replay(
        rows=replay.rows.at[ring[:, None], at[None, :]].set(jnp.swapaxes(rows, 0, 1)),
        cursor=replay.cursor.at[:cars].set((replay.cursor[0] + steps) % capacity),
        filled=replay.filled.at[:cars].set(jnp.minimum(replay.filled[0] + steps, capacity)),
    )


def write_guest(replay: Replay, rows: jax.Array, count: jax.Array) -> Replay:
    """Appends the first `count` of rows [N, W] to the last ring."""
    capacity = replay.rows.shape[1]
    ring = replay.rows.shape[0] - 1
    steps = jnp.arange(rows.shape[0])
    # Rows beyond the count are aimed outside the ring, where a scatter drops them.
    at = jnp.where(steps < count, (replay.cursor[ring] + steps) % capacity, capacity)
    return Replay(
        rows=replay.rows.at[ring, at].set(rows, mode="drop"),
        cursor=replay.cursor.at[ring].set((replay.cursor[ring] + count) % capacity),
        filled=replay.filled.at[ring].set(jnp.minimum(replay.filled[ring] + count, capacity)),
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
    return replay.rows[_drawn(replay, batch, length, key)]


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
    ends = jnp.max(replay.rows[ring, at, -1], axis=0)
    # Among equals chance decides; what it adds cannot lift a sequence without an ending above one with it.
    _, chosen = jax.lax.top_k(ends + 0.5 * jax.random.uniform(for_rank, ends.shape), batch)
    return replay.rows[ring[:, chosen], at[:, chosen]]


def _drawn(replay: Replay, batch: int, length: int, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Ring [1, B] and place in it [T, B] of the rows of whole sequences."""
    capacity = replay.rows.shape[1]
    starts = jnp.maximum(replay.filled - length + 1, 0)
    upto = jnp.cumsum(starts)
    drawn = jax.random.randint(key, (batch,), 0, jnp.maximum(upto[-1], 1))
    ring = jnp.searchsorted(upto, drawn, side="right")
    age = drawn - (upto - starts)[ring]
    at = (replay.cursor - replay.filled)[ring] + age
    return ring[None, :], (at[None, :] + jnp.arange(length)[:, None]) % capacity
