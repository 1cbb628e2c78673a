"""Cars that differ: how far, how evenly, and that they drive accordingly."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import Config
from racer_desktop.sim import vehicle
from racer_desktop.sim.randomisation import noisy, varied
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.vehicle import Pose

CONFIG = Config().replace(randomisation__grip=0.3, randomisation__engine=0.2, randomisation__sensor_noise=0.9)


def test_grip_and_engine_are_spread_evenly_and_apart():
    car = varied(Rules.of(CONFIG), 32).car
    grip, engine = np.asarray(car.grip), np.asarray(car.engine_acceleration)
    assert np.sort(grip) == pytest.approx(10.0 * np.linspace(1 - 0.3 * 31 / 32, 1 + 0.3 * 31 / 32, 32))
    assert np.sort(engine) == pytest.approx(8.0 * np.linspace(1 - 0.2 * 31 / 32, 1 + 0.2 * 31 / 32, 32))
    assert np.asarray(car.engine_power) / 80.0 == pytest.approx(engine / 8.0)
    assert abs(np.corrcoef(grip, engine)[0, 1]) < 0.3
    assert car.braking == CONFIG.car.braking


def test_without_it_all_cars_are_the_car_and_so_is_a_single_one():
    for config, cars in ((Config(), 5), (CONFIG, 1)):
        car = varied(Rules.of(config), cars).car
        assert np.array_equal(car.grip, np.full(cars, config.car.grip, np.float32))
        assert np.array_equal(car.engine_acceleration, np.full(cars, config.car.engine_acceleration, np.float32))


def test_more_engine_is_faster_and_more_grip_turns_tighter():
    car = varied(Rules.of(CONFIG.replace(randomisation__grip=0.0)), 32).car  # with less grip the wheels spin
    same = Pose(*(jnp.full(32, value) for value in (0.0, 0.0, 0.0, 5.0, 0.0)))
    faster = vehicle.drive(car, same, jnp.tile(jnp.array([0.0, 1.0]), (32, 1)), 1 / 60).speed
    assert np.array_equal(np.argsort(faster), np.argsort(car.engine_acceleration))
    car = varied(Rules.of(CONFIG), 32).car
    quick = same._replace(speed=jnp.full(32, 20.0), steering=jnp.full(32, 0.3))
    turned = vehicle.drive(car, quick, jnp.tile(jnp.array([1.0, 0.0]), (32, 1)), 1 / 60).heading
    assert np.array_equal(np.argsort(turned), np.argsort(car.grip))


def test_noise_is_of_the_size_that_was_asked_for_and_stays_in_sight():
    rules = Rules.of(CONFIG)
    seen = jnp.concatenate([jnp.full((20_000, 5), 0.5), jnp.full((20_000, 1), 0.7)], axis=-1)
    normal = jax.random.normal(jax.random.key(0), (20_000, 5))
    error = np.asarray(noisy(rules, seen, normal) - seen)
    assert error[:, :5].std() == pytest.approx(0.9 / 45.0, rel=0.02)
    assert not error[:, 5].any()
    at_the_ends = noisy(rules, jnp.array([[0.0, 1.0, 0.0, 1.0, 0.5, 0.0]]), jnp.array([[-3.0, 3.0, 3.0, -3.0, 0.0]]))
    assert np.asarray(at_the_ends)[0] == pytest.approx([0.0, 1.0, 0.06, 0.94, 0.5, 0.0])
