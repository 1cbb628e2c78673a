"""Dreamer: `init`, `act` and `update` over one `AgentState`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar, cast

import haiku as hk
import jax
import jax.numpy as jnp
import optax

from racer_desktop.agent import behaviour, controls, world_model
from racer_desktop.agent.behaviour import Imagined
from racer_desktop.agent.distributions import bins, two_hot_loss, two_hot_mean
from racer_desktop.agent.networks import actor_network, critic_network, world_networks
from racer_desktop.agent.optimiser import optimiser
from racer_desktop.agent.state import AgentState, BehaviourUpdate, Policy, WorldUpdate, updated
from racer_desktop.agent.world_model import Latent, Sequences
from racer_desktop.config import AgentConfig

Tree = TypeVar("Tree")

AVERAGED = 5.0  # the running average reaches back over one in so many of all updates,
YOUNG = 4000.0  # and before so many over less, for then each hundred drives better than the one before


class Acted(NamedTuple):
    """What `Dreamer.act` did.

    Attributes:
        latent: the new state [B, ...].
        action: [B, A] what is done if nothing is left to chance.
        mean, std: [B, A] of what the policy asks for, see `Dreamer.done`.
        probs: [B, G, C] posterior of the stochastic state.
    """

    latent: Latent
    action: jax.Array
    mean: jax.Array
    std: jax.Array
    probs: jax.Array


class _Lived(NamedTuple):
    """An imagined life and what it is worth.

    Attributes:
        dream: see `Imagined`.
        value: [H + 1, S] the critic's opinion.
        returns: [H, S].
        weight: [H, S] probability of still driving there, times discounts.
        scale: [] the running range of returns, this life included.
    """

    dream: Imagined
    value: jax.Array
    returns: jax.Array
    weight: jax.Array
    scale: jax.Array


class Dreamer:
    """DreamerV3 for `observation` numbers in and `action` numbers out; holds functions, no state.

    Args:
        config, observation, action: see below.
        curves: exponent of each action, see `controls`; 1 for all by default.

    Attributes:
        config: sizes and weights.
        observation, action: widths.
    """

    def __init__(self, config: AgentConfig, observation: int, action: int, curves: Sequence[float] = ()) -> None:
        self.config = config
        self._curves = jnp.array(curves or [1.0] * action)
        self.observation = observation
        self.action = action
        self.networks = world_networks(config, observation, action)
        self.actor = actor_network(config, action)
        self.critic = critic_network(config)
        self._optimisers = (optimiser(config), optimiser(config, config.actor_rate), optimiser(config))

    def init(self, key: jax.Array) -> AgentState:
        """A brain that knows nothing."""
        for_world, for_actor, for_critic, key = jax.random.split(key, 4)
        feature = self.start(1).feature
        world = self.networks.init(for_world)
        actor = self.actor.init(for_actor, feature)
        critic = self.critic.init(for_critic, feature)
        states = tuple(o.init(p) for o, p in zip(self._optimisers, (world, actor, critic), strict=True))
        return AgentState(
            world=world,
            actor=actor,
            critic=critic,
            slow_critic=critic,
            average=Policy(world, actor),
            optimisers=(states[0], states[1], states[2]),
            scale=jnp.float32(1.0),
            updates=jnp.int32(0),
            key=key,
        )

    def start(self, batch: int) -> Latent:
        """The state of `batch` drivers before their first observation."""
        return world_model.initial(self.config, batch)

    def act(
        self,
        policy: Policy,
        latent: Latent,
        observation: jax.Array,
        previous: jax.Array,
        first: jax.Array,
        noise: jax.Array,
    ) -> Acted:
        """Takes in an observation and chooses the next action.

        Args:
            policy: parameters.
            latent: [B, ...] the drivers' states.
            observation: [B, O].
            previous: [B, A] what was done before it.
            first: [B] 1 where an episode begins.
            noise: [B, G] uniform, for the posterior's sample.
        """
        embedded = self.networks.embed(policy.world, world_model.sensed(self.config, observation))
        pushed = world_model.pushed_actions(self.networks, policy.world, controls.asked(previous, self._curves), first)
        latent, logits = world_model.step_posterior(
            self.networks, self.config, policy.world, latent, pushed, embedded, first, noise
        )
        mean, std = self.actor.apply(policy.actor, latent.feature)
        return Acted(latent, self.done(mean), mean, std, jnp.exp(logits))

    def done(self, asked: jax.Array) -> jax.Array:
        """What is done where a policy asks for [..., A], which is cut to [-1, 1]."""
        return controls.done(jnp.clip(asked, -1.0, 1.0), self._curves)

    def update(self, state: AgentState, data: Sequences) -> tuple[AgentState, dict[str, jax.Array]]:
        """One update of world model, actor and critic.

        Args:
            state: before.
            data: replayed sequences [T, B, ...].

        Returns:
            The state after, and losses and other figures by name.
        """
        halves = self.update_world(state, data), self.update_behaviour(state, data)
        return updated(*halves), halves[0].losses | halves[1].losses

    def update_world(self, state: AgentState, data: Sequences) -> WorldUpdate:
        """The world model's half of an update; it needs nothing of the other."""
        for_world, _, _, key = jax.random.split(state.key, 4)

        def loss(params: hk.Params) -> tuple[jax.Array, dict[str, jax.Array]]:
            parts, _ = self._remembered(params, data, for_world)
            return sum(parts.values(), jnp.float32(0.0)), parts

        gradient, parts = jax.grad(loss, has_aux=True)(state.world)
        world, optimiser_state = _applied(self._optimisers[0], gradient, state.optimisers[0], state.world)
        return WorldUpdate(
            world=world,
            average=_nearer(world, state.average.world, self._fresh(state)),
            optimiser=optimiser_state,
            updates=state.updates + 1,
            key=key,
            losses=parts,
        )

    def update_behaviour(self, state: AgentState, data: Sequences) -> BehaviourUpdate:
        """The half of actor and critic, who learn from the world model as it is before the update.

        The states they start from are worked out once more: that costs less than waiting for the other half.
        """
        for_world, for_starts, for_dream, _ = jax.random.split(state.key, 4)
        _, latents = self._remembered(state.world, data, for_world)
        start, terminal = self._starts(latents, data.terminal, for_starts)

        def actor_loss(params: hk.Params) -> tuple[jax.Array, tuple[_Lived, jax.Array]]:
            lived = self._live(state, params, start, terminal, for_dream)
            still = jax.lax.stop_gradient(lived)
            unit = jnp.maximum(1.0, still.scale)
            loss, entropy = behaviour.actor_loss(
                self.actor,
                self.config,
                params,
                lived.dream,
                lived.returns / unit,
                (still.returns - still.value[:-1]) / unit,
                still.weight,
            )
            return loss, (still, entropy)

        (actor_value, (lived, entropy)), actor_gradient = jax.value_and_grad(actor_loss, has_aux=True)(state.actor)
        dream, returns, weight = lived.dream, lived.returns, lived.weight
        slow_value = self._value(state.slow_critic, dream.feature[:-1])

        def critic_loss(params: hk.Params) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
            logits = self.critic.apply(params, dream.feature[:-1])
            imagined = behaviour.critic_loss(logits, returns, slow_value, weight, self.config)
            replayed = self._replay_value_loss(params, latents.feature, data)
            return imagined + self.config.replay_value_scale * replayed, (imagined, replayed)

        critic_gradient, (imagined, replayed) = jax.grad(critic_loss, has_aux=True)(state.critic)
        _, for_actor, for_critic = self._optimisers
        actor, actor_state = _applied(for_actor, actor_gradient, state.optimisers[1], state.actor)
        critic, critic_state = _applied(for_critic, critic_gradient, state.optimisers[2], state.critic)
        return BehaviourUpdate(
            actor=actor,
            average=_nearer(actor, state.average.actor, self._fresh(state)),
            critic=critic,
            slow_critic=_nearer(critic, state.slow_critic, self.config.slow_critic_rate),
            optimisers=(actor_state, critic_state),
            scale=lived.scale,
            losses={
                "actor": actor_value,
                "critic": imagined,
                "replay critic": replayed,
                "entropy": entropy,
                "return": jnp.mean(returns),
            },
        )

    def _remembered(self, world: hk.Params, data: Sequences, key: jax.Array) -> tuple[dict[str, jax.Array], Latent]:
        """The world model's losses on replayed sequences, and the states [T, B, ...] that it comes to."""
        data = data._replace(action=controls.asked(data.action, self._curves))
        return world_model.losses(self.networks, self.config, world, data, key)

    def _fresh(self, state: AgentState) -> jax.Array:
        """The newest parameters' share in the running average of those that drive."""
        updates = state.updates + 1
        # Early on a long average would still hold the untrained weights: it lengthens as updates are made.
        span = updates / AVERAGED * jnp.minimum(updates / YOUNG, 1.0)
        return 1.0 - jnp.minimum(self.config.average, span / (span + 1.0))

    def _live(self, state: AgentState, actor: hk.Params, start: Latent, terminal: jax.Array, key: jax.Array) -> _Lived:
        """Imagines with `actor` at the wheel, and judges what comes."""
        config = self.config
        dream = behaviour.imagine(self.networks, self.actor, config, state.world, actor, start, terminal, key)
        value = self._value(state.critic, dream.feature)
        returns = behaviour.lambda_returns(dream.reward, dream.going_on[1:], value[1:], config.lambda_)
        # The weight of a row is the probability that the car still drives there, discounted; its own discount aside.
        weight = jnp.cumprod(dream.going_on[:-1], axis=0) / world_model.discount(config)
        scale = state.scale + config.return_rate * (behaviour.return_range(returns) - state.scale)
        return _Lived(dream, value, returns, weight, scale)

    def _starts(self, latents: Latent, terminal: jax.Array, key: jax.Array) -> tuple[Latent, jax.Array]:
        """`imagination_starts` of the [T, B, ...] states, drawn without repetition, and their terminals [S]."""
        count = terminal.size
        chosen = jax.random.permutation(key, count)[: self.config.imagination_starts]
        flat = jax.tree.map(lambda x: x.reshape(count, x.shape[-1])[chosen], latents)
        return flat, terminal.reshape(count)[chosen]

    def _value(self, params: hk.Params, feature: jax.Array) -> jax.Array:
        return two_hot_mean(self.critic.apply(params, feature), bins(self.config.bins))

    def _replay_value_loss(self, params: hk.Params, feature: jax.Array, data: Sequences) -> jax.Array:
        """The critic's loss on what really happened; no gradient reaches the world model."""
        support = bins(self.config.bins)
        logits = self.critic.apply(params, feature)
        value = jax.lax.stop_gradient(two_hot_mean(logits, support))
        returns, known = behaviour.replay_returns(data, value, self.config)
        return jnp.mean(known * two_hot_loss(logits[:-1], returns, support))


def _applied(
    optimiser_: optax.GradientTransformation, gradient: hk.Params, state: Any, params: hk.Params
) -> tuple[hk.Params, Any]:
    updates, state = optimiser_.update(gradient, state, params)
    # optax's types for trees are wider than Haiku's; the tree that comes back is the one that went in.
    return cast(hk.Params, optax.apply_updates(params, updates)), state


def _nearer(new: Tree, old: Tree, share: float | jax.Array) -> Tree:
    """A running average of parameters: `old`, moved towards `new` by `share`."""
    return cast(Tree, optax.incremental_update(cast(Any, new), cast(Any, old), share))
