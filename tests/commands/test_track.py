"""`racer-desktop track`: the file holds the track of the seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim import circuits
from racer_desktop.sim.track import generate


def test_the_file_holds_the_seeds_track(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "track.csv"
    ran = run("track", 42, "--out", file)
    assert ran.status == 0
    config = Config()
    made, read = generate(42, config.track, config.car.half_width), circuits.read(file)
    assert str(file) in ran.out
    assert f"{made.length:.0f} m" in ran.out
    assert len(read.obstacles) == config.track.obstacles
    np.testing.assert_allclose(read.length, made.length, rtol=0.01)


def test_a_seed_out_of_its_limits_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("track", -1, "--out", tmp_path / "track.csv")
    assert ran.status == 2
    assert "track.seed must be a whole number from 0" in ran.err
    assert not list(tmp_path.iterdir())


def test_obstacles_that_do_not_fit_are_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("track", 1, "--obstacles", 13, "--out", tmp_path / "track.csv")
    assert ran.status == 2
    assert "track.obstacles" in ran.err
