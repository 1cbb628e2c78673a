"""`racer-desktop evaluate`: the same drive as a table and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from racer_desktop.commands.evaluate import _number, _seconds


@pytest.mark.slow
def test_table_and_json(run: Callable[..., Any], tiny_brain: Path) -> None:
    asked = ("evaluate", tiny_brain, "--tracks", "9000:9002", "--laps", 1, "--obstacles", 0, "--device", "cpu")
    told = run(*asked, "--json").json
    assert [row["track"] for row in told["tracks"]] == [9000, 9001]
    assert told["finish_rate"] == sum(row["finished"] for row in told["tracks"]) / 2
    for row in told["tracks"]:
        assert row["flying_lap_s"] is None, "one lap from a standing start is no flying lap"
        assert row["ratio"] is None
    assert told["median_ratio"] is None
    table = run(*asked).out.splitlines()
    assert len(table) == 4
    assert [line.split()[0] for line in table[1:3]] == ["9000", "9001"]
    assert table[-1].startswith(f"{sum(row['finished'] for row in told['tracks'])} of 2 tracks finished")


def test_a_circuit_that_is_not_there_is_named(run: Callable[..., Any], tiny_brain: Path) -> None:
    ran = run("evaluate", tiny_brain, "--circuit", "/no/such.csv")
    assert ran.status == 2
    assert "/no/such.csv" in ran.err


def test_tracks_and_a_circuit_exclude_each_other(run: Callable[..., Any], tiny_brain: Path) -> None:
    ran = run("evaluate", tiny_brain, "--circuit", "a.csv", "--tracks", "1:2")
    assert ran.status == 2
    assert "not allowed with" in ran.err


def test_figures_as_people_read_them() -> None:
    assert (_seconds(None), _seconds(float("nan")), _seconds(31.416)) == ("-", "-", "31.42 s")
    assert (_number(None), _number(1.136)) == ("-", "1.14")
