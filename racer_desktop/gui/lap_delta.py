"""How far ahead of or behind the best lap the driver is, at the same place of the track."""

from __future__ import annotations

import numpy as np

from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import Frame, Mode

TRUSTED_START = 0.03  # a lap counts as a reference only if it was seen from (nearly) its beginning
FIRST_SHOWN = 0.01  # before this share of the lap the difference says nothing


class LapDelta:
    """Remembers the course of each driver's best lap on the present track.

    Attributes:
        delta: seconds behind (positive) or ahead (negative) of the best lap; None if there is none to compare.
    """

    def __init__(self) -> None:
        self.delta: float | None = None
        self._track: Track | None = None
        self._mode: Mode | None = None
        self._lap = 0
        self._progress: list[float] = []
        self._time: list[float] = []
        self._best: dict[Mode, tuple[np.ndarray, np.ndarray]] = {}

    def feed(self, frame: Frame) -> None:
        """Takes each frame that arrives."""
        if frame.track is not self._track:
            self._track = frame.track
            self._best.clear()
            self._begin(frame)
        elif frame.mode is not self._mode or self._begun_anew(frame):
            self._begin(frame)  # another driver, or the lap was begun anew after a crash or reset
        elif frame.lap > self._lap:
            self._finish(frame)
            self._begin(frame)
        if not self._progress or frame.progress > self._progress[-1]:
            self._progress.append(frame.progress)
            self._time.append(frame.lap_time)
        best = self._best.get(frame.mode)
        if best is None or frame.progress < FIRST_SHOWN:
            self.delta = None
        else:
            self.delta = frame.lap_time - float(np.interp(frame.progress, *best))

    def _begun_anew(self, frame: Frame) -> bool:
        return bool(self._time) and frame.lap_time < self._time[-1] and frame.lap <= self._lap

    def _begin(self, frame: Frame) -> None:
        self._mode, self._lap = frame.mode, frame.lap
        self._progress.clear()
        self._time.clear()

    def _finish(self, frame: Frame) -> None:
        last = frame.last_lap
        if last is None or not self._progress or self._progress[0] > TRUSTED_START:
            return
        if frame.best_lap is None or last <= frame.best_lap:
            progress, time = [*self._progress, 1.0], [*self._time, last]
            self._best[frame.mode] = np.array(progress), np.array(time, float)
