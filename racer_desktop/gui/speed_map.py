"""How fast the hero was at each place of the track when it came by last; no Qt."""

from __future__ import annotations

import numpy as np

from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import Frame

GAP = 1 / 16  # of the lap: more than this between two frames was not driven


class SpeedMap:
    """The hero's speed along the present track.

    Attributes:
        speeds: [N] m/s at each point of the track; nan where it never was.
    """

    def __init__(self) -> None:
        self.speeds = np.zeros(0)
        self._track: Track | None = None
        self._at = 0
        self._crashes = 0

    def feed(self, frame: Frame) -> list[int]:
        """Takes each frame that arrives; returns the points whose speed is new."""
        begun = frame.track is not self._track
        if begun:
            self._track = frame.track
            self.speeds = np.full(len(frame.track.centre), np.nan)
        points = len(self.speeds)
        at = int(frame.progress * points) % points
        ahead = (at - self._at) % points
        begun |= frame.crashes != self._crashes or ahead > GAP * points
        before, self._at, self._crashes = self._at, at, frame.crashes
        if frame.hero.speed <= 0.0 or (ahead == 0 and not begun):
            return []
        passed = [at] if begun else [(before + step) % points for step in range(1, ahead + 1)]
        self.speeds[passed] = frame.hero.speed
        return passed
