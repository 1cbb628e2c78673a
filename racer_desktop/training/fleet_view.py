"""The fleet on the screen: its newest way, played back smoothly until the next one arrives."""

from __future__ import annotations

import numpy as np

JUMP = 5.0  # m between two steps: further than a car can go, so a new episode began there
FIRST, SHORTEST, LONGEST = 0.1, 0.001, 1.0  # s that a way takes to play


class FleetView:
    """Positions of the learning cars between the chunks in which they arrive."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No cars."""
        self._way = np.zeros((0, 0, 3), np.float32)
        self._arrived = 0.0
        self._lasts = FIRST
        self._ways = 0

    def add(self, way: np.ndarray, now: float) -> None:
        """Takes the way [S, B, 3] of x, y, heading that a chunk made, arrived at `now` in s."""
        # As fast as chunks come in, smoothed, so that one way ends about when the next arrives.
        lasted = min(max(now - self._arrived, SHORTEST), LONGEST)
        self._lasts = (FIRST, lasted, 0.8 * self._lasts + 0.2 * lasted)[min(self._ways, 2)]
        self._ways += 1
        # From where the cars are shown now, even if the last way was not played to its end.
        before = self.poses(now)[None] if self._way.shape[1:] == way.shape[1:] else way[:1]
        self._way = np.concatenate([before, way])
        self._arrived = now

    def poses(self, now: float) -> np.ndarray:
        """[B, 3] x, y, heading at `now`."""
        if not len(self._way):
            return np.zeros((0, 3), np.float32)
        at = np.clip((now - self._arrived) / self._lasts, 0.0, 1.0) * (len(self._way) - 1)
        low = min(int(at), len(self._way) - 2)
        here, there = self._way[low], self._way[low + 1]
        share = np.float32(at - low)
        between = here + share * (there - here)
        turned = np.angle(np.exp(1j * (there[:, 2] - here[:, 2])))
        between[:, 2] = here[:, 2] + share * turned
        jumped = np.hypot(*(there - here)[:, :2].T) > JUMP
        between[jumped] = there[jumped]
        return between
