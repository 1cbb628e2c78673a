"""Drivers for the tests: one that a person could be, one that a brain could be."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.dreamer import Acted
from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import CarState


def follow(track: Track, hero: CarState, pace: float = 12.0) -> tuple[float, float]:
    """Steering and throttle of a person who follows the centre line at so many m/s."""
    centre = np.asarray(track.centre)
    nearest = int(np.argmin(np.hypot(centre[:, 0] - hero.x, centre[:, 1] - hero.y)))
    ahead = round((4.0 + 0.5 * hero.speed) / (float(track.length) / len(centre)))
    goal = centre[(nearest + max(ahead, 1)) % len(centre)]
    bearing = math.atan2(goal[1] - hero.y, goal[0] - hero.x) - hero.heading
    bearing = math.remainder(bearing, math.tau)
    return 3.0 * bearing, 0.5 * (pace - hero.speed)


class RayDriver:
    """Steers towards where the rays reach farther: an agent without a brain that laps an oval.

    Has what a race needs of a `Dreamer`.
    """

    def __init__(self, config: Config, pace: float = 0.4) -> None:
        self.action = 2
        self.observation = len(config.sensors.ray_angles_deg) + 1
        self._pace = pace
        self._shape = config.agent.groups, config.agent.classes

    def start(self, batch: int) -> Latent:
        """Nothing is remembered."""
        return Latent(jnp.zeros((batch, 1)), jnp.zeros((batch, 1)))

    def act(
        self,
        policy: Policy,
        latent: Latent,
        observation: jax.Array,
        previous: jax.Array,
        first: jax.Array,
        noise: jax.Array,
    ) -> Acted:
        """What it does about five rays and the speed."""
        right, left = observation[:, 0:2].sum(axis=1), observation[:, 3:5].sum(axis=1)
        steering = jnp.clip(2.0 * (left - right), -1.0, 1.0)
        throttle = jnp.clip(6.0 * (self._pace - observation[:, 5]), -1.0, 1.0)
        mean = jnp.stack([steering, throttle], axis=1)
        probs = jnp.full((len(mean), *self._shape), 1.0 / self._shape[1])
        return Acted(latent, mean, mean, jnp.zeros_like(mean), probs)
