"""`racer-desktop bench`: what it prints and writes, with as little measuring as possible."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from racer_desktop import config as settings
from racer_desktop.bench import peers, plot
from tests.training.tiny import TINY


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own settings, made tiny."""
    monkeypatch.setattr(settings, "Config", lambda: TINY)


@pytest.mark.usefixtures("tiny")
def test_sim_prints_a_table_and_json(run: Callable[..., Any]) -> None:
    told = run("bench", "sim", "--cars", "1,4", "--seconds", 0.01, "--json")
    assert told.status == 0
    assert set(told.json) == {"fleets"}
    assert [fleet["cars"] for fleet in told.json["fleets"]] == [1, 4]
    for fleet in told.json["fleets"]:
        assert set(fleet) == {"cars", "env_steps_per_s", "physics_ticks_per_s"}
        assert fleet["physics_ticks_per_s"] == pytest.approx(4 * fleet["env_steps_per_s"], abs=4)
    table = run("bench", "sim", "--cars", "1,4", "--seconds", 0.01).out.splitlines()
    assert [line.split()[0] for line in table] == ["cars", "1", "4"]


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_update_says_where_the_time_goes(run: Callable[..., Any]) -> None:
    told = run("bench", "update", "--seconds", 0.01, "--json", "--device", "cpu").json
    assert told["device"] == "CPU"
    whole = told["ms"].pop("update")
    assert sum(told["ms"].values()) == pytest.approx(whole, abs=0.01)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_learn_keeps_its_curves(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    ran = run(
        "bench", "learn", "--minutes", 0.01, "--seeds", "0,1", "--agents", "dreamer", "--tracks", "9000:9002",
        "--json", file, "--device", "cpu",
    )  # fmt: skip
    assert ran.status == 0
    result = json.loads(file.read_text(encoding="utf-8"))
    assert [(curve["agent"], curve["seed"]) for curve in result["curves"]] == [("dreamer", 0), ("dreamer", 1)]
    assert all(curve["points"][0]["wall_s"] >= 0.6 for curve in result["curves"])
    assert result["tracks"] == [9000, 9001]
    assert result["machine"]["cores"] >= 1
    (row,) = result["summary"]
    assert (row["agent"], row["seeds"]) == ("dreamer", 2)
    assert "dreamer" in ran.out.splitlines()[1]
    assert len(ran.err.strip().splitlines()) == 2, "a line for each examination, where there is no terminal"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "WHAT"),
        (("nonsense",), "nonsense"),
        (("sim", "--cars", "0"), "above zero"),
        (("learn", "--agents", "dreamer,ppo"), "'ppo' is none of dreamer, sac"),
        (("learn", "--marks", "60,x"), "above zero"),
        (("learn", "--json", "/no/such/folder/x.json"), "/no/such/folder"),
    ],
)
def test_what_is_wrong_is_one_sentence(run: Callable[..., Any], arguments: tuple[str, ...], said: str) -> None:
    ran = run("bench", *arguments)
    assert ran.status == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_learner_that_is_not_installed_is_named(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(peers.PEERS, "tqc", peers.Peer("no_such_package", "TQC"))
    ran = run("bench", "learn", "--agents", "dreamer,tqc")
    assert ran.status == 2
    assert "Not installed: tqc; install the program with its `bench` extra." in ran.err


def test_a_plot_that_cannot_be_drawn_is_said_first(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot, "available", lambda: False)
    ran = run("bench", "learn", "--agents", "dreamer", "--plot", "x.png")
    assert ran.status == 2
    assert "matplotlib is not installed" in ran.err
