"""What the parts of the window look like, without letters, against stored pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.gui.make_pictures import HERE, PICTURES

STORED = sorted(path.stem for path in PICTURES.glob("*.png"))
SHADE = 24  # of 255: less is how finely a renderer smooths an edge
MOST_PIXELS = 0.001  # share of pixels that may differ by more: fewer than the smallest dot in a picture has
ADVICE = "look at both; if the change is meant, run python -m tests.gui.make_pictures and commit"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only fontconfig can be told to know one font only")


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all pictures as the program draws them now."""
    folder = tmp_path_factory.mktemp("pictures")
    command = [sys.executable, "-m", "tests.gui.make_pictures", "--out", str(folder)]
    root = HERE.parents[1]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    done = subprocess.run(command, cwd=root, env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def pixels(path: Path) -> np.ndarray:
    """[H, W, 3] of a picture, 0 to 255."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def different(one: np.ndarray, other: np.ndarray) -> float:
    """The share of pixels that are not the same."""
    if one.shape != other.shape:
        return 1.0
    return float((abs(one - other).max(axis=2) > SHADE).mean())


def test_every_picture_is_stored_and_every_stored_one_is_made(rendered: Path) -> None:
    assert sorted(path.stem for path in rendered.glob("*.png")) == STORED


@pytest.mark.parametrize("name", STORED)
def test_it_looks_as_it_did(rendered: Path, name: str) -> None:
    now, stored = rendered / f"{name}.png", PICTURES / f"{name}.png"
    share = different(pixels(now), pixels(stored))
    assert share <= MOST_PIXELS, f"{share:.1%} of {now} is not as in {stored}: {ADVICE}"


def test_a_difference_would_be_seen(rendered: Path) -> None:
    """The pictures of the two appearances, and of two cameras, are far apart."""
    for one, other in (("hud-dark", "hud-light"), ("track_view-dark", "track_view_follow-dark")):
        assert different(pixels(rendered / f"{one}.png"), pixels(rendered / f"{other}.png")) > 50 * MOST_PIXELS
