"""Growing series: what is drawn is what was recorded, at any zoom, and recording more costs only the new."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer_desktop.gui.charts_series import RollingMean, Series


@settings(max_examples=60, deadline=None)
@given(
    chunks=st.lists(st.integers(1, 400), min_size=1, max_size=12),
    bins=st.integers(2, 300),
    zoom=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    seed=st.integers(0, 2**16),
)
def test_cut_keeps_every_extreme(chunks: list[int], bins: int, zoom: tuple[float, float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(sum(chunks), 2)).astype(np.float32)
    x = np.arange(len(y)) * 3.0
    series = Series()
    for count in np.cumsum(chunks):
        assert series.set_data(x[:count], y[:count])
    first, last = sorted(x[-1] * z for z in zoom)
    cut = series.cut(first, last, bins)
    assert len(cut.x) == len(cut.low) == len(cut.high) == len(cut.mean)
    assert len(cut.x) <= bins + 4
    inside = y[(x >= first) & (x <= last)]
    if len(inside):
        assert np.all(cut.low.min(0) <= inside.min(0))
        assert np.all(cut.high.max(0) >= inside.max(0))
    whole = series.cut(x[0], x[-1], bins)
    np.testing.assert_array_equal(whole.low.min(0), y.min(0))
    np.testing.assert_array_equal(whole.high.max(0), y.max(0))
    assert np.all(np.diff(whole.x) > 0)


def test_small_series_are_drawn_exactly() -> None:
    series = Series()
    series.set_data(np.arange(5), np.array([3.0, 1.0, 4.0, 1.0, 5.0]))
    cut = series.cut(0, 4, 100)
    assert cut.exact
    np.testing.assert_array_equal(cut.mean[:, 0], [3, 1, 4, 1, 5])


def test_bins_hold_the_mean_of_their_numbers() -> None:
    series = Series()
    y = np.arange(16.0)
    series.set_data(np.arange(16), y)
    cut = series.cut(0, 15, 4)
    np.testing.assert_allclose(cut.mean[:, 0], [1.5, 5.5, 9.5, 13.5])
    np.testing.assert_array_equal(cut.x, [0, 4, 8, 12])


def test_newest_incomplete_bin_is_drawn_too() -> None:
    series = Series()
    y = np.zeros(18)
    y[17] = 9.0
    series.set_data(np.arange(18), y)
    assert series.cut(0, 17, 5).high.max() == 9.0


def test_numbers_that_are_not_finite_are_gaps() -> None:
    series = Series()
    y = np.array([np.nan, np.inf, 2.0, 4.0] + [np.nan] * 4 + [1.0] * 8)
    series.set_data(np.arange(16), y)
    cut = series.cut(0, 15, 4)
    np.testing.assert_allclose(cut.mean[:, 0], [3.0, np.nan, 1.0, 1.0])
    np.testing.assert_allclose(cut.high[:, 0], [4.0, np.nan, 1.0, 1.0])


def test_the_same_recording_again_is_nothing_new() -> None:
    series = Series()
    x, y = np.arange(100), np.sin(np.arange(100))
    assert series.set_data(x, y)
    assert not series.set_data(x.copy(), y.copy())


@pytest.mark.parametrize("change", ["shorter", "other numbers", "more columns"])
def test_another_recording_replaces_the_old(change: str) -> None:
    series = Series()
    series.set_data(np.arange(1000), np.zeros((1000, 2)))
    x, y = {
        "shorter": (np.arange(500), np.ones((500, 2))),
        "other numbers": (np.arange(2000), np.ones((2000, 2))),
        "more columns": (np.arange(2000), np.ones((2000, 3))),
    }[change]
    assert series.set_data(x, y)
    cut = series.cut(0, 3000, 10)
    assert cut.low.min() == 1.0
    assert cut.low.shape[1] == y.shape[1]


@settings(max_examples=50, deadline=None)
@given(chunks=st.lists(st.integers(0, 260), min_size=1, max_size=8), window=st.integers(1, 120))
def test_rolling_mean_is_the_mean_of_the_last_numbers(chunks: list[int], window: int) -> None:
    values = np.random.default_rng(1).normal(size=sum(chunks)).astype(np.float32)
    rolling = RollingMean(window)
    means = np.zeros(0)
    for count in np.cumsum(chunks):
        means = rolling.extend(values[:count])
    expected = [values[max(0, i - window + 1) : i + 1].mean(dtype=np.float64) for i in range(len(values))]
    np.testing.assert_allclose(means, expected, atol=1e-5)


def test_half_a_million_updates_cost_no_more_than_a_few_hundred() -> None:
    n = 500_000
    x, y = np.arange(n), np.random.default_rng(0).normal(size=(n, 6)).astype(np.float32)
    long, short = Series(), Series()
    long.set_data(x[: n - 100], y[: n - 100])
    short.set_data(x[:400], y[:400])

    def cost(series: Series, count: int) -> float:
        best = np.inf
        for _ in range(5):
            start = time.perf_counter()
            series.set_data(x[:count], y[:count])
            series.cut(0, count, 300)
            best = min(best, time.perf_counter() - start)
            count += 20
        return best

    assert cost(long, n - 80) < 10 * cost(short, 420) + 1e-3
