"""The curriculum: from ovals to what was asked for, by nothing but what was recorded."""

from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.training import curriculum
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.tracks import TrackPool
from tests.training.tiny import TINY, differences, everything

LEARN = TINY.replace(
    track__random_tracks=True, track__curriculum=True, track__difficulty=0.8, track__obstacles=4, track__pool=5
)
STEP_S = LEARN.race.tick * LEARN.race.ticks_per_step


def driven(seconds: float, episodes: int = 60, cars: int = 4) -> Metrics:
    """Episodes of a length, ended one after the other by cars side by side."""
    metrics = Metrics()
    steps = np.arange(1, episodes + 1) * seconds / STEP_S
    metrics.record_episodes(np.zeros(episodes, np.float32), np.round(steps).astype(np.int64) + cars)
    return metrics


@pytest.mark.parametrize(("seconds", "level"), [(0.5, 0.0), (5.1, 0.2), (15.1, 0.7), (20.1, 1.0), (60.0, 1.0)])
def test_the_longer_they_drive_the_harder(seconds: float, level: float):
    assert curriculum.level(LEARN, driven(seconds)) == level


def test_a_few_episodes_say_nothing():
    assert curriculum.level(LEARN, Metrics()) == 0.0
    assert curriculum.level(LEARN, driven(60.0, curriculum.EPISODES)) == 0.0


def test_from_an_oval_to_what_was_asked_for():
    easiest, half, hardest = (curriculum.eased(LEARN.track, level) for level in (0.0, 0.5, 1.0))
    assert (easiest.difficulty, easiest.obstacles) == (0.0, 0)
    assert (half.difficulty, half.obstacles) == (0.4, 2)
    assert hardest == LEARN.track


def test_it_is_looked_at_only_where_it_is_wanted():
    assert [u for u in range(0, 61, 2) if curriculum.due(LEARN, u)] == [20, 40, 60]
    for other in (LEARN.replace(track__curriculum=False), LEARN.replace(track__random_tracks=False)):
        assert not any(curriculum.due(other, u) for u in range(100))


def test_easy_tracks_make_room_at_once_and_all_come_back_from_a_file():
    pool = TrackPool(LEARN)
    assert all(len(pool.track(slot).obstacles) == 0 for slot in range(5))
    assert not pool.due(2)
    pool.level = 0.5
    for k in range(5):
        assert pool.due(2), k
        pool.refresh()
    assert not pool.due(2)
    assert all(len(pool.track(slot).obstacles) == 2 for slot in range(5))
    pool.level = 1.0
    pool.refresh()
    again = TrackPool(LEARN, pool.drawn, pool.levels)
    assert again.levels == pool.levels
    assert np.array_equal(again.courses().line, pool.courses().line)
    assert np.array_equal(again.courses().obstacles, pool.courses().obstacles)
    pool.level = 0.2  # who fares badly on the new tracks gets no easier ones at once
    assert not pool.due(2)


def test_going_on_with_a_file_equals_not_stopping(make_session, tmp_path, monkeypatch):
    monkeypatch.setattr(curriculum, "EPISODES", 5)
    monkeypatch.setattr(curriculum, "COPES_S", 4.0)
    file = tmp_path / "half.racer"
    whole = make_session(LEARN)
    whole.train(updates=200)
    assert whole._learner.trainer.pool.level > 0.0
    half = make_session(LEARN)
    half.train(updates=100)
    half.save(file)
    rest = make_session()
    rest.load(file)
    rest.train(updates=100)
    validated = everything(whole)["history/validation_update"]
    assert len(validated) == len(set(validated)), "each validation is driven once"
    assert differences(everything(whole), everything(rest)) == []
