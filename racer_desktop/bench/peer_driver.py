"""A peer's policy as a driver for `training.evaluation`: the same drive judges the program's own brain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import jax
import jax.numpy as jnp

from racer_desktop.agent.dreamer import Acted
from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent

Choose = Callable[[Any, jax.Array], jax.Array]  # parameters, [B, STACK * O] -> [B, A]


class StackedDriver:
    """Drives by its last observations; has what `Evaluation` needs of a `Dreamer`.

    Args:
        choose: the policy's deterministic action.
        seen: width of the stacked observations.
        action: width of an action.
    """

    def __init__(self, choose: Choose, seen: int, action: int) -> None:
        self._choose = choose
        self._seen = seen
        self.action = action

    def start(self, batch: int) -> Latent:
        """Nothing was seen yet."""
        return Latent(jnp.zeros((batch, self._seen)), jnp.zeros((batch, 1)))

    def act(
        self,
        policy: Policy,
        latent: Latent,
        observation: jax.Array,
        previous: jax.Array,
        first: jax.Array,
        noise: jax.Array,
    ) -> Acted:
        """See `Dreamer.act`."""
        before = jnp.where(first[:, None] > 0.0, 0.0, latent.deter)
        seen = jnp.concatenate([before[:, observation.shape[1] :], observation], axis=1)
        action = self._choose(policy.actor, seen)
        return Acted(Latent(seen, latent.stoch), action, action, jnp.zeros_like(action), jnp.ones((len(action), 1, 1)))


def driver_of(model: Any) -> StackedDriver:
    """The functions of a peer's policy."""
    choose: Choose = _chosen_by_layers if _is_torch(model) else type(model.policy).select_action
    return StackedDriver(choose, model.observation_space.shape[0], model.action_space.shape[0])


def policy_of(model: Any) -> Policy:
    """The newest parameters of a peer's policy, in the place where a driver's are looked for."""
    return Policy(world={}, actor=cast(Any, _layers(model) if _is_torch(model) else model.policy.actor_state))


def _is_torch(model: Any) -> bool:
    return not hasattr(model.policy, "actor_state")


def _layers(model: Any) -> list[tuple[jax.Array, jax.Array]]:
    """Weights [I, O] and biases [O] of the policy's mean."""
    actor = model.policy.actor
    linear = [layer for layer in (*actor.latent_pi, actor.mu) if hasattr(layer, "weight")]
    arrays = [(layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in linear]
    return [(jnp.array(weight), jnp.array(bias)) for weight, bias in arrays]


def _chosen_by_layers(layers: list[tuple[jax.Array, jax.Array]], seen: jax.Array) -> jax.Array:
    """ReLU between the layers and a tanh at the end, as in stable-baselines3's `SACPolicy`."""
    for weight, bias in layers[:-1]:
        seen = jax.nn.relu(seen @ weight + bias)
    weight, bias = layers[-1]
    return jnp.tanh(seen @ weight + bias)
