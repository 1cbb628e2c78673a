"""The replay: rings that wrap, and sequences drawn whole and evenly."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.agent import replay
from racer_desktop.agent.replay import Replay
from racer_desktop.agent.world_model import Sequences

CAPACITY = 10  # of each car's ring
WRITE = jax.jit(replay.write)
WRITE_GUEST = jax.jit(replay.write_guest)
SAMPLE = jax.jit(replay.sample, static_argnames=("batch", "length"))
SAMPLE_ENDINGS = jax.jit(replay.sample_endings, static_argnames=("batch", "length"))


def rows(cars: range | list[int], steps: range) -> jax.Array:
    """Rows [T, B, 6] that say whose they are and when: car, step and a check of both."""
    table = [[[car, step, car * 1000 + step, 0, 0, 0] for car in cars] for step in steps]
    return jnp.asarray(np.array(table, np.float32))


def filled(steps: int, guest: int = 0, cars: int = 2, guests: int = CAPACITY) -> Replay:
    """A replay of so many steps of each car, written two at a time, and of a guest called 9, with room for `guests`."""
    memory = replay.empty(cars, CAPACITY, guests, observation=2, action=1)
    for step in range(0, steps, 2):
        memory = WRITE(memory, rows(range(cars), range(step, step + 2)))
    for step in range(guest):
        three = jnp.concatenate([rows([9], range(step, step + 1))[:, 0], jnp.full((2, 6), -1.0)])
        memory = WRITE_GUEST(memory, three, jnp.int32(1))
    return memory


def drawn(memory: Replay, batch: int, length: int, seed: int = 0) -> np.ndarray:
    return np.asarray(SAMPLE(memory, batch=batch, length=length, key=jax.random.key(seed)))


def test_packing_and_unpacking():
    draw = np.random.default_rng(0)
    shapes = [(5, 3, 4), (5, 3, 2), (5, 3), (5, 3), (5, 3)]
    data = Sequences(*(jnp.asarray(draw.normal(size=shape), jnp.float32) for shape in shapes))
    packed = replay.pack(data)
    assert packed.shape == (5, 3, 9)
    for before, after in zip(data, replay.unpack(packed, observation=4), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_ring_holds_the_newest_rows():
    memory = filled(14)
    np.testing.assert_array_equal(memory.filled, [10, 10, 0])
    np.testing.assert_array_equal(memory.cursor, [4, 4, 0])
    for car in range(2):
        np.testing.assert_array_equal(memory.rows[car, :, 0], [car] * 10)
        np.testing.assert_array_equal(memory.rows[car, :, 1], [10, 11, 12, 13, 4, 5, 6, 7, 8, 9])


def test_a_ring_not_full_yet():
    memory = filled(6)
    np.testing.assert_array_equal(memory.filled, [6, 6, 0])
    np.testing.assert_array_equal(memory.rows[1, :6, 1], range(6))
    assert not memory.rows[1, 6:].any()


def test_a_write_may_wrap_in_the_middle():
    memory = replay.empty(1, CAPACITY, CAPACITY, 2, 1)
    memory = WRITE(memory, rows([0], range(7)))
    memory = WRITE(memory, rows([0], range(7, 14)))
    np.testing.assert_array_equal(memory.rows[0, :, 1], [10, 11, 12, 13, 4, 5, 6, 7, 8, 9])
    assert int(memory.cursor[0]) == 4


def test_a_guest_has_a_ring_of_its_own():
    memory = filled(4, guest=3)
    np.testing.assert_array_equal(memory.filled, [4, 4, 3])
    np.testing.assert_array_equal(memory.guests[:3, :2], [[9, 0], [9, 1], [9, 2]])
    assert not memory.guests[3:].any()  # rows beyond the count were dropped
    np.testing.assert_array_equal(memory.rows[0, :4, 1], range(4))


def test_a_guest_who_drives_on_wraps_too():
    memory = filled(0, guest=13)
    assert (int(memory.filled[2]), int(memory.cursor[2])) == (10, 3)
    np.testing.assert_array_equal(memory.guests[:, 1], [10, 11, 12, 3, 4, 5, 6, 7, 8, 9])


@pytest.mark.parametrize("guests", [7, 16])
def test_rings_of_different_lengths_wrap_each_at_its_own_end(guests: int):
    memory = filled(14, guest=18, guests=guests)
    assert (memory.rows.shape, memory.guests.shape) == ((2, CAPACITY, 6), (guests, 6))
    np.testing.assert_array_equal(memory.filled, [10, 10, guests])
    np.testing.assert_array_equal(memory.cursor, [4, 4, 18 % guests])
    np.testing.assert_array_equal(np.sort(memory.guests[:, 1]), range(18 - guests, 18))
    np.testing.assert_array_equal(memory.guests[:, 1] % guests, range(guests))
    np.testing.assert_array_equal(memory.rows[1, :, 1], [10, 11, 12, 13, 4, 5, 6, 7, 8, 9])


def test_of_more_than_fits_the_newest_stays():
    memory = WRITE(filled(4, guest=3, guests=7), rows(range(2), range(4, 29)))
    np.testing.assert_array_equal(np.sort(memory.rows[1, :, 1]), range(19, 29))
    memory = WRITE_GUEST(memory, rows([9], range(3, 25))[:, 0], jnp.int32(20))
    np.testing.assert_array_equal(np.sort(memory.guests[:, 1]), range(16, 23))
    np.testing.assert_array_equal(memory.filled, [10, 10, 7])
    np.testing.assert_array_equal(memory.cursor, [9, 9, 23 % 7])


def test_no_rows_of_a_guest_change_nothing():
    before = filled(4, guest=2)
    after = WRITE_GUEST(before, jnp.full((3, 6), 5.0), jnp.int32(0))
    jax.tree.map(np.testing.assert_array_equal, before, after)


@given(
    steps=st.integers(2, 20).map(lambda n: 2 * n),
    guest=st.integers(0, 25),
    guests=st.sampled_from([5, CAPACITY, 17]),
    seed=st.integers(0, 1000),
)
def test_sequences_are_whole_stretches_of_one_driver(steps: int, guest: int, guests: int, seed: int):
    sequences = drawn(filled(steps, guest, guests=guests), 64, 4, seed)
    assert sequences.shape == (4, 64, 6)
    assert (sequences[..., 0] == sequences[0, :, 0]).all()
    np.testing.assert_array_equal(np.diff(sequences[..., 1], axis=0), 1)  # never across the cursor
    np.testing.assert_array_equal(sequences[..., 2], sequences[..., 0] * 1000 + sequences[..., 1])
    of_guest = sequences[0, :, 0] == 9
    assert (sequences[..., 1].max(axis=0) < np.where(of_guest, guest, steps)).all()
    assert (sequences[0, :, 1] >= np.where(of_guest, guest - guests, steps - CAPACITY)).all()


@pytest.mark.parametrize(
    ("steps", "guest", "guests"), [(14, 13, 10), (6, 5, 10), (8, 0, 10), (20, 3, 10), (14, 30, 17), (14, 9, 5)]
)
def test_every_start_is_equally_likely(steps: int, guest: int, guests: int):
    count, length = 40_000, 4
    sequences = drawn(filled(steps, guest, guests=guests), count, length, seed=1)
    starts = sequences[0, :, 0] * 1000 + sequences[0, :, 1]

    def possible(made: int, capacity: int) -> range:
        return range(max(made - capacity, 0), made - length + 1)

    expected = {car * 1000 + step for car in range(2) for step in possible(steps, CAPACITY)}
    expected |= {9000 + step for step in possible(guest, guests)}
    seen, often = np.unique(starts, return_counts=True)
    assert set(seen) == expected
    mean = count / len(expected)
    chi_square = ((often - mean) ** 2 / mean).sum()
    assert chi_square < 2 * len(expected) + 15  # fixed key; even a tenth more of one start is above it
    assert np.abs(often / mean - 1).max() < 0.1


def with_endings(memory: Replay, *steps: int) -> Replay:
    """The same, with the episodes of car 1 ended for good at these steps."""
    ended = (memory.rows[1, :, 1][:, None] == jnp.array(steps)).any(axis=1)
    return memory._replace(rows=memory.rows.at[1, :, 5].set(ended.astype(jnp.float32)))


def endings(memory: Replay, batch: int, seed: int = 0) -> np.ndarray:
    return np.asarray(SAMPLE_ENDINGS(memory, batch=batch, length=4, key=jax.random.key(seed)))


def test_endings_are_drawn_first():
    memory = with_endings(filled(20), 14)  # 4 of the 14 possible sequences hold it
    for seed in range(20):
        sequences = endings(memory, 8, seed)
        assert (sequences[..., 5].max(axis=0) == 1).all()
        assert (sequences[0, :, 0] == 1).all()
        np.testing.assert_array_equal(np.diff(sequences[..., 1], axis=0), 1)
    # Each place of the ending in the sequence comes up.
    found = np.concatenate([endings(memory, 8, seed)[..., 5].argmax(axis=0) for seed in range(20)])
    np.testing.assert_array_equal(np.unique(found), range(4))


@pytest.mark.parametrize("guests", [7, 17])
def test_endings_of_a_guest_are_found_too(guests: int):
    memory = filled(20, guest=19, guests=guests)
    ended = (memory.guests[:, 1] == 15).astype(jnp.float32)
    memory = memory._replace(guests=memory.guests.at[:, 5].set(ended))
    sequences = endings(memory, 8)
    assert (sequences[0, :, 0] == 9).all()
    assert (sequences[..., 5] == (sequences[..., 1] == 15)).all()
    assert sequences[..., 5].any(axis=0).all()


def test_a_guest_who_did_not_drive_long_enough_is_never_drawn():
    memory = filled(14, guest=3, guests=17)
    assert set(drawn(memory, 2000, 4)[..., 0].flat) == {0, 1}
    assert set(endings(memory, 32)[..., 0].flat) == {0, 1}


def test_where_nothing_ended_any_sequence_will_do():
    memory = filled(14)
    starts = np.concatenate([endings(memory, 8, seed)[0, :, 2] for seed in range(100)])
    assert len(np.unique(starts)) == 14


def test_rare_endings_are_drawn_more_often_than_by_chance():
    memory = with_endings(filled(20), 10)  # the oldest row: only one sequence of 14 begins with it
    share = np.mean([endings(memory, 8, seed)[..., 5].max(axis=0) for seed in range(50)])
    assert share > 3 / 14


def test_the_same_key_draws_the_same():
    memory = filled(10)
    np.testing.assert_array_equal(drawn(memory, 16, 4, seed=3), drawn(memory, 16, 4, seed=3))
    assert (drawn(memory, 16, 4, seed=3) != drawn(memory, 16, 4, seed=4)).any()


def test_writing_in_a_loop_under_jit_is_writing_one_by_one():
    def wrote(memory: Replay, row: jax.Array) -> tuple[Replay, None]:
        return replay.write(memory, row[None]), None

    all_rows = rows(range(2), range(14))
    looped = jax.jit(partial(jax.lax.scan, wrote))(replay.empty(2, CAPACITY, CAPACITY, 2, 1), all_rows)[0]
    jax.tree.map(np.testing.assert_array_equal, looped, filled(14))
