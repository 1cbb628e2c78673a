"""Delta to the best lap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer_desktop.config import Config
from racer_desktop.gui.lap_delta import LapDelta
from racer_desktop.training.snapshot import Frame, Mode
from tests.fakes import FakeSession


@pytest.fixture(scope="module")
def first() -> Frame:
    return FakeSession(Config()).frame()


def drive(delta: LapDelta, first: Frame, lap: int, seconds: float, upto: float = 1.0, **more: object) -> Frame:
    shown = first
    for n in range(int(100 * upto)):
        shown = replace(first, lap=lap, progress=n / 100, lap_time=seconds * n / 100, **more)
        delta.feed(shown)
    return shown


def test_nothing_to_compare_in_the_first_lap(first: Frame) -> None:
    delta = LapDelta()
    drive(delta, first, 1, 30.0)
    assert delta.delta is None


def test_a_faster_lap_is_ahead_and_a_slower_behind(first: Frame) -> None:
    delta = LapDelta()
    drive(delta, first, 1, 30.0)
    drive(delta, first, 2, 27.0, upto=0.5, last_lap=30.0, best_lap=30.0)
    assert delta.delta == pytest.approx(-3.0 * 0.49, abs=0.05)
    drive(delta, first, 2, 33.0, upto=0.5, last_lap=30.0, best_lap=30.0)
    assert delta.delta == pytest.approx(3.0 * 0.49, abs=0.05)


def test_a_lap_begun_in_the_middle_is_no_reference(first: Frame) -> None:
    delta = LapDelta()
    for n in range(40, 100):
        delta.feed(replace(first, progress=n / 100, lap_time=n / 4))
    drive(delta, first, 2, 30.0, upto=0.5, last_lap=25.0, best_lap=25.0)
    assert delta.delta is None


def test_drivers_are_compared_with_themselves(first: Frame) -> None:
    delta = LapDelta()
    drive(delta, first, 1, 30.0)
    drive(delta, first, 2, 30.0, upto=0.3, last_lap=30.0, best_lap=30.0)
    assert delta.delta is not None
    drive(delta, first, 1, 40.0, upto=0.3, mode=Mode.MANUAL)
    assert delta.delta is None
