"""Returns, losses and imagination against arrays worked out by hand and loops that spell the equations out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.agent import behaviour, distributions
from racer_desktop.agent.behaviour import Imagined
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.networks import Head
from racer_desktop.agent.world_model import Latent, Sequences, step_prior
from racer_desktop.config import AgentConfig
from tests.agent.lesson import Pupil

Variant = Callable[..., Any]

REWARD, DISCOUNT, VALUE = (jnp.array(row)[:, None] for row in ([1.0, 2.0, 3.0], [0.5, 0.0, 0.8], [10.0, 20.0, 30.0]))


@pytest.mark.parametrize(
    ("lambda_", "expected"),
    [
        (0.0, [1 + 0.5 * 10, 2.0, 3 + 0.8 * 30]),  # one step, then the critic
        (1.0, [1 + 0.5 * 2, 2.0, 3 + 0.8 * 30]),  # what comes, up to the end
        (0.5, [1 + 0.5 * (0.5 * 10 + 0.5 * 2), 2.0, 3 + 0.8 * 30]),
    ],
)
def test_lambda_returns_by_hand(variant: Variant, lambda_: float, expected: list[float]):
    returns = variant(behaviour.lambda_returns)(REWARD, DISCOUNT, VALUE, lambda_)
    np.testing.assert_allclose(returns[:, 0], expected, rtol=1e-6)


def test_lambda_may_differ_from_step_to_step(variant: Variant):
    lambda_ = jnp.array([1.0, 1.0, 0.0])[:, None]
    discount = jnp.full((3, 1), 0.5)
    returns = variant(behaviour.lambda_returns)(REWARD, discount, VALUE, lambda_)
    last = 3 + 0.5 * 30
    np.testing.assert_allclose(returns[:, 0], [1 + 0.5 * (2 + 0.5 * last), 2 + 0.5 * last, last], rtol=1e-6)
    lambda_ = jnp.array([0.0, 1.0, 1.0])[:, None]
    returns = variant(behaviour.lambda_returns)(REWARD, discount, VALUE, lambda_)
    np.testing.assert_allclose(returns[:, 0], [1 + 0.5 * 10, 2 + 0.5 * last, last], rtol=1e-6)


def spelled_out(reward: np.ndarray, discount: np.ndarray, value: np.ndarray, lambda_: np.ndarray) -> np.ndarray:
    """R_t = r_{t+1} + discount_{t+1} ((1 - lambda) v_{t+1} + lambda R_{t+1}); rows begin at t + 1."""
    returns = np.zeros_like(reward)
    for s in range(reward.shape[1]):
        following = value[-1, s]
        for t in reversed(range(len(reward))):
            mixed = (1 - lambda_[t, s]) * value[t, s] + lambda_[t, s] * following
            following = returns[t, s] = reward[t, s] + discount[t, s] * mixed
    return returns


JITTED = jax.jit(behaviour.lambda_returns)


@given(seed=st.integers(0, 10_000))
def test_lambda_returns_are_the_loop(seed: int):
    draw = np.random.default_rng(seed)
    reward, value = draw.normal(size=(2, 7, 3)) * 10
    discount, lambda_ = draw.random((2, 7, 3))
    returns = JITTED(*(jnp.asarray(x, jnp.float32) for x in (reward, discount, value, lambda_)))
    np.testing.assert_allclose(returns, spelled_out(reward, discount, value, lambda_), rtol=1e-4, atol=1e-4)


REPLAY = AgentConfig(discount_horizon=10.0, lambda_=0.5)  # discount 0.9


def replayed(terminal: float) -> Sequences:
    """Six rows: an episode that is over at row 2, then another one."""
    column = np.zeros((6, 1), np.float32)
    reward = np.array([[0.0], [1.0], [2.0], [7.0], [3.0], [4.0]])
    first, ended = column.copy(), column.copy()
    first[3], ended[2] = 1.0, terminal
    arrays = np.zeros((6, 1, 2)), np.zeros((6, 1, 1)), reward, first, ended
    return Sequences(*(jnp.asarray(x, jnp.float32) for x in arrays))


VALUES = jnp.array([[10.0], [20.0], [30.0], [40.0], [50.0], [60.0]])


def test_replay_returns_with_a_terminal_by_hand(variant: Variant):
    returns, known = variant(lambda d, v: behaviour.replay_returns(d, v, REPLAY))(replayed(1.0), VALUES)
    np.testing.assert_array_equal(known[:, 0], [1, 1, 0, 1, 1])  # nothing is known to follow row 2
    last = 4 + 0.9 * 60
    expected = [1 + 0.9 * (0.5 * 20 + 0.5 * 2), 2.0, 0.0, 3 + 0.9 * (0.5 * 50 + 0.5 * last), last]
    np.testing.assert_allclose((returns * known)[:, 0], expected, rtol=1e-6)


def test_replay_returns_with_a_truncation_by_hand(variant: Variant):
    """Cut by the time limit: the critic speaks for what would have followed, and no reward of the next episode."""
    returns, known = variant(lambda d, v: behaviour.replay_returns(d, v, REPLAY))(replayed(0.0), VALUES)
    cut, last = 2 + 0.9 * 30, 4 + 0.9 * 60
    expected = [1 + 0.9 * (0.5 * 20 + 0.5 * cut), cut, 0.0, 3 + 0.9 * (0.5 * 50 + 0.5 * last), last]
    np.testing.assert_allclose((returns * known)[:, 0], expected, rtol=1e-6)


def test_replay_returns_hear_nothing_from_other_episodes():
    """Whatever is changed in one of the two episodes leaves the other's returns alone."""
    data = replayed(0.0)
    returns, _ = behaviour.replay_returns(data, VALUES, REPLAY)
    loud = data._replace(reward=data.reward.at[3:].add(1000.0))
    changed, _ = behaviour.replay_returns(loud, VALUES.at[3:].add(1000.0), REPLAY)
    np.testing.assert_array_equal(changed[:2], returns[:2])
    assert (changed[3:] != returns[3:]).all()


