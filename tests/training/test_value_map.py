"""The critic's value along the track."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future

import jax
import numpy as np
import pytest

from racer_desktop.agent.state import AgentState
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import generate
from racer_desktop.training.programs import new_dreamer
from racer_desktop.training.structure import looked_at
from racer_desktop.training.value_map import CARS, ValueMap, along_track, value_programs
from tests.training.tiny import TINY

TRACK = generate(42, TINY.track, TINY.car.half_width)


@pytest.fixture(scope="module")
def brain() -> AgentState:
    return new_dreamer(TINY).init(jax.random.PRNGKey(1))


def test_values_lie_where_they_were_found() -> None:
    place, value = np.array([0.0, 0.4, 25.0, 99.9]), np.array([1.0, 3.0, 10.0, 2.0])
    values = along_track(place, value, 100.0, 20)
    assert values is not None
    assert values[0] == pytest.approx(2.0)  # the mean of three, one from before the line
    assert values[5] == pytest.approx(10.0)
    assert values[1] == pytest.approx(2.0 + 8.0 / 5)
    assert values[19] == pytest.approx(2.0 + 8.0 / 15)
    assert along_track(place[:0], value[:0], 100.0, 20) is None


def test_cars_are_spread_over_the_track_and_only_those_that_drive_count(brain: AgentState) -> None:
    found = value_programs(TINY).drive(
        Rules.of(TINY), courses([TRACK]), brain.average, brain.critic, looked_at=looked_at(TINY)
    )
    place, value, counts = (np.asarray(part) for part in found)
    assert place.shape == value.shape == counts.shape
    assert place.shape[1] == CARS
    assert np.isfinite(value).all()
    assert counts.any()
    assert (np.diff(counts.astype(int), axis=0) <= 0).all()  # who has crashed stays out
    gaps = np.diff(np.sort(place[0][counts[0]]))
    assert gaps.max() < 0.25 * float(TRACK.length)


@pytest.fixture
def values() -> Iterator[ValueMap]:
    made = ValueMap()
    yield made
    made.close()


def test_values_come_without_waiting_and_only_when_wanted(values: ValueMap, brain: AgentState) -> None:
    def asked() -> Future[AgentState]:
        answer: Future[AgentState] = Future()
        answer.set_result(brain)
        return answer

    def poll() -> None:
        values.poll(TINY, asked, Rules.of(TINY), courses, TRACK, looked_at(TINY))

    poll()
    assert values._work.taken
    values.wanted = True
    until = time.monotonic() + 60.0
    while values.values is None and time.monotonic() < until:
        poll()
        time.sleep(0.01)
    assert values.values is not None
    assert values.values.shape == (len(TRACK.centre),)
    found = values.values
    poll()
    assert values.values is found  # the same until there are others
    values.clear()
    assert values.values is None
