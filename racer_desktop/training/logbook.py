"""The Logbook: how far learning has come, how fast it goes, and what the fleet did last."""

from __future__ import annotations

import time

import numpy as np

from racer_desktop.training.metrics import Metrics
from racer_desktop.training.trainer import Report

RATE_WINDOW = 2.0  # s over which updates per second are counted
MOST_ENDINGS = 20  # chunks of which the places where episodes ended are kept while nobody takes them


class Logbook:
    """Takes in the reports of finished chunks.

    Args:
        metrics: where losses and episodes are recorded.
        cars: in the fleet.
        updates: made before.
        steps: made before by each car.
        wall_s: seconds of learning before.

    Attributes:
        updates: made and recorded.
        wall_s: seconds of learning.
        pose: [S, B, 3] way of the fleet in the newest chunk, or None.
    """

    def __init__(self, metrics: Metrics, cars: int, updates: int = 0, steps: int = 0, wall_s: float = 0.0) -> None:
        self._metrics = metrics
        self._cars = cars
        self._steps = steps
        self._clock: float | None = None
        self._rate: list[tuple[float, int]] = []
        self._endings: list[np.ndarray] = []
        self.updates = updates
        self.wall_s = wall_s
        self.pose: np.ndarray | None = None

    @property
    def env_steps(self) -> int:
        """Environment steps of all cars in the recorded updates, those before the first one included."""
        return self._steps * self._cars

    @property
    def updates_per_s(self) -> float:
        """Recent speed."""
        if len(self._rate) < 2:
            return 0.0
        (begin, first), (end, last) = self._rate[0], self._rate[-1]
        return (last - first) / max(end - begin, 1e-6)

    def start_clock(self) -> None:
        """From now on seconds count as learning, unless they do already."""
        if self._clock is None:
            self._clock = time.perf_counter()
            self._rate = []

    def stop_clock(self) -> None:
        """What follows, since the last chunk, is no learning."""
        self._clock = None

    def read_clock(self) -> None:
        """Adds the seconds since it was read before, if it runs."""
        if self._clock is not None:
            now = time.perf_counter()
            self.wall_s += now - self._clock
            self._clock = now

    def enter(self, report: Report) -> None:
        """Records a sound chunk."""
        now = time.perf_counter()
        begin = (int(report.steps[0]) - report.finished.shape[1]) * self._cars
        self.updates += len(report.exploration)
        self._steps = int(report.steps[-1])
        self._rate = [(t, u) for t, u in self._rate if now - t < RATE_WINDOW] + [(now, self.updates)]
        self._metrics.record_updates(self.updates, report.losses, report.exploration)
        finished = report.finished.reshape(-1)
        at = begin + np.arange(1, finished.size + 1)
        self._metrics.record_episodes(report.episode_reward.reshape(-1)[finished], at[finished])
        self.pose = report.pose.reshape(-1, *report.pose.shape[-2:])
        self._endings = [*self._endings[-MOST_ENDINGS:], report.pose[report.finished][:, :2]]

    def take_endings(self) -> np.ndarray:
        """[E, 2] x, y where the fleet's episodes ended since the last call, m; only the newest are kept."""
        endings, self._endings = self._endings, []
        return np.concatenate(endings) if endings else np.zeros((0, 2), np.float32)
