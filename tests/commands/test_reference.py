"""`racer-desktop reference`: the fastest lap in words and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from racer_desktop.config import Config
from racer_desktop.sim.racing_line import reference_lap
from racer_desktop.sim.track import generate


def test_words_and_json_agree_with_the_lap(run: Callable[..., Any]) -> None:
    config = Config()
    lap = reference_lap(generate(7, config.track, config.car.half_width), config.car)
    said = run("reference", "--track", 7)
    assert said.status == 0
    assert f"{lap:.2f} s" in said.out
    told = run("reference", "--track", 7, "--json").json
    assert told["reference_lap_s"] == pytest.approx(lap, abs=1e-3)
    assert 0 < told["speed_min_m_s"] < told["speed_max_m_s"] <= config.car.max_speed
    assert len(told["line_m"]) == config.track.points


def test_obstacles_do_not_matter_to_it(run: Callable[..., Any], tmp_path: Path) -> None:
    laps = [run("reference", "--track", 8, "--obstacles", k, "--json").json["reference_lap_s"] for k in (5, 5)]
    assert laps[0] == laps[1]
    file = tmp_path / "track.csv"
    assert run("track", 8, "--out", file).status == 0
    of_file = run("reference", "--circuit", file, "--json").json["reference_lap_s"]
    assert of_file == pytest.approx(laps[0], rel=0.01), "the same track from a file"


def test_a_circuit_too_narrow_for_the_car_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "narrow.csv"
    assert run("track", 8, "--out", file, "--obstacles", 0).status == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    narrow = [line if line.startswith("#") else ",".join([*line.split(",")[:2], "0.5", "0.5"]) for line in lines]
    file.write_text("\n".join(narrow) + "\n", encoding="utf-8")
    ran = run("reference", "--circuit", file)
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1
