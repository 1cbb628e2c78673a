"""The compiled programs of the race on the screen: pure functions, shared by all races of one structure."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.training import compute, structure
from racer_desktop.training.driver import Driver
from racer_desktop.training.programs import new_dreamer

LOOK = "looked_at"


def race_programs(config: Config) -> RacePrograms:
    """The programs for a configuration; the same object for all of the same structure."""
    return _race_programs(structure.brain(config).replace(training__seed=0))


class RacePrograms:
    """One car. Everything that the host wants to know comes as one vector: one transfer a tick.

    Args:
        config: the structure's settings.
        driver: the agent's functions.

    Attributes:
        line_up: (rules, course) -> state, vector, latent: the car on the start line.
        tick: (rules, course, state, action) -> state, vector: one physics tick.
        decide: (policy, latent, observation, previous, first, key) -> latent, key, vector: the brain's decision.
        settle: (rules, course, before, after, off) -> state, vector: what a step earned, see `race.settle`.
    """

    def __init__(self, config: Config, driver: Driver) -> None:
        self._groups = config.agent.groups
        self._driver = driver
        self.line_up = jax.jit(self._line_up, static_argnames=LOOK)
        self.tick = jax.jit(self._tick, static_argnames=LOOK)
        self.decide = jax.jit(self._decide)
        self.settle = jax.jit(self._settle)
        self._observation = len(config.sensors.ray_angles_deg) + 1

    def rehearse(self, policy: Policy, device: compute.Device) -> None:
        """Lets a brain decide once, for nothing, so that what has to be compiled for it is; takes a second or two.

        May be called in any thread. The arguments are of the kinds that the race will pass: JAX compiles again for
        others.
        """
        nothing = np.zeros(self._driver.action, np.float32)[None]
        latent, key, policy = jax.device_put((self._driver.start(1), jax.random.PRNGKey(0), policy), device)
        self.decide(policy, latent, np.zeros((1, self._observation), np.float32), nothing, np.ones(1, np.float32), key)

    def _line_up(self, rules: Rules, course: Courses, looked_at: int) -> tuple[RaceState, jax.Array, Latent]:
        state = race.line_up(course, jnp.zeros(1, jnp.int32))
        return state, self._pack(rules, course, state, jnp.zeros(1, bool), looked_at), self._driver.start(1)

    def _tick(
        self, rules: Rules, course: Courses, state: RaceState, action: jax.Array, looked_at: int
    ) -> tuple[RaceState, jax.Array]:
        state, off = race.tick(rules, course, state, action)
        return state, self._pack(rules, course, state, off, looked_at)

    def _pack(self, rules: Rules, course: Courses, state: RaceState, off: jax.Array, looked_at: int) -> jax.Array:
        """[7 + R + O]: pose, way travelled, whether it is off, rays in m, observation."""
        observation, rays = race.observe(rules, course, state, looked_at)
        numbers = [*state.pose, state.travelled, off.astype(jnp.float32)]
        return jnp.concatenate([jnp.stack([n[0] for n in numbers]), rays[0], observation[0]])

    def _settle(
        self, rules: Rules, course: Courses, before: RaceState, after: RaceState, off: jax.Array
    ) -> tuple[RaceState, jax.Array]:
        """The vector is [3 + terms]: reward, gates, whether the car is stalled, and the reward's terms."""
        state, outcome = race.settle(rules, course, before, after, off)
        numbers = (outcome.terms.total, state.gates, outcome.stalled, *outcome.terms)
        return state, jnp.stack([n[0].astype(jnp.float32) for n in numbers])

    def _decide(
        self,
        policy: Policy,
        latent: Latent,
        observation: jax.Array,
        previous: jax.Array,
        first: jax.Array,
        key: jax.Array,
    ) -> tuple[Latent, jax.Array, jax.Array]:
        key, for_latent = jax.random.split(key)
        noise = jax.random.uniform(for_latent, (1, self._groups))
        acted = self._driver.act(policy, latent, observation, previous, first, noise)
        return acted.latent, key, jnp.concatenate([acted.action[0], acted.probs.ravel()])


@functools.lru_cache(maxsize=4)
def _race_programs(config: Config) -> RacePrograms:
    return RacePrograms(config, new_dreamer(config))
