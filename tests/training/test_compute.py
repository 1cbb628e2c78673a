"""Devices and the cache of compiled programs."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import jax
import pytest

from racer_desktop.training import compute
from racer_desktop.training.compute import DeviceError

LEARN = (
    "from racer_desktop.training import compute; compute.prepare(); import jax; "
    "print(len(jax.devices()), jax.jit(lambda x: x + 1)(1), compute.arena_device() != compute.learner_device('auto'))"
)


@dataclass
class Place:
    """A device by its kind."""

    platform: str
    device_kind: str = ""


def learned(**environment: str) -> str:
    """What a process says that is started with these variables."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("JAX_")} | environment
    done = subprocess.run([sys.executable, "-c", LEARN], env=variables, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    return done.stdout.strip()


def test_race_and_learner_have_a_device_each(device):
    assert compute.arena_device() != device
    assert compute.device_name(device) == "CPU"


def test_gpu_that_is_not_there():
    if any(d.platform == "gpu" for d in jax.devices()):
        pytest.skip("there is one")
    with pytest.raises(DeviceError, match=r"No GPU was found; .* --device cpu\."):
        compute.learner_device("gpu")


def test_auto_takes_the_cpu_where_there_is_no_gpu(device):
    if any(d.platform == "gpu" for d in jax.devices()):
        pytest.skip("there is one")
    assert compute.learner_device("auto") == device


@pytest.mark.parametrize(
    ("platform", "system", "cores", "window", "two"),
    [
        ("cpu", "linux", 1, False, False),
        ("cpu", "linux", 2, False, True),
        ("cpu", "linux", 2, True, True),
        ("cpu", "win32", 2, False, True),
        ("cpu", "win32", 2, True, False),  # no thread gives way to another there
        ("cpu", "darwin", 4, True, True),
        ("gpu", "linux", 16, False, False),
    ],
)
def test_two_threads_learn_where_each_has_a_core(monkeypatch, platform, system, cores, window, two):
    polite = threading.Event()
    if window:
        polite.set()
    monkeypatch.setattr(compute, "_polite", polite)
    monkeypatch.setattr(compute.sys, "platform", system)
    monkeypatch.setattr(compute.os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    assert compute.two_at_once(Place(platform)) == two


def test_compiled_programs_are_kept_in_a_private_folder(tmp_path):
    assert learned(XDG_CACHE_HOME=str(tmp_path)) == "2 2 True"
    (folder,) = (tmp_path / "racer-desktop").iterdir()
    assert folder.name.startswith(f"compiled-jax-{jax.__version__}-")
    assert folder.stat().st_mode & 0o077 == 0


def test_cache_folder_that_cannot_be_made_is_no_failure(tmp_path):
    (tmp_path / "file").touch()
    assert learned(XDG_CACHE_HOME=str(tmp_path / "file")) == "2 2 True"


def test_cache_folder_that_cannot_be_made_is_told_in_the_log(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").touch()
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setattr(compute.paths, "cache_folder", lambda: Path(tmp_path / "file" / "below").mkdir())
    with caplog.at_level(logging.WARNING):
        compute.prepare()
    assert "Compiled programs are not kept" in caplog.text


def test_cache_folder_of_the_persons_choice_is_kept(tmp_path):
    assert learned(XDG_CACHE_HOME=str(tmp_path), JAX_COMPILATION_CACHE_DIR=str(tmp_path / "mine")) == "2 2 True"
    assert not (tmp_path / "racer-desktop").exists()


def test_compilers_remarks_stay_off_the_terminal():
    clean = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    code = "import os, racer_desktop.training.session; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout == "3\n"
