"""An experiment as it goes on: its settings, its Learner, and what was recorded and reached on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.learner import Learner
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.milestones import Milestones
from racer_desktop.training.snapshot import Stats


@dataclass
class Experiment:
    """One experiment; as it is made, it counts as saved.

    Attributes:
        config: the settings in force.
        learner: brain and experience.
        metrics: what was recorded.
        milestones: what the hero reached.
        person_steps: environment steps that the person drove.
    """

    config: Config
    learner: Learner
    metrics: Metrics
    milestones: Milestones = field(default_factory=Milestones)
    person_steps: int = 0

    def __post_init__(self) -> None:
        self.mark_saved()

    @property
    def unsaved(self) -> bool:
        """Whether there is something that would be lost."""
        updates, config = self._saved
        return self.learner.updates != updates or (updates > 0 and self.config != config)

    def mark_saved(self) -> None:
        """Takes note that a file holds all of it as it is now."""
        self._saved = (self.learner.updates, self.config)

    def stats(self, device: compute.Device, *, learn: bool, live: bool) -> Stats:
        """The experiment in numbers.

        Args:
            device: where it learns.
            learn: whether learning is switched on.
            live: whether the best lap is the hero's, or that of a validation.
        """
        learner, metrics, logbook = self.learner, self.metrics, self.learner.logbook
        exploration = metrics.exploration
        return Stats(
            activity=learner.activity,
            device=compute.device_name(device),
            message=learner.message,
            compile_progress=learner.preparation.progress,
            wall_s=logbook.wall_s,
            compile_s=learner.preparation.compile_s,
            env_steps=logbook.env_steps,
            episodes=metrics.episodes,
            updates=learner.updates,
            updates_per_s=learner.updates_per_s,
            reward_mean_100=metrics.reward_mean,
            exploration=self.config.training.exploration if math.isnan(exploration) else exploration,
            best_lap=self.milestones.best_lap if live else learner.selection.best_lap,
            health=learner.health,
            learn=learn,
            unsaved=self.unsaved,
            history=metrics.history(),
        )
