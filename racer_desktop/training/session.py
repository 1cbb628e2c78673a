"""Session: one running experiment, its methods the Python API.

    session = Session(Config())
    session.start()                     # learn
    while ...: session.tick()           # 60 times a second: the race on the screen, and the learner polled
    session.save(Path("mine.racer"))

Without a window, `Session(config, live=False).train(minutes=2)` learns as fast as the machine allows. A
Session belongs to one thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.track import Track
from racer_desktop.training import checkpoint, compute, saved, structure
from racer_desktop.training.autosave import Autosave, checkpoint_place
from racer_desktop.training.checkpoint import CheckpointError, CheckpointInfo
from racer_desktop.training.experiment import Experiment
from racer_desktop.training.learner import Learner, LearnerError
from racer_desktop.training.learners import Learners
from racer_desktop.training.live_race import LiveRace
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.race_programs import race_programs
from racer_desktop.training.snapshot import Activity, Frame, Mode, Occasion, Stats
from racer_desktop.training.telemetry import Telemetry


class Session:
    """One experiment, and with `live` the race on the screen.

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
        self._live = LiveRace(config, track) if live else None
        self._autosave = Autosave(checkpoints or (checkpoint_place() if live else None))
        self._learners = Learners(self._device, live=live)
        self._learn = True
        self._started = False
        self._experiment = self._new_experiment(config)

    # Reading.

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._experiment.config

    def frame(self) -> Frame:
        """The race on the screen now."""
        return self._race.frame()

    def stats(self) -> Stats:
        """The learner in numbers."""
        return self._experiment.stats(self._device, learn=self._learn, live=self._live is not None)

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """The automatic checkpoints, newest first."""
        return self._autosave.checkpoints()

    def telemetry(self) -> Telemetry:
        """What the hero did lately on this track."""
        return self._race.arena.telemetry.copy()

    # Driving.

    def tick(self) -> None:
        """One physics tick of the race on the screen; polls the learner without waiting for it."""
        race, experiment = self._race, self._experiment
        arena, learner = race.arena, experiment.learner
        lap = race.tick()
        experiment.person_steps = arena.person_steps
        if arena.mode is Mode.AI and learner.updates:
            self._autosave.celebrate(experiment, arena.gates, lap)
        race.exchange(learner)
        self._autosave.poll(experiment)
        race.look_round(learner)

    def reset(self) -> None:
        """Puts the hero on the start line, or in a race back on the track where it is."""
        self._race.occasions.reset(self._race.arena)

    def set_occasion(self, occasion: Occasion) -> None:
        """Goes over to learning and watching, free driving, or a race; one that is under way begins anew.

        Back at watching, wheel and learning are as they were before.
        """
        learn = self._race.change_occasion(occasion, self._learner.policy, learn=self._learn)
        if learn != self._learn:
            self.set_learn(learn)

    def toggle_control(self) -> None:
        """Hands the wheel over."""
        self.set_mode(Mode.MANUAL if self._race.arena.mode is Mode.AI else Mode.AI)

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or the person; in a race the person keeps it."""
        if self._race.occasions.duel is None:
            self._race.arena.set_mode(mode)

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands in [-1, 1]; used while they have the wheel."""
        self._race.arena.control(steering, throttle)

    def set_fleet(self, on: bool) -> None:
        """Whether frames carry the learning cars."""
        self._race.show_fleet(on)

    def set_values(self, on: bool) -> None:
        """Whether frames carry the critic's values along the track."""
        self._race.lookout.want_values(on)

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
        logbook = learner.logbook
        until_wall = logbook.wall_s + 60.0 * minutes if minutes is not None else math.inf
        until_updates = learner.updates + updates if updates is not None else math.inf
        self.start()
        while logbook.wall_s < until_wall and learner.updates < until_updates:
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
            return
        if structure.compiled(config) != structure.compiled(before):
            self._change_programs(config)
        else:
            self._learner.adopt(config)
        self._experiment.config = config
        if structure.driving(config) != structure.driving(before):
            self._experiment.milestones.change_track()
        if self._live is not None:
            if self._live.ends_with(config):
                self.set_occasion(Occasion.WATCH)
            self._live.adopt(config, track)

    # Files.

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Writes everything to a file; without its replay if only the brain is wanted.

        Raises:
            CheckpointError: if the file cannot be written, or there is no brain because none could be made.
        """
        self._learner.drain()
        try:
            content = saved.content(self._experiment, brain_only=brain_only)
        except LearnerError as error:
            raise CheckpointError(f"There is nothing to save: {error}.") from error
        checkpoint.write(path, content)
        if not brain_only:
            self._experiment.mark_saved()

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
        brain = experiment.learner.policy
        if self._live is not None and brain is not None:
            race_programs(experiment.config).rehearse(brain, compute.arena_device())
        self._begin(experiment, track)

    def close(self) -> None:
        """Ends it: no more learning, all checkpoints written, its threads gone."""
        self._learner.close()
        self._learners.close()
        self._autosave.close()
        if self._live is not None:
            self._live.lookout.close()

    # How it is put together.

    @property
    def _learner(self) -> Learner:
        return self._experiment.learner

    @property
    def _race(self) -> LiveRace:
        if self._live is None:
            raise RuntimeError("There is no race on the screen: this Session was made with live=False.")
        return self._live

    def _new_experiment(self, config: Config) -> Experiment:
        metrics = Metrics()
        return Experiment(config, self._learners.new(config, metrics), metrics)

    def _begin(self, experiment: Experiment, track: Track) -> None:
        """Puts another experiment in place of the present one, which is over."""
        if self._live is not None:
            self.set_occasion(Occasion.WATCH)
        self._learners.retire(self._learner)
        self._experiment = experiment
        self._autosave.begin()
        if self._live is not None:
            self._live.begin(experiment.config, track, experiment.person_steps)
        self._go_on()

    def _change_programs(self, config: Config) -> None:
        """Another kind of tracks, or of another size: another Learner with the same brain and replay."""
        before = self._learner
        self._experiment.learner = self._learners.moved(before, config, self._experiment.metrics)
        self._learners.retire(before)
        self._go_on()

    def _go_on(self) -> None:
        """Lets a Learner that is new here do what the one before did."""
        if self._started and self._learn:
            self._learner.start()
