"""How fast the race alone is simulated: rays, physics, reward and new episodes, in one compiled loop, no learner."""

from __future__ import annotations

import functools
import statistics
import time
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import generate
from racer_desktop.training import compute
from racer_desktop.training.structure import looked_at

STEPS = 200  # environment steps of every car in one call
LEAST_CALLS = 3
SPEED = 0.4  # of the top speed, at which the cars are held


class FleetSpeed(NamedTuple):
    """What one fleet reached.

    Attributes:
        cars: how many.
        env_steps_per_s, physics_ticks_per_s: of all cars together.
    """

    cars: int
    env_steps_per_s: float
    physics_ticks_per_s: float


def measure(config: Config, cars: int, seconds: float, device: compute.Device) -> FleetSpeed:
    """The median speed of a fleet over calls of `STEPS` steps, the first one, which compiles, left out.

    Args:
        config: the race; its one track is driven.
        cars: how many.
        seconds: how long to measure at least.
        device: where.

    Raises:
        TrackError: if the settings allow no drivable track.
    """
    track = generate(config.track.seed, config.track, config.car.half_width)
    rules, course = jax.device_put((Rules.of(config), courses([track])), device)
    key = jax.device_put(jax.random.PRNGKey(0), device)
    state = race.reset(rules, course, jax.device_put(jnp.zeros(cars, jnp.int32), device), key)
    run = functools.partial(_run, ticks=config.race.ticks_per_step, seen=looked_at(config))
    state, key = jax.block_until_ready(run(rules, course, state, key))
    took: list[float] = []
    while sum(took) < seconds or len(took) < LEAST_CALLS:
        begin = time.perf_counter()
        state, key = jax.block_until_ready(run(rules, course, state, key))
        took.append(time.perf_counter() - begin)
    rate = cars * STEPS / statistics.median(took)
    return FleetSpeed(cars, rate, rate * config.race.ticks_per_step)


@functools.partial(jax.jit, static_argnames=("ticks", "seen"))
def _run(
    rules: Rules, course: Courses, state: RaceState, key: jax.Array, ticks: int, seen: int
) -> tuple[RaceState, jax.Array]:
    """`STEPS` steps of every car, which steers where the rays reach farther, so that they are not optimised away."""

    def body(carry: tuple[RaceState, jax.Array], _: None) -> tuple[tuple[RaceState, jax.Array], Any]:
        state, key = carry
        observation, _rays = race.observe(rules, course, state, seen)
        rays = observation[:, :-1]
        half = rays.shape[1] // 2
        turn = rays[:, rays.shape[1] - half :].sum(axis=1) - rays[:, :half].sum(axis=1)
        action = jnp.stack([2.0 * turn, 6.0 * (SPEED - observation[:, -1])], axis=1)
        moved, outcome = race.step(rules, course, state, action, ticks)
        key, for_start = jax.random.split(key)
        begun = race.reset(rules, course, state.track, for_start)
        ended = outcome.terminated | outcome.truncated
        return (race.select(ended, begun, moved), key), outcome.terms.total.sum()

    (state, key), _ = jax.lax.scan(body, (state, key), None, length=STEPS)
    return state, key


def as_json(fleets: list[FleetSpeed]) -> dict[str, Any]:
    """The result as JSON has it."""
    return {"fleets": [{name: _rounded(value) for name, value in f._asdict().items()} for f in fleets]}


def _rounded(value: float) -> int:
    return int(np.round(value))
