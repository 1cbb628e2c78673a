"""Which brain is the best of all that drove on the validation tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from racer_desktop.agent.state import AgentState, Policy
from racer_desktop.training.validation import Verdict


@dataclass(frozen=True)
class Best:
    """The best brain so far.

    Attributes:
        policy: its parameters.
        score: see `validation.score`.
        updates: updates it had made.
    """

    policy: Policy
    score: float
    updates: int


class Selection:
    """Keeps the best brain, and the newest one that is known to be sound.

    Args:
        best: of the validations before.
        sound: to begin with.

    Attributes:
        best: the best brain of all validations, or None.
        best_lap: on the one track that is learned on, in a validation since the start, s; None without one.
        sound: the newest brain with which all went well, complete, or None.
    """

    def __init__(self, best: Best | None = None, sound: AgentState | None = None) -> None:
        self.best = best
        self.best_lap: float | None = None
        self.sound = sound

    def consider(self, verdict: Verdict) -> None:
        """Takes in how a brain drove."""
        self.sound = verdict.agent
        if self.best is None or verdict.score > self.best.score:
            self.best = Best(verdict.agent.average, verdict.score, verdict.updates)
        if math.isfinite(verdict.best_lap):
            self.best_lap = min(verdict.best_lap, self.best_lap or math.inf)

    def forget_best(self) -> None:
        """What was driven under other settings no longer counts."""
        self.best = self.best_lap = None
