"""The settings as a pytree: what changes does so at once, without compiling anew."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from racer_desktop.config import Config
from racer_desktop.sim.rules import Rules


def test_there_and_back():
    rules = Rules.of(Config())
    leaves, shape = jax.tree.flatten(rules)
    assert jax.tree.unflatten(shape, leaves) == rules


def test_a_changed_setting_takes_effect_and_compiles_nothing():
    compiled = 0

    @jax.jit
    def reads(rules: Rules) -> jax.Array:
        nonlocal compiled
        compiled += 1
        return jnp.asarray(rules.car.grip) + jnp.asarray(rules.sensors.ray_angles_deg)[0] + rules.race.time_limit

    config = Config().replace(car__grip=10.0, race__time_limit=60.0, sensors__ray_angles_deg=(-45.0, 45.0))
    assert reads(Rules.of(config)) == 25.0
    assert reads(Rules.of(config.replace(car__grip=7.0, race__time_limit=90.0))) == 52.0
    assert reads(Rules.of(config.replace(sensors__ray_angles_deg=(-10.0, 10.0)))) == 60.0
    assert compiled == 1
