"""What a Session shows of itself: frozen snapshots that the window paints and scripts read.

Nothing here imports JAX, so the window can be built before JAX is loaded. Arrays in a snapshot are never
written to after it was made.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np

from racer_desktop.sim.track import Track
from racer_desktop.training.contest import ContestView, Racer

NO_LOSSES = ("entropy", "return")  # figures that are recorded with the losses but are nothing to be minimised


class Mode(enum.Enum):
    """Who has the wheel of the hero car."""

    AI = "AI"
    MANUAL = "MANUAL"


class Occasion(enum.Enum):
    """What the race on the screen is for."""

    WATCH = "watch"  # the car learns, and may be driven
    FREE = "free"  # the person drives, and nothing learns
    RACE = "race"  # the person against the AI and the fastest lap


class Activity(enum.Enum):
    """What the learner is doing."""

    LOADING = "loading"  # JAX is being imported or a file read
    IDLE = "idle"  # ready; Start has not been pressed
    COMPILING = "compiling"
    LEARNING = "learning"
    PAUSED = "paused"
    FAILED = "failed"  # stopped by a failure; `Stats.message` says which


@dataclass(frozen=True, slots=True)
class CarState:
    """One car on the track.

    Attributes:
        x, y: position, m.
        heading: rad, counter-clockwise from +x.
        speed: m/s.
        steering: angle of the front wheels, rad, positive to the left.
        throttle: last command in [-1, 1]; negative brakes.
    """

    x: float
    y: float
    heading: float
    speed: float
    steering: float
    throttle: float


@dataclass(frozen=True, slots=True)
class Ghost:
    """Another car on the track, which nobody can touch."""

    racer: Racer
    car: CarState


@dataclass(frozen=True, slots=True)
class FastestLap:
    """The fastest possible flying lap, at the N points of its track.

    Attributes:
        line: [N, 2] m.
        speed: [N] m/s.
        lap_time: s.
    """

    line: np.ndarray
    speed: np.ndarray
    lap_time: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The race on the screen at one physics tick.

    Attributes:
        tick: number of the physics tick, rising by one.
        track: the track being driven; the same object until it changes.
        hero: the hero car.
        ray_angles: [R], rad relative to the heading, positive to the left.
        rays: [R] distance to the first edge or disc, m.
        ray_range: how far a ray sees, m.
        mode: who has the wheel.
        progress: share of the current lap driven, 0 to 1.
        lap: number of the current lap, from 1.
        lap_time: time in the current lap, s.
        last_lap, best_lap: lap times on this track by this driver, s; None before the first.
        crashes: crashes since the track was chosen; rises by one with each.
        crash_place: [2] where the newest crash happened; None before the first.
        latent: [groups, classes] probabilities of the stochastic state; None without a brain.
        fleet: [cars, 3] x, y, heading of the learning cars on this track; empty if there are none.
        occasion: what this is for.
        contest: the race against others; None if there is none.
        ghosts: the other cars in it.
        fastest: the fastest lap of this track; None until it is known. The same object until it changes.
        values: [N] the critic's value at the track's points, if asked for and known; likewise.
        crash_places: [C, 3] x, y and tick of crashes of hero and fleet lately, oldest first; likewise.
        halted: whether the hero stays where its episode ended, for the person to see; it obeys nobody meanwhile.
    """

    tick: int
    track: Track
    hero: CarState
    ray_angles: np.ndarray
    rays: np.ndarray
    ray_range: float
    mode: Mode
    progress: float
    lap: int
    lap_time: float
    last_lap: float | None
    best_lap: float | None
    crashes: int
    crash_place: np.ndarray | None
    latent: np.ndarray | None
    fleet: np.ndarray
    occasion: Occasion = Occasion.WATCH
    contest: ContestView | None = None
    ghosts: tuple[Ghost, ...] = ()
    fastest: FastestLap | None = None
    values: np.ndarray | None = None
    crash_places: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    halted: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Everything recorded so far; each array is a view that later recording never changes.

    Attributes:
        episode_reward: [E] reward sum of each finished training episode.
        episode_step: [E] environment steps taken when it ended.
        loss_update: [U] number of the update each loss row belongs to.
        loss: [U, L] losses, columns named by `loss_names`.
        exploration: [U] exploration rate at that update.
        lap_update: [K] updates made when each lap of the Arena's AI driver was completed.
        lap_time: [K] its time, s.
        validation_update: [V] updates made at each drive on the validation tracks.
        validation_finished: [V] share of validation tracks finished, 0 to 1.
    """

    loss_names: tuple[str, ...] = ()
    episode_reward: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    episode_step: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    loss_update: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    loss: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    exploration: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    lap_update: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    lap_time: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    validation_update: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    validation_finished: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def newest_loss(self) -> float:
        """Total of the newest update's losses; nan before the first."""
        summed = [name not in NO_LOSSES for name in self.loss_names]
        return float(np.nansum(self.loss[-1, summed])) if len(self.loss) else float("nan")


@dataclass(frozen=True, slots=True)
class Stats:
    """The learner in numbers.

    Attributes:
        activity: what it is doing.
        device: where it learns, such as "CPU" or the GPU's name.
        message: a sentence for the status bar or, after a failure, what happened and what to do.
        compile_progress: share of the compilation done, 0 to 1.
        wall_s: seconds of learning, compilation not counted; compile_s: seconds of compilation.
        env_steps, episodes, updates: counters of the whole experiment.
        updates_per_s: recent speed.
        reward_mean_100: mean reward of the last 100 episodes; nan before the first.
        exploration: exploration rate.
        best_lap: best lap of the AI on the present track, s; None before the first.
        health: the training-health line, in words.
        learn: whether learning is switched on.
        unsaved: whether there is something that the user's file does not hold.
        history: everything recorded.
    """

    activity: Activity
    device: str = "CPU"
    message: str = ""
    compile_progress: float = 0.0
    wall_s: float = 0.0
    compile_s: float = 0.0
    env_steps: int = 0
    episodes: int = 0
    updates: int = 0
    updates_per_s: float = 0.0
    reward_mean_100: float = float("nan")
    exploration: float = 1.0
    best_lap: float | None = None
    health: str = ""
    learn: bool = True
    unsaved: bool = False
    history: History = field(default_factory=History)
