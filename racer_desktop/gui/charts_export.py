"""Saving a chart: its picture as PNG, its numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QImageWriter, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from racer_desktop.files import replacing

PICTURE_SCALE = 3  # of the widget's size on the screen: sharp in print
_ROWS_AT_ONCE = 10_000


class ExportError(Exception):
    """A chart could not be saved; the message says where and why."""


def picture(widget: QWidget, scale: float = PICTURE_SCALE) -> QImage:
    """The widget as it is on the screen, with `scale` times as many pixels each way."""
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(widget.palette().window().color())
    painter = QPainter(image)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def save_picture(image: QImage, path: Path) -> None:
    """Writes a PNG; the file appears only when it is whole.

    Raises:
        ExportError: if it cannot be written.
    """
    try:
        with replacing(path) as temporary:
            writer = QImageWriter(str(temporary), b"png")
            if not writer.write(image):
                raise ExportError(f"The picture could not be saved to {path}: {writer.errorString()}.")
    except OSError as error:
        raise ExportError(f"The picture could not be saved to {path}: {error.strerror or error}.") from error


def save_numbers(
    columns: list[tuple[str, np.ndarray]], path: Path, progress: Callable[[float], bool] = lambda share: True
) -> bool:
    """Writes a CSV with a header line; the file appears only when it is whole.

    Args:
        columns: (name, [N] numbers) each.
        path: the file to write.
        progress: called with the share done; returns False to stop, and then nothing is left behind.

    Returns:
        Whether it was written.

    Raises:
        ExportError: if it cannot be written.
    """
    arrays = [values for _, values in columns]
    rows = min((len(a) for a in arrays), default=0)
    try:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(name for name, _ in columns) + "\n")
            for start in range(0, rows, _ROWS_AT_ONCE):
                texts = [_texts(a[start : start + _ROWS_AT_ONCE]) for a in arrays]
                file.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))
                if not progress(min(1.0, (start + _ROWS_AT_ONCE) / rows)):
                    raise _StoppedError
    except _StoppedError:
        return False
    except OSError as error:
        raise ExportError(f"The numbers could not be saved to {path}: {error.strerror or error}.") from error
    return True


class _StoppedError(Exception):
    """The person does not want the file any more."""


def _texts(values: np.ndarray) -> list[str]:
    if np.issubdtype(values.dtype, np.integer):
        return [str(v) for v in values.tolist()]
    return [f"{v:.7g}" for v in values.tolist()]
