"""The optimiser against its equations in plain Python."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from racer_desktop.agent.optimiser import clip_by_tensor, optimiser
from racer_desktop.config import AgentConfig


def config(warmup: int = 0, rate_decay: float = 1e12, gradient_clip: float = 100.0) -> AgentConfig:
    return AgentConfig(learning_rate=0.01, warmup=warmup, rate_decay=rate_decay, gradient_clip=gradient_clip)


def steps(transformation: optax.GradientTransformation, gradients: list[float]) -> np.ndarray:
    """What is added to a parameter of 1000, so large that nothing is clipped, after each gradient."""
    params: Any = {"w": jnp.array([1000.0])}
    state, made = transformation.init(params), []
    update: Any = jax.jit(transformation.update)
    for gradient in gradients:
        updates, state = update({"w": jnp.array([gradient])}, state, params)
        made.append(updates["w"][0])
    return np.array(made)


def test_laprop_scales_first_and_averages_then():
    gradients = [1.0, -2.0, 30.0, 0.1, 0.0, -5.0]
    square = momentum = 0.0
    expected = []
    for k, gradient in enumerate(gradients, start=1):
        square = 0.999 * square + 0.001 * gradient**2
        scaled = gradient / np.sqrt(square / (1 - 0.999**k))
        momentum = 0.9 * momentum + 0.1 * scaled
        expected.append(-0.01 * momentum / (1 - 0.9**k))
    np.testing.assert_allclose(steps(optimiser(config()), gradients), expected, rtol=1e-4)
    # Adam, which averages first, would step otherwise.
    assert abs(steps(optax.adam(0.01, b1=0.9, b2=0.999), gradients) - expected).max() > 1e-3


def test_a_first_zero_gradient_moves_nothing():
    np.testing.assert_array_equal(steps(optimiser(config()), [0.0, 0.0]), [0.0, 0.0])


def test_warm_up_is_linear_and_the_share_is_of_the_rate():
    # LaProp of a constant gradient is its sign: what is left is the rate.
    made = steps(optimiser(config(warmup=3), share=0.5), [7.0] * 6)
    np.testing.assert_allclose(made, -0.005 * np.array([0.25, 0.5, 0.75, 1, 1, 1]), rtol=1e-4)


def test_the_rate_decays_to_half_after_three_decay_times():
    made = steps(optimiser(config(rate_decay=10.0)), [1.0] * 31)
    assert made[30] / made[0] == pytest.approx(0.5, rel=1e-4)
    assert made[10] / made[0] == pytest.approx(0.5**0.5, rel=1e-4)


WEIGHTS = jnp.array([[3.0, 0.0], [0.0, 4.0]])  # norm 5


def clipped(gradient: Any, weights: Any = WEIGHTS, limit: float = 0.2) -> Any:
    """A gradient, or a tree of them, for weights of the same shape."""
    transformation = clip_by_tensor(limit)
    return transformation.update(gradient, transformation.init(weights), weights)[0]


def test_gradients_below_the_limit_pass():
    gradient = jnp.array([[0.6, 0.0], [0.0, 0.79]])  # norm 0.992
    np.testing.assert_array_equal(clipped(gradient), gradient)


def test_larger_ones_are_scaled_to_the_limit_as_one_tensor():
    gradient = jnp.array([[6.0, 0.0], [0.0, 8.0]])
    np.testing.assert_allclose(clipped(gradient), gradient / 10, rtol=1e-6)
    # Not each unit for itself: the second column is small, and scaled like the first.
    uneven = jnp.array([[10.0, 0.0], [0.0, 0.1]])
    np.testing.assert_allclose(clipped(uneven), uneven / jnp.linalg.norm(uneven), rtol=1e-6)


def test_zero_weights_can_still_move():
    moved = clipped(jnp.array([[3.0, 4.0]]), jnp.zeros((1, 2)))
    np.testing.assert_allclose(moved, [[0.6e-3 * 0.2, 0.8e-3 * 0.2]], rtol=1e-5)


def test_zero_gradients_stay_zero():
    assert not clipped(jnp.zeros((2, 2))).any()


def test_tensors_are_clipped_apart():
    weights = {"a": jnp.array([1.0]), "b": jnp.array([100.0])}
    updates = clipped({"a": jnp.array([5.0]), "b": jnp.array([5.0])}, weights, limit=0.1)
    np.testing.assert_allclose([updates["a"][0], updates["b"][0]], [0.1, 5.0], rtol=1e-6)
