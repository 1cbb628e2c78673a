"""The fleet: many cars that collect experience side by side, as one pure function."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent, Sequences
from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.randomisation import noisy, varied
from racer_desktop.sim.rules import Rules


class FleetState(NamedTuple):
    """B cars between two environment steps; fields [B, ...].

    Attributes:
        race: the cars.
        latent: what their drivers remember.
        previous: [B, A] the last action.
        reward, first, terminal: [B] of the row that comes next, see `Sequences`.
        ended: [B] whether the episode is over once that row is written.
        noise: [B, A] exploration noise, correlated in time, of unit variance.
        episode_reward: [B] sum of this episode's rewards.
        key: random key.
    """

    race: RaceState
    latent: Latent
    previous: jax.Array
    reward: jax.Array
    first: jax.Array
    terminal: jax.Array
    ended: jax.Array
    noise: jax.Array
    episode_reward: jax.Array
    key: jax.Array


class Collected(NamedTuple):
    """What T steps of B cars gave.

    Attributes:
        rows: [T, B, ...] experience.
        finished: [T, B] whether an episode ended in that row.
        episode_reward: [T, B] its reward where one did.
        pose: [T, B, 3] x, y, heading.
    """

    rows: Sequences
    finished: jax.Array
    episode_reward: jax.Array
    pose: jax.Array


class Fleet:
    """Collects experience with a policy; holds functions, no state.

    Args:
        config: sizes; the rules of the race are passed with each call.
        dreamer: the agent's functions.
        looked_at: segments on each side of a car that rays are met with, see `structure.looked_at`.
    """

    def __init__(self, config: Config, dreamer: Dreamer, looked_at: int) -> None:
        self._config = config
        self._dreamer = dreamer
        self._looked_at = looked_at

    def init(self, rules: Rules, course: Courses, key: jax.Array) -> FleetState:
        """All cars at the start of an episode, spread over the tracks."""
        cars = self._config.training.cars
        for_race, key = jax.random.split(key)
        track = jnp.arange(cars, dtype=jnp.int32) % course.length.shape[0]
        zero = jnp.zeros(cars)
        return FleetState(
            race=race.reset(rules, course, track, for_race),
            latent=self._dreamer.start(cars),
            previous=jnp.zeros((cars, self._dreamer.action)),
            reward=zero,
            first=jnp.ones(cars),
            terminal=zero,
            ended=jnp.zeros(cars, bool),
            noise=jnp.zeros((cars, self._dreamer.action)),
            episode_reward=zero,
            key=key,
        )

    def collect(
        self, rules: Rules, course: Courses, policy: Policy, state: FleetState, steps: int, exploration: jax.Array
    ) -> tuple[FleetState, Collected]:
        """`steps` environment steps of every car.

        Args:
            rules, course: the race.
            policy: who drives.
            state: the cars before.
            steps: how many.
            exploration: [] size of the noise added to the policy's action.
        """
        cars = state.reward.shape[0]
        config = self._config
        keys = jax.random.split(state.key, 4 + steps)
        key, for_latent, for_action, for_noise = keys[:4]
        width = self._dreamer.action
        uniform = jax.random.uniform(for_latent, (steps, cars, config.agent.groups))
        own = jax.random.normal(for_action, (steps, cars, width))
        error = jax.random.normal(jax.random.fold_in(for_latent, 1), (steps, cars, self._dreamer.observation - 1))
        rules = varied(rules, cars)
        added = jax.random.normal(for_noise, (steps, cars, width))
        memory = config.training.exploration_memory
        fresh = (1.0 - memory**2) ** 0.5  # keeps the noise's variance at one

        def body(s: FleetState, draw: tuple[jax.Array, ...]) -> tuple[FleetState, Collected]:
            uniform_t, own_t, added_t, error_t, key_t = draw
            observation, _ = race.observe(rules, course, s.race, self._looked_at)
            observation = noisy(rules, observation, error_t)
            rows = Sequences(observation, s.previous, s.reward, s.first, s.terminal)
            acted = self._dreamer.act(policy, s.latent, observation, s.previous, s.first, uniform_t)
            noise = memory * s.noise + fresh * added_t
            action = self._dreamer.done(acted.mean + acted.std * own_t + exploration * noise)

            moved, outcome = race.step(rules, course, s.race, action, config.race.ticks_per_step)
            for_track, for_start = jax.random.split(key_t)
            track = jax.random.randint(for_track, (cars,), 0, course.length.shape[0])
            begun = race.reset(rules, course, track, for_start)
            drove = ~s.ended
            total = outcome.terms.total
            after = FleetState(
                race=race.select(s.ended, begun, moved),
                latent=acted.latent,
                previous=jnp.where(drove[:, None], action, 0.0),
                reward=jnp.where(drove, total, 0.0),
                first=s.ended.astype(jnp.float32),
                terminal=jnp.where(drove, outcome.terminated, False).astype(jnp.float32),
                ended=drove & (outcome.terminated | outcome.truncated),
                noise=noise,
                episode_reward=jnp.where(drove, s.episode_reward + total, 0.0),
                key=s.key,
            )
            pose = jnp.stack([s.race.pose.x, s.race.pose.y, s.race.pose.heading], axis=-1)
            return after, Collected(rows, s.ended, s.episode_reward, pose)

        state, collected = jax.lax.scan(body, state, (uniform, own, added, error, keys[4:]))
        return state._replace(key=key), collected

    def restart(self, rules: Rules, course: Courses, state: FleetState, which: jax.Array, key: jax.Array) -> FleetState:
        """New episodes for the cars `which` [B], on the tracks they have; such as when a track was replaced."""
        begun = race.reset(rules, course, state.race.track, key)
        return state._replace(
            race=race.select(which, begun, state.race),
            previous=jnp.where(which[:, None], 0.0, state.previous),
            reward=jnp.where(which, 0.0, state.reward),
            first=jnp.where(which, 1.0, state.first),
            terminal=jnp.where(which, 0.0, state.terminal),
            ended=state.ended & ~which,
            episode_reward=jnp.where(which, 0.0, state.episode_reward),
        )
