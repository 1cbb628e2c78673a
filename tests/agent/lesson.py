"""Problems small enough to be learned in a second, and a Dreamer that learns them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent import world_model
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import AgentState
from racer_desktop.agent.world_model import Latent, Sequences

STEPS, BATCH = 8, 16
TARGET = 0.5  # the best action of `aiming`
AGES = 5  # rows of an episode of `living`

Lesson = Callable[[int], Sequences]


class Pupil:
    """A Dreamer with its functions jitted once."""

    def __init__(self, dreamer: Dreamer) -> None:
        self.dreamer = dreamer
        self.init = jax.jit(dreamer.init)
        self.act = jax.jit(dreamer.act)
        self.update = jax.jit(dreamer.update)
        self._losses = jax.jit(partial(world_model.losses, dreamer.networks, dreamer.config))

    def learn(self, lesson: Lesson, updates: int, seed: int = 0) -> tuple[AgentState, dict[str, np.ndarray]]:
        """The state after `updates` updates, and each figure over time."""
        state, history = self.init(jax.random.key(seed)), []
        for k in range(updates):
            state, figures = self.update(state, lesson(k))
            history.append(figures)
        rows = jax.device_get(history)
        return state, {name: np.array([row[name] for row in rows]) for name in rows[0]}

    def states(self, state: AgentState, data: Sequences, seed: int = 0) -> Latent:
        """The posterior states [T, B, ...] that the world model comes to."""
        return self._losses(state.world, data, jax.random.key(seed))[1]


def aiming(seed: int) -> Sequences:
    """Random actions; the nearer to `TARGET`, the more reward. The last action is seen, and how many steps were made.

    Episodes begin with each sequence and never end.
    """
    draw = np.random.default_rng(seed)
    action = draw.uniform(-1, 1, (STEPS, BATCH, 1)).astype(np.float32)
    count = np.broadcast_to(np.linspace(0, 1, STEPS, dtype=np.float32)[:, None, None], action.shape)
    first = np.zeros((STEPS, BATCH), np.float32)
    first[0] = 1
    action[0] = 0
    reward = np.where(first, 0, 3 - 3 * np.abs(action[..., 0] - TARGET)).astype(np.float32)
    data = np.concatenate([action, count], axis=-1), action, reward, first, np.zeros_like(first)
    return Sequences(*map(jnp.asarray, data))


def living(seed: int) -> Sequences:
    """One point for each step, whatever is done; with its fifth row an episode is over. The age is seen.

    Sequences begin at any age.
    """
    draw = np.random.default_rng(seed)
    age = (draw.integers(AGES, size=BATCH) + np.arange(STEPS)[:, None]) % AGES
    action = draw.uniform(-1, 1, (STEPS, BATCH, 1))
    observation = np.stack([age / AGES, np.ones_like(age)], axis=-1)
    data = observation, action, age > 0, age == 0, age == AGES - 1
    return Sequences(*(jnp.asarray(values, jnp.float32) for values in data))


def age_of(data: Sequences) -> np.ndarray:
    """[T, B] the ages in a lesson of `living`."""
    return np.rint(np.asarray(data.observation[..., 0]) * AGES).astype(int)
