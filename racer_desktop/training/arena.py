"""The Arena: the race on the screen, in real time. One hero, driven by the newest brain or by the person.

It advances one physics tick at a time on a device of its own, so that it never waits for learning. What the
hero lives through is kept as rows for the replay until somebody takes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.dreamer import Policy
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.sim import race, sensors
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training import compute
from racer_desktop.training.snapshot import CarState, Mode
from racer_desktop.training.trainer import new_dreamer

CRASH_PAUSE = 0.8  # s that a crashed car stays where it is, for the person to see
MOST_ROWS = 20_000  # kept for the replay while nobody takes them


class Sensed(NamedTuple):
    """One tick's numbers on the host.

    Attributes:
        pose: [5] x, y, heading, speed, steering.
        travelled: m along the track since the start.
        time: s since the start.
        off: whether the car left the track or hit a disc.
        rays: [R] m.
    """

    pose: np.ndarray
    travelled: float
    time: float
    off: bool
    rays: np.ndarray


@dataclass
class Laps:
    """Lap times of the current driver on the current track.

    Attributes:
        number: of the current lap, from 1.
        began: race time at which it began, s.
        whole: whether one driver had the wheel since it began.
        last, best: by driver, s.
    """

    number: int = 1
    began: float = 0.0
    whole: bool = True
    last: dict[Mode, float] = field(default_factory=dict)
    best: dict[Mode, float] = field(default_factory=dict)

    def line_up(self) -> None:
        """Back to the start line: the first lap begins."""
        self.number, self.began, self.whole = 1, 0.0, True

    def complete(self, driver: Mode, time: float) -> float | None:
        """The line was crossed at race time `time`; returns the lap's time if one driver drove all of it."""
        seconds = time - self.began if self.whole else None
        if seconds is not None:
            self.last[driver] = seconds
            self.best[driver] = min(seconds, self.best.get(driver, seconds))
        self.number, self.began, self.whole = self.number + 1, time, True
        return seconds


