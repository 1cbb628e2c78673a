"""The networks: world model, actor and critic, as pure functions of their parameters.

Small for six numbers in and two out. What runs inside a scan over time is kept to the recurrence itself;
whatever can be computed for all steps at once (embeddings, the actions' part of the input, the heads) is a
function of its own, called outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from racer_desktop.config import AgentConfig

EPSILON = 1e-4  # of RMSNorm, as in the reference implementation
MAX_STD = 1.0  # of the actor's bounded normal
ACTOR_SCALE = 0.01  # of the actor's output weights: early actions are near zero

Apply = Callable[..., Any]


class WorldNetworks(NamedTuple):
    """The world model's parts; every function takes the parameters first. Leading axes [...] are free.

    Attributes:
        init: key -> parameters.
        embed: observation [..., O] -> [..., U], the observation's part of the posterior.
        push: action [..., A] -> [..., U], the action's part of the recurrence's input.
        recur: deter [..., D], stoch [..., Z], push -> deter.
        prior: deter -> logits [..., G, C].
        posterior: deter, embed -> logits [..., G, C].
        decode: feature [..., D + Z] -> observation [..., O] as it was sensed, see `world_model.sensed`.
        reward: feature -> two-hot logits [..., K].
        proceed: feature -> logit [...] of the episode going on.
    """

    init: Apply
    embed: Apply
    push: Apply
    recur: Apply
    prior: Apply
    posterior: Apply
    decode: Apply
    reward: Apply
    proceed: Apply


class Head(NamedTuple):
    """A network of its own on the features: `init(key)` and `apply(parameters, feature)`."""

    init: Apply
    apply: Apply


def world_networks(config: AgentConfig, observation: int, action: int) -> WorldNetworks:
    """The world model for `observation` numbers in and `action` numbers out."""
    shape = (config.groups, config.classes)
    latent = config.groups * config.classes

    def build() -> tuple[Apply, tuple[Apply, ...]]:
        encoder = _Stack(config.units, 1, "encoder")
        embed_out = hk.Linear(config.units, with_bias=False, name="posterior_embed")
        push_in = hk.Linear(config.units, name="recurrence_action")
        stoch_in = hk.Linear(config.units, with_bias=False, name="recurrence_stoch")
        input_norm = _norm("recurrence_input_norm")
        gates = hk.Linear(3 * config.deter, with_bias=False, name="recurrence_gates")
        gates_norm = _norm("recurrence_gates_norm")
        prior_hidden = _Stack(config.units, 1, "prior")
        prior_out = hk.Linear(latent, name="prior_logits")
        posterior_in = hk.Linear(config.units, with_bias=False, name="posterior_deter")
        posterior_norm = _norm("posterior_norm")
        posterior_out = hk.Linear(latent, name="posterior_logits")
        decoder = _Stack(config.units, 1, "decoder")
        decoder_out = hk.Linear(observation, name="decoder_out")
        reward = _Stack(config.units, 1, "reward")
        reward_out = hk.Linear(config.bins, w_init=jnp.zeros, name="reward_logits")
        proceed = _Stack(config.units, 1, "proceed")
        proceed_out = hk.Linear(1, name="proceed_logit")

        def embed(obs: jax.Array) -> jax.Array:
            return embed_out(encoder(obs))

        def push(a: jax.Array) -> jax.Array:
            return push_in(a)

        def recur(deter: jax.Array, stoch: jax.Array, pushed: jax.Array) -> jax.Array:
            # GRU with its gates as in the reference: reset sigmoid, candidate tanh(reset * c), update sigmoid(u - 1).
            x = jax.nn.silu(input_norm(stoch_in(stoch) + pushed))
            reset, candidate, update = jnp.split(gates_norm(gates(jnp.concatenate([x, deter], -1))), 3, -1)
            candidate = jnp.tanh(jax.nn.sigmoid(reset) * candidate)
            update = jax.nn.sigmoid(update - 1.0)
            return update * candidate + (1.0 - update) * deter

        def prior(deter: jax.Array) -> jax.Array:
            logits = prior_out(prior_hidden(deter))
            return logits.reshape(*logits.shape[:-1], *shape)

        def posterior(deter: jax.Array, embedded: jax.Array) -> jax.Array:
            logits = posterior_out(jax.nn.silu(posterior_norm(posterior_in(deter) + embedded)))
            return logits.reshape(*logits.shape[:-1], *shape)

        def decode(feature: jax.Array) -> jax.Array:
            return decoder_out(decoder(feature))

        def reward_logits(feature: jax.Array) -> jax.Array:
            return reward_out(reward(feature))

        def proceed_logit(feature: jax.Array) -> jax.Array:
            return proceed_out(proceed(feature))[..., 0]

        def init() -> None:
            deter, stoch = jnp.zeros((1, config.deter)), jnp.zeros((1, latent))
            deter = recur(deter, stoch, push(jnp.zeros((1, action))))
            prior(deter)
            posterior(deter, embed(jnp.zeros((1, observation))))
            feature = jnp.concatenate([deter, stoch], -1)
            for head in (decode, reward_logits, proceed_logit):
                head(feature)

        return init, (embed, push, recur, prior, posterior, decode, reward_logits, proceed_logit)

    transformed = hk.without_apply_rng(hk.multi_transform(build))
    return WorldNetworks(transformed.init, *transformed.apply)


def actor_network(config: AgentConfig, action: int) -> Head:
    """Feature -> mean and std [..., A] of the bounded normal."""

    def network(feature: jax.Array) -> tuple[jax.Array, jax.Array]:
        scale = hk.initializers.VarianceScaling(ACTOR_SCALE, "fan_avg", "uniform")
        hidden = _Stack(config.units, config.layers, "hidden")(feature)
        mean, spread = jnp.split(hk.Linear(2 * action, w_init=scale, name="normal")(hidden), 2, -1)
        # Unlike tanh, softsign keeps a slope at full throttle: a policy that learned it first can still learn to brake.
        return jax.nn.soft_sign(mean), config.min_std + (MAX_STD - config.min_std) * jax.nn.sigmoid(spread + 2.0)

    return Head(*hk.without_apply_rng(hk.transform(network)))


def critic_network(config: AgentConfig) -> Head:
    """Feature -> two-hot logits [..., K] of the return; zero at first."""

    def network(feature: jax.Array) -> jax.Array:
        hidden = _Stack(config.units, config.layers, "hidden")(feature)
        return hk.Linear(config.bins, w_init=jnp.zeros, name="logits")(hidden)

    return Head(*hk.without_apply_rng(hk.transform(network)))


class _Stack(hk.Module):
    """`layers` times: linear, RMSNorm, SiLU."""

    def __init__(self, units: int, layers: int, name: str) -> None:
        super().__init__(name)
        self._layers = [
            (hk.Linear(units, with_bias=False, name=f"linear_{k}"), _norm(f"norm_{k}")) for k in range(layers)
        ]

    def __call__(self, x: jax.Array) -> jax.Array:
        for linear, norm in self._layers:
            x = jax.nn.silu(norm(linear(x)))
        return x


def _norm(name: str) -> hk.RMSNorm:
    return hk.RMSNorm(axis=-1, eps=EPSILON, create_scale=True, name=name)
