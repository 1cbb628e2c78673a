"""Ticks are few and round, and their labels short and different."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from racer_desktop.gui.charts_axes import LinearScale, SignedLogScale, round_numbers, short_number

REALISTIC = st.floats(-1e6, 1e6).filter(lambda v: v == 0 or abs(v) > 1e-6)


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0, 1, "0"),
        (1000, 500, "1k"),
        (1500, 500, "1.5k"),
        (500_000, 0, "500k"),
        (1_250_000, 50_000, "1.25M"),
        (0.25, 0.05, "0.25"),
        (0.3, 0.1, "0.3"),
        (-20, 10, "-20"),
        (-0.0, 0.1, "0"),
        (100_001, 1, "100,001"),
        (float("nan"), 0, "-"),
    ],
)
def test_short_numbers(value: float, step: float, text: str) -> None:
    assert short_number(value, step) == text


@given(low=REALISTIC, span=st.floats(1e-3, 1e6), count=st.integers(2, 12))
def test_linear_ticks_lie_inside_and_read_differently(low: float, span: float, count: int) -> None:
    high = low + span
    ticks = LinearScale().ticks(low, high, count)
    places = [p for p, _ in ticks]
    assert all(low - span * 1e-6 <= p <= high + span * 1e-6 for p in places)
    assert len(places) <= count + 1
    if span > 1e-6 * abs(low):
        assert len(places) >= (count - 1) // 3
    labels = [label for _, label in ticks]
    assert len(set(labels)) == len(labels)


def test_counters_have_whole_ticks() -> None:
    assert [label for _, label in LinearScale(whole=True).ticks(1, 3, 10)] == ["1", "2", "3"]


def test_shares_are_percent() -> None:
    assert [label for _, label in LinearScale(percent=True).ticks(0, 1, 5)] == [
        "0%",
        "20%",
        "40%",
        "60%",
        "80%",
        "100%",
    ]


def test_steps_are_one_two_or_five() -> None:
    assert round_numbers(0, 10, 5) == ([0, 2, 4, 6, 8, 10], 2)
    assert round_numbers(0, 10, 4)[1] == 5


def test_signed_log_has_a_place_for_zero_and_below() -> None:
    heights = SignedLogScale().place(np.array([-10.0, -0.1, 0.0, 0.1, 10.0]))
    assert np.all(np.diff(heights) > 0)
    assert heights[2] == 0
    np.testing.assert_allclose(heights, -heights[::-1])


@given(value=st.floats(-1e9, 1e9))
def test_signed_log_can_be_read_back(value: float) -> None:
    scale = SignedLogScale()
    assert scale.value(float(scale.place(value))) == pytest.approx(value, rel=1e-6, abs=1e-9)


@given(a=REALISTIC, b=REALISTIC, count=st.integers(2, 10))
@example(a=500_001.0, b=900_002.0, count=2)
def test_signed_log_always_has_ticks(a: float, b: float, count: int) -> None:
    low, high = sorted((a, b))
    if high - low < 1e-3 * max(abs(low), abs(high), 0.1):
        return
    scale = SignedLogScale()
    ticks = scale.ticks(float(scale.place(low)), float(scale.place(high)), count)
    assert 1 <= len(ticks) <= count + 2
    assert [h for h, _ in ticks] == sorted(h for h, _ in ticks)


def test_signed_log_ticks_are_powers_of_ten_over_a_wide_range() -> None:
    scale = SignedLogScale()
    top = float(scale.place(1000.0))
    assert [label for _, label in scale.ticks(0.0, top, 7)] == ["0", "0.1", "1", "10", "100", "1k"]
