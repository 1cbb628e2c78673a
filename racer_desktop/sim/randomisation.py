"""Domain randomisation: the cars of a fleet differ, and what they measure is not exact.

Each car keeps its own grip and engine, spread evenly over the settings' limits: nothing is drawn, so a fleet of any
size sees both ends, and there is no state to be kept.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from racer_desktop.sim.rules import Rules

GOLDEN = 0.5 * (5.0**0.5 - 1.0)  # its multiples modulo 1 are evenly spread, in an order unlike that of counting


def varied(rules: Rules, cars: int) -> Rules:
    """The rules with a grip, an engine and a power [B] of its own for each of B cars.

    The middle of the cars' grips is the settings' own; a single car has just that.
    """
    order = jnp.arange(cars)
    evenly = (2.0 * order + 1.0) / cars - 1.0
    grip = 1.0 + rules.randomisation.grip * evenly
    # Another order, or the cars with much grip would be those with much power.
    shuffled = jnp.argsort(jnp.argsort((order + 1) * GOLDEN % 1.0))
    engine = 1.0 + rules.randomisation.engine * evenly[shuffled]
    car = rules.car
    own = {
        "grip": car.grip * grip,
        "engine_acceleration": car.engine_acceleration * engine,
        "engine_power": car.engine_power * engine,
    }
    names = [name for name, _, _ in car.settings()]
    leaves, tree = jax.tree.flatten(car)
    return rules._replace(
        car=jax.tree.unflatten(tree, [own.get(n, leaf) for n, leaf in zip(names, leaves, strict=True)])
    )


def noisy(rules: Rules, observation: jax.Array, normal: jax.Array) -> jax.Array:
    """Observations as inexact sensors give them.

    Args:
        rules: the race's settings.
        observation: [..., R + 1], see `race.observe`.
        normal: [..., R] independent standard normal numbers.

    Returns:
        [..., R + 1]; distances stay in [0, 1], the speed is exact.
    """
    rays, speed = observation[..., :-1], observation[..., -1:]
    error = rules.randomisation.sensor_noise / rules.sensors.ray_range * normal
    return jnp.concatenate([jnp.clip(rays + error, 0.0, 1.0), speed], axis=-1)
