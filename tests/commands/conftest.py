"""What the tests of the commands share: the smallest brain in a file, and a way to run a command."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before JAX is imported: no remarks about this machine

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from racer_desktop import cli
from racer_desktop.training.session import Session
from tests.training.tiny import TINY


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer, if that is JSON."""
        return json.loads(self.out)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command of the command line, such as `run("track", 7, "--out", file)`."""

    def started(*arguments: object) -> Ran:
        capfd.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        out, err = capfd.readouterr()
        return Ran(status, str(out), str(err))

    return started


@pytest.fixture(scope="session")
def tiny_brain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a brain that has learned next to nothing; not to be written to."""
    path = tmp_path_factory.mktemp("brain") / "tiny.racer"
    session = Session(TINY, device="cpu", live=False)
    try:
        session.train(updates=4)
        session.save(path)
    finally:
        session.close()
    return path
