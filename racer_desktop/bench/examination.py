"""The same test for every learner: laps on tracks that none of them trained on, beside the fastest possible ones."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.sim.course import courses
from racer_desktop.sim.racing_line import reference_lap
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import generate
from racer_desktop.training import compute
from racer_desktop.training.driver import Driver
from racer_desktop.training.evaluation import Drive, Evaluation
from racer_desktop.training.structure import looked_at


@dataclass(frozen=True)
class Grade:
    """How a driver did.

    Attributes:
        finish_rate: share of the tracks on which all laps were driven.
        median_ratio: of the flying laps to the fastest possible ones; None without a flying lap.
    """

    finish_rate: float
    median_ratio: float | None


class Examination:
    """Tracks, their fastest laps, and a place to drive.

    Args:
        config: the race; obstacles as in its track settings.
        seeds: of the tracks.
        device: where the drives are computed.

    Raises:
        TrackError: if a seed gives no drivable track.
    """

    def __init__(self, config: Config, seeds: Sequence[int], device: compute.Device) -> None:
        tracks = [generate(seed, config.track, config.car.half_width) for seed in seeds]
        self._config = config
        self._device = device
        self._references = [reference_lap(track, config.car) for track in tracks]
        self._rules, self._course = jax.device_put((Rules.of(config), courses(tracks)), device)

    def for_driver(self, driver: Driver) -> Evaluation:
        """The drive for an agent's functions: two laps from a standing start; compiled when first driven."""
        return Evaluation(self._config, driver, reach=looked_at(self._config))

    def grade(self, evaluation: Evaluation, policy: Policy) -> Grade:
        """Drives a policy, deterministic, over all tracks."""
        drives = evaluation(self._rules, self._course, jax.device_put(policy, self._device))
        return graded(drives, self._references)


def graded(drives: Sequence[Drive], references: Sequence[float]) -> Grade:
    """The grade for drives, given the fastest laps of their tracks in s."""
    ratios = [
        drive.flying_lap / reference
        for drive, reference in zip(drives, references, strict=True)
        if np.isfinite(drive.flying_lap)
    ]
    return Grade(
        finish_rate=sum(drive.finished for drive in drives) / len(drives),
        median_ratio=statistics.median(ratios) if ratios else None,
    )
