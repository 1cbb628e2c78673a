"""What is forgotten when a brain that broke has driven the cars."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.agent import replay
from racer_desktop.agent.replay import Replay
from racer_desktop.training.trainer import without_broken

CAPACITY, GUESTS = 8, 5


def driven(steps: int, guest: int) -> Replay:
    """Two cars and a guest, each row with its step in the first place."""

    def numbered(count: int) -> jax.Array:
        return jnp.zeros((count, 6)).at[:, 0].set(jnp.arange(count))

    cars = jnp.repeat(numbered(steps)[:, None], 2, axis=1)
    memory = replay.write(replay.empty(2, CAPACITY, GUESTS, 2, 1), cars)
    return replay.write_guest(memory, numbered(guest), jnp.int32(guest))


def held(memory: Replay, ring: int) -> list[float]:
    """Steps in a ring, oldest first."""
    rows = memory.guests if ring == 2 else memory.rows[ring]
    at = (int(memory.cursor[ring]) - int(memory.filled[ring]) + np.arange(int(memory.filled[ring]))) % len(rows)
    return np.asarray(rows)[at, 0].tolist()


def test_sound_rows_all_stay():
    memory = driven(11, 7)
    jax.tree.map(np.testing.assert_array_equal, without_broken(memory), memory)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_cars_forget_together_and_guests_keep_theirs(bad: float):
    memory = driven(11, 7)
    memory = memory._replace(rows=memory.rows.at[1, 9 % CAPACITY, 4].set(bad))
    mended = without_broken(memory)
    assert held(mended, 0) == held(mended, 1) == [3, 4, 5, 6, 7, 8]
    assert held(mended, 2) == [2, 3, 4, 5, 6]
    assert np.isfinite(mended.rows).all()


def test_guests_forget_and_cars_keep_theirs():
    memory = driven(11, 7)
    memory = memory._replace(guests=memory.guests.at[5 % GUESTS, 3].set(np.nan))
    mended = without_broken(memory)
    assert held(mended, 2) == [2, 3, 4]
    assert held(mended, 0) == held(mended, 1) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert np.isfinite(mended.guests).all()
