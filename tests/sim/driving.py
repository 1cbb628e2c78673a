"""A driver for the tests, good enough to lap and bad enough to crash, and the record of what JAX made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim import race, sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.race import Outcome, RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track


@dataclass(frozen=True)
class Record:
    """T environment steps of B cars, each on a track of its own; every leaf is [T, B, ...].

    Attributes:
        action: steering and throttle.
        before, after: the states around each step; a car whose episode is over begins a new one after it.
        outcome: what the steps gave.
        observation, rays: seen before each step.
    """

    action: np.ndarray
    before: RaceState
    after: RaceState
    outcome: Outcome
    observation: np.ndarray
    rays: np.ndarray

    @property
    def ended(self) -> np.ndarray:
        """[T, B] whether an episode was over after the step."""
        return np.asarray(self.outcome.terminated | self.outcome.truncated)


class Simulator:
    """The race's functions, jitted once, for a configuration and its tracks: one car on each."""

    def __init__(self, config: Config, tracks: list[Track]) -> None:
        self.config, self.tracks = config, tracks
        self.rules, self.course = Rules.of(config), courses(tracks)
        points = len(tracks[0].centre)
        spacing = min(float(track.length) for track in tracks) / points
        looked_at = sight.reach(points, spacing, config.sensors.ray_range)
        self.every = jnp.arange(len(tracks), dtype=jnp.int32)
        self._step = jax.jit(race.step, static_argnames="ticks")
        self._reset = jax.jit(race.reset)
        self._line_up = jax.jit(race.line_up)
        self._observe = jax.jit(partial(race.observe, looked_at=looked_at))

    def line_up(self) -> RaceState:
        """Every car on its start line."""
        return self._line_up(self.course, self.every)

    def reset(self, seed: int) -> RaceState:
        """Every car somewhere on its track."""
        return self._reset(self.rules, self.course, self.every, jax.random.key(seed))

    def observe(self, state: RaceState) -> tuple[jax.Array, jax.Array]:
        """Observation and rays."""
        return self._observe(self.rules, self.course, state)

    def step(self, state: RaceState, action: Any, rules: Rules | None = None) -> tuple[RaceState, Outcome]:
        """One environment step; an action for all cars or one for each."""
        action = jnp.broadcast_to(jnp.asarray(action, jnp.float32), (len(self.every), 2))
        return self._step(rules or self.rules, self.course, state, action, ticks=self.config.race.ticks_per_step)

    def record(self, steps: int, seed: int) -> Record:
        """Drives with a `Driver`; an episode that is over gives way to a new one at a random place."""
        driver, rows, state = Driver(self.config, self.tracks, seed), [], self.line_up()
        for k in range(steps):
            observation, rays = self.observe(state)
            action = driver(jax.device_get(state))
            after, outcome = self.step(state, action)
            rows.append((action, state, after, outcome, observation, rays))
            state = race.select(outcome.terminated | outcome.truncated, self.reset(k), after)
        stacked: Any = jax.tree.map(lambda *leaves: np.stack(leaves), *jax.device_get(rows))
        return Record(*stacked)


class Driver:
    """Follows the centre line at a pace that wanders, with a restless hand and now and then a stop for a nap."""

    def __init__(self, config: Config, tracks: list[Track], seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._max_steering = config.car.max_steering
        self._centre = np.array([track.centre for track in tracks])
        self._length = np.array([float(track.length) for track in tracks])
        self._pace = np.full(len(tracks), 12.0)
        self._hand = np.zeros(len(tracks))
        self._nap = np.zeros(len(tracks))

    def __call__(self, state: RaceState) -> np.ndarray:
        """[B, 2] the next action."""
        draw, cars, points = self._draw, len(self._length), self._centre.shape[1]
        self._pace = np.clip(self._pace + draw.normal(0.0, 0.7, cars), 5.0, 24.0)
        self._hand = 0.9 * self._hand + 0.1 * draw.normal(size=cars)
        self._nap = np.where(draw.random(cars) < 0.002, 60.0, np.maximum(self._nap - 1.0, 0.0))
        pose = jax.tree.map(np.asarray, state.pose)
        ahead = np.asarray(state.arc) + 5.0 + 0.5 * pose.speed
        goal = self._centre[np.arange(cars), (ahead / self._length * points).astype(int) % points]
        bearing = np.arctan2(goal[:, 1] - pose.y, goal[:, 0] - pose.x) - pose.heading
        bearing = (bearing + np.pi) % (2 * np.pi) - np.pi
        steering = 1.5 * bearing / self._max_steering + self._hand
        throttle = np.where(self._nap > 0, -1.0, 0.5 * (self._pace - pose.speed) + 0.3 * draw.normal(size=cars))
        return np.stack([steering, throttle], axis=-1).astype(np.float32)
