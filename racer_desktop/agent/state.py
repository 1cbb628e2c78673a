"""What a brain consists of, and what each half of an update makes of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import haiku as hk
import jax


class Policy(NamedTuple):
    """The parameters that driving needs."""

    world: hk.Params
    actor: hk.Params


class AgentState(NamedTuple):
    """Everything that learning changes.

    Attributes:
        world, actor, critic: parameters.
        slow_critic: running average of the critic's parameters.
        average: running average of the parameters that drive.
        optimisers: optimiser states of world model, actor and critic.
        scale: [] running average of the return's range.
        updates: [] updates made.
        key: random key.
    """

    world: hk.Params
    actor: hk.Params
    critic: hk.Params
    slow_critic: hk.Params
    average: Policy
    optimisers: tuple[Any, Any, Any]
    scale: jax.Array
    updates: jax.Array
    key: jax.Array

    @property
    def policy(self) -> Policy:
        """The newest parameters that drive."""
        return Policy(self.world, self.actor)


class WorldUpdate(NamedTuple):
    """What an update makes of the world model, and of what both halves share.

    Attributes:
        world, average: parameters, and their running average.
        optimiser: its state.
        updates, key: see `AgentState`.
        losses: by name.
    """

    world: hk.Params
    average: hk.Params
    optimiser: Any
    updates: jax.Array
    key: jax.Array
    losses: dict[str, jax.Array]


class BehaviourUpdate(NamedTuple):
    """What an update makes of actor and critic.

    Attributes:
        actor, average: parameters of the actor, and their running average.
        critic, slow_critic: likewise of the critic.
        optimisers: their states.
        scale: see `AgentState`.
        losses: losses and other figures by name.
    """

    actor: hk.Params
    average: hk.Params
    critic: hk.Params
    slow_critic: hk.Params
    optimisers: tuple[Any, Any]
    scale: jax.Array
    losses: dict[str, jax.Array]


def updated(world: WorldUpdate, behaviour: BehaviourUpdate) -> AgentState:
    """The brain that both halves of an update make together."""
    return AgentState(
        world=world.world,
        actor=behaviour.actor,
        critic=behaviour.critic,
        slow_critic=behaviour.slow_critic,
        average=Policy(world.average, behaviour.average),
        optimisers=(world.optimiser, *behaviour.optimisers),
        scale=behaviour.scale,
        updates=world.updates,
        key=world.key,
    )
