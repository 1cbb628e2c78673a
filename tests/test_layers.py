"""The rooms of the house: which may know which, and what is loaded when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

EVERYTHING_WITHOUT_QT = """
import importlib, pkgutil, sys
for blocked in ("PySide6", "shiboken6", "pyqtgraph"):
    sys.modules[blocked] = None
import racer_desktop
names = [m.name for m in pkgutil.walk_packages(racer_desktop.__path__, "racer_desktop.", onerror=lambda name: None)]
names = [n for n in names if not n.startswith("racer_desktop.gui") and not n.endswith("__main__")]
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("gymnasium", "stable_baselines3"):  # optional extras
            raise
print(len(names))
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_below_the_window_imports_without_qt():
    assert int(run(EVERYTHING_WITHOUT_QT)) > 10


@pytest.mark.parametrize("module", ["application", "main_window"])
def test_window_is_there_before_jax(module):
    heavy = (
        f"import sys, racer_desktop.gui.{module}; print([m for m in ('jax', 'jaxlib', 'haiku') if m in sys.modules])"
    )
    assert run(heavy).strip() == "[]"


def test_command_line_is_there_before_anything_heavy():
    heavy = "import sys, racer_desktop.cli; print([m for m in ('jax', 'PySide6', 'numpy') if m in sys.modules])"
    assert run(heavy).strip() == "[]"


def test_arrows_go_down_only():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
