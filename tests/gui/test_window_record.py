"""The figures of a window under load, from times written down by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from racer_desktop.gui.window_record import KeyPress, WindowRecord, frames_per_s, speed


def every(gap: float, begin: float, end: float) -> list[tuple[float, float]]:
    """Paintings of 2 ms in even gaps, none of them on the second."""
    return [(float(at), float(at) + 0.002) for at in np.arange(begin + 0.005, end, gap)]


@pytest.fixture
def record() -> WindowRecord:
    """Started at 100, drivable after 3 s, learning from 110 on, driven from 120 to 124."""
    return WindowRecord(
        born=100.0,
        shown=101.25,
        drivable=103.0,
        started=104.0,
        learned=110.0,
        driven=(120.0, 124.0),
        paints=[*every(0.05, 104.0, 110.0), *every(1 / 50, 120.0, 124.0)],
        updates=[(119.0, 10), (120.5, 14), (121.0, 14), (123.5, 44), (130.0, 900)],
        resident_mb=512.0,
        place={"device": "CPU"},
    )


def test_an_even_drive(record: WindowRecord) -> None:
    figures = record.figures()
    assert figures["fps_median"] == pytest.approx(50.0)
    for name in ("frame_gap_ms_median", "frame_gap_ms_p95", "frame_gap_ms_p99", "frame_gap_ms_max"):
        assert figures[name] == pytest.approx(20.0, abs=0.01)
    assert figures["paint_ms_p95"] == pytest.approx(2.0, abs=0.01)
    assert (figures["window_shown_s"], figures["drivable_s"], figures["learning_s"]) == (1.25, 3.0, 6.0)
    assert figures["compiling_frame_gap_ms_max"] == pytest.approx(50.0, abs=0.01)
    assert figures["updates_per_s"] == pytest.approx(30 / 3.0), "from the first change of the drive to its last"
    assert (figures["rss_mb"], figures["device"], figures["threads_left"]) == (512.0, "CPU", "")


def test_one_long_gap_is_seen_at_the_end_of_the_scale_only(record: WindowRecord) -> None:
    record.paints = [paint for paint in record.paints if not 121.01 < paint[0] < 121.49]
    figures = record.figures()
    assert figures["frame_gap_ms_max"] == pytest.approx(500.0, abs=0.01)
    assert figures["frame_gap_ms_median"] == pytest.approx(20.0, abs=0.01)
    assert figures["fps_median"] == pytest.approx(50.0)


def test_every_third_frame_missing_is_no_even_drive(record: WindowRecord) -> None:
    driven = every(1 / 60, 120.0, 124.0)
    record.paints = [paint for number, paint in enumerate(driven) if number % 3]
    figures = record.figures()
    assert figures["fps_median"] == pytest.approx(40.0)
    assert figures["frame_gap_ms_p95"] == pytest.approx(1e3 / 30, abs=0.01)


def test_a_key_that_is_not_obeyed_counts_as_late(record: WindowRecord) -> None:
    record.presses = [KeyPress(120.0 + k, 120.02 + k) for k in range(3)] + [KeyPress(123.0, 123.4, answered=False)]
    figures = record.figures()
    assert (figures["keys"], figures["keys_unanswered"]) == (4, 1)
    assert figures["key_to_frame_ms_median"] == pytest.approx(20.0)
    assert figures["key_to_frame_ms_max"] == pytest.approx(400.0)


def test_what_did_not_happen_has_no_figure() -> None:
    figures = WindowRecord(born=0.0).figures()
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert {figures[name] for name in ("fps_median", "drivable_s", "key_to_frame_ms_p95", "updates_per_s")} == {None}
    assert figures["keys"] == 0


def test_a_bad_second_does_not_move_the_median_but_bad_ones_in_the_majority_do() -> None:
    at = np.concatenate([np.arange(0, 1, 1 / 60), np.arange(1, 2, 1 / 10), np.arange(2, 3, 1 / 60)])
    assert frames_per_s(at, 0.0, 3.0) == pytest.approx(60.0)
    assert frames_per_s(at[at >= 1.0], 0.0, 3.0) == pytest.approx(10.0)
    assert frames_per_s(at, 0.0, 0.5) == pytest.approx(60.0, abs=2.0), "a span shorter than a second"


def test_speed_needs_two_changes() -> None:
    assert speed([(0.0, 0), (1.0, 8), (2.0, 8), (3.0, 16)], 0.0, 3.0) == pytest.approx(4.0)
    assert np.isnan(speed([(0.0, 0), (1.0, 8), (2.0, 8)], 0.0, 2.0))
    assert np.isnan(speed([], 0.0, 2.0))
