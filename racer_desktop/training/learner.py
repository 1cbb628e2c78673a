"""The Learner: a Trainer with its life around it.

It is made and compiled off the loop, driven without waiting, recorded, validated, and stopped before a broken
loss does harm.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from racer_desktop.agent.dreamer import AgentState, Policy
from racer_desktop.config import Config
from racer_desktop.training import compute, structure
from racer_desktop.training.background import Background
from racer_desktop.training.metrics import FLAT_EPISODES, Metrics
from racer_desktop.training.programs import LearnerState, programs
from racer_desktop.training.snapshot import Activity
from racer_desktop.training.trainer import AHEAD, Report, Trainer
from racer_desktop.training.validation import Best, Validation

RATE_WINDOW = 2.0  # s over which updates per second are counted
WAIT = 0.5  # s that a caller who waits is held at most before it is asked again whether to go on
MOST_ENDINGS = 20  # chunks of which the places where episodes ended are kept while nobody takes them
NOT_A_NUMBER = "loss is not a number: stopped, last good brain restored"

log = logging.getLogger(__name__)


class LearnerError(RuntimeError):
    """There is no learner, because it could not be made; the message says why."""


@dataclass(frozen=True)
class Resumed:
    """Where learning goes on from.

    Attributes:
        state: arrays on the host.
        drawn: tracks drawn so far, see `TrackPool`.
        moved: see `Trainer`.
        wall_s, compile_s: seconds of learning and of compiling so far.
        best: the best brain so far.
    """

    state: LearnerState
    drawn: int = 0
    moved: bool = False
    wall_s: float = 0.0
    compile_s: float = 0.0
    best: Best | None = None


class Learner:
    """One learner, used by one thread; only the making and the compilation run in a thread of its own.

    Args:
        config: all settings.
        device: where it learns.
        metrics: where it records.
        resumed: where it goes on from; None for the beginning.
        rehearse: called in the preparing thread with the brain that knows nothing, before anybody gets it.

    Attributes:
        activity: what it is doing.
        message: what happened, if it failed.
        progress: share of the compilation done.
        wall_s, compile_s: seconds of learning and of compiling.
        best: the best brain of all validations, or None.
        best_lap: on the one track that is learned on, in a validation since the start, s; None without one.
        policy: the newest brain that drives, or None before there is one; never written to.
        pose: [S, B, 3] way of the fleet in the newest chunk, or None.
        held: whether nothing new is queued for the moment, so that the state comes to rest.

    Raises:
        TrackError: if it goes on from somewhere and the settings allow no drivable track.
    """

    def __init__(
        self,
        config: Config,
        device: compute.Device,
        metrics: Metrics,
        resumed: Resumed | None = None,
        rehearse: Callable[[Policy], None] = lambda policy: None,
    ) -> None:
        self._config = config
        self._metrics = metrics
        self._programs = programs(config, device)
        self._rehearse = rehearse
        self._first: Policy | None = None
        self._work = Background("learner preparation")
        self._cancelled = threading.Event()
        self._trainer: Trainer | None = None
        self._validation: Validation | None = None
        self._good: AgentState | None = None
        self._wanted = False
        self._clock: float | None = None
        self._rate: list[tuple[float, int]] = []
        self._updates = 0
        self._steps = 0
        self._endings: list[np.ndarray] = []
        self.activity = Activity.IDLE
        self.message = ""
        self.progress = 0.0
        self.wall_s = 0.0
        self.compile_s = 0.0
        self.best: Best | None = None
        self.best_lap: float | None = None
        self.policy: Policy | None = None
        self.pose: np.ndarray | None = None
        self.held = False
        if resumed is not None:
            self._resume(resumed)

    # Life.

    def prepare(self) -> None:
        """Makes the brain in a thread; `poll` notices when it is there."""
        if self._trainer is None and self._work.taken:
            self._work.start(self._make)

    def start(self) -> None:
        """Starts or resumes learning; compiles first if need be."""
        self.message = ""
        self._wanted = True
        self.activity = Activity.LEARNING if self.ready else Activity.COMPILING
        if not self.ready and self._work.taken:
            self._work.start(self._compile)

    def stop(self) -> None:
        """Pauses; what is queued on the device is still recorded."""
        self._wanted = False
        if self.activity in (Activity.LEARNING, Activity.COMPILING):
            self.activity = Activity.PAUSED

    def close(self, *, wait: bool = True) -> None:
        """Ends it.

        Args:
            wait: for its threads; a compilation cannot be broken off, nor can a chunk.
        """
        self.stop()
        self._cancelled.set()
        if wait:
            self._work.wait()
        if self._trainer is not None:
            self._trainer.close(wait=wait)

    @property
    def ready(self) -> bool:
        """Whether it can learn at once."""
        return self._work.taken and self._validation is not None and self._programs.compiled

    @property
    def trainer(self) -> Trainer:
        """The Trainer; waits for it to be made.

        Raises:
            LearnerError: if it could not be made.
        """
        if self._trainer is None:
            self.prepare()
            self._work.wait()
            self._take_work()
        if self._trainer is None:
            raise LearnerError(self.message)
        return self._trainer

    @property
    def prepared(self) -> Trainer | None:
        """The Trainer if it is made and nothing else uses it; never waits."""
        return self._trainer if self._work.taken else None

    @property
    def busy(self) -> bool:
        """Whether one of its threads is at work."""
        return self._work.busy or (self._trainer is not None and self._trainer.busy)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is queued: state and records agree."""
        validating = self._validation is not None and self._validation.running
        return not validating and (self._trainer is None or not self._trainer.pending)

    @property
    def updates(self) -> int:
        """Updates made and recorded."""
        return self._updates

    @property
    def env_steps(self) -> int:
        """Environment steps of all cars in the recorded updates, those before the first one included."""
        return self._steps * self._config.training.cars

    @property
    def updates_per_s(self) -> float:
        """Recent speed."""
        if len(self._rate) < 2 or self.activity is not Activity.LEARNING:
            return 0.0
        (begin, first), (end, last) = self._rate[0], self._rate[-1]
        return (last - first) / max(end - begin, 1e-6)

    @property
    def health(self) -> str:
        """How training goes, in words."""
        if self.activity is Activity.FAILED:
            return self.message
        if self.activity is Activity.COMPILING:
            return "preparing to learn"
        if self._metrics.episodes == 0:
            return "" if self.updates == 0 else "collecting first experience"
        if self._metrics.flat_for >= FLAT_EPISODES:
            return f"reward flat for {self._metrics.flat_for} episodes"
        return "paused" if self.activity is Activity.PAUSED else "learning"

    def poll(self, *, wait: bool = False, until: float = math.inf) -> bool:
        """Takes what is done and queues what is next.

        Args:
            wait: whether to wait for the oldest chunk, or half a second for the compilation, where no window needs
                this thread.
            until: updates after which no more are queued.

        Returns:
            Whether anything was recorded.
        """
        if not self._work.taken:
            if wait:
                self._work.wait(WAIT)
            if self._work.busy:
                return False
            self._take_work()
        trainer = self._trainer
        if trainer is None or not self.ready:
            if self._wanted and self._work.taken:
                self._work.start(self._compile)
            return False
        if self._wanted:
            self.activity = Activity.LEARNING
            self._dispatch(trainer, until)
        recorded = False
        while trainer.pending and (wait or trainer.ready()):
            self._record(trainer, trainer.take())
            recorded = True
            if wait:
                break
        if not self._wanted and not trainer.pending:
            self._clock = None
        self._take_verdict(wait=wait and not recorded)
        return recorded

    def drain(self) -> None:
        """Waits until nothing is queued, so that state and records agree."""
        while self._trainer is not None and self._trainer.pending:
            self._record(self._trainer, self._trainer.take())
        self._take_verdict(wait=True)
        self._clock = None

    # What can be changed while it runs.

    def add_rows(self, rows: np.ndarray) -> None:
        """Hands the hero's experience to the replay; only while `accepts_rows`."""
        if len(rows):
            self.trainer.add_guests(rows)

    def take_endings(self) -> np.ndarray:
        """[E, 2] x, y where the fleet's episodes ended since the last call, m; only the newest are kept."""
        endings, self._endings = self._endings, []
        return np.concatenate(endings) if endings else np.zeros((0, 2), np.float32)

    @property
    def accepts_rows(self) -> bool:
        """Whether the replay takes experience now."""
        return self._wanted and self.ready

    def adopt(self, config: Config) -> None:
        """Takes changed live settings; a best brain that drove under others no longer counts.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
        """
        if self._trainer is not None:
            moved = structure.tracks(config) != structure.tracks(self._config)
            if moved:
                self.drain()
            if self._validation is not None:
                self._validation.adopt(config)
            self._trainer.adopt(config)
        if structure.driving(config) != structure.driving(self._config):
            self.best = self.best_lap = None
            if self._validation is not None:
                self._validation.forget()
        self._config = config

    def restore_best(self) -> bool:
        """Goes on from the best brain; returns whether there is one."""
        self.drain()
        if self.best is None:
            return False
        self.trainer.set_policy(self.best.policy)
        self.policy = self.best.policy
        return True

    # The thread: it touches nothing that the owner's thread uses before the work is taken.

    def _make(self) -> None:
        if self._trainer is None and not self._cancelled.is_set():
            with compute.without_pauses():
                trainer = Trainer(self._config, self._programs)
                first: Policy = compute.copied(trainer.state.agent).average
                self._rehearse(first)
                self._first, self._trainer = first, trainer

    def _compile(self) -> None:
        begin = time.perf_counter()
        self._make()

        def told(share: float) -> None:
            self.progress = share

        self._programs.compile(told, self._cancelled.is_set)
        if self._validation is None and not self._cancelled.is_set():
            self._validation = Validation(self._config, self._programs)
        self.compile_s += time.perf_counter() - begin

    def _take_work(self) -> None:
        try:
            self._work.take()
            if self._trainer is not None:
                # The settings may have changed while the thread was at work with those before.
                self._trainer.adopt(self._config)
                if self._validation is not None:
                    self._validation.adopt(self._config)
                if self.policy is None:
                    self.policy = self._first
        except Exception as error:
            log.exception("The learner could not be made ready.")
            self._validation = None  # the next start tries again
            self._fail(f"learning could not be prepared: {error}")

    # Learning.

    def _resume(self, resumed: Resumed) -> None:
        state = resumed.state
        self._trainer = Trainer(self._config, self._programs, state=state, drawn=resumed.drawn, moved=resumed.moved)
        self._updates, self._steps = int(state.agent.updates), int(state.steps)
        self.wall_s, self.compile_s, self.best = resumed.wall_s, resumed.compile_s, resumed.best
        good: AgentState = compute.copied(self._trainer.state.agent)
        self._good, self.policy = good, good.average
        if self._programs.compiled:
            self.progress = 1.0
            self._validation = Validation(self._config, self._programs)

    def _dispatch(self, trainer: Trainer, until: float) -> None:
        assert self._validation is not None
        while trainer.pending < AHEAD and trainer.updates < until and not self.held:
            if self._validation.due(trainer.updates):
                if self._validation.running:
                    return  # the one before is still under way: what follows shall not depend on how fast it is
                self._validation.begin(trainer)
            if self._clock is None:
                self._clock = time.perf_counter()
                self._rate = []
            trainer.dispatch()

    def _record(self, trainer: Trainer, report: Report) -> None:
        now = time.perf_counter()
        if self._clock is not None:
            self.wall_s += now - self._clock
            self._clock = now
        if not report.finite:
            log.error("A loss or weight was not finite after update %d.", self._updates)
            self._break_off(trainer)
            return
        made = len(report.exploration)
        cars = self._config.training.cars
        begin = (int(report.steps[0]) - report.finished.shape[1]) * cars
        self._updates += made
        self._steps = int(report.steps[-1])
        self._rate = [(t, u) for t, u in self._rate if now - t < RATE_WINDOW] + [(now, self._updates)]
        self._metrics.record_updates(self._updates, report.losses, report.exploration)
        finished = report.finished.reshape(-1)
        at = begin + np.arange(1, finished.size + 1)
        self._metrics.record_episodes(report.episode_reward.reshape(-1)[finished], at[finished])
        self.policy = report.policy
        self.pose = report.pose.reshape(-1, *report.pose.shape[-2:])
        self._endings = [*self._endings[-MOST_ENDINGS:], report.pose[report.finished][:, :2]]

    def _take_verdict(self, *, wait: bool) -> None:
        validation = self._validation
        if validation is None or validation.updates > self._updates:
            return  # whether that brain is sound is known when its chunk is recorded
        verdict = validation.take(wait=wait)
        if verdict is None:
            return
        self._metrics.record_validation(verdict.updates, verdict.finished)
        self._good = verdict.agent
        if self.best is None or verdict.score > self.best.score:
            self.best = Best(verdict.agent.average, verdict.score, verdict.updates)
        if math.isfinite(verdict.best_lap):
            self.best_lap = min(verdict.best_lap, self.best_lap or math.inf)

    def _break_off(self, trainer: Trainer) -> None:
        """Stops and puts the last good brain back."""
        if self._validation is not None:
            self._validation.forget()
        trainer.recover(self._good)
        # Experience that was forgotten was driven all the same.
        self._updates = trainer.updates
        self.policy = compute.copied(trainer.state.agent).average
        self._fail(NOT_A_NUMBER)

    def _fail(self, message: str) -> None:
        self._wanted = False
        self._clock = None
        self.activity = Activity.FAILED
        self.message = message
