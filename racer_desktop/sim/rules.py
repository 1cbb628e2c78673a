"""The settings of the race as a JAX pytree.

Passed to the jitted functions as arguments, so a changed setting takes effect at once and compiles nothing.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import jax

from racer_desktop.config import (
    CarConfig,
    Config,
    RaceConfig,
    RandomisationConfig,
    RewardConfig,
    Section,
    SensorConfig,
)


class Rules(NamedTuple):
    """What the simulation needs of a `Config`; every number in it may be a traced array."""

    car: CarConfig
    sensors: SensorConfig
    reward: RewardConfig
    race: RaceConfig
    randomisation: RandomisationConfig

    @classmethod
    def of(cls, config: Config) -> Rules:
        """The rules in a configuration."""
        return cls(config.car, config.sensors, config.reward, config.race, config.randomisation)


def _register(section: type[Section]) -> None:
    names = [f.name for f in dataclasses.fields(section)]

    def flatten(value: Section) -> tuple[list[Any], None]:
        return [getattr(value, name) for name in names], None

    def unflatten(_: None, leaves: Any) -> Section:
        # Made without `__init__`: traced numbers cannot be checked against limits, and were checked before.
        value = object.__new__(section)
        for name, leaf in zip(names, leaves, strict=True):
            object.__setattr__(value, name, leaf)
        return value

    jax.tree_util.register_pytree_node(section, flatten, unflatten)


for _section in (CarConfig, SensorConfig, RewardConfig, RaceConfig, RandomisationConfig):
    _register(_section)
