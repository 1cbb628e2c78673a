"""The Learner: a Trainer with its life around it.

It is made and compiled off the loop, driven without waiting, recorded, validated, and stopped before a broken
loss does harm.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.dreamer import AgentState, Policy
from racer_desktop.config import Config
from racer_desktop.sim.course import courses
from racer_desktop.sim.track import generate
from racer_desktop.training import compute
from racer_desktop.training.evaluation import VALIDATION_TRACKS, Drive, Evaluation
from racer_desktop.training.metrics import FLAT_EPISODES, Metrics
from racer_desktop.training.snapshot import Activity
from racer_desktop.training.trainer import AHEAD, Report, Trainer

SPEED_WEIGHT = 0.1  # of speed against finishing when brains are compared: finishing comes first
RATE_WINDOW = 2.0  # s over which updates per second are counted

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Best:
    """The best brain so far.

    Attributes:
        policy: its parameters.
        score: see `score`.
        updates: updates it had made.
    """

    policy: Policy
    score: float
    updates: int


def score(drives: list[Drive], lengths: np.ndarray, top_speed: float) -> float:
    """How good a driver is, from 0 to 1.1: way driven on the tracks, and a little for speed where all was driven."""
    each = [
        1.0 + SPEED_WEIGHT * length / (drive.flying_lap * top_speed)
        if drive.finished
        else np.clip(drive.distance, 0.0, 2.0) / 2.0
        for drive, length in zip(drives, lengths, strict=True)
    ]
    return float(np.mean(each))


class Learner:
    """One learner; only `prepare` and the compilation run in a thread of its own.

    Args:
        config: all settings.
        device: where it learns.
        metrics: where it records.

    Attributes:
        activity: what it is doing.
        message: what happened, if it failed.
        progress: share of the compilation done.
        wall_s, compile_s: seconds of learning and of compiling.
        best: the best brain of all validations, or None.
        policy: the newest brain that drives, or None before there is one.
        pose: [S, B, 3] way of the fleet in the newest chunk, or None.
        held: whether nothing new is queued for the moment, so that the state comes to rest.
    """

    def __init__(self, config: Config, device: compute.Device, metrics: Metrics) -> None:
        self._config = config
        self._device = device
        self._metrics = metrics
        self._thread: threading.Thread | None = None
        self._thread_error: BaseException | None = None
        self._cancelled = threading.Event()
        self._trainer: Trainer | None = None
        self._evaluation: Any = None
        self._validation: tuple[int, Any, AgentState] | None = None
        self._validate_at = config.training.validate_updates
        self._good: AgentState | None = None
        self._wanted = False
        self._clock: float | None = None
        self._rate: list[tuple[float, int]] = []
        self.activity = Activity.IDLE
        self.message = ""
        self.progress = 0.0
        self.wall_s = 0.0
        self.compile_s = 0.0
        self.best: Best | None = None
        self.policy: Policy | None = None
        self.pose: np.ndarray | None = None
        self.held = False

    # Life.

    def prepare(self) -> None:
        """Makes the brain in a thread; `poll` notices when it is there."""
        self._in_thread(self._make)

    def start(self) -> None:
        """Starts or resumes learning; compiles first if need be."""
        if self.activity is Activity.FAILED:
            self.message = ""
        self._wanted = True
        self.activity = Activity.LEARNING if self.compiled else Activity.COMPILING
        if not self.compiled and self._thread is None:
            self._in_thread(self._compile)

    def stop(self) -> None:
        """Pauses; what is queued on the device is still recorded."""
        self._wanted = False
        if self.activity in (Activity.LEARNING, Activity.COMPILING):
            self.activity = Activity.PAUSED

    def close(self, wait: bool = True) -> None:
        """Ends it; waits for a compilation under way, which cannot be broken off, if asked to."""
        self.stop()
        self._cancelled.set()
        if wait and self._thread is not None:
            self._thread.join()

    @property
    def compiled(self) -> bool:
        """Whether it can learn at once."""
        return self._thread is None and self._evaluation is not None

    @property
    def trainer(self) -> Trainer:
        """The Trainer; waits for it to be made."""
        if self._trainer is None:
            if self._thread is None:
                self.prepare()
            assert self._thread is not None
            self._thread.join()
            self._finish_thread()
        assert self._trainer is not None
        return self._trainer

    @property
    def busy(self) -> bool:
        """Whether its thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is queued: state and records agree."""
        return self._validation is None and (self._trainer is None or not self._trainer.pending)

    @property
    def updates(self) -> int:
        """Updates made and recorded."""
        return self._trainer.updates - self._trainer.pending * self._chunk if self._trainer else 0

    @property
    def env_steps(self) -> int:
        """Environment steps of all cars in the recorded updates, those before the first one included."""
        return self._steps_at(self.updates)

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

    def poll(self, *, wait: bool = False) -> bool:
        """Takes what is done and queues what is next.

        Args:
            wait: whether to wait for the oldest chunk, or the compilation, where no window needs this thread.

        Returns:
            Whether anything was recorded.
        """
        if self._thread is not None:
            if wait:
                self._thread.join()
            if self._thread.is_alive():
                return False
            self._finish_thread()
        if self._trainer is None or not self.compiled:
            if self._wanted and self._thread is None:
                self._in_thread(self._compile)
            return False
        if self._wanted:
            self.activity = Activity.LEARNING
            while self._trainer.pending < AHEAD and not self.held:
                self._dispatch()
        recorded = False
        while self._trainer.pending and (wait or self._trainer.ready()):
            self._record(self._trainer.take())
            recorded = True
            if wait or self.activity is Activity.FAILED:
                break
        if not self._trainer.pending:
            self._clock = None
        self._take_validation(wait=False)
        return recorded

    def drain(self) -> None:
        """Waits until nothing is queued, so that state and records agree."""
        while self._trainer is not None and self._trainer.pending and self.activity is not Activity.FAILED:
            self._record(self._trainer.take())
        self._take_validation(wait=True)
        self._clock = None

    # What can be changed while it runs.

    def add_rows(self, rows: np.ndarray) -> None:
        """Hands the hero's experience to the replay."""
        if self.compiled and self._trainer is not None and self._wanted and len(rows):
            self._trainer.add_guests(rows)

    def set_rules(self, config: Config) -> None:
        """Takes changed live settings."""
        self._config = config
        if self._trainer is not None:
            self._trainer.set_rules(config)

    def set_tracks(self, config: Config) -> None:
        """Changes the tracks; what was best on the old ones no longer counts."""
        self.drain()
        self._config = config
        self.best = None
        self.trainer.set_rules(config)
        if self.compiled:
            self.trainer.set_tracks(config)
            self._evaluation_courses()

    def restore_best(self) -> bool:
        """Goes on from the best brain; returns whether there is one."""
        self.drain()
        if self.best is None or self._trainer is None:
            return False
        agent = self._trainer.state.agent
        best = self.best.policy
        self._trainer.restore_agent(agent._replace(world=best.world, actor=best.actor, average=best))
        self.policy = best
        return True

    def resume_at(self, wall_s: float, compile_s: float, best: Best | None) -> None:
        """Continues the counting of an experiment that was loaded."""
        self.wall_s, self.compile_s, self.best = wall_s, compile_s, best
        every = self._config.training.validate_updates
        self._validate_at = (self.updates // every + 1) * every
        self.policy = jax.tree.map(jnp.copy, self.trainer.state.agent.average)

    def twin(self, config: Config, metrics: Metrics) -> Learner | None:
        """Another Learner of the same structure, ready without compiling; None before this one is."""
        if not self.compiled:
            return None
        other = Learner(config, self._device, metrics)
        other._trainer = self.trainer.twin(config)
        other._evaluation = self._evaluation
        other._evaluation_courses()
        return other

    # The thread.

    def _in_thread(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:
                self._thread_error = error

        self._thread = threading.Thread(target=guarded, name="learner preparation", daemon=True)
        self._thread.start()

    def _finish_thread(self) -> None:
        self._thread = None
        if self._thread_error is not None:
            error, self._thread_error = self._thread_error, None
            raise error
        if self.policy is None and self._trainer is not None:
            self.policy = jax.tree.map(jnp.copy, self._trainer.state.agent.average)

    def _make(self) -> None:
        if self._trainer is None and not self._cancelled.is_set():
            self._trainer = Trainer(self._config, self._device)

    def _compile(self) -> None:
        begin = time.perf_counter()
        self._make()
        if self._trainer is None:
            return

        def told(share: float) -> None:
            self.progress = 0.8 * share

        self._trainer.compile(told, self._cancelled.is_set)
        if self._cancelled.is_set():
            return
        evaluation = Evaluation(self._config, self._trainer.dreamer)
        self._evaluation_courses()
        policy = self._trainer.state.agent.average
        program = evaluation.drive.lower(self._trainer.rules, self._validation_course, policy).compile()
        self._evaluation = (evaluation, program)
        self.progress = 1.0
        self.compile_s += time.perf_counter() - begin

    def _evaluation_courses(self) -> None:
        config = self._config
        seeds = VALIDATION_TRACKS if config.track.random_tracks else [config.track.seed]
        tracks = [generate(seed, config.track, config.car.half_width) for seed in seeds]
        self._validation_lengths = np.array([t.length for t in tracks])
        self._validation_course = jax.device_put(courses(tracks), self._device)

    # Learning.

    @property
    def _chunk(self) -> int:
        return self._config.training.updates_per_chunk

    def _steps_at(self, updates: int) -> int:
        config = self._config.training
        prefill = max(-(-config.prefill // config.cars), config.length)
        return config.cars * (prefill + updates * config.steps_per_update) if updates else 0

    def _dispatch(self) -> None:
        trainer = self.trainer
        if self._clock is None:
            self._clock = time.perf_counter()
            self._rate = []
        if trainer.updates >= self._validate_at and self._validation is None:
            self._validate_at += self._config.training.validate_updates
            agent = jax.tree.map(jnp.copy, trainer.state.agent)
            drive = self._evaluation[1](trainer.rules, self._validation_course, agent.average)
            self._validation = (trainer.updates, drive, agent)
        trainer.dispatch()

    def _record(self, report: Report) -> None:
        now = time.perf_counter()
        if self._clock is not None:
            self.wall_s += now - self._clock
            self._clock = now
        if not all(np.isfinite(values).all() for values in report.losses.values()):
            self._break_off()
            return
        updates = self.updates
        self._rate = [(t, u) for t, u in self._rate if now - t < RATE_WINDOW] + [(now, updates)]
        self._metrics.record_updates(updates, report.losses, report.exploration)
        finished = report.finished.reshape(-1)
        at = self._steps_at(updates - self._chunk) + np.arange(1, finished.size + 1)
        self._metrics.record_episodes(report.episode_reward.reshape(-1)[finished], at[finished])
        self.policy = report.policy
        self.pose = report.pose.reshape(-1, *report.pose.shape[-2:])

    def _take_validation(self, *, wait: bool) -> None:
        if self._validation is None:
            return
        updates, driven, agent = self._validation
        if not wait and not compute.is_ready(driven):
            return
        self._validation = None
        drives = self._evaluation[0].judged(*driven)
        self._metrics.record_validation(updates, float(np.mean([d.finished for d in drives])))
        self._good = agent
        reached = score(drives, self._validation_lengths, self._config.car.max_speed)
        if self.best is None or reached > self.best.score:
            self.best = Best(agent.average, reached, updates)

    def _break_off(self) -> None:
        """A loss is not finite: stop, and put the last good brain back."""
        self._wanted = False
        self.activity = Activity.FAILED
        trainer = self.trainer
        good = self._good
        if good is None:
            for_agent = jax.random.PRNGKey(self._config.training.seed)
            good = jax.jit(trainer.dreamer.init)(for_agent)
        trainer.restore_agent(good)
        self._validation = None
        self.policy = jax.tree.map(jnp.copy, trainer.state.agent.average)
        self.message = "loss is not a number: stopped, last good brain restored"
        log.error("A loss was not finite; learning stopped at update %d.", self.updates)
