"""Lap times by driver, and milestones."""

from __future__ import annotations

import pytest

from racer_desktop.training.laps import Laps
from racer_desktop.training.milestones import Milestones
from racer_desktop.training.snapshot import Mode


def test_laps_of_one_driver():
    laps = Laps()
    assert laps.complete(Mode.AI, 40.0) == 40.0
    assert laps.complete(Mode.AI, 70.0) == 30.0
    assert laps.complete(Mode.AI, 105.0) == 35.0
    assert (laps.number, laps.began) == (4, 105.0)
    assert (laps.last, laps.best) == ({Mode.AI: 35.0}, {Mode.AI: 30.0})


def test_drivers_have_times_of_their_own():
    laps = Laps()
    laps.complete(Mode.AI, 40.0)
    laps.complete(Mode.MANUAL, 100.0)
    assert laps.best == {Mode.AI: 40.0, Mode.MANUAL: 60.0}


def test_shared_lap_counts_for_nobody():
    laps = Laps()
    laps.whole = False
    assert laps.complete(Mode.MANUAL, 50.0) is None
    assert laps.best == {}
    assert laps.complete(Mode.MANUAL, 90.0) == 40.0


def test_line_up_keeps_the_times():
    laps = Laps()
    laps.complete(Mode.AI, 40.0)
    laps.line_up()
    assert (laps.number, laps.began, laps.whole) == (1, 0.0, True)
    assert laps.best == {Mode.AI: 40.0}


def test_milestones_in_order():
    reached = Milestones()
    assert list(reached.reached(0, None)) == []
    assert list(reached.reached(1, None)) == ["First gate"]
    assert list(reached.reached(2, None)) == []
    assert list(reached.reached(20, 40.0)) == ["First lap 40.00 s"]
    assert list(reached.reached(20, 41.0)) == []
    assert list(reached.reached(20, 39.5)) == ["Best lap 39.50 s"]
    assert reached == Milestones(gate=True, lap=True, best_lap=39.5)


def test_gate_and_lap_at_once():
    assert list(Milestones().reached(20, 40.0)) == ["First gate", "First lap 40.00 s"]


@pytest.mark.parametrize("lap", [20.0, 60.0])
def test_lap_on_another_track_is_compared_with_none_before(lap):
    reached = Milestones()
    list(reached.reached(20, 40.0))
    reached.change_track()
    assert reached.best_lap is None
    assert list(reached.reached(20, lap)) == [f"Best lap {lap:.2f} s"]
