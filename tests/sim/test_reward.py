"""Each term of the reward, worked out by hand."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from racer_desktop.config import RewardConfig
from racer_desktop.sim import reward

WEIGHTS = RewardConfig(speed=3.0, gate=5.0, time_bonus=2.0, survival=0.1, crash=-10.0)


def test_speed_pays_for_the_way_made_and_takes_for_the_way_back():
    # 2 m within a step of 1/15 s would be top speed (30 m/s): 3 points a second.
    pay = reward.speed(WEIGHTS, jnp.array([2.0, 1.0, 0.0, -2.0]), 30.0)
    np.testing.assert_allclose(pay, [0.2, 0.1, 0.0, -0.2], rtol=1e-6)


def test_gates_pay_each():
    np.testing.assert_allclose(reward.gate(WEIGHTS, jnp.array([0.0, 1.0, 2.0])), [0.0, 5.0, 10.0])


def test_time_bonus_is_the_share_of_top_speed():
    reached, spacing = jnp.array([1.0, 1.0, 0.0, 2.0, 1.0]), jnp.full(5, 30.0)
    took = jnp.array([2.0, 4.0, 1.0, 4.0, 0.0])
    # 30 m in 2 s are half of 30 m/s; no gate, no bonus; two gates in 4 s; never above the share of one.
    np.testing.assert_allclose(reward.time_bonus(WEIGHTS, reached, spacing, took, 30.0), [1.0, 0.5, 0.0, 2.0, 2.0])


def test_survival_pays_the_living_and_the_crash_costs():
    np.testing.assert_allclose(reward.survival(WEIGHTS, jnp.array([True, False])), [0.1, 0.0], rtol=1e-6)
    np.testing.assert_allclose(reward.crash(WEIGHTS, jnp.array([True, False])), [-10.0, 0.0])


def test_total_is_the_sum_of_all_terms():
    terms = reward.Terms(*(jnp.array([10.0**k]) for k in range(5)))
    assert float(terms.total[0]) == 11111.0
