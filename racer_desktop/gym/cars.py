"""Cars on their tracks, as Gymnasium wants them: arrays of the host in, arrays of the host out, episodes begun at will.

The simulator is the program's own (`racer_desktop.sim`), compiled once for each number of cars and tracks.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.config import Config, ConfigError
from racer_desktop.gym.tracks import TrackChoice, Tracks
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training.structure import looked_at

STARTS = ("anywhere", "line")
ACTION = 2  # steering, throttle


class Step(NamedTuple):
    """What an environment step of B cars gave, on the host.

    Attributes:
        observation: [B, O].
        reward: [B].
        terminated, truncated: [B] whether and how the episode ended.
        crashed, stalled: [B] why it terminated.
        progress: [B] laps driven in this episode.
        speed: [B] m/s.
    """

    observation: np.ndarray
    reward: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    crashed: np.ndarray
    stalled: np.ndarray
    progress: np.ndarray
    speed: np.ndarray


class Cars:
    """B cars, each in an episode of its own.

    Args:
        number: of cars.
        config: all settings; None for the program's own.
        track: see `Tracks`.
        obstacles: discs on each track; None for the configuration's.
        start: "anywhere" on the track at a small random speed, or from the start "line", standing.

    Attributes:
        config: the settings in force.
        observation: width of an observation.

    Raises:
        ConfigError: if a setting or choice is out of its limits.
        TrackError: if no drivable track can be made.
    """

    def __init__(
        self,
        number: int,
        config: Config | None = None,
        track: TrackChoice = None,
        obstacles: int | None = None,
        start: str = "anywhere",
    ) -> None:
        if start not in STARTS:
            raise ConfigError(f"start must be one of {', '.join(STARTS)}, not {start!r}.")
        config = config or Config()
        self.config = config if obstacles is None else config.replace(track__obstacles=obstacles)
        self.observation = len(self.config.sensors.ray_angles_deg) + 1
        self._number = number
        self._tracks = Tracks(self.config, track)
        self._standing = start == "line"
        self._looked_at = looked_at(self.config)
        # Small steps, asked for one by one, run best where the one who asks is.
        self._device = jax.local_devices(backend="cpu")[0]
        self._rules: Rules = jax.device_put(Rules.of(self.config), self._device)
        self._course: Courses = jax.device_put(self._tracks.courses(), self._device)
        self._state: RaceState = jax.device_put(race.line_up(self._course, jnp.zeros(number, jnp.int32)), self._device)

    def restart(self, seed: int) -> None:
        """Begins the order of random tracks that belongs to a seed; `begin` has to follow for all cars."""
        if self._tracks.restart(seed):
            self._course = jax.device_put(self._tracks.courses(), self._device)

    def begin(self, which: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """New episodes for the cars `which` [B]; returns what every car sees [B, O]."""
        track = random.integers(0, self._tracks.number, self._number).astype(np.int32)
        key = random.integers(0, 2**32, 2, np.uint32)
        self._state, observation = _begin(
            self._rules, self._course, self._state, which, track, key, self._looked_at, self._standing
        )
        return np.array(observation)

    def step(self, action: np.ndarray) -> Step:
        """Drives every car one step; one whose episode ended has to begin anew before its next counts.

        Args:
            action: [B, 2] steering and throttle in [-1, 1]; values beyond are clipped.

        Raises:
            ValueError: if an action is not a number.
        """
        action = np.asarray(action, np.float32)
        if not np.isfinite(action).all():
            raise ValueError("An action must hold two finite numbers, steering and throttle; this one does not.")
        self._state, seen = _drive(
            self._rules, self._course, self._state, action, self.config.race.ticks_per_step, self._looked_at
        )
        step = Step(*map(np.array, jax.device_get(seen)))
        replaced = self._tracks.drove(self._number)
        if replaced is not None:
            # Who drives on a track that is taken away is not to blame: nothing follows, but the value still counts.
            cut = replaced[np.asarray(self._state.track)] & ~step.terminated
            step = step._replace(truncated=step.truncated | cut)
            self._course = jax.device_put(self._tracks.courses(), self._device)
        return step

    def shown(self, car: int) -> tuple[Track, float, float, float]:
        """A car's track and place: x, y in m, heading."""
        pose = self._state.pose
        track = self._tracks.shown(int(self._state.track[car]))
        return track, float(pose.x[car]), float(pose.y[car]), float(pose.heading[car])


@functools.partial(jax.jit, static_argnames=("ticks", "looked_at"))
def _drive(
    rules: Rules, course: Courses, state: RaceState, action: jax.Array, ticks: int, looked_at: int
) -> tuple[RaceState, tuple[jax.Array, ...]]:
    """One environment step; the fields of `Step`."""
    moved, outcome = race.step(rules, course, state, action, ticks)
    observation, _ = race.observe(rules, course, moved, looked_at)
    return moved, (
        observation,
        outcome.terms.total,
        outcome.terminated,
        outcome.truncated,
        outcome.crashed,
        outcome.stalled,
        moved.travelled / course.length[moved.track],
        moved.pose.speed,
    )


@functools.partial(jax.jit, static_argnames=("looked_at", "standing"))
def _begin(
    rules: Rules,
    course: Courses,
    state: RaceState,
    which: jax.Array,
    track: jax.Array,
    key: jax.Array,
    looked_at: int,
    standing: bool,
) -> tuple[RaceState, jax.Array]:
    """New episodes where `which` [B], and what all cars see [B, O]."""
    fresh = race.line_up(course, track) if standing else race.reset(rules, course, track, key)
    state = race.select(which, fresh, state)
    observation, _ = race.observe(rules, course, state, looked_at)
    return state, observation
