"""The code as written: linted, formatted, typed. The rules stand in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def check(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint():
    check("ruff", "check")


def test_format():
    check("ruff", "format", "--check")


@pytest.mark.slow
def test_types():
    check("pyright", "--pythonpath", sys.executable)
