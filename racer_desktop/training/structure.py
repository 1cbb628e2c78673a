"""Which settings two experiments must share to share a brain's shape and compiled programs."""

from __future__ import annotations

from dataclasses import replace

from racer_desktop.config import Config, RaceConfig
from racer_desktop.sim import sight
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.track import LENGTHS

LEAST_STEP = 1.5  # m between two points of nearly every circuit at least, see `circuits.read`


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
    """The settings that are part of the compiled programs; all others at their defaults.

    The points are those of the tracks that are learned on.
    """
    points = len(chosen_track(config).centre) if _on_circuit(config) else config.track.points
    return brain(config).replace(training__seed=0, track__points=points)


def looked_at(config: Config) -> int:
    """Segments on each side of a car that rays are met with, on the tracks that are learned on.

    One number for all generated tracks, and one for nearly all circuits: it is part of the compiled programs.
    """
    if not _on_circuit(config):
        return sight.reach(config.track.points, LENGTHS[0] / config.track.points, config.sensors.ray_range)
    track = chosen_track(config)
    points = len(track.centre)
    return sight.reach(points, min(float(track.length) / points, LEAST_STEP), config.sensors.ray_range)


def compiled(config: Config) -> tuple[Config, int]:
    """All that decides which compiled programs serve; others take over brain and replay."""
    return programs(config), looked_at(config)


def tracks(config: Config) -> tuple[object, ...]:
    """The settings that decide which tracks are learned on."""
    track = config.track
    if _on_circuit(config):
        return (config.circuit, config.car.half_width)
    shape = (track.half_width, track.obstacles, track.obstacle_radius, track.difficulty, track.points, track.pool)
    random = (track.random_tracks, track.curriculum, config.training.seed)
    which = random if track.random_tracks else (track.seed,)
    # The car's width decides the gaps beside the obstacles.
    return (*which, *shape, config.car.half_width)


def driving(config: Config) -> tuple[object, ...]:
    """The settings under which one driver's lap can be compared with another's."""
    of_a_lap = replace(config.race, laps=RaceConfig().laps)  # a lap is one, however many more the race has
    return (*tracks(config), config.car, config.sensors, of_a_lap)


def _on_circuit(config: Config) -> bool:
    """Whether a circuit is learned on, not only driven by the hero."""
    return config.circuit is not None and not config.track.random_tracks
