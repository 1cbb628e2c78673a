"""launch.py as it is called: a real process, a checkout of its own, nothing downloaded."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

LAUNCH = Path(__file__).resolve().parents[2] / "packaging" / "launch.py"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        (["train", "--minutes", "2"], ["racer_desktop", "train", "--minutes", "2"]),
        (["self-test"], ["racer_desktop", "self-test"]),
        (["bench", "sim"], ["racer_desktop", "bench", "sim"]),
        (["bench", "charts", "--json"], ["racer_desktop", "bench", "charts", "--json"]),
        (["--version"], ["racer_desktop", "--version"]),
        (["test"], ["pytest"]),
        (["test", "-k", "two words"], ["pytest", "-k", "two words"]),
    ],
)
def test_arguments_go_to_the_program_or_to_pytest(launch, arguments, started):
    done = launch(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["-P", "-m", *started]
    assert done.stderr == ""


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_window_opens_where_there_is_something_to_show_it_on(launch, variable):
    done = launch("a file.racer", **{variable: "offscreen"})
    assert done.stdout.splitlines() == ["-P", "-m", "racer_desktop", "a file.racer"]


@pytest.mark.parametrize("arguments", [[], ["night run.racer"], ["bench", "window", "--json"]])
def test_no_display_is_one_sentence_before_anything_is_installed(launch, checkout, arguments):
    done = launch(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for word in ("no display", "launch.py train", "Xvfb"):
        assert word in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.usefixtures("installed")
def test_bundle_is_built_by_the_checkouts_own_script(launch, checkout):
    done = launch("bundle", "--no-archive")
    assert done.stdout.splitlines() == [str(checkout / "packaging" / "build_bundle.py"), "--no-archive"]


def test_command_that_fails_passes_its_status_on(launch, installed):
    installed.python.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    assert launch("train").returncode == 7


@pytest.mark.usefixtures("installed")
def test_second_start_costs_under_half_a_second(launch):
    def seconds() -> float:
        start = time.perf_counter()
        assert launch("self-test").returncode == 0
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.5


def test_every_message_is_in_the_log(launch, tmp_path):
    launch(XDG_STATE_HOME=str(tmp_path / "state"))
    log = tmp_path / "state" / "racer-desktop" / "log" / "launch.log"
    assert "no display" in log.read_text(encoding="utf-8")


def test_old_python_gets_a_sentence():
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend, LAUNCH], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Racer Desktop needs Python 3.11 or newer, and this is 3.9: ")
    assert done.stderr.count("\n") == 1


def test_old_python_can_read_the_file_at_all():
    ast.parse(LAUNCH.read_text(encoding="utf-8"), feature_version=(3, 4))
