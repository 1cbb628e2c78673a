"""The Learner: a Trainer with its life around it.

It is prepared off the loop, driven without waiting, recorded, validated, and stopped before a broken loss does harm.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from racer_desktop.agent.state import AgentState, Policy
from racer_desktop.config import Config
from racer_desktop.training import compute, curriculum, structure
from racer_desktop.training.learning import LearnerState
from racer_desktop.training.logbook import Logbook
from racer_desktop.training.metrics import FLAT_EPISODES, Metrics
from racer_desktop.training.preparation import Preparation
from racer_desktop.training.programs import programs
from racer_desktop.training.selection import Best, Selection
from racer_desktop.training.snapshot import Activity
from racer_desktop.training.trainer import AHEAD, Report, Trainer
from racer_desktop.training.validation import Validation

WAIT = 0.5  # s that a caller who waits is held at most before it is asked again whether to go on
NOT_A_NUMBER = "loss is not a number: stopped, last good brain restored"

log = logging.getLogger(__name__)


class LearnerError(RuntimeError):
    """There is no learner, because it could not be made; the message says why."""


@dataclass(frozen=True)
class Resumed:
    """Where learning goes on from.

    Attributes:
        state: arrays on the host.
        drawn, levels: tracks drawn so far and how hard they are, see `TrackPool`.
        moved: see `Trainer`.
        wall_s, compile_s: seconds of learning and of compiling so far.
        best: the best brain so far.
    """

    state: LearnerState
    drawn: int = 0
    levels: tuple[float, ...] = ()
    moved: bool = False
    wall_s: float = 0.0
    compile_s: float = 0.0
    best: Best | None = None


class Learner:
    """One learner, used by one thread.

    Args:
        config: all settings.
        device: where it learns.
        metrics: where it records.
        resumed: where it goes on from; None for the beginning.
        rehearse: called in the preparing thread with the brain that knows nothing, before anybody gets it.

    Attributes:
        activity: what it is doing.
        message: what happened, if it failed.
        preparation: what must be made before it learns.
        logbook: how far it has come.
        selection: the best brain so far.
        policy: the newest brain that drives, or None before there is one; never written to.
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
        self._wanted = False
        self.activity = Activity.IDLE
        self.message = ""
        self.policy: Policy | None = None
        self.held = False
        if resumed is None:
            self.preparation = Preparation(config, self._programs, rehearse)
            self.logbook = Logbook(metrics, config.training.cars)
            self.selection = Selection()
        else:
            self._resume(resumed, rehearse)

    # Life.

    def prepare(self) -> None:
        """Makes the brain in a thread; `poll` notices when it is there."""
        self.preparation.begin(compiling=False)

    def start(self) -> None:
        """Starts or resumes learning; compiles first if need be."""
        self.message = ""
        self._wanted = True
        self.activity = Activity.LEARNING if self.ready else Activity.COMPILING
        self.preparation.begin(compiling=True)

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
        self.preparation.cancel()
        if wait:
            self.preparation.wait()
            if self._validation is not None:
                self._validation.wait()
        if self._trainer is not None:
            self._trainer.close(wait=wait)

    @property
    def ready(self) -> bool:
        """Whether it can learn at once."""
        return self.preparation.done

    @property
    def trainer(self) -> Trainer:
        """The Trainer; waits for it to be made.

        Raises:
            LearnerError: if it could not be made.
        """
        if self._trainer is None:
            self.prepare()
            self.preparation.wait()
            self._take_preparation()
        if self._trainer is None:
            raise LearnerError(self.message)
        return self._trainer

    @property
    def prepared(self) -> Trainer | None:
        """The Trainer if it is made and nothing else uses it; never waits."""
        return self._trainer if self.preparation.taken else None

    @property
    def busy(self) -> bool:
        """Whether one of its threads is at work."""
        makes_ready = self.preparation.busy or (self._validation is not None and self._validation.busy)
        return makes_ready or (self._trainer is not None and self._trainer.busy)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is queued: state and records agree."""
        validating = self._validation is not None and self._validation.running
        return not validating and (self._trainer is None or not self._trainer.pending)

    @property
    def updates(self) -> int:
        """Updates made and recorded."""
        return self.logbook.updates

    @property
    def updates_per_s(self) -> float:
        """Recent speed; zero while it does not learn."""
        return self.logbook.updates_per_s if self.activity is Activity.LEARNING else 0.0

    @property
    def health(self) -> str:
        """How training goes, in words."""
        if self.activity is Activity.FAILED:
            return self.message
        if self.activity is Activity.COMPILING:
            return "preparing to learn"
        if self._metrics.episodes == 0:
            return "" if self.updates == 0 else "collecting first experience"
        if self.activity is Activity.IDLE:
            return "ready to go on learning"
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
        if not self.preparation.taken:
            if wait:
                self.preparation.wait(WAIT)
            if self.preparation.busy:
                return False
            self._take_preparation()
        trainer = self._trainer
        if trainer is None or not self.ready:
            if self._wanted:
                self.preparation.begin(compiling=True)
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
            self.logbook.stop_clock()
        self._take_verdict(wait=wait and not recorded)
        if wait and not recorded and self._validation is not None:
            self._validation.wait(WAIT)  # nothing is queued before the drive that is due can begin
        return recorded

    def drain(self) -> None:
        """Waits until nothing is queued, so that state and records agree."""
        while self._trainer is not None and self._trainer.pending:
            self._record(self._trainer, self._trainer.take())
        self._take_verdict(wait=True)
        self.logbook.stop_clock()

    # What can be changed while it runs.

    def add_rows(self, rows: np.ndarray) -> None:
        """Hands the hero's experience to the replay; only while `accepts_rows`."""
        if len(rows):
            self.trainer.add_guests(rows)

    @property
    def accepts_rows(self) -> bool:
        """Whether the replay takes experience now."""
        return self._wanted and self.ready

    def adopt(self, config: Config) -> None:
        """Takes changed live settings; a best brain that drove under others no longer counts.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
        """
        if structure.tracks(config) != structure.tracks(self._config):
            self.drain()
        self.preparation.adopt(config)
        driven_anew = structure.driving(config) != structure.driving(self._config)
        if driven_anew or config.reward != self._config.reward:
            self._metrics.look_anew()
        if driven_anew:
            self.selection.forget_best()
            if self._validation is not None:
                self._validation.forget()
        self._config = config

    def restore_best(self) -> bool:
        """Goes on from the best brain; returns whether there is one."""
        self.drain()
        best = self.selection.best
        if best is None:
            return False
        self._metrics.look_anew()
        self.trainer.set_policy(best.policy)
        self.policy = best.policy
        return True

    # How it is done.

    @property
    def _trainer(self) -> Trainer | None:
        return self.preparation.trainer

    @property
    def _validation(self) -> Validation | None:
        return self.preparation.validation

    def _resume(self, resumed: Resumed, rehearse: Callable[[Policy], None]) -> None:
        config, state = self._config, resumed.state
        drawn, levels = resumed.drawn, resumed.levels
        trainer = Trainer(config, self._programs, state=state, drawn=drawn, levels=levels, moved=resumed.moved)
        updates, steps = int(state.agent.updates), int(state.steps)
        self.logbook = Logbook(self._metrics, config.training.cars, updates, steps, resumed.wall_s)
        self._metrics.look_anew()
        sound: AgentState = compute.copied(trainer.state.agent)
        self.selection = Selection(resumed.best, sound)
        self.policy = sound.average
        self.preparation = Preparation(config, self._programs, rehearse, trainer, resumed.compile_s)

    def _take_preparation(self) -> None:
        try:
            self.preparation.take()
        except Exception as error:
            log.exception("The learner could not be made ready.")
            self._fail(f"learning could not be prepared: {error}")
            return
        if self.policy is None:
            self.policy = self.preparation.first

    def _dispatch(self, trainer: Trainer, until: float) -> None:
        assert self._validation is not None
        try:
            can_validate = self._validation.ready
        except Exception as error:
            log.exception("The validation could not be made ready.")
            self._fail(f"learning could not be prepared: {error}")
            return
        while trainer.pending < AHEAD and trainer.updates < until and not self.held:
            if curriculum.due(self._config, trainer.updates):
                if trainer.pending:
                    return  # all that was driven before counts
                trainer.pool.level = curriculum.level(self._config, self._metrics)
            # Last before the chunk is queued: it is asked again whenever something above has to be waited for.
            if self._validation.due(trainer.updates):
                if self._validation.running or not can_validate:
                    return  # the one before is still under way: what follows shall not depend on how fast it is
                self._validation.begin(trainer)
            self.logbook.start_clock()
            trainer.dispatch()

    def _record(self, trainer: Trainer, report: Report) -> None:
        self.logbook.read_clock()
        if not report.finite:
            log.error("A loss or weight was not finite after update %d.", self.updates)
            self._break_off(trainer)
            return
        self.logbook.enter(report)
        self.policy = report.policy

    def _take_verdict(self, *, wait: bool) -> None:
        validation = self._validation
        if validation is None or validation.updates > self.updates:
            return  # whether that brain is sound is known when its chunk is recorded
        verdict = validation.take(wait=wait)
        if verdict is not None:
            self._metrics.record_validation(verdict.updates, verdict.finished)
            self.selection.consider(verdict)

    def _break_off(self, trainer: Trainer) -> None:
        """Stops and puts the last good brain back."""
        if self._validation is not None:
            self._validation.forget()
        trainer.recover(self.selection.sound)
        # Experience that was forgotten was driven all the same.
        self.logbook.updates = trainer.updates
        self.policy = compute.copied(trainer.state.agent).average
        self._fail(NOT_A_NUMBER)

    def _fail(self, message: str) -> None:
        self._wanted = False
        self.logbook.stop_clock()
        self.activity = Activity.FAILED
        self.message = message
