"""`racer-desktop train`, with the smallest brain: what it says, writes, refuses and keeps."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from racer_desktop.commands.train import log_entry
from racer_desktop.config import Config
from racer_desktop.training import saved
from racer_desktop.training.snapshot import Activity, Stats
from tests.training.tiny import TINY

pytestmark = pytest.mark.slow


def test_it_goes_on_where_the_file_was_saved(run: Callable[..., Any], tiny_brain: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "more.racer", tmp_path / "log.jsonl"
    before = tiny_brain.read_bytes()
    ran = run("train", "--resume", tiny_brain, "--updates", 8, "--out", out, "--log", log, "--device", "cpu")
    assert ran.status == 0
    assert "12 updates" in ran.out
    assert str(out) in ran.out
    assert tiny_brain.read_bytes() == before, "what was resumed stays as it was"
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert entries[-1]["updates"] == 12
    assert entries[-1]["loss"] is not None
    assert saved.driver(out)[0] == saved.driver(tiny_brain)[0]


def test_without_a_place_to_save_it_says_so(run: Callable[..., Any], tmp_path: Path, tiny_brain: Path) -> None:
    copy = tmp_path / "copy.racer"
    copy.write_bytes(tiny_brain.read_bytes())
    ran = run("train", "--resume", copy, "--updates", 4)
    assert ran.status == 0
    assert f"saved in {copy}" in ran.out, "the resumed file is the place"


def test_a_driver_to_ship_is_small_and_drives(run: Callable[..., Any], tiny_brain: Path, tmp_path: Path) -> None:
    out = tmp_path / "driver.racer"
    ran = run("train", "--resume", tiny_brain, "--updates", 4, "--out", out, "--brain-only", "--device", "cpu")
    assert ran.status == 0
    assert out.stat().st_size < tiny_brain.stat().st_size / 2
    assert saved.driver(out)[0] == saved.driver(tiny_brain)[0]
    assert run("train", "--updates", 4, "--brain-only").status == 2


def test_any_setting_can_be_given(run: Callable[..., Any], tmp_path: Path) -> None:
    out, usual = tmp_path / "tiny.racer", dict(Config().sections())
    changed = [
        f"--set={name}.{field}={json.dumps(value)}"
        for name, section in TINY.sections()
        for field, _, value in section.settings()
        if value != getattr(usual[name], field)
    ]
    assert run("train", "--updates", 4, "--out", out, "--device", "cpu", *changed).status == 0
    assert saved.driver(out)[0] == TINY


def test_settings_and_a_file_exclude_each_other(run: Callable[..., Any], tiny_brain: Path) -> None:
    ran = run("train", "--resume", tiny_brain, "--cars", 8)
    assert ran.status == 2
    assert "--resume goes on with the settings of its file" in ran.err


def test_a_log_that_cannot_be_written_is_said_first(run: Callable[..., Any], tiny_brain: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    (tmp_path / "target").mkdir()
    log.symlink_to(tmp_path / "target" / "no" / "file")
    ran = run("train", "--resume", tiny_brain, "--updates", 4, "--out", tmp_path / "x.racer", "--log", log)
    assert ran.status == 2
    assert "cannot be written" in ran.err


def test_an_interrupt_saves_and_stops(run: Callable[..., Any], tiny_brain: Path, tmp_path: Path) -> None:
    out = tmp_path / "stopped.racer"
    before = signal.getsignal(signal.SIGINT)
    over = threading.Event()

    def interrupt() -> None:
        while signal.getsignal(signal.SIGINT) is before and not over.wait(0.05):
            pass  # the command does not listen yet
        if not over.is_set():
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        ran = run("train", "--resume", tiny_brain, "--minutes", 30, "--out", out)
    finally:
        over.set()
        thread.join()
    assert ran.status == 0
    assert "Stopping as soon as everything is saved" in ran.err
    assert out.exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_the_log_has_null_for_what_is_not_known() -> None:
    entry = log_entry(Stats(Activity.LEARNING, updates=3))
    assert entry["updates"] == 3
    assert entry["reward_mean_100"] is None
    assert entry["loss"] is None
    assert entry["best_lap_s"] is None
    json.dumps(entry, allow_nan=False)
