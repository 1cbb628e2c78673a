"""What is recorded per episode, lap, update and validation: columns that only ever grow at their end.

A snapshot is a view of what is there; later recording writes behind it, never into it.
"""

from __future__ import annotations

import math

import numpy as np

from racer_desktop.training.snapshot import History

FLAT_EPISODES = 100  # after this many without a better mean reward, the person is told
WINDOW = 100  # episodes in the mean reward
COLUMNS = tuple(name for name in History.__dataclass_fields__ if name != "loss_names")
_TOGETHER = (
    ("episode_reward", "episode_step"),
    ("loss_update", "loss", "exploration"),
    ("lap_update", "lap_time"),
    ("validation_update", "validation_finished"),
)


class Column:
    """An array that grows at its end.

    Args:
        values: what is there already.
    """

    def __init__(self, values: np.ndarray) -> None:
        self._data = values
        self._size = len(values)

    def extend(self, values: np.ndarray) -> None:
        """Adds rows at the end."""
        needed = self._size + len(values)
        if needed > len(self._data):
            # A new array: views of the old one stay as they are.
            grown = np.empty((max(1024, 2 * needed), *self._data.shape[1:]), self._data.dtype)
            grown[: self._size] = self._data[: self._size]
            self._data = grown
        self._data[self._size : needed] = values
        self._size = needed

    def view(self) -> np.ndarray:
        """Everything so far, read-only."""
        view = self._data[: self._size]
        view.flags.writeable = False
        return view

    def __len__(self) -> int:
        return self._size


class Metrics:
    """The recorded history of one experiment.

    Args:
        history: what was recorded before, such as in a file that was loaded.

    Raises:
        ValueError: if its columns do not fit each other.
    """

    def __init__(self, history: History | None = None) -> None:
        history = history or History()
        _check(history)
        self._loss_names = history.loss_names
        self._columns = {name: Column(getattr(history, name)) for name in COLUMNS}
        self.look_anew()

    def record_updates(self, update: int, losses: dict[str, np.ndarray], exploration: np.ndarray) -> None:
        """Adds U updates: `update` is the number of the last, each loss is [U]."""
        self._name_losses(tuple(losses))
        count = len(exploration)
        unknown = np.full(count, np.nan, np.float32)
        self._columns["loss_update"].extend(np.arange(update - count + 1, update + 1))
        self._columns["loss"].extend(np.stack([losses.get(name, unknown) for name in self._loss_names], axis=1))
        self._columns["exploration"].extend(exploration)

    def record_episodes(self, rewards: np.ndarray, steps: np.ndarray) -> None:
        """Adds finished episodes: reward sums and the environment steps taken when each ended."""
        before = self.episodes
        self._columns["episode_reward"].extend(rewards)
        self._columns["episode_step"].extend(steps)
        self._look_for_better(before)

    def record_lap(self, update: int, seconds: float) -> None:
        """Adds a lap of the AI in the Arena."""
        self._columns["lap_update"].extend(np.array([update]))
        self._columns["lap_time"].extend(np.array([seconds], np.float32))

    def record_validation(self, update: int, finished: float) -> None:
        """Adds the share of validation tracks that was finished."""
        self._columns["validation_update"].extend(np.array([update]))
        self._columns["validation_finished"].extend(np.array([finished], np.float32))

    @property
    def episodes(self) -> int:
        """Episodes recorded."""
        return len(self._columns["episode_reward"])

    @property
    def laps(self) -> int:
        """Laps recorded."""
        return len(self._columns["lap_time"])

    @property
    def exploration(self) -> float:
        """The newest exploration rate; nan before the first."""
        rates = self._columns["exploration"].view()
        return float(rates[-1]) if len(rates) else math.nan

    @property
    def reward_mean(self) -> float:
        """Mean reward of the last 100 episodes; nan before the first."""
        rewards = self._columns["episode_reward"].view()[-WINDOW:]
        return float(rewards.mean()) if len(rewards) else math.nan

    @property
    def flat_for(self) -> int:
        """Episodes since the mean reward was last at its best, of those recorded here and not in a file before."""
        return self.episodes - self._best_episode

    def look_anew(self) -> None:
        """Measures flatness from here on: the brain, the race or its rewards are others than those before."""
        self._best_mean = -math.inf
        self._begun = self._best_episode = self.episodes

    def history(self) -> History:
        """A snapshot."""
        return History(self._loss_names, **{name: column.view() for name, column in self._columns.items()})

    def _look_for_better(self, before: int) -> None:
        """Notes the best mean reward among the episodes after the first `before`."""
        seen = max(before - WINDOW + 1, self._begun)
        rewards = self._columns["episode_reward"].view()[seen:].astype(np.float64)
        sums = np.concatenate([[0.0], np.cumsum(rewards)])
        end = np.arange(before - seen + 1, len(sums))
        begin = np.maximum(end - WINDOW, 0)
        for mean, episode in zip((sums[end] - sums[begin]) / (end - begin), seen + end, strict=True):
            # The mean of the first few says little: a lucky one must not look like a peak that was lost.
            if episode - self._begun <= WINDOW or mean > self._best_mean:
                self._best_mean, self._best_episode = float(mean), int(episode)

    def _name_losses(self, names: tuple[str, ...]) -> None:
        """Makes room for losses that were not recorded before, such as by the version that wrote a file."""
        fresh = tuple(name for name in names if name not in self._loss_names)
        if not fresh:
            return
        rows = self._columns["loss"].view()
        unknown = np.full((len(rows), len(fresh)), np.nan, np.float32)
        self._columns["loss"] = Column(np.concatenate([rows, unknown], axis=1))
        self._loss_names += fresh


def _check(history: History) -> None:
    for names in _TOGETHER:
        lengths = {name: len(getattr(history, name)) for name in names}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the history's columns are of different lengths: {lengths}")
    empty = History()
    for name in COLUMNS:
        if getattr(history, name).dtype != getattr(empty, name).dtype:
            raise ValueError(f"the history's column {name} is of type {getattr(history, name).dtype}")
    if history.loss.shape[1:] != (len(history.loss_names),):
        raise ValueError("the history's losses and their names differ in number")
