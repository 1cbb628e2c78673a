"""Session: one running experiment, its methods the Python API.

    session = Session(Config())
    session.start()                     # learn
    while ...: session.tick()           # 60 times a second: the race on the screen, and the learner polled
    session.save(Path("mine.racer"))

Without a window, `Session(config, live=False).train(minutes=2)` learns as fast as the machine allows. A
Session belongs to one thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from racer_desktop import paths
from racer_desktop.agent.dreamer import Policy
from racer_desktop.config import Config
from racer_desktop.sim.track import generate
from racer_desktop.training import checkpoint, compute
from racer_desktop.training.arena import Arena
from racer_desktop.training.checkpoint import Checkpoint, CheckpointError, CheckpointInfo
from racer_desktop.training.fleet_view import FleetView
from racer_desktop.training.keeper import Keeper
from racer_desktop.training.learner import Best, Learner
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.snapshot import Activity, Frame, History, Mode, Stats
from racer_desktop.training.tensors import LayoutError, named, tree_like
from racer_desktop.training.trainer import Trainer

log = logging.getLogger(__name__)


class Session:
    """One experiment: settings, a Learner, and in a window an Arena.

    Args:
        config: all settings.
        device: where to learn: "auto", "cpu" or "gpu".
        checkpoints: folder of the automatic checkpoints; None for the program's own.
        live: whether there is a race on the screen.

    Raises:
        DeviceError: if the device is not there.
        TrackError: if the settings allow no drivable track.
    """

    def __init__(
        self, config: Config, *, device: str = "auto", checkpoints: Path | None = None, live: bool = True
    ) -> None:
        compute.prepare()
        self._config = config
        self._device = compute.learner_device(device)
        self._keeper = Keeper(checkpoints or (paths.checkpoint_folder() if live else None))
        self._live = live
        self._learn = True
        self._show_fleet = True
        self._started = False
        self._retired: list[Learner] = []
        self._new_experiment(config)

    # Reading.

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._config

    def frame(self) -> Frame:
        """The race on the screen now."""
        arena = self._arena
        angles = np.deg2rad(self._config.sensors.ray_angles_deg)
        return Frame(
            tick=self._ticks,
            track=arena.track,
            hero=arena.hero,
            ray_angles=angles,
            rays=arena.rays,
            ray_range=self._config.sensors.ray_range,
            mode=arena.mode,
            progress=arena.progress,
            lap=arena.laps.number,
            lap_time=arena.lap_time,
            last_lap=arena.laps.last.get(arena.mode),
            best_lap=arena.laps.best.get(arena.mode),
            crashes=arena.crashes,
            crash_place=arena.crash_place,
            latent=arena.latent_probs,
            fleet=self._fleet_view.poses(time.perf_counter()),
        )

    def stats(self) -> Stats:
        """The learner in numbers."""
        learner = self._learner
        history = self._metrics.history()
        return Stats(
            activity=learner.activity,
            device=compute.device_name(self._device),
            message=learner.message,
            compile_progress=learner.progress,
            wall_s=learner.wall_s,
            compile_s=learner.compile_s,
            env_steps=learner.env_steps,
            episodes=self._metrics.episodes,
            updates=learner.updates,
            updates_per_s=learner.updates_per_s,
            reward_mean_100=self._metrics.reward_mean,
            exploration=float(history.exploration[-1]) if len(history.exploration) else self._first_exploration,
            best_lap=self._arena.laps.best.get(Mode.AI) if self._live else None,
            health=learner.health,
            learn=self._learn,
            unsaved=learner.updates != self._saved_updates,
            history=history,
        )

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """The automatic checkpoints, newest first."""
        return checkpoint.checkpoints(self._keeper.folder) if self._keeper.folder else []

    # Driving.

    def tick(self) -> None:
        """One physics tick of the race on the screen; polls the learner without waiting for it."""
        self._ticks += 1
        gates = self._arena.gates
        lap = self._arena.tick()
        if self._arena.mode is Mode.AI:
            self._celebrate(gates, lap)
        self._drive_learner()

    def reset(self) -> None:
        """Puts the hero on the start line."""
        self._arena.reset()

    def toggle_control(self) -> None:
        """Hands the wheel over."""
        self.set_mode(Mode.MANUAL if self._arena.mode is Mode.AI else Mode.AI)

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or the person."""
        self._arena.set_mode(mode)

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands in [-1, 1]; used while they have the wheel."""
        self._arena.control(steering, throttle)

    def set_fleet(self, on: bool) -> None:
        """Whether frames carry the learning cars."""
        self._show_fleet = on
        if not on:
            self._fleet_view.clear()

    # Learning.

    def start(self) -> None:
        """Starts or resumes learning; compiles first, in a thread."""
        self._started = True
        if self._learn:
            self._learner.start()

    def stop(self) -> None:
        """Pauses learning."""
        self._started = False
        self._learner.stop()

    def set_learn(self, on: bool) -> None:
        """Switches learning off and on again while the race goes on."""
        self._learn = on
        if self._started and on:
            self._learner.start()
        elif not on:
            self._learner.stop()

    def train(
        self,
        *,
        minutes: float | None = None,
        updates: int | None = None,
        told: Callable[[Stats], bool] = lambda stats: True,
    ) -> None:
        """Learns without a window, as fast as the machine allows, from where it is.

        Args:
            minutes: of learning, compilation not counted.
            updates: to make.
            told: called after each chunk; learning ends when it returns False.
        """
        learner = self._learner
        until_wall = learner.wall_s + 60.0 * minutes if minutes is not None else float("inf")
        until_updates = learner.updates + updates if updates is not None else float("inf")
        self.start()
        while learner.wall_s < until_wall and learner.updates < until_updates:
            learner.poll(wait=True)
            if learner.activity is Activity.FAILED or not told(self.stats()):
                break
        self.stop()
        learner.drain()

    def restore_best(self) -> bool:
        """Goes on from the best brain of all validations; returns whether there is one."""
        return self._learner.restore_best()

    @property
    def driver(self) -> Policy:
        """The brain to be judged: the best one of all validations, or the newest."""
        best = self._learner.best
        return best.policy if best else self._learner.trainer.state.agent.average

    # Settings.

    def new_track(self, seed: int) -> None:
        """Another track of the same kind.

        Raises:
            TrackError: if no drivable one can be made.
        """
        self.configure(self._config.replace(track__seed=seed))

    def configure(self, config: Config) -> None:
        """Takes changed settings. One that cannot change live begins a new experiment with an empty brain.

        Raises:
            TrackError: if the settings allow no drivable track.
        """
        before, self_track = self._config, config.track != self._config.track
        track = generate(config.track.seed, config.track, config.car.half_width)
        if _structure(config) != _structure(before):
            self._retire()
            self._config = config
            self._new_experiment(config)
            if self._started:
                self.start()
            return
        self._config = config
        if config.track.random_tracks != before.track.random_tracks:
            self._change_kind_of_tracks()
        elif self_track:
            self._learner.set_tracks(config)
        else:
            self._learner.set_rules(config)
        if self._live:
            self._arena.set_track(config, track if self_track else self._arena.track)
        self._fleet_view.clear()

    # Files.

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Writes everything to a file; without its replay if only the brain is wanted.

        Raises:
            CheckpointError: if the file cannot be written.
        """
        self._learner.drain()
        checkpoint.write(path, self._content(brain_only=brain_only))
        if not brain_only:
            self._saved_updates = self._learner.updates

    def load(self, path: Path) -> None:
        """Goes on with what a file holds, exactly where it was saved; on failure nothing is changed.

        Raises:
            CheckpointError: if the file is missing, damaged or of another kind.
        """
        content = checkpoint.read(path)
        learner, metrics = self._loaded(path, content)
        self._retire()
        self._learner, self._metrics, self._config = learner, metrics, content.config
        self._saved_updates = learner.updates
        self._fleet_view = FleetView()
        if self._live:
            track = generate(content.config.track.seed, content.config.track, content.config.car.half_width)
            self._arena = self._made_arena(content.config, track)
        if self._started and self._learn:
            self._learner.start()

    def close(self) -> None:
        """Ends it: no more learning, all checkpoints written, its threads gone."""
        for learner in (self._learner, *self._retired):
            learner.close()
        self._keeper.close()

    # How it is put together.

    def _new_experiment(self, config: Config) -> None:
        track = generate(config.track.seed, config.track, config.car.half_width)
        self._metrics = Metrics()
        self._learner = Learner(config, self._device, self._metrics)
        self._fleet_view = FleetView()
        self._saved_updates = 0
        self._ticks = 0
        self._reached_gate = False
        self._autosave_at = time.monotonic() + config.training.autosave_s
        self._due: list[tuple[str, str]] = []
        if self._live:
            self._arena = self._made_arena(config, track)
        self._learner.prepare()

    def _retire(self) -> None:
        """Puts the present Learner aside; a compilation under way cannot be broken off, so it is waited for later."""
        self._learner.close(wait=False)
        self._retired = [r for r in (*self._retired, self._learner) if r.busy]

    def _made_arena(self, config: Config, track: Any) -> Arena:
        self._driving: Policy | None = None
        return Arena(config, compute.arena_device(), track)

    @property
    def _first_exploration(self) -> float:
        return self._config.training.exploration

    def _drive_learner(self) -> None:
        learner = self._learner
        if learner.poll():
            self._learner.add_rows(self._arena.take_rows())
            if self._show_fleet and learner.pose is not None and not self._config.track.random_tracks:
                self._fleet_view.add(learner.pose, time.perf_counter())
        if learner.policy is not None and learner.policy is not self._driving:
            self._driving = learner.policy
            self._arena.set_policy(learner.policy)
        now = time.monotonic()
        if now >= self._autosave_at:
            self._autosave_at = now + self._config.training.autosave_s
            if learner.updates != self._saved_updates and learner.activity is Activity.LEARNING:
                self._due.append(("autosave", f"Autosave, {learner.updates:,} updates"))
        if self._due:
            self._keep_due()

    def _celebrate(self, gates: int, lap: float | None) -> None:
        """Marks the hero's milestones: first gate, first lap, each better lap."""
        if self._learner.updates == 0:
            return
        if self._arena.gates > gates and not self._reached_gate:
            self._reached_gate = True
            self._due.append(("milestone", "First gate"))
        if lap is None:
            return
        laps = self._metrics.history().lap_time
        first = len(laps) == 0
        better = not first and lap < float(laps.min())
        self._metrics.record_lap(self._learner.updates, lap)
        if first or better:
            self._due.append(("milestone", f"{'First' if first else 'Best'} lap {lap:.2f} s"))

    def _keep_due(self) -> None:
        """Hands a copy of the experiment to the keeper once nothing is queued; nobody waits for that."""
        self._learner.held = True
        if not self._learner.at_rest:
            return
        self._learner.held = False
        kind, title = self._due.pop(0)
        content = self._content(brain_only=kind == "milestone")
        self._keeper.keep(content, kind, title, self._config.training.keep_checkpoints)

    def _content(self, *, brain_only: bool) -> Checkpoint:
        learner, trainer = self._learner, self._learner.trainer
        tensors = named(trainer.state, "learner")
        if brain_only:
            tensors = {n: t for n, t in tensors.items() if not n.startswith("learner/replay/")}
        history = self._metrics.history()
        tensors |= {f"history/{n}": np.array(getattr(history, n)) for n in _HISTORY}
        if learner.best is not None:
            tensors |= named(learner.best.policy, "best")
        counters = {
            "updates": learner.updates,
            "env_steps": learner.env_steps,
            "episodes": self._metrics.episodes,
            "wall_s": learner.wall_s,
            "compile_s": learner.compile_s,
            "tracks_drawn": trainer.pool.drawn,
            "loss_names": list(history.loss_names),
            "best": [learner.best.score, learner.best.updates] if learner.best else None,
            "reached_gate": self._reached_gate,
            "person_steps": self._arena.person_steps if self._live else 0,
        }
        layout = {"observation": trainer.dreamer.observation, "action": trainer.dreamer.action}
        return Checkpoint(self._config, counters, tensors, layout=layout)

    def _loaded(self, path: Path, content: Checkpoint) -> tuple[Learner, Metrics]:
        """A Learner and Metrics made of a file's content; nothing live is touched."""
        counters, tensors = content.counters, content.tensors
        history = {n: tensors[f"history/{n}"] for n in _HISTORY if f"history/{n}" in tensors}
        metrics = Metrics(History(tuple(counters["loss_names"]), **history))
        same = _programs(content.config) == _programs(self._config)
        twin = self._learner.twin(content.config, metrics) if same else None
        learner = twin or Learner(content.config, self._device, metrics)
        trainer = learner.trainer
        template = jax.eval_shape(lambda: trainer.state)
        try:
            if not any(name.startswith("learner/replay/") for name in tensors):
                tensors = tensors | named(_emptied(trainer.state.replay), "learner/replay")
            state = tree_like(template, tensors, "learner")
            best = None
            if counters["best"]:
                policy = tree_like(template.agent.average, tensors, "best")
                best = Best(jax.device_put(policy, self._device), *counters["best"])
        except LayoutError as error:
            raise CheckpointError(f"“{path.name}” does not fit its own settings: {error}; it is damaged.") from error
        trainer.restore(state, counters["tracks_drawn"])
        learner.resume_at(counters["wall_s"], counters["compile_s"], best)
        self._reached_gate = counters["reached_gate"]
        return learner, metrics

    def _change_kind_of_tracks(self) -> None:
        """One track instead of many or the other way round: other programs, the same brain and replay."""
        self._learner.drain()
        before = self._learner.trainer.state
        learner = Learner(self._config, self._device, self._metrics)
        trainer: Trainer = learner.trainer
        state = trainer.state._replace(agent=before.agent, replay=before.replay, steps=before.steps, key=before.key)
        trainer.restore(jax.device_get(state), 0)
        learner.resume_at(self._learner.wall_s, self._learner.compile_s, None)
        self._retire()
        self._learner = learner
        if self._started and self._learn:
            learner.start()


_HISTORY = tuple(name for name in History.__dataclass_fields__ if name != "loss_names")


def _structure(config: Config) -> tuple[Any, ...]:
    """The settings that decide the shape of the brain and of what it has learned."""
    return tuple(value for _, section in config.sections() for _, about, value in section.settings() if not about.live)


def _programs(config: Config) -> tuple[Any, ...]:
    """The settings that are part of the compiled programs: two configurations alike in these can share them."""
    return _structure(config.replace(training__seed=0)), config.track.random_tracks


def _emptied(tree: Any) -> Any:
    return jax.tree.map(np.zeros_like, jax.device_get(tree))
