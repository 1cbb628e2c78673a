"""The fastest lap: found beside the race, and driven by a ghost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from racer_desktop.sim.racing_line import RacingLine, RacingLineError
from racer_desktop.sim.track import Track
from racer_desktop.training import fastest_lap as module
from racer_desktop.training.fastest_lap import FastestLapFinder, LineGhost
from racer_desktop.training.snapshot import FastestLap
from tests.fakes import oval
from tests.training.tiny import TINY

CAR = TINY.car


def flat_out(track: Track, speed: float = 20.0) -> FastestLap:
    """A lap along the centre line at one speed."""
    return FastestLap(track.centre, np.full(len(track.centre), speed), float(track.length) / speed)


@pytest.fixture
def go() -> threading.Event:
    """Set to let the search end."""
    return threading.Event()


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch, go: threading.Event) -> Iterator[FastestLapFinder]:
    """Finds a lap whose time is the track's length."""
    made = FastestLapFinder()

    def fastest(track: Track, car: object) -> RacingLine:
        go.wait(10.0)
        if len(track.centre) == 100:
            raise RacingLineError("too narrow")
        return RacingLine(track.centre, track.centre[:, 0], track.half_width, float(track.length))

    monkeypatch.setattr(module, "fastest", fastest)
    yield made
    go.set()
    made.close()


def wait(finder: FastestLapFinder, track: Track) -> None:
    until = time.monotonic() + 5.0
    while finder.found is None and time.monotonic() < until:
        finder.want(track, CAR)
        time.sleep(0.005)


def test_nobody_waits_for_it(finder: FastestLapFinder, go: threading.Event) -> None:
    track = oval(1)
    for _ in range(3):
        finder.want(track, CAR)
        assert finder.found is None
    go.set()
    wait(finder, track)
    assert finder.found is not None
    assert finder.found.lap_time == float(track.length)
    found = finder.found
    finder.want(track, CAR)
    assert finder.found is found


def test_a_lap_of_another_track_is_never_shown(finder: FastestLapFinder, go: threading.Event) -> None:
    first, second = oval(1), oval(2)
    finder.want(first, CAR)
    finder.want(second, CAR)
    go.set()
    wait(finder, second)
    assert finder.found is not None
    assert finder.found.lap_time == float(second.length)
    finder.want(first, CAR)
    assert finder.found is None


def test_a_track_without_one_is_no_failure(finder: FastestLapFinder, go: threading.Event) -> None:
    go.set()
    impossible = oval(3, points=100)
    for _ in range(20):
        finder.want(impossible, CAR)
        time.sleep(0.005)
    assert finder.found is None
    other = oval(4)
    wait(finder, other)
    assert finder.found is not None


def test_ghost_starts_from_a_stand_and_then_flies() -> None:
    track = oval()
    lap = flat_out(track)
    ghost = LineGhost(lap, track, CAR, 1 / 60)
    assert ghost.hero.speed == 0.0
    ways, speeds = [0.0], [0.0]
    while ways[-1] < 3 * float(track.length):
        ghost.tick()
        ways.append(ghost.travelled)
        speeds.append(ghost.hero.speed)
    assert (np.diff(ways) > 0).all()
    reached = [np.argmax(np.array(ways) >= n * float(track.length)) / 60 for n in (1, 2, 3)]
    assert reached[0] > lap.lap_time + 0.5
    np.testing.assert_allclose(np.diff(reached), lap.lap_time, atol=0.04)
    accelerations = np.diff(speeds) * 60
    assert accelerations.max() <= CAR.engine_acceleration * 1.05
    assert max(speeds) == pytest.approx(20.0)


def test_ghost_stays_on_its_line() -> None:
    track = oval()
    ghost = LineGhost(flat_out(track), track, CAR, 1 / 60)
    for _ in range(400):
        before = ghost.hero
        ghost.tick()
        car = ghost.hero
        away = np.hypot(*(track.centre - (car.x, car.y)).T).min()
        assert away < 0.51 * float(track.length) / len(track.centre)
        assert np.hypot(car.x - before.x, car.y - before.y) == pytest.approx(car.speed / 60, abs=0.08)