class Arena:
    """The race on the screen.

    Args:
        config: all settings.
        device: where it runs.
        track: the track to drive.

    Attributes:
        track: being driven.
        mode: who has the wheel.
        laps: lap times.
        crashes: on this track.
        crash_place: [2] of the newest crash, or None.
        latent_probs: [G, C] of the stochastic state, or None without a brain.
        gates: gates reached by the AI since its start.
        person_steps: environment steps driven by the person so far.
    """

    def __init__(self, config: Config, device: compute.Device, track: Track) -> None:
        self._config = config
        self._dreamer = new_dreamer(config)
        self._device = device
        self._policy: Policy | None = None
        self._line_up = jax.jit(self._lined_up)
        self._tick = jax.jit(self._ticked)
        self._decide = jax.jit(self._decided)
        self._settle = jax.jit(race.settle)
        self._key = np.asarray(jax.random.PRNGKey(config.training.seed))
        self.mode = Mode.AI
        self.person_steps = 0
        self.latent_probs: np.ndarray | None = None
        self._rows: list[np.ndarray] = []
        self.set_track(config, track)

    def set_track(self, config: Config, track: Track) -> None:
        """Puts the hero on another track, or on the same one under changed rules."""
        self._config = config
        self.track = track
        self._rules = self._placed(Rules.of(config))
        step = float(track.length) / len(track.centre)
        self._looked_at = sensors.reach(len(track.centre), step, config.sensors.ray_range)
        with jax.default_device(self._device):
            self._course = self._placed(courses([track]))
            self._start, self._first_sight, self._blank = self._line_up(self._rules, self._course)
        self._length = float(track.length)
        self.laps = Laps()
        self.crashes = 0
        self.crash_place: np.ndarray | None = None
        self._speed_scale = config.car.max_speed
        self.reset()

    def set_policy(self, policy: Policy) -> None:
        """Gives the newest brain the wheel; takes effect with its next decision."""
        self._policy = self._placed(policy)

    def set_mode(self, mode: Mode) -> None:
        """Changes who has the wheel; a lap under way then counts for nobody."""
        if mode is not self.mode:
            self.mode = mode
            self.laps.whole = False

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands, clipped to [-1, 1]; used while they have the wheel."""
        self._person = np.clip(np.array([[steering, throttle]], np.float32), -1.0, 1.0)

    def reset(self) -> None:
        """Puts the hero on the start line."""
        self._race = self._start
        self._before = self._start
        self._latent = self._blank
        self._previous = np.zeros((1, 2), np.float32)
        self._action = np.zeros((1, 2), np.float32)
        self._person = np.zeros((1, 2), np.float32)
        self._held: list[np.ndarray] = []
        self._ticks = 0
        self._paused_for = 0
        self._reward = 0.0
        self.gates = 0
        self.laps.line_up()
        self._sensed = self._unpacked(self._first_sight)

    def tick(self) -> float | None:
        """One physics tick.

        Returns:
            The time of a lap that was completed in it by one driver, else None.
        """
        if self._paused_for:
            self._paused_for -= 1
            if not self._paused_for:
                self.reset()
            return None
        if self._ticks % self._config.race.ticks_per_step == 0:
            self._choose()
        action = self._action if self.mode is Mode.AI else self._person
        self._held.append(action)
        before = self._sensed
        self._race, packed = self._tick(self._rules, self._course, self._race, action)
        self._sensed = self._unpacked(packed)
        self._ticks += 1
        lap = self._crossed(before) if not self._sensed.off else None
        if self._sensed.off:
            self._end_episode(crashed=True)
        elif self._ticks % self._config.race.ticks_per_step == 0:
            self._end_step()
        return lap

    def take_rows(self) -> np.ndarray:
        """The hero's experience since the last call, [N, W] rows for the replay."""
        rows, self._rows = self._rows, []
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    @property
    def hero(self) -> CarState:
        """The car now."""
        x, y, heading, speed, steering = (float(v) for v in self._sensed.pose)
        throttle = float((self._action if self.mode is Mode.AI else self._person)[0, 1])
        return CarState(x, y, heading, speed, steering, throttle)

    @property
    def rays(self) -> np.ndarray:
        """[R] distances, m."""
        return self._sensed.rays

    @property
    def progress(self) -> float:
        """Share of the current lap driven."""
        return (max(self._sensed.travelled, 0.0) / self._length) % 1.0

    @property
    def lap_time(self) -> float:
        """Time in the current lap, s."""
        return self._sensed.time - self.laps.began

    def _choose(self) -> None:
        """Takes in what the hero sees, keeps it as a row, and lets the brain decide."""
        previous = self._driven()
        first = np.array([0.0 if self._held else 1.0], np.float32)
        self._held = []
        self._before = self._race
        self._remember(previous, first, terminal=0.0)
        if self._policy is None:
            return
        self._latent, self._key, packed = self._decide(
            self._policy, self._latent, self._observation(), previous, first, self._key
        )
        decided = np.asarray(packed)
        self._action = decided[None, :2]
        shape = self._config.agent.groups, self._config.agent.classes
        self.latent_probs = decided[2:].reshape(shape)

    def _driven(self) -> np.ndarray:
        """[1, A] the mean of the actions held since the last decision; zero if there were none."""
        return np.stack(self._held).mean(axis=0) if self._held else np.zeros((1, 2), np.float32)

    def _end_step(self) -> None:
        """Settles what the last environment step earned."""
        self._race, outcome = self._settle(
            self._rules, self._course, self._before, self._race, np.array([self._sensed.off])
        )
        reward, gates, stalled = jax.device_get((outcome.terms.total, self._race.gates, outcome.stalled))
        self._reward = float(reward[0])
        self.gates = int(gates[0]) if self.mode is Mode.AI else 0
        self.person_steps += self.mode is Mode.MANUAL
        # A person may stand still and look round; the AI starts again.
        if stalled[0] and self.mode is Mode.AI and not self._sensed.off:
            self._end_episode(crashed=False)

    def _end_episode(self, *, crashed: bool) -> None:
        if crashed:
            self._end_step()
            self.crashes += 1
            self.crash_place = self._sensed.pose[:2].copy()
        self._remember(self._driven(), np.zeros(1, np.float32), terminal=1.0)
        self._paused_for = max(1, round(CRASH_PAUSE / self._config.race.tick))

    def _crossed(self, before: Sensed) -> float | None:
        """Completes a lap if the line was crossed between two ticks; the time is interpolated."""
        line = self.laps.number * self._length
        now = self._sensed
        if now.travelled < line:
            return None
        share = (line - before.travelled) / max(now.travelled - before.travelled, 1e-6)
        return self.laps.complete(self.mode, before.time + share * (now.time - before.time))

    def _observation(self) -> np.ndarray:
        rays = self._sensed.rays / self._config.sensors.ray_range
        return np.append(rays, self._sensed.pose[3] / self._speed_scale).astype(np.float32)[None]

    def _remember(self, action: np.ndarray, first: np.ndarray, terminal: float) -> None:
        flags = np.array([[0.0 if first[0] else self._reward, first[0], terminal]], np.float32)
        self._rows.append(np.concatenate([self._observation(), action, flags], axis=1))
        del self._rows[:-MOST_ROWS]

    def _unpacked(self, packed: jax.Array) -> Sensed:
        values = np.asarray(packed)
        return Sensed(values[:5], float(values[5]), float(values[6]), bool(values[7]), values[8:])

    def _placed(self, tree: Any) -> Any:
        return jax.device_put(tree, self._device)

    # The programs: pure functions of their arguments.

    def _lined_up(self, rules: Rules, course: Courses) -> tuple[RaceState, jax.Array, Latent]:
        state = race.line_up(course, jnp.zeros(1, jnp.int32))
        return state, self._pack(rules, course, state, jnp.zeros(1, bool)), self._dreamer.start(1)

    def _ticked(
        self, rules: Rules, course: Courses, state: RaceState, action: jax.Array
    ) -> tuple[RaceState, jax.Array]:
        state, off = race.tick(rules, course, state, action)
        return state, self._pack(rules, course, state, off)

    def _pack(self, rules: Rules, course: Courses, state: RaceState, off: jax.Array) -> jax.Array:
        """Everything the host wants to know, as one vector: one transfer a tick."""
        _, rays = race.observe(rules, course, state, self._looked_at)
        numbers = [*state.pose, state.travelled, state.time, off.astype(jnp.float32)]
        return jnp.concatenate([jnp.stack([n[0] for n in numbers]), rays[0]])

    def _decided(
        self,
        policy: Policy,
        latent: Latent,
        observation: jax.Array,
        previous: jax.Array,
        first: jax.Array,
        key: jax.Array,
    ) -> tuple[Latent, jax.Array, jax.Array]:
        key, for_latent = jax.random.split(key)
        noise = jax.random.uniform(for_latent, (1, self._config.agent.groups))
        acted = self._dreamer.act(policy, latent, observation, previous, first, noise)
        return acted.latent, key, jnp.concatenate([acted.mean[0], acted.probs.ravel()])
