"""What a race needs of an agent; `agent.dreamer.Dreamer` has it."""

from __future__ import annotations

from typing import Protocol

import jax

from racer_desktop.agent.dreamer import Acted
from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent


class Driver(Protocol):
    """Takes in what a car sees and chooses what it does; pure functions.

    Attributes:
        action: width of an action.
    """

    action: int

    def start(self, batch: int) -> Latent:
        """See `Dreamer.start`."""
        ...

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
        ...
