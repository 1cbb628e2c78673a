"""The pool of tracks: the same order again from a number, and never a track that is kept for tests."""

from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.sim.chosen import chosen_track
from racer_desktop.training import tracks as module
from racer_desktop.training.evaluation import VALIDATION_TRACKS
from racer_desktop.training.tracks import TRAINING_SEEDS, TrackPool
from racer_desktop.training.trial import TEST_SEEDS
from tests.training.tiny import TINY

RANDOM = TINY.replace(track__random_tracks=True, track__pool=5)


def in_use(pool: TrackPool) -> np.ndarray:
    """Every number of every track in use."""
    courses = pool.courses()
    return np.concatenate([np.ravel(courses.line), np.ravel(courses.obstacles)])


@pytest.fixture
def drawn_seeds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds of all tracks made from now on."""
    seeds: list[int] = []
    original = module.generate

    def noted(seed, *arguments):
        seeds.append(seed)
        return original(seed, *arguments)

    monkeypatch.setattr(module, "generate", noted)
    return seeds


@pytest.mark.parametrize("refreshed", [0, 1, 4, 5, 13])
def test_same_tracks_in_the_same_slots_again(refreshed):
    pool = TrackPool(RANDOM)
    for _ in range(refreshed):
        pool.refresh()
    again = TrackPool(RANDOM, pool.drawn)
    assert np.array_equal(in_use(pool), in_use(again))
    assert pool.refresh().tolist() == again.refresh().tolist()
    assert np.array_equal(in_use(pool), in_use(again))


def test_one_track_is_replaced_and_it_is_the_oldest():
    pool = TrackPool(RANDOM)
    for k in range(12):
        before = np.asarray(pool.courses().line)
        replaced = pool.refresh()
        changed = (np.asarray(pool.courses().line) != before).any(axis=(1, 2))
        assert replaced.tolist() == changed.tolist() == [slot == k % 5 for slot in range(5)]


def test_other_seed_draws_other_tracks():
    assert not np.array_equal(in_use(TrackPool(RANDOM)), in_use(TrackPool(RANDOM.replace(training__seed=1))))


@pytest.mark.parametrize("seed", [0, 8, 9, 2**31 - 1])
def test_tracks_kept_for_validation_and_tests_are_never_drawn(drawn_seeds, seed):
    config = RANDOM.replace(training__seed=seed)
    for start in (0, 7990, 8990, 10**6):
        pool = TrackPool(config, start)
        pool.refresh()
    assert drawn_seeds
    assert set(drawn_seeds) <= set(range(TRAINING_SEEDS))
    assert min(*VALIDATION_TRACKS, *TEST_SEEDS) >= TRAINING_SEEDS
    assert not set(VALIDATION_TRACKS) & set(TEST_SEEDS)


def test_one_track_stays(drawn_seeds):
    config = TINY.replace(track__seed=9001)  # a person may drive where they like
    pool = TrackPool(config)
    assert drawn_seeds == []
    there = chosen_track(config)
    for line in np.asarray(pool.courses().line):
        assert line[:, :2] == pytest.approx(there.centre)
    assert not any(pool.due(updates) for updates in range(1000))


def test_due_in_whole_chunks():
    pool = TrackPool(RANDOM.replace(track__refresh_updates=5, training__updates_per_chunk=2))
    assert [updates for updates in range(0, 21, 2) if pool.due(updates)] == [6, 12, 18]


def test_how_often_can_change_while_it_runs():
    pool = TrackPool(RANDOM)
    assert pool.due(4)
    pool.adopt(RANDOM.replace(track__refresh_updates=8))
    assert not pool.due(4)
    assert pool.due(8)
