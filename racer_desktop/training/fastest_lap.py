"""The fastest possible lap of the track on the screen: found in a thread of its own, and driven by a ghost."""

from __future__ import annotations

import logging
import math

import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.sim.racing_line import RacingLineError, fastest
from racer_desktop.sim.track import Track
from racer_desktop.training.background import Background
from racer_desktop.training.snapshot import CarState, FastestLap

log = logging.getLogger(__name__)


class FastestLapFinder:
    """Finds the fastest lap of the newest track asked for; used by one thread, which never waits.

    Attributes:
        found: the fastest lap of the track asked for; None until it is known, or where there is none.
    """

    def __init__(self) -> None:
        self.found: FastestLap | None = None
        self._wanted: tuple[Track, CarConfig] | None = None
        self._at_work: tuple[Track, CarConfig] | None = None
        self._result: FastestLap | None = None
        self._work = Background("fastest lap")

    def want(self, track: Track, car: CarConfig) -> None:
        """Asks for the fastest lap of a track; called as often as one likes."""
        wanted = self._wanted
        if wanted is None or wanted[0] is not track or wanted[1] != car:
            self._wanted, self.found = (track, car), None
            self._at_work = self._at_work if self._work.busy else None
        self._poll()

    def close(self) -> None:
        """Ends its thread: waits for the lap that is being looked for."""
        self._work.wait()

    def _poll(self) -> None:
        if not self._work.taken:
            if self._work.busy:
                return
            self._take()
        if self._wanted is not None and self._at_work is not self._wanted:
            self._at_work, self._result = self._wanted, None
            self._work.start(self._find)

    def _find(self) -> None:
        assert self._at_work is not None, "the thread is started with a track"
        track, car = self._at_work
        found = fastest(track, car)
        self._result = FastestLap(found.line, found.speed, found.lap_time)

    def _take(self) -> None:
        try:
            self._work.take()
        except RacingLineError as error:
            log.warning("The fastest lap is not known: %s", error)
        except Exception:  # a lap to compare with is no reason to end a session
            log.exception("The fastest lap could not be computed.")
        if self._at_work is self._wanted:
            self.found = self._result


class LineGhost:
    """A car that drives the fastest lap: from a standing start, then flying, lap after lap.

    Args:
        lap: the fastest lap.
        track: that it belongs to.
        car: gives the acceleration from the standing start.
        tick: s.

    Attributes:
        travelled: way along the track's centre line since the start, m.
    """

    def __init__(self, lap: FastestLap, track: Track, car: CarConfig, tick: float) -> None:
        self._line = np.vstack([lap.line, lap.line[:1]]).astype(float)
        steps = np.linalg.norm(np.diff(self._line, axis=0), axis=1)
        flying = np.append(lap.speed, lap.speed[0]).astype(float)
        start = _standing_start(flying, steps, car)
        self._flying, self._first = _times(flying, steps), _times(start, steps)
        scale = lap.lap_time / self._flying[-1]  # the sum over the track's points is not quite the lap's time
        self._flying, self._first = self._flying * scale, self._first * scale
        self._flying_speed, self._first_speed = flying, start
        self._length = float(track.length)
        self._tick, self._ticks = tick, 0
        self.travelled = 0.0
        self._place()

    def tick(self) -> None:
        """One physics tick."""
        self._ticks += 1
        self._place()

    @property
    def hero(self) -> CarState:
        """The car now."""
        last = len(self._line) - 1
        low = min(int(self._at), last - 1)
        way = self._line[low + 1] - self._line[low]
        x, y = self._line[low] + (self._at - low) * way
        ahead = self._line[(low + 2) % last] - self._line[low + 1]
        heading = math.atan2(way[1], way[0])
        turn = math.remainder(math.atan2(ahead[1], ahead[0]) - heading, math.tau)
        return CarState(float(x), float(y), heading + (self._at - low - 0.5) * turn, self._speed, 0.0, 0.0)

    def _place(self) -> None:
        time, laps = self._ticks * self._tick, 0.0
        times, speeds = self._first, self._first_speed
        if time >= times[-1]:
            beyond = time - times[-1]
            times, speeds = self._flying, self._flying_speed
            laps = 1.0 + beyond // float(times[-1])
            time = beyond % times[-1]
        points = np.arange(len(times))
        self._at = float(np.interp(time, times, points))
        self._speed = float(np.interp(time, times, speeds))
        self.travelled = float((laps + self._at / points[-1]) * self._length)


def _standing_start(flying: np.ndarray, steps: np.ndarray, car: CarConfig) -> np.ndarray:
    """[N + 1] speeds of a first lap: the engine's until they reach those of the flying lap."""
    speeds = np.zeros(len(flying))
    for n, step in enumerate(steps):
        now = speeds[n]
        push = min(car.engine_acceleration, car.engine_power / max(now, 1.0)) - car.drag * now**2
        speeds[n + 1] = min(math.sqrt(max(now**2 + 2.0 * push * step, 0.0)), flying[n + 1])
    return speeds


def _times(speeds: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """[N + 1] when each point is reached, s."""
    between = 0.5 * (speeds[1:] + speeds[:-1])
    return np.concatenate([[0.0], np.cumsum(steps / np.maximum(between, 1e-6))])
