"""Which settings two experiments must share to share a brain's shape and compiled programs."""

from __future__ import annotations

from racer_desktop.config import Config


def brain(config: Config) -> Config:
    """The settings that decide what is learned and in which shape; all others at their defaults.

    A change of one of them begins a new experiment.
    """
    fixed = {
        f"{name}__{field}": value
        for name, section in config.sections()
        for field, about, value in section.settings()
        if not about.live
    }
    return Config().replace(**fixed)


def programs(config: Config) -> Config:
    """The settings that are part of the compiled programs; all others at their defaults."""
    return brain(config).replace(training__seed=0, track__random_tracks=config.track.random_tracks)


def tracks(config: Config) -> tuple[object, ...]:
    """The settings that decide which tracks are learned on."""
    track = config.track
    shape = (track.half_width, track.obstacles, track.obstacle_radius, track.difficulty, track.points, track.pool)
    which = (track.random_tracks, config.training.seed) if track.random_tracks else (track.seed,)
    # The car's width decides the gaps beside the obstacles.
    return (*which, *shape, config.car.half_width)


def driving(config: Config) -> tuple[object, ...]:
    """The settings under which one driver's lap can be compared with another's."""
    return (*tracks(config), config.car, config.sensors, config.race)
