"""A checkout of its own for each test, whose virtual environment is a shell script that says what it was given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from launcher.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
ECHO = "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the launcher and the lock files, nothing installed, and a name that is hard to quote."""
    root = tmp_path / "Rennen für alle"
    shutil.copytree(ROOT / "packaging", root / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def installed(checkout: Path) -> Environment:
    """The checkout's environment as after a finished set-up, with a shell script in Python's place."""
    environment = Environment(checkout)
    script(environment.python, ECHO)
    (environment.folder / "lib" / "python3.11" / "site-packages" / "PySide6").mkdir(parents=True)
    for kind in ("program", "test", "bundle"):
        environment.stamp(kind).write_text(json.dumps(environment.state(kind)), encoding="utf-8")
    return environment


@pytest.fixture
def launch(checkout: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the checkout's launch.py from another folder, without a display, with the variables given."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        environment = {name: value for name, value in os.environ.items() if name not in hidden} | variables
        command = [sys.executable, str(checkout / "packaging" / "launch.py"), *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def script(path: Path, text: str) -> None:
    """Writes an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
