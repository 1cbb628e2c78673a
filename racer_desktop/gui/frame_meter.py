"""Counts frames that were really painted, and how long painting took."""

from __future__ import annotations

from collections import deque

WINDOW_S = 2.0


class FrameMeter:
    """The painted frames of the last two seconds."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque()
        self.painted = 0

    def note(self, began: float, ended: float) -> None:
        """Notes one painted frame; times in seconds of one clock."""
        self._frames.append((began, ended - began))
        self.painted += 1
        while began - self._frames[0][0] > WINDOW_S:
            self._frames.popleft()

    def rate(self, now: float) -> float:
        """Frames per second lately; 0 if nothing was painted for a while."""
        recent = [began for began, _ in self._frames if now - began <= WINDOW_S]
        if len(recent) < 2:
            return 0.0
        return (len(recent) - 1) / max(now - recent[0], 1e-9)

    @property
    def durations(self) -> list[float]:
        """Seconds that each of the recent frames took to paint."""
        return [duration for _, duration in self._frames]