def test_return_range_is_from_the_5th_to_the_95th_percentile(variant: Variant):
    returns = jnp.arange(101.0).at[100].set(1e6).at[0].set(-1e6).reshape(1, 101)
    assert float(variant(behaviour.return_range)(returns)) == pytest.approx(90.0)


def test_critic_loss_by_hand():
    config = AgentConfig(bins=41, slow_critic_scale=0.5)
    support = distributions.bins(41)
    target, slow = support[jnp.array([[20, 25]])], support[jnp.array([[30, 25]])]
    weight = jnp.array([[1.0, 0.25]])
    loss = behaviour.critic_loss(jnp.zeros((1, 2, 41)), target, slow, weight, config)
    assert float(loss) == pytest.approx(1.5 * math.log(41) * 1.25 / 2, rel=1e-5)
    # A critic sure of the target pays only for what the slow one says otherwise.
    sure = jax.nn.one_hot(jnp.array([[20, 25]]), 41) * 20.0
    loss = behaviour.critic_loss(sure, target, slow, weight, config)
    assert float(loss) == pytest.approx(0.5 * 20.0 / 2, rel=1e-4)


ACTOR = Head(lambda key: None, lambda params, feature: (params["mean"], params["std"]))
POLICY: Any = {"mean": jnp.array([[[0.2], [-0.1]]]), "std": jnp.array([[[0.5], [0.4]]])}


def dream(action: jax.Array) -> Imagined:
    steps, starts = action.shape[:2]
    return Imagined(jnp.zeros((steps + 1, starts, 3)), action, jnp.zeros(starts), jnp.zeros(starts))


@pytest.mark.parametrize("reinforce", [0.0, 0.25, 1.0])
def test_actor_loss_by_hand(reinforce: float):
    config = AgentConfig(entropy=0.1, reinforce=reinforce)
    action, weight = jnp.array([[[0.7], [0.3]]]), jnp.array([[1.0, 0.5]])
    gain, advantage = jnp.array([[3.0, 4.0]]), jnp.array([[2.0, -1.0]])
    loss, entropy = behaviour.actor_loss(ACTOR, config, POLICY, dream(action), gain, advantage, weight)
    half = 0.5 * math.log(2 * math.pi)
    log_prob = [-0.5 * 1.0 - math.log(0.5) - half, -0.5 * 1.0 - math.log(0.4) - half]  # one deviation away, both
    entropies = [math.log(0.5) + half + 0.5, math.log(0.4) + half + 0.5]
    objective = [
        reinforce * luck * better + (1 - reinforce) * gained + 0.1 * spread
        for luck, better, gained, spread in zip(log_prob, [2.0, -1.0], [3.0, 4.0], entropies, strict=True)
    ]
    assert float(loss) == pytest.approx(-(objective[0] + 0.5 * objective[1]) / 2, rel=1e-5)
    assert float(entropy) == pytest.approx(sum(entropies) / 2, rel=1e-5)


def test_reinforce_moves_the_policy_towards_what_was_better_than_expected():
    config = AgentConfig(entropy=0.0, reinforce=1.0)
    action, weight = jnp.array([[[0.7], [0.3]]]), jnp.ones((1, 2))  # both above the mean

    def loss(policy: Any, advantage: jax.Array) -> jax.Array:
        return behaviour.actor_loss(ACTOR, config, policy, dream(action), advantage, advantage, weight)[0]

    downhill = -jax.grad(loss)(POLICY, jnp.array([[1.0, -1.0]]))["mean"][0, :, 0]
    assert downhill[0] > 0 > downhill[1]
    assert not jax.grad(loss)(POLICY, jnp.zeros((1, 2)))["mean"].any()


