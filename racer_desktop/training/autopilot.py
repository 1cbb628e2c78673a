"""The autopilot: the newest brain, what it has in mind on its way, and what it decided last."""

from __future__ import annotations

import jax
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.race_programs import RacePrograms


class Autopilot:
    """A brain that drives one car.

    Args:
        programs: of the configuration's structure.
        config: all settings; its seed is that of the latent state's draws.
        device: where it runs.
        blank: the latent state of a driver who has seen nothing.

    Attributes:
        action: [1, 2] decided last; zeros before the first decision of an episode, and without a brain.
        probs: [G, C] of the stochastic latent state at that decision, or None before there was one.
    """

    def __init__(self, programs: RacePrograms, config: Config, device: compute.Device, blank: Latent) -> None:
        self._programs = programs
        self._device = device
        self._shape = (config.agent.groups, config.agent.classes)
        self._key = jax.device_put(jax.random.PRNGKey(config.training.seed), device)
        self._policy: Policy | None = None
        self._blank = blank
        self.probs: np.ndarray | None = None
        self.begin_episode()

    @property
    def has_brain(self) -> bool:
        """Whether it was ever given a brain."""
        return self._policy is not None

    def set_policy(self, policy: Policy) -> None:
        """Takes another brain, for the next decision on."""
        self._policy = jax.device_put(policy, self._device)

    def begin_episode(self) -> None:
        """Forgets what it saw before."""
        self._latent = self._blank
        self.action = np.zeros((1, 2), np.float32)

    def decide(self, observation: np.ndarray, previous: np.ndarray, *, first: bool) -> None:
        """Takes in what the car sees and decides, if there is a brain.

        Args:
            observation: [O] what the car sees.
            previous: [A] the action that led to it.
            first: whether it is the first sight of an episode.
        """
        if self._policy is None:
            return
        beginning = np.array([first], np.float32)
        self._latent, self._key, packed = self._programs.decide(
            self._policy, self._latent, observation[None], previous[None], beginning, self._key
        )
        decided = np.asarray(packed)
        self.action = decided[None, :2]
        self.probs = decided[2:].reshape(self._shape)
