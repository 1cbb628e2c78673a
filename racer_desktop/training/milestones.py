"""What the hero reaches for the first time, or better than ever: first gate, first lap, each better lap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Milestones:
    """What was reached so far.

    Attributes:
        gate: whether a gate was ever reached.
        lap: whether a lap was ever driven.
        best_lap: on the present track and car, s; None before the first.
    """

    gate: bool = False
    lap: bool = False
    best_lap: float | None = None

    def reached(self, gates: int, lap: float | None) -> Iterator[str]:
        """Takes in the AI's drive and yields a title for everything that is a milestone.

        Args:
            gates: reached since the start line.
            lap: time of a lap that was completed just now, s.
        """
        if gates > 0 and not self.gate:
            self.gate = True
            yield "First gate"
        if lap is None:
            return
        if self.best_lap is None or lap < self.best_lap:
            self.best_lap = lap
            yield f"{'Best' if self.lap else 'First'} lap {lap:.2f} s"
        self.lap = True

    def change_track(self) -> None:
        """Laps on another track, or with another car, cannot be compared with those before."""
        self.best_lap = None
