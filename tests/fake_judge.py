"""A stand-in for the judge of brains, quick and without a brain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from racer_desktop.training.checkpoint import CheckpointError
from racer_desktop.training.trial import Broken, Choice, Phase, Progress, TrackResult, Trial
from tests.fakes import oval


class FakeJudge:
    """Judges any brain at once: it goes round so many tracks, the later ones worse; watches whether it is stopped.

    Args:
        pause: s between two pieces of progress.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.asked: list[tuple[Path, Trial, Choice]] = []
        self.broken = threading.Event()
        self.thread: int | None = None

    def __call__(
        self, path: Path, trial: Trial, choice: Choice, told: Callable[[Progress], bool]
    ) -> tuple[TrackResult, ...]:
        """See `judge`."""
        self.asked.append((path, trial, choice))
        self.thread = threading.get_ident()
        if "damaged" in path.name:
            raise CheckpointError(f"“{path.name}” is damaged: its checksum does not match; use an older copy.")
        skill = 1.0 if choice is Choice.BEST else 0.6
        results: tuple[TrackResult, ...] = ()
        for phase in Phase:
            if phase is Phase.COMPILING:
                results = tuple(TrackResult(seed, oval(seed)) for seed in trial.seeds)
            for share in (0.25, 0.5, 0.75, 1.0):
                if phase is Phase.DRIVING:
                    results = tuple(self._driven(r, share, skill * 20, n) for n, r in enumerate(results))
                if phase is Phase.MEASURING:
                    results = tuple(replace(r, reference_lap_s=float(r.course.length) / 24) for r in results)
                if not told(Progress(phase, share, results)):
                    self.broken.set()
                    raise Broken
                time.sleep(self.pause)
        return results

    def _driven(self, result: TrackResult, share: float, pace: float, number: int) -> TrackResult:
        finished = number % 4 != 3 or pace > 20
        goes = 2.0 * share if finished else min(2.0 * share, 0.37)
        centre = np.vstack([result.course.centre] * 2)
        sway = 2.5 * np.sin(np.arange(len(centre)) / 9.0)[:, None] * (0.6, 0.8)
        length = float(result.course.length)
        done = finished and share == 1.0
        return replace(
            result,
            ended=done or not finished,
            finished=done,
            lap_time_s=length / pace + 2.0 if done else None,
            flying_lap_s=length / pace - 0.3 * number if done else None,
            distance=goes,
            line=(centre + sway)[: round(goes * len(result.course.centre))].astype(np.float32),
        )
