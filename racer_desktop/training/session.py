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
import math
import time
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np

from racer_desktop import paths
from racer_desktop.agent.dreamer import Policy
from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.track import Track
from racer_desktop.training import checkpoint, compute, saved, structure
from racer_desktop.training.arena import Arena
from racer_desktop.training.checkpoint import CheckpointError, CheckpointInfo
from racer_desktop.training.duel import Duel, line_up
from racer_desktop.training.fleet_view import FleetView
from racer_desktop.training.keeper import Keeper
from racer_desktop.training.learner import Learner, LearnerError, Resumed
from racer_desktop.training.lookout import Lookout
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.occasions import Occasions
from racer_desktop.training.programs import moved_to
from racer_desktop.training.race_programs import race_programs
from racer_desktop.training.saved import Experiment
from racer_desktop.training.snapshot import Activity, Frame, Mode, Occasion, Stats
from racer_desktop.training.telemetry import Telemetry

log = logging.getLogger(__name__)


class Session:
    """One experiment: settings, a Learner, and with `live` an Arena.

    Args:
        config: all settings.
        device: where to learn: "auto", "cpu" or "gpu".
        checkpoints: folder of the automatic checkpoints; None for the program's own, or for none without a race.
        live: whether there is a race on the screen; without one there is nothing to drive and no frame.

    Raises:
        DeviceError: if the device is not there.
        TrackError: if the settings allow no drivable track.
    """

    def __init__(
        self, config: Config, *, device: str = "auto", checkpoints: Path | None = None, live: bool = True
    ) -> None:
        compute.prepare(polite=live)
        self._device = compute.learner_device(device)
        track = chosen_track(config)
        self._arena = Arena(config, compute.arena_device(), track) if live else None
        self._keeper = Keeper(checkpoints or (_own_folder() if live else None))
        self._fleet_view = FleetView()
        self._occasions = Occasions()
        self._lookout = Lookout()
        self._learn = True
        self._show_fleet = True
        self._started = False
        self._ticks = 0
        self._autosaved = time.monotonic()
        self._due: list[tuple[str, str]] = []
        self._retired: list[Learner] = []
        self._experiment = self._new_experiment(config)
        self._saved = (0, config)

    # Reading.

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._experiment.config

    def frame(self) -> Frame:
        """The race on the screen now."""
        arena, sensors = self._race, self.config.sensors
        return Frame(
            tick=self._ticks,
            track=arena.track,
            hero=arena.hero,
            ray_angles=np.deg2rad(sensors.ray_angles_deg),
            rays=arena.rays,
            ray_range=sensors.ray_range,
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
            occasion=self._occasions.current,
            contest=self._occasions.duel.view() if self._occasions.duel is not None else None,
            ghosts=self._occasions.duel.ghosts if self._occasions.duel is not None else (),
            fastest=self._lookout.fastest,
            values=self._lookout.values,
            crash_places=self._lookout.crash_places,
        )

    def stats(self) -> Stats:
        """The learner in numbers."""
        learner, metrics = self._learner, self._experiment.metrics
        exploration = metrics.exploration
        return Stats(
            activity=learner.activity,
            device=compute.device_name(self._device),
            message=learner.message,
            compile_progress=learner.progress,
            wall_s=learner.wall_s,
            compile_s=learner.compile_s,
            env_steps=learner.env_steps,
            episodes=metrics.episodes,
            updates=learner.updates,
            updates_per_s=learner.updates_per_s,
            reward_mean_100=metrics.reward_mean,
            exploration=self.config.training.exploration if math.isnan(exploration) else exploration,
            best_lap=self._experiment.milestones.best_lap if self._arena else learner.best_lap,
            health=learner.health,
            learn=self._learn,
            unsaved=self._unsaved,
            history=metrics.history(),
        )

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """The automatic checkpoints, newest first."""
        return checkpoint.checkpoints(self._keeper.folder) if self._keeper.folder else []

    def telemetry(self) -> Telemetry:
        """What the hero did lately on this track."""
        return self._race.telemetry.copy()

    @property
    def driver(self) -> Policy:
        """The brain to be judged: the best one of all validations, or the newest."""
        learner = self._learner
        if learner.best is not None:
            return learner.best.policy
        return learner.policy or compute.copied(learner.trainer.state.agent).average

    # Driving.

    def tick(self) -> None:
        """One physics tick of the race on the screen; polls the learner without waiting for it."""
        self._ticks += 1
        arena = self._race
        lap = self._occasions.tick(arena)
        if arena.mode is Mode.AI and self._learner.updates:
            self._celebrate(arena.gates, lap)
        self._drive_learner(arena)
        self._lookout.poll(self.config, arena, self._learner, self._ticks)

    def reset(self) -> None:
        """Puts the hero on the start line, or in a race back on the track where it is."""
        self._occasions.reset(self._race)

    def set_occasion(self, occasion: Occasion) -> None:
        """Goes over to learning and watching, free driving, or a race; one that is under way begins anew.

        Back at watching, wheel and learning are as they were before.
        """
        learn = self._occasions.change(occasion, self._race, self._learn, self._new_duel)
        if learn != self._learn:
            self.set_learn(learn)

    def toggle_control(self) -> None:
        """Hands the wheel over."""
        self.set_mode(Mode.MANUAL if self._race.mode is Mode.AI else Mode.AI)

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or the person; in a race the person keeps it."""
        if self._occasions.duel is None:
            self._race.set_mode(mode)

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands in [-1, 1]; used while they have the wheel."""
        self._race.control(steering, throttle)

    def set_fleet(self, on: bool) -> None:
        """Whether frames carry the learning cars."""
        self._show_fleet = on
        if not on:
            self._fleet_view.clear()

    def set_values(self, on: bool) -> None:
        """Whether frames carry the critic's values along the track."""
        self._lookout.want_values(on)

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
        if not on:
            self._learner.stop()
        elif self._started:
            self._learner.start()

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
            updates: to make, rounded up to whole chunks (`training.updates_per_chunk`).
            told: called after each chunk, and every half second while it compiles; learning ends when it
                returns False.
        """
        learner = self._learner
        until_wall = learner.wall_s + 60.0 * minutes if minutes is not None else math.inf
        until_updates = learner.updates + updates if updates is not None else math.inf
        self.start()
        while learner.wall_s < until_wall and learner.updates < until_updates:
            learner.poll(wait=True, until=until_updates)
            if learner.activity is Activity.FAILED or not told(self.stats()):
                break
        self.stop()
        learner.drain()

    def restore_best(self) -> bool:
        """Goes on from the best brain of all validations; returns whether there is one."""
        return self._learner.restore_best()

    # Settings.

    def new_track(self, seed: int) -> None:
        """A generated track by its seed, also in place of a circuit.

        Raises:
            ConfigError: if the seed is out of its limits.
            TrackError: if no drivable track can be made of it.
        """
        self.configure(self.config.replace(track__seed=seed).on(None))

    def configure(self, config: Config) -> None:
        """Takes changed settings. One that cannot change live begins a new experiment with an empty brain.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
            CircuitError: if the circuit in them is damaged; nothing was changed then.
        """
        before = self.config
        track = chosen_track(config)
        if structure.brain(config) != structure.brain(before):
            self._begin(self._new_experiment(config), track)
            self._saved = (0, config)
            return
        if structure.compiled(config) != structure.compiled(before):
            self._change_programs(config)
        else:
            self._learner.adopt(config)
        self._experiment.config = config
        if structure.driving(config) != structure.driving(before):
            self._experiment.milestones.change_track()
        if self._arena is not None:
            moved = _shown(config) != _shown(before)
            if self._occasions.duel is not None and (moved or structure.driving(config) != structure.driving(before)):
                self.set_occasion(Occasion.WATCH)
            if moved:
                self._arena.set_track(config, track)
                self._forget_views()
            else:
                self._arena.set_rules(config)

    # Files.

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Writes everything to a file; without its replay if only the brain is wanted.

        Raises:
            CheckpointError: if the file cannot be written, or there is no brain because none could be made.
        """
        self._learner.drain()
        try:
            content = saved.content(self._counted(), brain_only=brain_only)
        except LearnerError as error:
            raise CheckpointError(f"There is nothing to save: {error}.") from error
        checkpoint.write(path, content)
        if not brain_only:
            self._saved = (self._learner.updates, self.config)

    def load(self, path: Path) -> None:
        """Goes on with what a file holds, exactly where it was saved; on failure nothing is changed.

        Raises:
            CheckpointError: if the file is missing, damaged or of another kind.
        """
        experiment = saved.opened(path, self._device)
        try:
            track = chosen_track(experiment.config)
        except ValueError as error:
            raise CheckpointError(f"“{path.name}” cannot be used: {error}") from error
        if experiment.learner.policy is not None:
            self._rehearse(experiment.config, experiment.learner.policy)
        self._begin(experiment, track)
        self._saved = (experiment.learner.updates, experiment.config)

    def close(self) -> None:
        """Ends it: no more learning, all checkpoints written, its threads gone."""
        for learner in (self._learner, *self._retired):
            learner.close()
        self._keeper.close()
        self._lookout.close()

    # How it is put together.

    @property
    def _learner(self) -> Learner:
        return self._experiment.learner

    @property
    def _race(self) -> Arena:
        if self._arena is None:
            raise RuntimeError("There is no race on the screen: this Session was made with live=False.")
        return self._arena

    @property
    def _unsaved(self) -> bool:
        updates, config = self._saved
        return self._learner.updates != updates or (updates > 0 and self.config != config)

    def _new_experiment(self, config: Config) -> Experiment:
        metrics = Metrics()
        return Experiment(config, self._new_learner(config, metrics), metrics)

    def _new_learner(self, config: Config, metrics: Metrics) -> Learner:
        learner = Learner(config, self._device, metrics, rehearse=lambda policy: self._rehearse(config, policy))
        if self._arena is not None:
            learner.prepare()  # the hero wants a brain, if one that knows nothing
        return learner

    def _rehearse(self, config: Config, policy: Policy) -> None:
        """Has ready what the race needs for a brain."""
        if self._arena is not None:
            race_programs(config).rehearse(policy, compute.arena_device())

    def _begin(self, experiment: Experiment, track: Track) -> None:
        """Puts another experiment in place of the present one, which is over."""
        if self._arena is not None:
            self.set_occasion(Occasion.WATCH)
        self._retire()
        self._experiment = experiment
        self._due.clear()
        self._autosaved = time.monotonic()
        self._forget_views()
        if self._arena is not None:
            mode = self._arena.mode
            self._arena = Arena(experiment.config, compute.arena_device(), track)
            self._arena.person_steps = experiment.person_steps
            self._arena.set_mode(mode)
        if self._started and self._learn:
            self._learner.start()

    def _retire(self) -> None:
        """Puts the present Learner aside; a compilation under way cannot be broken off, so it is waited for later."""
        self._learner.close(wait=False)
        self._retired = [r for r in (*self._retired, self._learner) if r.busy]

    def _counted(self) -> Experiment:
        """The experiment with what the Arena counts."""
        if self._arena is not None:
            self._experiment.person_steps = self._arena.person_steps
        return self._experiment

    def _new_duel(self) -> Duel:
        return line_up(self.config, compute.arena_device(), self._race, self._learner.policy, self._lookout.fastest)

    def _forget_views(self) -> None:
        """Another track or brain: what was seen of the one before is not true of it."""
        self._fleet_view.clear()
        self._lookout.forget()

    def _drive_learner(self, arena: Arena) -> None:
        learner = self._learner
        policy = learner.policy
        if learner.poll():
            if learner.accepts_rows:
                learner.add_rows(arena.take_rows())
            if self._show_fleet and learner.pose is not None and not self.config.track.random_tracks:
                self._fleet_view.add(learner.pose, time.perf_counter())
        if learner.policy is not None and (learner.policy is not policy or not arena.has_brain):
            arena.set_policy(learner.policy)
        now = time.monotonic()
        if now - self._autosaved >= self.config.training.autosave_s:
            self._autosaved = now
            if self._unsaved and learner.activity is Activity.LEARNING:
                self._due.append(("autosave", f"Autosave, {learner.updates:,} updates"))
        if self._due:
            self._keep_due()

    def _celebrate(self, gates: int, lap: float | None) -> None:
        """Keeps the brain that reached a milestone."""
        if lap is not None:
            self._experiment.metrics.record_lap(self._learner.updates, lap)
        self._due += [("milestone", title) for title in self._experiment.milestones.reached(gates, lap)]

    def _keep_due(self) -> None:
        """Hands a copy of the experiment to the keeper once nothing is queued; nobody waits for that."""
        learner = self._learner
        learner.held = True
        if not learner.at_rest:
            return
        learner.held = False
        kind, title = self._due.pop(0)
        if self._keeper.folder is not None:
            content = saved.content(self._counted(), brain_only=kind == "milestone")
            self._keeper.keep(content, kind, title, self.config.training.keep_checkpoints)

    def _change_programs(self, config: Config) -> None:
        """Another kind of tracks, or of another size: other programs, the same brain and replay."""
        old, metrics = self._learner, self._experiment.metrics
        if old.updates:
            old.drain()
            state = moved_to(structure.pool(config), jax.device_get(old.trainer.state))
            resumed = Resumed(state, moved=True, wall_s=old.wall_s, compile_s=old.compile_s)
            learner = Learner(config, self._device, metrics, resumed)
        else:
            learner = self._new_learner(config, metrics)  # there is nothing to be waited for
        self._retire()
        self._experiment.learner = learner
        if self._started and self._learn:
            self._learner.start()


def _shown(config: Config) -> tuple[object, ...]:
    """The settings that decide what the hero's track looks like."""
    return structure.tracks(config.replace(track__random_tracks=False))


def _own_folder() -> Path | None:
    """Where automatic checkpoints go; None, and a line in the log, where nothing may be written."""
    try:
        return paths.checkpoint_folder()
    except OSError as error:
        log.warning("No automatic checkpoints are kept: %s", error)
        return None
