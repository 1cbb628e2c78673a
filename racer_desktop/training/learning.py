"""What is done to a state when it learns, apart from the update itself: pure functions that are compiled elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent import replay
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.replay import Replay
from racer_desktop.agent.state import AgentState, Policy
from racer_desktop.agent.world_model import Sequences
from racer_desktop.config import Config
from racer_desktop.sim.course import Courses
from racer_desktop.sim.rules import Rules
from racer_desktop.training.fleet import Collected, Fleet, FleetState


class LearnerState(NamedTuple):
    """Everything that training changes.

    Attributes:
        agent: brain and optimisers.
        fleet: the cars.
        replay: what is remembered.
        steps: [] environment steps of each car.
        key: random key for drawing from the replay and for new starts.
    """

    agent: AgentState
    fleet: FleetState
    replay: Replay
    steps: jax.Array
    key: jax.Array


class Figures(NamedTuple):
    """What an update with T environment steps of B cars before it gave, on the device.

    Attributes:
        losses: by name, [].
        exploration: [] rate.
        steps: [] environment steps of each car before the update.
        finished: [T, B] whether an episode ended.
        episode_reward: [T, B] its reward where one did.
        pose: [T, B, 3] x, y, heading of every car.
    """

    losses: dict[str, jax.Array]
    exploration: jax.Array
    steps: jax.Array
    finished: jax.Array
    episode_reward: jax.Array
    pose: jax.Array


def moved_to(tracks: int, state: LearnerState) -> LearnerState:
    """A state on the host with its cars spread over so many tracks; where on them says their next restart."""
    track = np.arange(len(state.fleet.race.track), dtype=np.int32) % tracks
    return state._replace(fleet=state.fleet._replace(race=state.fleet.race._replace(track=track)))


class Learning:
    """Collects experience and draws from it; holds functions, no state.

    Args:
        config: sizes; the rules of the race are passed with each call.
        dreamer: the agent's functions.
        looked_at: segments on each side of a car that rays are met with, see `structure.looked_at`.
    """

    def __init__(self, config: Config, dreamer: Dreamer, looked_at: int) -> None:
        self._config = config
        self._dreamer = dreamer
        self._fleet = Fleet(config, dreamer, looked_at)

    def init(self, rules: Rules, course: Courses, seed: jax.Array) -> LearnerState:
        """The state before anything was learned."""
        config = self._config.training
        for_agent, for_fleet, key = jax.random.split(jax.random.PRNGKey(seed), 3)
        capacity = config.replay_steps // config.cars
        return LearnerState(
            agent=self._dreamer.init(for_agent),
            fleet=self._fleet.init(rules, course, for_fleet),
            replay=replay.empty(
                config.cars, capacity, config.guest_steps, self._dreamer.observation, self._dreamer.action
            ),
            steps=jnp.int32(0),
            key=key,
        )

    def prefill(self, state: LearnerState, rules: Rules, course: Courses) -> LearnerState:
        """The first experience, before the first update."""
        config = self._config.training
        steps = max(-(-config.prefill // config.cars), config.length)
        state, _ = self._collected(state, rules, course, steps, self._exploration(state.steps))
        return state

    def collect(self, state: LearnerState, rules: Rules, course: Courses) -> tuple[LearnerState, Sequences, Figures]:
        """Experience; also what the next update learns from, sequences [T, B, ...], and figures without losses yet."""
        exploration = self._exploration(state.steps)
        steps = self._config.training.steps_per_update
        state, collected = self._collected(state, rules, course, steps, exploration)
        key, for_sample = jax.random.split(state.key)
        data = replay.unpack(self._drawn(state.replay, for_sample), self._dreamer.observation)
        finished, reward, pose = collected.finished, collected.episode_reward, collected.pose
        return state._replace(key=key), data, Figures({}, exploration, state.steps, finished, reward, pose)

    def closing(self, agent: AgentState) -> tuple[jax.Array, Policy]:
        """Whether the brain is sound, and a copy of the parameters that drive."""
        return _finite(agent), jax.tree.map(jnp.copy, agent.average)

    def _drawn(self, remembered: Replay, key: jax.Array) -> jax.Array:
        """A batch [T, B, W], part of it from stretches in which an episode ended."""
        config = self._config.training
        endings = round(config.ending_share * config.batch)
        for_all, for_endings = jax.random.split(key)
        whole = replay.sample(remembered, config.batch - endings, config.length, for_all)
        return jnp.concatenate([whole, replay.sample_endings(remembered, endings, config.length, for_endings)], axis=1)

    def _collected(
        self, state: LearnerState, rules: Rules, course: Courses, steps: int, exploration: jax.Array
    ) -> tuple[LearnerState, Collected]:
        fleet, collected = self._fleet.collect(rules, course, state.agent.policy, state.fleet, steps, exploration)
        remembered = replay.write(state.replay, replay.pack(collected.rows))
        return state._replace(fleet=fleet, replay=remembered, steps=state.steps + steps), collected

    def restart(self, state: LearnerState, rules: Rules, course: Courses, which: jax.Array) -> LearnerState:
        """New episodes for all cars on the tracks `which` [T] that were replaced."""
        key, for_start = jax.random.split(state.key)
        cars = which[state.fleet.race.track]
        return state._replace(fleet=self._fleet.restart(rules, course, state.fleet, cars, for_start), key=key)

    def guests(self, state: LearnerState, rows: jax.Array, count: jax.Array) -> LearnerState:
        """The first `count` of rows [N, W] of the hero's experience, put into the replay."""
        return state._replace(replay=replay.write_guest(state.replay, rows, count))

    def _exploration(self, steps: jax.Array) -> jax.Array:
        config = self._config.training
        return jnp.maximum(config.exploration_floor, config.exploration * config.exploration_decay**steps)


def _finite(tree: Any) -> jax.Array:
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))
