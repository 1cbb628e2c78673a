"""The pictures of the help pages: the one that fits the appearance, as wide as there is room, and sharp. No widgets.

A page names the light one, `pictures/NAME.png`, which is what a reader of the file sees. Beside it may lie
`pictures/NAME-dark.png`. Both have two pixels for each logical pixel of their natural size.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from racer_desktop.gui.theme import Theme
from racer_desktop.paths import resource

PIXELS = 2  # of a file for each logical pixel


def picture(name: str, theme: Theme, room: int, ratio: float) -> QImage:
    """A picture ready to be shown.

    Args:
        name: as the page has it, relative to `resources/help`.
        theme: the colours around it.
        room: width that it may take, logical pixels.
        ratio: the screen's device pixels for each logical pixel.

    Returns:
        The picture with that ratio; an empty one if there is none of this name.
    """
    image = _read(name, theme)
    if image.isNull():
        return image
    width = min(image.width() / PIXELS, max(room, 1))
    if round(width * ratio) != image.width():
        image = image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(ratio)
    return image


def _read(name: str, theme: Theme) -> QImage:
    path = PurePosixPath(name)
    dark = str(path.with_name(f"{path.stem}-dark{path.suffix}"))
    for wanted in (dark, name) if theme.dark else (name,):
        try:
            return QImage(str(resource(f"help/{wanted}")))
        except FileNotFoundError:
            continue
    return QImage()