@pytest.mark.parametrize(("reinforce", "expected"), [(0.0, -1.5), (0.5, -0.75), (1.0, 0.0)])
def test_the_returns_slope_reaches_the_policy_by_its_share(reinforce: float, expected: float):
    config = AgentConfig(entropy=0.0, reinforce=reinforce)

    def loss(policy: Any) -> jax.Array:
        lived = dream(policy["mean"])  # whatever was done followed the mean
        gain = 3.0 * policy["mean"][..., 0]
        return behaviour.actor_loss(ACTOR, config, policy, lived, gain, jnp.zeros((1, 2)), jnp.ones((1, 2)))[0]

    np.testing.assert_allclose(jax.grad(loss)(POLICY)["mean"][0, :, 0], expected, rtol=1e-6)


def test_changing_ones_mind_costs_by_its_square_and_a_steady_hand_nothing():
    config = AgentConfig(entropy=0.0, smoothness=0.5)
    none = jnp.zeros((3, 1))

    def loss(means: list[float]) -> float:
        policy: Any = {"mean": jnp.array(means)[:, None, None], "std": jnp.ones((3, 1, 1))}
        lived = dream(policy["mean"])
        return float(behaviour.actor_loss(ACTOR, config, policy, lived, none, none, jnp.ones((3, 1)))[0])

    assert loss([0.7, 0.7, 0.7]) == 0.0
    assert loss([0.0, 0.2, -0.4]) == pytest.approx(0.5 * (0.2**2 + 0.6**2) / 3, rel=1e-5)


@pytest.fixture(scope="module")
def imagined(pupil: Pupil, dreamer: Dreamer, tiny: AgentConfig) -> tuple[Imagined, Any]:
    """64 dreams of an untrained brain, the first half from ended episodes."""
    state = pupil.init(jax.random.key(3))
    # The heads begin at zero: give them something to say.
    world = jax.tree.map(lambda x: x + 0.05 * jnp.cos(jnp.arange(x.size)).reshape(x.shape), state.world)
    terminal = (jnp.arange(64) < 32).astype(jnp.float32)
    start = Latent(0.1 * jnp.ones((64, tiny.deter)), jnp.zeros((64, 12)).at[:, ::4].set(1.0))
    roll = jax.jit(lambda *args: behaviour.imagine(dreamer.networks, dreamer.actor, tiny, *args))
    return roll(world, state.actor, start, terminal, jax.random.key(0)), (world, state.actor, start)


def test_imagination_has_its_shapes_and_begins_where_it_should(imagined: tuple[Imagined, Any], tiny: AgentConfig):
    dreams, (_, _, start) = imagined
    assert dreams.feature.shape == (6, 64, 16 + 12)
    assert dreams.action.shape == (5, 64, 1)
    assert dreams.reward.shape == (5, 64)
    assert dreams.going_on.shape == (6, 64)
    np.testing.assert_array_equal(dreams.feature[0], start.feature)
    # Whether the episode had ended at the start is known; later it is believed.
    np.testing.assert_allclose(dreams.going_on[0], np.repeat([0.0, 0.9], 32), rtol=1e-6)
    assert ((dreams.going_on[1:] > 0) & (dreams.going_on[1:] < 1)).all()
    stoch = np.asarray(dreams.feature[..., 16:]).reshape(6, 64, tiny.groups, tiny.classes)
    np.testing.assert_array_equal(stoch.sum(axis=-1), 1.0)


def test_each_imagined_row_is_the_model_s_step_from_the_one_before(
    imagined: tuple[Imagined, Any], dreamer: Dreamer, tiny: AgentConfig
):
    dreams, (world, _, _) = imagined
    for t in range(5):
        before = Latent(dreams.feature[t, :, :16], dreams.feature[t, :, 16:])
        told = jnp.clip(dreams.action[t], -1.0, 1.0)
        after = step_prior(dreamer.networks, tiny, world, before, told, jnp.zeros((64, 3)))
        np.testing.assert_allclose(after.deter, dreams.feature[t + 1, :, :16], rtol=1e-4, atol=1e-5)
    reward = distributions.two_hot_mean(
        dreamer.networks.reward(world, dreams.feature[1:]), distributions.bins(tiny.bins)
    )
    np.testing.assert_allclose(dreams.reward, reward, rtol=1e-4, atol=1e-4)
    assert np.ptp(dreams.reward) > 0
    assert np.abs(dreams.action).max() > 1.0  # so that being told less was seen
    proceed = jax.nn.sigmoid(dreamer.networks.proceed(world, dreams.feature[1:]))
    np.testing.assert_allclose(dreams.going_on[1:], proceed, rtol=1e-4)


def test_imagined_actions_are_the_policy_s(imagined: tuple[Imagined, Any], dreamer: Dreamer):
    dreams, (_, actor, _) = imagined
    mean, std = dreamer.actor.apply(actor, dreams.feature[:-1])
    standard = np.asarray((dreams.action - mean) / std)
    assert abs(standard.mean()) < 0.2
    assert standard.std() == pytest.approx(1.0, abs=0.15)
