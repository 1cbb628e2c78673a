"""`racer-desktop bench`: what it prints and writes, with as little measuring as possible."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import racer_desktop
from racer_desktop import config as settings
from racer_desktop.bench import peers, plot
from racer_desktop.commands import bench_window
from tests.training.tiny import TINY

ROOT = Path(settings.__file__).resolve().parents[1]
WINDOW_FIGURES = {
    "fps_median", "frame_gap_ms_median", "frame_gap_ms_p95", "frame_gap_ms_p99", "frame_gap_ms_max",
    "key_to_frame_ms_p95", "paint_ms_p95", "window_shown_s", "drivable_s", "learning_s", "updates_per_s", "rss_mb",
    "compiling_frame_gap_ms_p99",
}  # fmt: skip
# The program with the smallest brain instead of its own, which takes a while to compile.
TINY_PROGRAM = """
import sys
from racer_desktop import cli, config
from racer_desktop.gui import application
from tests.training.tiny import TINY
config.Config = lambda: TINY
sys.exit(cli.main(sys.argv[1:]))
"""


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
    assert told["ms"].pop("update") > 0.0
    whole = told["ms"].pop("one thread")
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


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_demonstrations_are_compared(run: Callable[..., Any]) -> None:
    least = ("bench", "demonstrations", "--updates", 2, "--laps", 1, "--seeds", "5", "--tracks", "9000:9002")
    ran = run(*least, "--device", "cpu")
    assert ran.status == 0
    head, *rows = ran.out.splitlines()
    assert head.split()[:4] == ["seed", "laps", "updates", "finished"]
    assert [row.split()[:3] for row in rows] == [["5", "none", "2"], ["5", "shown", "2"]]
    assert all("0 of 2" in row and len(row) == len(head) for row in rows)
    assert "Shown: 1 lap of track 42" in ran.err
    told = run(*least, "--device", "cpu", "--json").json
    assert [curve["points"][0]["updates"] for curve in told["curves"]] == [2, 2]
    assert told["demonstration"]["rows_kept"] <= told["demonstration"]["rows"]
    assert told["tracks"] == [9000, 9001]


@pytest.mark.slow
def test_window_is_measured_and_nothing_of_the_persons_touched(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(bench_window, "_program", lambda: [sys.executable, "-c", TINY_PROGRAM])
    checkpoints = set((ROOT / "models").glob("*"))
    ran = run("bench", "window", "--seconds", 3, "--json", "--device", "cpu")
    assert ran.status == 0, ran.err
    figures = ran.json
    assert set(figures) >= WINDOW_FIGURES
    for name in WINDOW_FIGURES:
        assert figures[name] > 0.0, name
    assert figures["window_shown_s"] <= figures["drivable_s"]
    assert figures["frame_gap_ms_median"] <= figures["frame_gap_ms_p95"] <= figures["frame_gap_ms_p99"]
    assert figures["keys"] > 0
    assert figures["platform"] == "offscreen"
    assert figures["threads_left"] == ""
    assert list(tmp_path.iterdir()) == []
    assert set((ROOT / "models").glob("*")) == checkpoints


@pytest.mark.slow
def test_charts_are_measured() -> None:
    command = [sys.executable, "-m", "racer_desktop", "bench", "charts", "--episodes", "600", "--updates", "2000"]
    ran = subprocess.run(
        [*command, "--rounds", "3", "--json"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    short, long = json.loads(ran.stdout)["charts"]
    assert (short["episodes"], short["updates"], long["episodes"], long["updates"]) == (500, 500, 600, 2000)
    assert min(cost[name] for cost in (short, long) for name in ("first_ms", "update_ms", "paint_ms")) > 0.0


def test_the_window_is_opened_by_this_very_program() -> None:
    command = [*bench_window._program(), "--version"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert ran.stdout.split()[-1] == racer_desktop.__version__


def test_a_window_that_cannot_be_measured_is_told(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_window, "_program", lambda: [sys.executable, "-c", "raise SystemExit(1)"])
    ran = run("bench", "window", "--json")
    assert (ran.status, ran.out) == (2, "")
    assert "before it was measured" in ran.err
    monkeypatch.setattr(bench_window, "_program", lambda: [sys.executable, "-c", "raise SystemExit(2)"])
    assert run("bench", "window", "--json").status == 2, "it has said why itself"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite way to end a process")
def test_an_interrupted_measurement_closes_its_window(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    interrupting = "import os, signal, time; os.kill(os.getppid(), signal.SIGTERM); time.sleep(300)"
    monkeypatch.setattr(bench_window, "_program", lambda: [sys.executable, "-c", interrupting])
    ran = run("bench", "window")
    assert (ran.status, ran.out) == (130, "")
    assert "Closing the window" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "WHAT"),
        (("nonsense",), "nonsense"),
        (("sim", "--cars", "0"), "above zero"),
        (("window", "--seconds", "-3"), "above zero"),
        (("learn", "--agents", "dreamer,ppo"), "'ppo' is none of dreamer, sac"),
        (("learn", "--marks", "60,x"), "above zero"),
        (("demonstrations", "--laps", "0"), "above zero"),
        (("demonstrations", "--updates", "8", "--minutes", "1"), "not allowed with"),
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
