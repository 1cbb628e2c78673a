"""What the hero did lately, one row for each decision: place, speed, controls, rays, and what it earned. No JAX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_ROWS = 54_000  # an hour at 15 decisions a second
NAMES = (
    "time_s", "person_drives", "lap", "lap_time_s", "progress", "x_m", "y_m", "heading_rad", "speed_m_s",
    "steering_rad", "throttle",
)  # fmt: skip
WHOLE_NUMBERS = ("person_drives", "lap")


@dataclass(frozen=True, slots=True)
class Telemetry:
    """A copy of what was recorded, oldest row first.

    Attributes:
        names: [C] of the columns, with their units.
        rows: [N, C].
    """

    names: tuple[str, ...]
    rows: np.ndarray

    def columns(self) -> list[tuple[str, np.ndarray]]:
        """(name, [N] numbers) of each column."""
        return [
            (name, self.rows[:, k].astype(int) if name in WHOLE_NUMBERS else self.rows[:, k])
            for k, name in enumerate(self.names)
        ]


class TelemetryRing:
    """The newest rows; older ones are written over.

    Args:
        ray_angles_deg: direction of each ray.
        terms: names of the reward's terms.
        most: rows kept.
    """

    def __init__(self, ray_angles_deg: Sequence[float], terms: Sequence[str], most: int = MOST_ROWS) -> None:
        rays = [f"ray_{angle:+g}deg_m" for angle in ray_angles_deg]
        self.names = (*NAMES, *rays, *(f"reward_{term}" for term in terms), "reward")
        self._rows = np.zeros((most, len(self.names)))
        self._added = 0

    def clear(self) -> None:
        """Forgets everything."""
        self._added = 0

    def add(self, values: Sequence[float], rays: np.ndarray, terms: np.ndarray) -> None:
        """Records a decision.

        Args:
            values: those of `NAMES`.
            rays: [R] m.
            terms: what the decision earned, by term.
        """
        self._rows[self._added % len(self._rows)] = (*values, *rays, *terms, terms.sum())
        self._added += 1

    def copy(self) -> Telemetry:
        """What is recorded now."""
        most = len(self._rows)
        if self._added <= most:
            return Telemetry(self.names, self._rows[: self._added].copy())
        return Telemetry(self.names, np.roll(self._rows, -(self._added % most), axis=0))
