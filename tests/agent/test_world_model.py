"""The world model's steps and losses, with networks so simple that every number can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.agent import world_model
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.networks import WorldNetworks
from racer_desktop.agent.world_model import Latent, Sequences
from racer_desktop.config import AgentConfig

T, B = 2, 3
CONFIG = AgentConfig(
    deter=8,
    groups=2,
    classes=2,
    bins=11,
    unimix=0.0,
    free_nats=0.0,
    dynamics_scale=1.0,
    representation_scale=0.1,
    reconstruction_scale=2.0,
    discount_horizon=10.0,
)


def constant(name: str, *shape: int) -> Any:
    """A network that says its parameter, whatever it hears; as many times as its input has rows."""
    return lambda params, x, *_: jnp.broadcast_to(params[name], (*x.shape[:-1], *shape))


NETWORKS = WorldNetworks(
    init=lambda key: None,
    embed=lambda params, x: x,
    push=lambda params, a: a,
    recur=lambda params, deter, stoch, pushed: 0.5 * deter + pushed,
    prior=constant("prior", 2, 2),
    posterior=constant("posterior", 2, 2),
    decode=constant("decode", 1),
    reward=constant("reward", 11),
    proceed=constant("proceed"),
)
PARAMS = {
    "prior": jnp.log(jnp.array([[0.25, 0.75], [0.5, 0.5]])),
    "posterior": jnp.log(jnp.array([[0.5, 0.5], [0.9, 0.1]])),
    "decode": jnp.array([0.5]),
    "reward": jnp.zeros(11),
    "proceed": jnp.float32(0.0),
}
KL = (0.5 * math.log(2) + 0.5 * math.log(2 / 3)) + (0.9 * math.log(1.8) + 0.1 * math.log(0.2))


def sequences(observation: float = 0.0, terminal: float = 0.0) -> Sequences:
    zero = jnp.zeros((T, B))
    return Sequences(jnp.full((T, B, 1), observation), jnp.zeros((T, B, 8)), zero, zero, jnp.full((T, B), terminal))


def losses(config: AgentConfig = CONFIG, params: Any = PARAMS, data: Sequences | None = None) -> dict[str, jax.Array]:
    return world_model.losses(NETWORKS, config, params, data or sequences(), jax.random.key(0))[0]


def test_kl_losses_by_hand():
    parts = losses()
    assert float(parts["dynamics"]) == pytest.approx(KL, rel=1e-5)
    assert float(parts["representation"]) == pytest.approx(0.1 * KL, rel=1e-5)


def test_free_nats_are_of_the_sum_over_groups():
    """The two groups have 0.14 and 0.37 nats: each below 0.5, together above."""
    assert float(losses(replace(CONFIG, free_nats=0.5))["dynamics"]) == pytest.approx(KL, rel=1e-5)
    parts = losses(replace(CONFIG, free_nats=2.0))
    assert float(parts["dynamics"]) == pytest.approx(2.0)
    assert float(parts["representation"]) == pytest.approx(0.2)


def test_below_the_free_nats_nothing_is_learned():
    def gradient(free_nats: float, loss: str) -> Any:
        return jax.grad(lambda params: losses(replace(CONFIG, free_nats=free_nats), params)[loss])(PARAMS)

    for loss, name in (("dynamics", "prior"), ("representation", "posterior")):
        assert np.abs(gradient(0.0, loss)[name]).max() > 0.01
        assert not gradient(2.0, loss)[name].any()


def test_dynamics_moves_the_prior_alone_and_representation_the_posterior():
    dynamics = jax.grad(lambda params: losses(params=params)["dynamics"])(PARAMS)
    representation = jax.grad(lambda params: losses(params=params)["representation"])(PARAMS)
    assert dynamics["prior"].any()
    assert not dynamics["posterior"].any()
    assert representation["posterior"].any()
    assert not representation["prior"].any()


def test_unimix_is_in_both_sides():
    mixed = losses(replace(CONFIG, unimix=0.5))["dynamics"]
    p, q = ([0.5, 0.5], [0.7, 0.3]), ([0.375, 0.625], [0.5, 0.5])
    expected = sum(a * math.log(a / b) for p_g, q_g in zip(p, q, strict=True) for a, b in zip(p_g, q_g, strict=True))
    assert float(mixed) == pytest.approx(expected, rel=1e-5)


def test_reconstruction_is_of_the_squeezed_observation():
    data = sequences(observation=(math.e - 1) / 4)  # symlog of four times as much: 1
    assert float(losses(replace(CONFIG, sensor_scale=4.0), data=data)["reconstruction"]) == pytest.approx(
        2.0 * 0.25, rel=1e-5
    )


def test_what_is_rebuilt_is_on_the_sensors_scale(dreamer: Dreamer, tiny: AgentConfig):
    config = replace(tiny, sensor_scale=4.0)
    seen = jnp.array([[0.3, -0.02]])
    told = dreamer.networks._replace(decode=lambda params, feature: world_model.sensed(config, feature))
    np.testing.assert_allclose(world_model.rebuilt(told, config, {}, seen), seen, rtol=1e-5)


def test_reward_loss_by_hand():
    assert float(losses()["reward"]) == pytest.approx(math.log(11), rel=1e-6)
    sure = PARAMS | {"reward": jnp.zeros(11).at[5].set(30.0)}  # of nothing, which is what there was
    assert float(losses(params=sure)["reward"]) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize(("logit", "terminal"), [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (-1.0, 1.0)])
def test_going_on_is_cross_entropy_to_the_discount(logit: float, terminal: float):
    parts = losses(params=PARAMS | {"proceed": jnp.float32(logit)}, data=sequences(terminal=terminal))
    p, target = 1 / (1 + math.exp(-logit)), 0.9 * (1 - terminal)
    expected = -(target * math.log(p) + (1 - target) * math.log(1 - p))
    assert float(parts["continue"]) == pytest.approx(expected, rel=1e-5)


def test_the_first_row_of_an_episode_forgets_everything():
    latent = Latent(jnp.full((2, 8), 7.0), jnp.ones((2, 4)))
    pushed, first = jnp.ones((2, 8)), jnp.array([1.0, 0.0])
    after, _ = world_model.step_posterior(
        NETWORKS, CONFIG, PARAMS, latent, pushed, jnp.zeros((2, 1)), first, jnp.zeros((2, 2))
    )
    np.testing.assert_allclose(after.deter[:, 0], [1.0, 4.5])


def test_no_action_leads_to_a_first_row():
    action = jnp.ones((2, 3, 8))
    pushed = world_model.pushed_actions(NETWORKS, PARAMS, action, jnp.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    np.testing.assert_array_equal(pushed[..., 0], [[0, 1, 1], [1, 1, 0]])


def test_states_run_through_the_sequence_and_begin_anew_with_an_episode():
    data = Sequences(
        observation=jnp.zeros((4, 1, 1)),
        action=jnp.ones((4, 1, 8)),
        reward=jnp.zeros((4, 1)),
        first=jnp.array([[0.0], [0.0], [1.0], [0.0]]),
        terminal=jnp.zeros((4, 1)),
    )
    _, latents = world_model.losses(NETWORKS, CONFIG, PARAMS, data, jax.random.key(0))
    np.testing.assert_allclose(latents.deter[:, 0, 0], [1.0, 1.5, 0.0, 1.0])
    assert latents.stoch.shape == (4, 1, 4)
    np.testing.assert_array_equal(latents.stoch.reshape(4, 2, 2).sum(axis=-1), 1.0)
    assert latents.feature.shape == (4, 1, 12)


def test_an_imagined_step_samples_the_prior():
    latent = world_model.initial(CONFIG, 1000)
    noise = jnp.asarray((np.arange(1000) + 0.5)[:, None] / 1000 * np.ones(2), jnp.float32)
    after = world_model.step_prior(NETWORKS, CONFIG, PARAMS, latent, jnp.ones((1000, 8)), noise)
    np.testing.assert_allclose(after.deter, 1.0)
    np.testing.assert_allclose(after.stoch.mean(axis=0), [0.25, 0.75, 0.5, 0.5], atol=2e-3)


def test_the_discount_is_of_the_horizon():
    assert world_model.discount(replace(CONFIG, discount_horizon=333.0)) == pytest.approx(1 - 1 / 333)
