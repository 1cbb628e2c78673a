"""The Learners of a Session, one after the other: how one is made, handed over to the next, and put aside."""

from __future__ import annotations

import jax

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.learner import Learner, Resumed
from racer_desktop.training.learning import moved_to
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.race_programs import race_programs


class Learners:
    """Makes Learners, and waits for none that is over before the end.

    Args:
        device: where they learn.
        live: whether there is a race on the screen that wants a brain.
    """

    def __init__(self, device: compute.Device, *, live: bool) -> None:
        self._device = device
        self._live = live
        self._retired: list[Learner] = []

    def new(self, config: Config, metrics: Metrics) -> Learner:
        """One with an empty brain."""
        if not self._live:
            return Learner(config, self._device, metrics)

        def rehearse(brain: Policy) -> None:
            race_programs(config).rehearse(brain, compute.arena_device())

        learner = Learner(config, self._device, metrics, rehearse=rehearse)
        learner.prepare()  # the hero wants a brain, if one that knows nothing
        return learner

    def moved(self, learner: Learner, config: Config, metrics: Metrics) -> Learner:
        """One for another kind of tracks, or of another size: other programs, the same brain and replay."""
        if not learner.updates:
            return self.new(config, metrics)  # there is nothing to be waited for
        learner.drain()
        state = moved_to(config.track.pool, jax.device_get(learner.trainer.state))
        resumed = Resumed(state, moved=True, wall_s=learner.logbook.wall_s, compile_s=learner.preparation.compile_s)
        return Learner(config, self._device, metrics, resumed)

    def retire(self, learner: Learner) -> None:
        """Puts one aside; a compilation under way cannot be broken off, so it is waited for later."""
        learner.close(wait=False)
        self._retired = [r for r in (*self._retired, learner) if r.busy]

    def close(self) -> None:
        """Waits for all that were put aside."""
        for learner in self._retired:
            learner.close()
