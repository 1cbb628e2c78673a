"""Actor and critic, learned in imagination; the critic on real steps too.

Source: arXiv 2301.04104v2, section "Actor critic learning".
"""

from __future__ import annotations

from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from racer_desktop.agent import distributions
from racer_desktop.agent.networks import Head, WorldNetworks
from racer_desktop.agent.world_model import Latent, Sequences, discount, step_prior
from racer_desktop.config import AgentConfig


class Imagined(NamedTuple):
    """Trajectories of the policy in the world model; row 0 is a real state.

    Attributes:
        feature: [H + 1, S, F].
        action: [H, S, A] as drawn, at each row but the last; the model is told its part within [-1, 1], as the car is.
        reward: [H, S] expected on arriving at rows 1 to H.
        going_on: [H + 1, S] probability of the episode going on at each row, times the discount.
    """

    feature: jax.Array
    action: jax.Array
    reward: jax.Array
    going_on: jax.Array


def imagine(
    networks: WorldNetworks,
    actor: Head,
    config: AgentConfig,
    world_params: hk.Params,
    actor_params: hk.Params,
    start: Latent,
    terminal: jax.Array,
    key: jax.Array,
) -> Imagined:
    """Rolls the policy out in the world model; gradients flow through the whole of it.

    Args:
        networks, actor, config: the functions and sizes.
        world_params, actor_params: their parameters.
        start: [S, ...] states to start from.
        terminal: [S] 1 where the episode had ended there.
        key: for actions and states.
    """
    starts, horizon = terminal.shape[0], config.horizon
    for_state, for_action = jax.random.split(key)
    uniform = jax.random.uniform(for_state, (horizon, starts, config.groups))
    # The actor's output width is not known here; two noises per action dimension would be: ask the network.
    mean, _ = jax.eval_shape(actor.apply, actor_params, start.feature)
    normal = jax.random.normal(for_action, (horizon, *mean.shape))

    def body(latent: Latent, noise: tuple[jax.Array, jax.Array]) -> tuple[Latent, tuple[jax.Array, jax.Array]]:
        feature = latent.feature
        mean, std = actor.apply(actor_params, feature)
        action = mean + std * noise[1]
        # Beyond the limits the model has never seen anything, and would believe in more than full throttle.
        driven = jnp.clip(action, -1.0, 1.0)
        return step_prior(networks, config, world_params, latent, driven, noise[0]), (feature, action)

    last, (features, actions) = jax.lax.scan(body, start, (uniform, normal))
    feature = jnp.concatenate([features, last.feature[None]])
    reward = distributions.two_hot_mean(networks.reward(world_params, feature[1:]), distributions.bins(config.bins))
    going_on = jax.nn.sigmoid(networks.proceed(world_params, feature))
    going_on = going_on.at[0].set((1.0 - terminal) * discount(config))
    return Imagined(feature, actions, reward, going_on)


def lambda_returns(r_t: jax.Array, discount_t: jax.Array, v_t: jax.Array, lambda_: float | jax.Array) -> jax.Array:
    """R_t = r_{t+1} + discount_{t+1} ((1 - lambda) v_{t+1} + lambda R_{t+1}), from the last step backwards.

    Args:
        r_t: [H, S] rewards at 1 to H.
        discount_t: [H, S] discounts at 1 to H.
        v_t: [H, S] values at 1 to H; the last one bootstraps.
        lambda_: mix of long and short returns, for all steps or for each of [H, S].

    Returns:
        [H, S] returns of rows 0 to H - 1.
    """
    from_value = r_t + discount_t * (1 - lambda_) * v_t
    from_later = jnp.broadcast_to(discount_t * lambda_, r_t.shape)

    def backwards(later: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        later = now[0] + now[1] * later
        return later, later

    _, returns = jax.lax.scan(backwards, v_t[-1], (from_value, from_later), reverse=True)
    return returns


def return_range(returns: jax.Array) -> jax.Array:
    """Distance of the 95th from the 5th percentile of all returns, eq. 12."""
    low, high = jnp.percentile(returns, jnp.array([5.0, 95.0]))
    return high - low


def actor_loss(
    actor: Head,
    config: AgentConfig,
    params: hk.Params,
    dream: Imagined,
    gain: jax.Array,
    advantage: jax.Array,
    weight: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """The policy's loss: REINFORCE (eq. 11), the returns' own gradient, or both, and entropy.

    DreamerV3 uses REINFORCE alone, DreamerV2 (arXiv 2010.02193, eq. 6) mixed the two. Here everything is continuous,
    and what the model says of steering and throttle is far less noisy than what luck says. Changes of the mean action
    from step to step cost something, as in CAPS (arXiv 2012.06644).

    Args:
        actor, config, params: the policy.
        dream: trajectories of that policy.
        gain: [H, S] normalised returns, through which gradients reach the policy.
        advantage: [H, S] normalised, for REINFORCE; no gradient flows into it.
        weight: [H, S] probability of still driving, times discounts.

    Returns:
        The loss and the mean entropy.
    """
    seen, action = jax.lax.stop_gradient((dream.feature[:-1], dream.action))
    mean, std = actor.apply(params, seen)
    entropy = distributions.normal_entropy(std)
    # Steering to and fro at the limits costs grip and gains nothing, but sampled returns hardly show it (CAPS, eq. 2).
    change = jnp.sum(jnp.square(jnp.diff(mean, axis=0, prepend=mean[:1])), axis=-1)
    objective = config.entropy * entropy - config.smoothness * change
    if config.reinforce < 1.0:
        objective += (1.0 - config.reinforce) * gain
    if config.reinforce > 0.0:
        objective += config.reinforce * distributions.normal_log_prob(mean, std, action) * advantage
    return -jnp.mean(weight * objective), jnp.mean(entropy)


def critic_loss(
    logits: jax.Array, target: jax.Array, slow_value: jax.Array, weight: jax.Array, config: AgentConfig
) -> jax.Array:
    """Two-hot cross-entropy to the returns, and to the slow critic's values, eq. 7 and following.

    Args:
        logits: [H, S, K].
        target: [H, S] returns.
        slow_value: [H, S] of the slow critic.
        weight: [H, S].
        config: weights and bins.
    """
    support = distributions.bins(config.bins)
    loss = distributions.two_hot_loss(logits, target, support)
    near = distributions.two_hot_loss(logits, slow_value, support)
    return jnp.mean(weight * (loss + config.slow_critic_scale * near))


def replay_returns(data: Sequences, value: jax.Array, config: AgentConfig) -> tuple[jax.Array, jax.Array]:
    """Returns of what really happened after rows 0 to T - 2 of replayed sequences.

    Args:
        data: [T, B, ...].
        value: [T, B] the critic's opinion of every row.
        config: discount and lambda.

    Returns:
        [T - 1, B] returns, and [T - 1, B] 1 where they say something: a row after which the same episode goes on.
    """
    begins = data.first[1:]
    factor = (1.0 - data.terminal[1:]) * discount(config)
    # Where an episode was cut by the time limit, nothing is known of what follows: there the critic speaks alone.
    followed = 1.0 - jnp.concatenate([begins[1:], jnp.zeros_like(begins[:1])])
    return lambda_returns(data.reward[1:], factor, value[1:], config.lambda_ * followed), 1.0 - begins
