"""The command line: what is wrong is one sentence and status 2; what is right is done and reported as JSON."""

from __future__ import annotations

import faulthandler
import json
import subprocess
import sys
from pathlib import Path

import pytest

from racer_desktop import cli, paths
from racer_desktop.config import Config

ROOT = Path(cli.__file__).resolve().parents[1]
LOG_KEYS = {
    "wall_s", "compile_s", "env_steps", "episodes", "updates", "updates_per_s", "reward_mean_100", "loss",
    "exploration", "best_lap_s",
}  # fmt: skip


def status(*arguments: str) -> int:
    """The exit status, whether argparse leaves or the command returns."""
    try:
        return cli.main(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)


@pytest.mark.parametrize("command", [[], *([name] for name in cli.COMMANDS)])
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    code = (
        "import sys; from racer_desktop.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as e: print('status', e.code)\n"
        "print('heavy', sorted({'jax', 'PySide6', 'haiku'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code, *command, "--help"], capture_output=True, text=True, check=True)
    assert "status 0" in ran.stdout
    assert "heavy []" in ran.stdout
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nonsense"], "--nonsense"),
        (["train", "--minutes", "soon"], "soon"),
        (["train", "--minutes", "0"], "above zero"),
        (["train", "--updates", "4", "--obstacles", "99"], "track.obstacles must be a whole number from 0 to 12"),
        (["train", "--updates", "4", "--set", "track.obstacles=99"], "track.obstacles must be a whole number"),
        (["train", "--updates", "4", "--set", "track.trees=9"], "There is no setting track.trees"),
        (["train", "--cars", "4", "--set", "training.cars=9"], "training.cars is given twice"),
        (["train", "--updates", "4", "--out", "/no/such/folder/x.racer"], "/no/such/folder"),
        (["train", "--updates", "4", "--track", "1", "--tracks", "random"], "exclude each other"),
        (["evaluate", "/no/such.racer"], "does not exist"),
        (["evaluate", "x.racer", "--tracks", "9016:9000"], "9016:9000"),
        (["track", "42"], "--out"),
        (["reference", "--circuit", "/no/such.csv"], "/no/such.csv"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert status(*arguments) == 2
    out, err = capfd.readouterr()
    assert said in err
    assert "Traceback" not in out + err
    assert len(err.strip().splitlines()[-1]) > 0


def test_a_foreign_file_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    foreign = tmp_path / "notes.racer"
    foreign.write_text("this is no brain")
    assert status("train", "--updates", "4", "--resume", str(foreign)) == 2
    assert "not a Racer Desktop file" in capfd.readouterr().err
    assert foreign.read_text() == "this is no brain"


def test_a_track_becomes_a_circuit_file(tmp_path: Path) -> None:
    from racer_desktop.sim import circuits

    file = tmp_path / "track.csv"
    assert status("track", "7", "--out", str(file), "--obstacles", "3") == 0
    track = circuits.read(file)
    assert len(track.obstacles) == 3
    assert 500 <= float(track.length) <= 900


@pytest.mark.slow
def test_learning_saving_going_on_and_judging(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    brain, log = tmp_path / "brain.racer", tmp_path / "log.jsonl"
    chunk = Config().training.updates_per_chunk
    assert status("train", "--updates", str(chunk), "--out", str(brain), "--log", str(log)) == 0
    assert status("train", "--updates", str(chunk), "--resume", str(brain), "--log", str(log)) == 0
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert all(set(entry) == LOG_KEYS for entry in entries)
    assert entries[-1]["updates"] == 2 * chunk
    assert entries[-1]["wall_s"] > entries[0]["wall_s"]

    capfd.readouterr()
    assert status("evaluate", str(brain), "--tracks", "9000:9002", "--json") == 0
    judged = json.loads(capfd.readouterr().out)
    assert set(judged) == {"tracks", "finish_rate", "median_ratio"}
    assert [row["track"] for row in judged["tracks"]] == [9000, 9001]
    wanted = {"track", "finished", "lap_time_s", "flying_lap_s", "reference_lap_s", "ratio"}
    assert all(set(row) == wanted for row in judged["tracks"])
    assert all(15 < row["reference_lap_s"] < 60 for row in judged["tracks"])


def test_the_window_begins_on_a_circuit(tmp_path: Path) -> None:
    circuit, brain = tmp_path / "track.csv", tmp_path / "brain.racer"
    assert status("track", "7", "--out", str(circuit), "--obstacles", "0") == 0
    config, file = cli._beginning(circuit)
    assert file is None
    assert config.circuit is not None
    assert config.circuit.name == "track"
    assert cli._beginning(brain) == (Config(), brain)
    circuit.write_text("1,2\n3\n")
    assert cli._beginning(circuit) == (Config(), circuit)  # the window says what is wrong


def test_a_circuit_that_cannot_be_driven_is_not_learned_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    circuit = tmp_path / "bad.csv"
    circuit.write_text("# x_m,y_m,w_tr_right_m,w_tr_left_m\n0,0,6,6\nhere,0,6,6\n")
    assert status("train", "--updates", "4", "--circuit", str(circuit)) == 2
    assert "bad.csv: line 3: 'here' is not a number" in capfd.readouterr().err
    assert status("train", "--updates", "4", "--circuit", str(circuit), "--tracks", "random") == 2
    assert "--track, --tracks and --circuit exclude each other" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of Unix")
def test_a_crash_in_native_code_leaves_word_of_where(tmp_path: Path) -> None:
    code = (
        "import os, signal; from racer_desktop import cli\n"
        "def breaks_down(options): os.kill(os.getpid(), signal.SIGSEGV)\n"
        "cli._window = breaks_down\n"
        "cli.main([])"
    )
    environment = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=False).returncode < 0
    (file,) = tmp_path.rglob("racer-desktop-crash.log")
    assert "breaks_down" in file.read_text(encoding="utf-8")


def test_the_window_starts_without_a_log_that_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in ("racer-desktop.log", "racer-desktop-crash.log"):
        folder = tmp_path / broken
        (folder / broken).mkdir(parents=True)  # a folder stands where the file would be
        monkeypatch.setattr(paths, "log_file", lambda folder=folder: folder / "racer-desktop.log")
        monkeypatch.setattr(faulthandler, "is_enabled", lambda: False)
        with cli._logged():
            pass
