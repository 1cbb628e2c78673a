"""Drives on the validation tracks while learning goes on, and what they showed."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from racer_desktop.agent.state import AgentState
from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.course import Courses
from racer_desktop.sim.track import generate
from racer_desktop.training import compute, structure
from racer_desktop.training.background import Background
from racer_desktop.training.chunks import passed
from racer_desktop.training.evaluation import VALIDATION_TRACKS, Drive
from racer_desktop.training.learning import LearnerState
from racer_desktop.training.programs import Programs
from racer_desktop.training.trainer import Trainer

SPEED_WEIGHT = 0.3  # of speed against finishing when brains are compared: 2 m/s make up for one track of 64


@dataclass(frozen=True)
class Verdict:
    """What a drive on the validation tracks showed.

    Attributes:
        agent: the brain that drove, complete.
        updates: updates it had made.
        finished: share of the tracks on which it drove all laps.
        score: see `score`.
        best_lap: its best lap on the one track that is learned on, s; nan without one, or on random tracks.
    """

    agent: AgentState
    updates: int
    finished: float
    score: float
    best_lap: float


class _Run(NamedTuple):
    """A drive that is queued: its brain and what it did."""

    driven: Future[tuple[AgentState, Any]]
    updates: int
    lengths: np.ndarray
    top_speed: float


def score(drives: list[Drive], lengths: np.ndarray, top_speed: float) -> float:
    """How good a driver is, from 0 to 1.3: way driven on the tracks, and a little for speed where all was driven."""
    each = [
        1.0 + SPEED_WEIGHT * length / (drive.flying_lap * top_speed)
        if drive.finished
        else np.clip(drive.distance, 0.0, 2.0) / 2.0
        for drive, length in zip(drives, lengths, strict=True)
    ]
    return float(np.mean(each))


class Validation:
    """At most one drive at a time; its program is compiled beside the learning, when it is first asked for.

    Args:
        config: all settings.
        programs: of the configuration's structure.

    Raises:
        TrackError: if the settings allow no drivable track.
    """

    def __init__(self, config: Config, programs: Programs) -> None:
        self._programs = programs
        self._running: _Run | None = None
        self._config = config
        self._course, self._lengths = self._tracks(config)
        self._work = Background("validation preparation")

    @property
    def ready(self) -> bool:
        """Whether a drive can begin; if not, what it needs is made.

        Raises:
            Exception: what making it failed with.
        """
        if not self._work.taken and not self._work.busy:
            self._work.take()
        tracks = len(self._lengths)
        if self._programs.drives_on(tracks):
            return True
        if self._work.taken:
            self._work.start(lambda: self._programs.compile_drive(tracks))
        return False

    @property
    def busy(self) -> bool:
        """Whether what a drive needs is being made."""
        return self._work.busy

    def wait(self, seconds: float | None = None) -> None:
        """Waits until what a drive needs is made, at most so long."""
        self._work.wait(seconds)

    @property
    def running(self) -> bool:
        """Whether a drive is queued and not yet taken."""
        return self._running is not None

    @property
    def updates(self) -> int:
        """Updates that the brain under way had made; 0 if there is none."""
        return self._running.updates if self._running is not None else 0

    def due(self, updates: int) -> bool:
        """Whether a brain of so many updates is to be validated before it makes the next ones.

        It depends on nothing but the number, so that going on with a saved experiment validates at the same
        updates as never having stopped.
        """
        return passed(self._config, updates, self._config.training.validate_updates)

    def begin(self, trainer: Trainer) -> None:
        """Queues a drive of the brain as it is when everything queued before is done; only when `ready`."""
        programs, rules, course = self._programs, trainer.rules, self._course

        def work(state: LearnerState) -> tuple[AgentState, Any]:
            mine: AgentState = compute.copied(state.agent)  # the next chunk writes over the original
            return mine, programs.drive(rules, course, mine.average)

        self._running = _Run(trainer.queue(work), trainer.updates, self._lengths, self._config.car.max_speed)

    def take(self, *, wait: bool) -> Verdict | None:
        """The verdict if the drive is done, or None; waits for it if asked to."""
        run = self._running
        if run is None or not (wait or (run.driven.done() and compute.is_ready(run.driven.result()))):
            return None
        self._running = None
        agent, driven = run.driven.result()
        drives = self._programs.evaluation.judged(*driven)
        laps = [lap for drive in drives for lap in (drive.lap_time, drive.flying_lap) if np.isfinite(lap)]
        return Verdict(
            agent=agent,
            updates=run.updates,
            finished=float(np.mean([drive.finished for drive in drives])),
            score=score(drives, run.lengths, run.top_speed),
            best_lap=min(laps) if laps and len(drives) == 1 else float("nan"),
        )

    def forget(self) -> None:
        """Takes no notice of the drive that is queued."""
        self._running = None

    def adopt(self, config: Config) -> None:
        """Takes changed live settings.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
        """
        if structure.tracks(config) != structure.tracks(self._config):
            self._course, self._lengths = self._tracks(config)
        self._config = config

    def _tracks(self, config: Config) -> tuple[Courses, np.ndarray]:
        if config.track.random_tracks:
            tracks = [generate(seed, config.track, config.car.half_width) for seed in VALIDATION_TRACKS]
        else:
            tracks = [chosen_track(config)]
        return self._programs.course(tracks), np.array([float(track.length) for track in tracks])
