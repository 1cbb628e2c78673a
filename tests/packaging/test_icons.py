"""The icon's files show what its drawings show."""

from __future__ import annotations

import icons
import numpy as np
import pytest
from PySide6.QtGui import QImage, QImageReader


@pytest.fixture(autouse=True)
def _application(qapp):
    """Qt's image plugins need an application."""


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(int)


@pytest.mark.parametrize("size", icons.SIZES)
def test_picture_is_the_drawing(size):
    made = pixels(QImage(str(icons.TARGET / f"{icons.NAME}-{size}.png")))
    drawn = pixels(icons.drawn(size))
    assert made.shape == drawn.shape
    assert np.abs(made - drawn).mean() < 1.0, "run packaging/icons.py"


@pytest.mark.parametrize(
    ("ending", "sizes"), [("ico", icons.WINDOWS_SIZES), ("icns", sorted(set(icons.MACOS_TYPES.values())))]
)
def test_container_holds_every_size(ending, sizes):
    reader = QImageReader(str(icons.TARGET / f"{icons.NAME}.{ending}"))
    found = set()
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        found.add(reader.read().width())
    assert found == set(sizes)


def test_icon_stands_out_from_light_and_dark():
    middle = pixels(icons.drawn(16))[..., :3]
    brightness = middle.mean(axis=2)
    assert brightness.max() - brightness.min() > 150
    assert pixels(icons.drawn(16))[0, 0, 3] < 128  # rounded corners
