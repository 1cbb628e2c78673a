"""Which tracks an environment drives: one, some, or random training tracks that are renewed as it goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from racer_desktop.config import Config, ConfigError
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.track import Track, generate
from racer_desktop.training.tracks import TrackPool

RANDOM = "random"
TrackChoice = int | Sequence[int] | str | None


class Tracks:
    """The tracks in use, one beside the other.

    Args:
        config: their shape; also which, if nothing is chosen.
        chosen: a seed, seeds, "random" for the pool of tracks that the program's own learner trains on, or None for
            what the configuration says.

    Raises:
        ConfigError: if the choice is none of these.
        TrackError: if a seed gives no drivable track.
    """

    def __init__(self, config: Config, chosen: TrackChoice = None) -> None:
        self._pool: TrackPool | None = None
        seeds = _seeds(config, chosen)
        if seeds is None:
            self._config = config.replace(track__random_tracks=True)
            self._pool = TrackPool(self._config)
            self.number = self._pool.size
        else:
            self._config = config.replace(track__random_tracks=False)
            made = [config.replace(track__seed=seed) for seed in seeds]  # a seed out of its limits is refused here
            self._tracks = [generate(c.track.seed, c.track, c.car.half_width) for c in made]
            self.number = len(self._tracks)
        self._steps = 0

    def courses(self) -> Courses:
        """The tracks as the simulation drives them."""
        return courses(self._tracks) if self._pool is None else self._pool.courses()

    def shown(self, which: int) -> Track:
        """The track in one of the places."""
        return self._tracks[which] if self._pool is None else self._pool.track(which)

    def restart(self, seed: int) -> bool:
        """Begins the order of random tracks that belongs to a seed; returns whether the tracks changed."""
        if self._pool is None:
            return False
        self._steps = 0
        seed %= 2**31
        same = seed == self._config.training.seed and self._pool.drawn == self._pool.size
        if not same:
            self._config = self._config.replace(training__seed=seed)
            self._pool = TrackPool(self._config)
        return not same

    def drove(self, steps: int) -> np.ndarray | None:
        """Counts environment steps of all cars; which tracks [T] were replaced by fresh ones, or None.

        A track is replaced after as many steps as in the program's own training.
        """
        if self._pool is None:
            return None
        training = self._config.training
        due = self._config.track.refresh_updates * training.steps_per_update * training.cars
        self._steps += steps
        if self._steps < due:
            return None
        self._steps -= due
        return self._pool.refresh()


def _seeds(config: Config, chosen: TrackChoice) -> list[int] | None:
    """The seeds that were chosen, or None for random tracks."""
    if chosen is None:
        return None if config.track.random_tracks else [config.track.seed]
    if isinstance(chosen, str):
        if chosen == RANDOM:
            return None
    elif isinstance(chosen, (int, np.integer)):
        return [int(chosen)]
    elif len(chosen) and all(isinstance(seed, (int, np.integer)) for seed in chosen):
        return [int(seed) for seed in chosen]
    raise ConfigError(f"track must be a seed, a list of seeds or “{RANDOM}”, not {chosen!r}.")
