"""The networks: shapes, what they say before they have learned anything, and the recurrence by hand."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import AgentState
from racer_desktop.config import AgentConfig
from tests.agent.lesson import Pupil


@pytest.fixture(scope="module")
def state(pupil: Pupil) -> AgentState:
    return pupil.init(jax.random.key(0))


def test_shapes(dreamer: Dreamer, state: AgentState, tiny: AgentConfig):
    networks, world = dreamer.networks, state.world

    def shape(function: Any, *inputs: tuple[int, ...]) -> Any:
        return jax.eval_shape(function, world, *(jnp.zeros(i) for i in inputs)).shape

    assert shape(networks.embed, (5, 7, 2)) == (5, 7, 16)
    assert shape(networks.push, (5, 7, 1)) == (5, 7, 16)
    assert shape(networks.recur, (7, 16), (7, 12), (7, 16)) == (7, 16)
    assert shape(networks.prior, (5, 7, 16)) == (5, 7, 3, 4)
    assert shape(networks.posterior, (7, 16), (7, 16)) == (7, 3, 4)
    assert shape(networks.decode, (5, 7, 28)) == (5, 7, 2)
    assert shape(networks.reward, (5, 7, 28)) == (5, 7, tiny.bins)
    assert shape(networks.proceed, (5, 7, 28)) == (5, 7)
    feature = jnp.zeros((5, 7, 28))
    mean, std = jax.eval_shape(dreamer.actor.apply, state.actor, feature)
    assert mean.shape == std.shape == (5, 7, 1)
    assert jax.eval_shape(dreamer.critic.apply, state.critic, feature).shape == (5, 7, tiny.bins)


def test_reward_and_value_begin_at_nothing(dreamer: Dreamer, state: AgentState):
    feature = jax.random.normal(jax.random.key(1), (50, 28)) * 3
    assert not dreamer.networks.reward(state.world, feature).any()
    assert not dreamer.critic.apply(state.critic, feature).any()


def test_actions_begin_near_zero_and_wide(dreamer: Dreamer, state: AgentState):
    mean, std = dreamer.actor.apply(state.actor, jax.random.normal(jax.random.key(1), (50, 28)))
    assert 0 < np.abs(mean).max() < 0.3
    np.testing.assert_allclose(std, 0.1 + 0.9 / (1 + np.exp(-2)), rtol=0.05)


@pytest.mark.parametrize(("spread", "expected"), [(-50.0, 0.1), (0.0, 0.1 + 0.9 / (1 + np.exp(-2))), (50.0, 1.0)])
def test_the_spread_stays_between_its_bounds(dreamer: Dreamer, state: AgentState, spread: float, expected: float):
    actor: Any = dict(state.actor)
    actor["normal"] = actor["normal"] | {"b": jnp.array([9.0, spread])}
    mean, std = dreamer.actor.apply(actor, jnp.zeros((1, 28)))
    assert float(std[0, 0]) == pytest.approx(expected, rel=1e-4)
    assert float(mean[0, 0]) == pytest.approx(0.9)  # 9 / (1 + 9)


def test_no_two_layers_begin_alike(state: AgentState):
    weights = {
        module: np.asarray(parameters["w"]).ravel()
        for tree in (state.world, state.actor, state.critic)
        for module, parameters in tree.items()
        if "w" in parameters
    }
    silent = {"reward_logits", "logits"}  # zero-initialised heads
    assert {module for module, w in weights.items() if not w.any()} == silent
    begun = [w[:16].tobytes() for module, w in weights.items() if module not in silent]
    assert len(set(begun)) == len(begun) >= 12


def rms_norm(x: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-4) * scale


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_the_recurrence_by_hand(dreamer: Dreamer, state: AgentState):
    """Reset sigmoid, candidate tanh(reset * c), update sigmoid(u - 1), as in the reference implementation."""
    draw = np.random.default_rng(0)
    deter, stoch, action = draw.normal(size=(4, 16)), draw.normal(size=(4, 12)), draw.normal(size=(4, 1))
    world: Any = jax.device_get(state.world)
    pushed = action @ world["recurrence_action"]["w"] + world["recurrence_action"]["b"]
    x = stoch @ world["recurrence_stoch"]["w"] + pushed
    x = rms_norm(x, world["recurrence_input_norm"]["scale"])
    x = x * sigmoid(x)
    gates = np.concatenate([x, deter], axis=-1) @ world["recurrence_gates"]["w"]
    reset, candidate, update = np.split(rms_norm(gates, world["recurrence_gates_norm"]["scale"]), 3, axis=-1)
    candidate = np.tanh(sigmoid(reset) * candidate)
    update = sigmoid(update - 1)
    expected = update * candidate + (1 - update) * deter

    inputs = (jnp.asarray(v, jnp.float32) for v in (deter, stoch))
    networks = dreamer.networks
    after = networks.recur(state.world, *inputs, networks.push(state.world, jnp.asarray(action, jnp.float32)))
    np.testing.assert_allclose(after, expected, rtol=1e-4, atol=1e-5)
