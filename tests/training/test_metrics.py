"""Recorded columns: what was handed out never changes, and a flat reward is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.training.metrics import COLUMNS, FLAT_EPISODES, WINDOW, Column, Metrics
from racer_desktop.training.snapshot import History

REWARDS = st.lists(st.floats(-100, 100, width=32), max_size=30)


def recorded(metrics: Metrics, rewards: list[float]) -> None:
    """Episodes, each ten steps after the one before."""
    begin = 10 * metrics.episodes
    metrics.record_episodes(np.array(rewards, np.float32), begin + 10 * np.arange(1, len(rewards) + 1))


@given(st.lists(REWARDS, max_size=10))
def test_views_never_change(batches):
    column = Column(np.zeros(0, np.float32))
    handed_out = []
    for batch in batches:
        column.extend(np.array(batch, np.float32))
        view = column.view()
        handed_out.append((view, view.copy()))
    for view, copy in handed_out:
        assert np.array_equal(view, copy)
        assert not view.flags.writeable
    assert list(column.view()) == [x for batch in batches for x in batch]


def test_view_survives_growth_of_the_array_and_writing_behind_it():
    column = Column(np.arange(3.0))
    first = column.view()
    column.extend(np.full(2000, 7.0))
    second = column.view()
    column.extend(np.full(10, 9.0))  # into room that is there already
    assert list(first) == [0.0, 1.0, 2.0]
    assert len(second) == 2003
    assert second[-1] == 7.0
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1.0


def test_history_holds_what_was_recorded():
    metrics = Metrics()
    rate = np.array([1.0, 0.9], np.float32)
    metrics.record_updates(2, {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}, rate)
    metrics.record_updates(4, {"a": np.array([5.0, 6.0]), "b": np.array([7.0, 8.0])}, rate)
    recorded(metrics, [1.0, 2.0, 6.0])
    metrics.record_lap(4, 31.5)
    metrics.record_validation(4, 0.75)
    history = metrics.history()
    assert history.loss_names == ("a", "b")
    assert history.loss_update.tolist() == [1, 2, 3, 4]
    assert history.loss.tolist() == [[1, 3], [2, 4], [5, 7], [6, 8]]
    assert history.episode_step.tolist() == [10, 20, 30]
    assert (history.lap_update.tolist(), history.lap_time.tolist()) == ([4], [31.5])
    assert (history.validation_update.tolist(), history.validation_finished.tolist()) == ([4], [0.75])
    assert (metrics.episodes, metrics.laps, metrics.reward_mean) == (3, 1, 3.0)
    assert metrics.exploration == pytest.approx(0.9)
    for name in COLUMNS:
        assert getattr(history, name).dtype == getattr(History(), name).dtype


def test_nothing_recorded_yet():
    metrics = Metrics()
    assert np.isnan(metrics.reward_mean)
    assert np.isnan(metrics.exploration)
    assert np.isnan(metrics.history().newest_loss)
    assert metrics.flat_for == 0


def test_mean_is_over_the_last_hundred():
    metrics = Metrics()
    recorded(metrics, [1000.0] + [2.0] * WINDOW)
    assert metrics.reward_mean == 2.0


def test_flat_reward_is_noticed_and_a_better_one_too():
    metrics = Metrics()
    recorded(metrics, list(np.linspace(0.0, 10.0, 2 * WINDOW)))
    assert metrics.flat_for == 0
    recorded(metrics, [0.0] * FLAT_EPISODES)
    assert metrics.flat_for == FLAT_EPISODES
    recorded(metrics, [100.0] * 20)
    assert metrics.flat_for == 0


@given(st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=400), st.lists(st.integers(1, 50), max_size=20))
def test_flatness_depends_on_the_episodes_alone(rewards, sizes):
    """Not on how they came in."""
    one, other = Metrics(), Metrics()
    recorded(one, rewards)
    at = 0
    for size in [*sizes, len(rewards)]:
        recorded(other, rewards[at : at + size])
        at += size
    assert one.flat_for == other.flat_for


def test_what_a_file_holds_is_not_flat_and_neither_is_its_first_window():
    """A driver that goes on is compared with itself from then on: the first lives to end are the short ones."""
    before = Metrics()
    recorded(before, [50.0] * WINDOW + [5.0] * 3 * FLAT_EPISODES)
    assert before.flat_for > 2 * FLAT_EPISODES
    metrics = Metrics(before.history())
    assert metrics.flat_for == 0
    recorded(metrics, [-3.0] * WINDOW)
    assert metrics.flat_for == 0
    recorded(metrics, [-4.0] * FLAT_EPISODES)
    assert metrics.flat_for == FLAT_EPISODES


def test_going_on_with_a_history_leaves_it_as_it_was():
    first = Metrics()
    recorded(first, [1.0, 2.0])
    history = first.history()
    second = Metrics(history)
    recorded(second, [3.0])
    recorded(first, [4.0])
    assert history.episode_reward.tolist() == [1.0, 2.0]
    assert second.history().episode_reward.tolist() == [1.0, 2.0, 3.0]


def test_losses_of_another_version():
    """A file may come from a version that recorded others: they get columns of their own."""
    metrics = Metrics()
    rate = np.ones(1, np.float32)
    metrics.record_updates(1, {"old": np.array([1.0])}, rate)
    metrics.record_updates(2, {"new": np.array([2.0])}, rate)
    history = metrics.history()
    assert history.loss_names == ("old", "new")
    np.testing.assert_array_equal(history.loss, [[1.0, np.nan], [np.nan, 2.0]])
    assert history.newest_loss == 2.0


def test_total_loss_leaves_out_what_is_no_loss():
    metrics = Metrics()
    losses = {"critic": np.array([1.0, 2.0]), "entropy": np.array([50.0, 50.0]), "model": np.array([3.0, 4.5])}
    metrics.record_updates(2, losses, np.ones(2, np.float32))
    assert metrics.history().newest_loss == 6.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"episode_step": np.zeros(3, np.int64)},
        {"episode_reward": np.zeros(2, np.float64), "episode_step": np.zeros(2, np.int64)},
        {"loss": np.zeros((0, 2), np.float32)},
        {"exploration": np.zeros(1, np.float32)},
    ],
    ids=["lengths", "type", "names", "updates"],
)
def test_columns_that_do_not_fit_each_other(wrong):
    with pytest.raises(ValueError, match="history"):
        Metrics(History(**wrong))
