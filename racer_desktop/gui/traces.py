"""What the hero car leaves behind: a trail coloured by speed, and marks where it crashed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from racer_desktop.training.snapshot import Frame

TRAIL_POINTS = 360
TRAIL_STEP = 0.6  # m between two points of the trail
MARK_TICKS = 20 * 60  # how long a crash mark stays
MARKS = 40


@dataclass(frozen=True, slots=True)
class CrashMark:
    """A crash at (x, y), m, that happened at a physics tick."""

    x: float
    y: float
    tick: int


class Trail:
    """The newest stretch that the hero drove, as points in metres with their speed, oldest first."""

    def __init__(self) -> None:
        self._points = np.zeros((2 * TRAIL_POINTS, 3))
        self._end = 0
        self._moved = 0

    def clear(self) -> None:
        """Begins a new trail."""
        self._end = self._moved = 0

    def add(self, x: float, y: float, speed: float) -> None:
        """Adds a place unless it is too near to the last one."""
        if self._end:
            before = self._points[self._end - 1]
            if (x - before[0]) ** 2 + (y - before[1]) ** 2 < TRAIL_STEP**2:
                return
        if self._end == len(self._points):  # move the newest half to the front, once in many additions
            self._points[:TRAIL_POINTS] = self._points[TRAIL_POINTS:]
            self._end = TRAIL_POINTS
            self._moved += TRAIL_POINTS
        self._points[self._end] = x, y, speed
        self._end += 1

    @property
    def points(self) -> np.ndarray:
        """[n, 3] x, y, speed; at most TRAIL_POINTS rows."""
        return self._points[max(0, self._end - TRAIL_POINTS) : self._end]

    @property
    def dropped(self) -> int:
        """How many older points are no longer among `points`: the number of its first row."""
        return self._moved + max(0, self._end - TRAIL_POINTS)


class CrashMarks:
    """The newest crashes on the present track."""

    def __init__(self) -> None:
        self._seen = 0
        self._track: object = None
        self.marks: list[CrashMark] = []

    def feed(self, frame: Frame) -> None:
        """Takes each frame that arrives and notes a new crash."""
        if frame.track is not self._track or frame.crashes < self._seen:
            self._track, self._seen = frame.track, frame.crashes
            self.marks.clear()
        if frame.crashes > self._seen:
            self._seen = frame.crashes
            if frame.crash_place is not None:
                self.marks.append(CrashMark(float(frame.crash_place[0]), float(frame.crash_place[1]), frame.tick))
                del self.marks[:-MARKS]
        if self.marks and frame.tick - self.marks[0].tick > MARK_TICKS:
            del self.marks[0]
