"""What the tests of the race share: tracks, and functions that are compiled once."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before JAX is imported: no remarks about this machine

import pytest

from racer_desktop.config import Config, RaceConfig, RewardConfig, TrackConfig
from racer_desktop.sim.track import Track, generate
from tests.sim.driving import Record, Simulator


@pytest.fixture(scope="session")
def tracks() -> list[Track]:
    """An oval without obstacles, and three tracks with, from moderate to twisty."""
    chosen = ((1, 0.0, 0), (2, 0.5, 5), (3, 1.0, 5), (4, 0.7, 8))
    return [generate(seed, TrackConfig(difficulty=d, obstacles=k)) for seed, d, k in chosen]


@pytest.fixture(scope="session")
def config() -> Config:
    """A race whose every reward counts, whatever the defaults are.

    Its clocks never end exactly on a tick, where rounding would decide.
    """
    return Config(
        reward=RewardConfig(speed=1.0, gate=5.0, gates=20, time_bonus=2.0, survival=0.1, crash=-10.0),
        race=RaceConfig(tick=1 / 60, ticks_per_step=4, time_limit=19.99, stall_time=2.99, start_speed=8.0),
    )


@pytest.fixture(scope="session")
def simulator(config: Config, tracks: list[Track]) -> Simulator:
    """One car on each of `tracks`."""
    return Simulator(config, tracks)


@pytest.fixture(scope="session")
def record(simulator: Simulator) -> Record:
    """1,000 environment steps of each car."""
    return simulator.record(1000, seed=0)
