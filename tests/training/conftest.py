"""What the tests of training share: an experiment so small that it learns in milliseconds, compiled once."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before JAX is imported: no remarks about this machine

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.learner import Learner
from racer_desktop.training.programs import Programs, programs
from racer_desktop.training.race_programs import RacePrograms
from racer_desktop.training.session import Session
from tests.training.driving import RayDriver
from tests.training.tiny import TINY


@pytest.fixture(scope="session")
def tiny() -> Config:
    """The small experiment."""
    return TINY


@pytest.fixture(scope="session")
def device() -> compute.Device:
    """Where it learns."""
    compute.prepare()
    return compute.learner_device("cpu")


@pytest.fixture(scope="session")
def tiny_programs(tiny: Config, device: compute.Device) -> Programs:
    """Its programs, compiled: every Learner and Session of the same structure shares them."""
    made = programs(tiny, device)
    made.compile()
    return made


@pytest.fixture(scope="session")
def ray_driven_programs(tiny: Config) -> RacePrograms:
    """The programs of a race whose AI drives by its rays, whatever brain it gets."""
    return RacePrograms(tiny, RayDriver(tiny))


@pytest.fixture
def make_session(tmp_path: Path, tiny: Config, tiny_programs: Programs) -> Iterator[Callable[..., Session]]:
    """Makes Sessions with a folder of their own for automatic checkpoints, and closes them."""
    made: list[Session] = []

    def make(config: Config = tiny, *, live: bool = False) -> Session:
        folder = tmp_path / f"automatic-{len(made)}"
        folder.mkdir()
        made.append(Session(config, checkpoints=folder, live=live))
        return made[-1]

    yield make
    for session in made:
        session.close()


@pytest.fixture
def close_learners() -> Iterator[list[Learner]]:
    """A list whose Learners are closed after the test."""
    learners: list[Learner] = []
    yield learners
    for learner in learners:
        learner.close()
