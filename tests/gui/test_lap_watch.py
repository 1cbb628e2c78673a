"""Completed laps are seen once each."""

from __future__ import annotations

from dataclasses import replace

from racer_desktop.config import Config
from racer_desktop.gui.lap_watch import LapWatch
from racer_desktop.training.snapshot import Mode
from tests.fakes import FakeSession, oval


def test_laps_are_seen_once_and_only_if_driven() -> None:
    first = FakeSession(Config()).frame()
    watch = LapWatch()
    assert watch.feed(first) is None
    done = replace(first, lap=2, last_lap=31.0)
    assert watch.feed(done) == (Mode.AI, 31.0)
    assert watch.feed(replace(done, progress=0.5)) is None
    handed_over = replace(done, mode=Mode.MANUAL, lap=5, last_lap=40.0)
    assert watch.feed(handed_over) is None, "the other driver's laps were seen when they were driven"
    assert watch.feed(replace(handed_over, lap=7, last_lap=39.0)) == (Mode.MANUAL, 39.0)
    assert watch.feed(replace(handed_over, track=oval(3), lap=8)) is None
    assert watch.feed(replace(first, lap=1)) is None
