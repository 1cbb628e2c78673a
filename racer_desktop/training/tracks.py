"""Which tracks are trained on: one, or a pool of generated ones that is refreshed as training goes on.

One track fills the whole pool: the compiled programs are the same then, whether it is one or many.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.track import Track, generate
from racer_desktop.training.curriculum import eased

TRAINING_SEEDS = 8000  # seeds below this are for training; from there on they are for validation and tests


class TrackPool:
    """The tracks in use. The n-th track drawn lies in slot n modulo the pool's size.

    Args:
        config: one track or random ones, their shape, the seed of the order.
        drawn: tracks drawn so far; 0 for a new pool.
        levels: of the tracks in use and the next ones, see `levels`; by default those of a new pool.

    Attributes:
        size: tracks in use at once.
        drawn: tracks drawn so far.
        level: how hard the tracks that come next are, see `curriculum.level`.
    """

    def __init__(self, config: Config, drawn: int = 0, levels: Sequence[float] = ()) -> None:
        self._config = config
        self.size = config.track.pool
        self.drawn = max(drawn, self.size)
        begin = 0.0 if config.track.curriculum else 1.0
        *self._levels, self.level = levels if len(levels) == self.size + 1 else [begin] * (self.size + 1)
        if not config.track.random_tracks:
            self._tracks = [chosen_track(config)] * self.size
            return
        numbers = range(self.drawn - self.size, self.drawn)
        self._tracks = [self._track(n, level) for n, level in zip(numbers, self._levels, strict=True)]
        # The oldest lies where the next will be put.
        shift = self.drawn % self.size
        self._tracks = self._tracks[self.size - shift :] + self._tracks[: self.size - shift]

    @property
    def levels(self) -> tuple[float, ...]:
        """How hard the tracks in use are, oldest first, and last the ones that come next."""
        return (*self._levels, self.level)

    def adopt(self, config: Config) -> None:
        """Takes changed settings that leave the tracks in use as they are, such as how often one is replaced."""
        self._config = config

    def courses(self) -> Courses:
        """The tracks as the simulation drives them."""
        return courses(self._tracks)

    def track(self, slot: int) -> Track:
        """The track in one of the slots."""
        return self._tracks[slot]

    def due(self, updates: int) -> bool:
        """Whether a track is to be replaced after so many updates; at once while the oldest is too easy."""
        config = self._config
        if config.track.random_tracks and updates > 0 and self._levels[0] < self.level:
            return True
        every = (
            -(-config.track.refresh_updates // config.training.updates_per_chunk) * config.training.updates_per_chunk
        )
        return config.track.random_tracks and updates > 0 and updates % every == 0

    def refresh(self) -> np.ndarray:
        """Replaces the oldest track by a fresh one; returns [size] which was replaced."""
        slot = self.drawn % self.size
        self._tracks[slot] = self._track(self.drawn, self.level)
        self._levels = [*self._levels[1:], self.level]
        self.drawn += 1
        return np.arange(self.size) == slot

    def _track(self, n: int, level: float) -> Track:
        config = self._config
        seed = (997 * config.training.seed + n) % TRAINING_SEEDS
        return generate(seed, eased(config.track, level), config.car.half_width)
