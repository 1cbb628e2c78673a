"""What the hero lives through, as rows for the replay, kept until somebody takes them. No JAX."""

from __future__ import annotations

import numpy as np

MOST_ROWS = 20_000  # kept while nobody takes them


class Experience:
    """Rows of environment steps, and where in them episodes begin and end.

    Attributes:
        kept: whether rows are kept; what is not kept begins and ends all the same.
        reward: of the last environment step.
        beginning: whether the next row is the first of an episode.
    """

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self.kept = True
        self.begin_episode()

    def begin_episode(self) -> None:
        """The next row is the first of another episode."""
        self._held: list[np.ndarray] = []
        self._resting = False
        self.reward = 0.0
        self.beginning = True

    def hold(self, action: np.ndarray) -> None:
        """Takes in what the driver does [1, 2] for a physics tick."""
        self._held.append(action)

    @property
    def action(self) -> np.ndarray:
        """[2] the mean of the actions held since the last step; zero if there were none."""
        return np.concatenate(self._held).mean(axis=0) if self._held else np.zeros(2, np.float32)

    def add(self, observation: np.ndarray) -> None:
        """Begins a step: keeps what is seen now [O] and the action that led to it; nothing while the car rests."""
        if not self._resting:
            self._keep(observation, terminal=False)
        self._held = []

    def end(self, observation: np.ndarray) -> None:
        """Ends the episode with a last row, unless a rest has ended it."""
        if not self._resting:
            self._keep(observation, terminal=True)

    def rest(self, observation: np.ndarray) -> None:
        """The car stands for a while, which ends the episode, once; see `drive_on`."""
        self.end(observation)
        self._resting = True

    def drive_on(self) -> None:
        """The car moves: after a rest another episode begins."""
        self.beginning |= self._resting
        self._resting = False

    def take(self) -> np.ndarray:
        """The rows since the last call, [N, W]: observation, action, reward, first, terminal."""
        rows, self._rows = self._rows, []
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def _keep(self, observation: np.ndarray, *, terminal: bool) -> None:
        first, self.beginning = self.beginning, False
        if not self.kept:
            return
        action = np.zeros(2, np.float32) if first else self.action
        flags = np.array([0.0 if first else self.reward, first, terminal], np.float32)
        self._rows.append(np.concatenate([observation, action, flags]))
        del self._rows[:-MOST_ROWS]
