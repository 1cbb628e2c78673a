"""Lap times of the race on the screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from racer_desktop.training.snapshot import Mode


@dataclass
class Laps:
    """Lap times on the current track.

    Attributes:
        number: of the current lap, from 1.
        began: race time at which it began, s.
        whole: whether one driver had the wheel since it began.
        last, best: by driver, s.
    """

    number: int = 1
    began: float = 0.0
    whole: bool = True
    last: dict[Mode, float] = field(default_factory=dict)
    best: dict[Mode, float] = field(default_factory=dict)

    def line_up(self) -> None:
        """Back to the start line: the first lap begins."""
        self.number, self.began, self.whole = 1, 0.0, True

    def complete(self, driver: Mode, time: float) -> float | None:
        """The line was crossed at race time `time`; returns the lap's time if one driver drove all of it."""
        seconds = time - self.began if self.whole else None
        if seconds is not None:
            self.last[driver] = seconds
            self.best[driver] = min(seconds, self.best.get(driver, seconds))
        self.number, self.began, self.whole = self.number + 1, time, True
        return seconds
