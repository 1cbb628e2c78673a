"""The curriculum: fresh tracks are as hard as the cars that learn can bear."""

from __future__ import annotations

import dataclasses

from racer_desktop.config import Config, TrackConfig
from racer_desktop.training.chunks import passed
from racer_desktop.training.metrics import Metrics

COPES_S = 20.0  # a fleet that drives so long without a crash gets the tracks that were asked for
EPISODES = 50  # the newest, of which the length counts
ASSESSED = 20  # updates between two looks
STEPS = 10  # levels between the easiest and what was asked for


def level(config: Config, metrics: Metrics) -> float:
    """How hard the next tracks are to be, from 0, ovals without discs, to 1, as they are set.

    It depends on nothing but what was recorded, so that going on with a saved experiment draws the same tracks.
    """
    ended = metrics.history().episode_step[-EPISODES - 1 :]
    if len(ended) <= EPISODES:
        return 0.0
    # Steps are counted over all cars, and so are the ends: their ratio is the steps of one car's episode.
    seconds = float(ended[-1] - ended[0]) / EPISODES * config.race.tick * config.race.ticks_per_step
    return int(STEPS * min(1.0, seconds / COPES_S)) / STEPS


def due(config: Config, updates: int) -> bool:
    """Whether the level is looked at after so many updates."""
    on = config.track.curriculum and config.track.random_tracks
    return on and passed(config, updates, ASSESSED)


def eased(track: TrackConfig, level: float) -> TrackConfig:
    """The settings of tracks of a level."""
    return dataclasses.replace(track, difficulty=level * track.difficulty, obstacles=round(level * track.obstacles))
