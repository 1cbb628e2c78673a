"""What is shown beside the race: the fastest lap, the critic's values along the track, where cars crashed."""

from __future__ import annotations

import numpy as np

from racer_desktop.config import Config
from racer_desktop.training.arena import Arena
from racer_desktop.training.crash_log import CrashLog
from racer_desktop.training.fastest_lap import FastestLapFinder
from racer_desktop.training.learner import Learner
from racer_desktop.training.snapshot import FastestLap
from racer_desktop.training.value_map import ValueMap


class Lookout:
    """Keeps all that up without waiting for any of it; used by one thread."""

    def __init__(self) -> None:
        self._fastest = FastestLapFinder()
        self._values = ValueMap()
        self._crashes = CrashLog()

    @property
    def fastest(self) -> FastestLap | None:
        """The fastest lap of the track on the screen, once it is known."""
        return self._fastest.found

    @property
    def values(self) -> np.ndarray | None:
        """[N] the critic's value at the track's points, if asked for and known."""
        return self._values.values

    @property
    def crash_places(self) -> np.ndarray:
        """See `CrashLog.places`."""
        return self._crashes.places

    def want_values(self, on: bool) -> None:
        """Whether the critic's values are to be kept up."""
        self._values.wanted = on

    def forget(self) -> None:
        """Another track or brain: what was seen of the one before is not true of it."""
        self._values.clear()
        self._crashes.clear()

    def poll(self, config: Config, arena: Arena, learner: Learner, tick: int) -> None:
        """Looks round once, after a physics tick."""
        if arena.has_brain or not learner.busy:  # the car is to drive first
            self._fastest.want(arena.track, config.car)
        if (trainer := learner.prepared) is not None:
            placed = trainer.programs.course
            self._values.poll(config, trainer.copied, trainer.rules, placed, arena.track, arena.reach)
        self._crashes.add_hero(arena.crashes, arena.crash_place, tick)
        endings = learner.logbook.take_endings()
        if not config.track.random_tracks:  # otherwise the fleet drives elsewhere
            self._crashes.add_endings(endings, arena.track, config.car, tick)

    def close(self) -> None:
        """Ends its threads."""
        self._fastest.close()
        self._values.close()
