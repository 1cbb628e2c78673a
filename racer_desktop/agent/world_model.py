"""The recurrent state-space model and its losses (arXiv 2301.04104v2, section "World model learning")."""

from __future__ import annotations

from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from racer_desktop.agent.distributions import (
    bins,
    categorical_kl,
    sample_one_hot,
    symexp,
    symlog,
    two_hot_loss,
    unimix,
)
from racer_desktop.agent.networks import WorldNetworks
from racer_desktop.config import AgentConfig


class Latent(NamedTuple):
    """The model's state: deter [..., D] and stoch [..., Z], a flat one-hot of G groups times C classes."""

    deter: jax.Array
    stoch: jax.Array

    @property
    def feature(self) -> jax.Array:
        """[..., D + Z] what the heads see."""
        return jnp.concatenate([self.deter, self.stoch], axis=-1)


class Sequences(NamedTuple):
    """Stretches of experience, time first.

    Row t holds what was seen at t and the action that led there; an episode's first row has no such action.

    Attributes:
        observation: [T, B, O].
        action: [T, B, A] done before the observation; the world model is told what was asked for, see `controls`.
        reward: [T, B] received with the observation.
        first: [T, B] 1 where an episode begins.
        terminal: [T, B] 1 where one ended for good.
    """

    observation: jax.Array
    action: jax.Array
    reward: jax.Array
    first: jax.Array
    terminal: jax.Array


def initial(config: AgentConfig, batch: int) -> Latent:
    """The state before anything was seen."""
    return Latent(jnp.zeros((batch, config.deter)), jnp.zeros((batch, config.groups * config.classes)))


def step_prior(
    networks: WorldNetworks, config: AgentConfig, params: hk.Params, latent: Latent, action: jax.Array, noise: jax.Array
) -> Latent:
    """One imagined step.

    Args:
        networks, config, params: the world model.
        latent: [B, ...].
        action: [B, A] as the policy asks for it, see `controls`.
        noise: [B, G] uniform.
    """
    deter = networks.recur(params, latent.deter, latent.stoch, networks.push(params, action))
    logits = unimix(networks.prior(params, deter), config.unimix)
    return Latent(deter, _flat(sample_one_hot(logits, noise)))


def step_posterior(
    networks: WorldNetworks,
    config: AgentConfig,
    params: hk.Params,
    latent: Latent,
    pushed: jax.Array,
    embedded: jax.Array,
    first: jax.Array,
    noise: jax.Array,
) -> tuple[Latent, jax.Array]:
    """One step with an observation.

    Args:
        networks, config, params: the world model.
        latent: [B, ...] before.
        pushed: [B, U] `networks.push` of the action that led to the observation.
        embedded: [B, U] `networks.embed` of the observation.
        first: [B] 1 where an episode begins: the state before it is forgotten.
        noise: [B, G] uniform.

    Returns:
        The new state and the posterior's log-probabilities [B, G, C].
    """
    kept = (1.0 - first)[:, None]
    deter = networks.recur(params, latent.deter * kept, latent.stoch * kept, pushed)
    logits = unimix(networks.posterior(params, deter, embedded), config.unimix)
    return Latent(deter, _flat(sample_one_hot(logits, noise))), logits


def sensed(config: AgentConfig, observation: jax.Array) -> jax.Array:
    """What the networks are given of observations [..., O], and what they reconstruct.

    The squeezed scale resolves what is near, where decimetres decide, far finer than what is distant.
    """
    return symlog(config.sensor_scale * observation)


def rebuilt(networks: WorldNetworks, config: AgentConfig, params: hk.Params, feature: jax.Array) -> jax.Array:
    """The observations [..., O] that states [..., F] stand for, on the scale of the sensors themselves."""
    return symexp(networks.decode(params, feature)) / config.sensor_scale


def pushed_actions(networks: WorldNetworks, params: hk.Params, action: jax.Array, first: jax.Array) -> jax.Array:
    """`networks.push` of actions [..., A], with none before an episode's first observation."""
    return networks.push(params, action * (1.0 - first)[..., None])


def losses(
    networks: WorldNetworks, config: AgentConfig, params: hk.Params, data: Sequences, key: jax.Array
) -> tuple[dict[str, jax.Array], Latent]:
    """The losses of prediction, dynamics and representation, eq. 4 and 5.

    Args:
        networks, config, params: the world model.
        data: sequences [T, B, ...].
        key: for the posterior's samples.

    Returns:
        The mean of each weighted loss by name, and the posterior states [T, B, ...].
    """
    steps, batch = data.reward.shape
    noise = jax.random.uniform(key, (steps, batch, config.groups))
    seen = sensed(config, data.observation)
    embedded = networks.embed(params, seen)
    pushed = pushed_actions(networks, params, data.action, data.first)

    def body(latent: Latent, inputs: tuple[jax.Array, ...]) -> tuple[Latent, tuple[Latent, jax.Array]]:
        latent, logits = step_posterior(networks, config, params, latent, *inputs)
        return latent, (latent, logits)

    _, (latents, posterior) = jax.lax.scan(body, initial(config, batch), (pushed, embedded, data.first, noise))
    prior = unimix(networks.prior(params, latents.deter), config.unimix)
    feature = latents.feature

    dynamics = categorical_kl(jax.lax.stop_gradient(posterior), prior)
    representation = categorical_kl(posterior, jax.lax.stop_gradient(prior))
    error = networks.decode(params, feature) - seen
    proceed = networks.proceed(params, feature)
    going_on = (1.0 - data.terminal) * discount(config)
    parts = {
        "dynamics": config.dynamics_scale * jnp.maximum(dynamics, config.free_nats),
        "representation": config.representation_scale * jnp.maximum(representation, config.free_nats),
        "reconstruction": config.reconstruction_scale * jnp.sum(error**2, axis=-1),
        "reward": two_hot_loss(networks.reward(params, feature), data.reward, bins(config.bins)),
        "continue": -going_on * jax.nn.log_sigmoid(proceed) - (1 - going_on) * jax.nn.log_sigmoid(-proceed),
    }
    return {name: jnp.mean(part) for name, part in parts.items()}, latents


def discount(config: AgentConfig) -> float:
    """Factor per step; the continue head learns it together with the endings."""
    return 1.0 - 1.0 / config.discount_horizon


def _flat(one_hot: jax.Array) -> jax.Array:
    return one_hot.reshape(*one_hot.shape[:-2], -1)
