"""The README's film: a brain at several ages on a track that it never saw, made by the program's own exporter."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from guide.drives import Race
from racer_desktop.config import Config
from racer_desktop.gui.film import Film, Shot, film_colours
from racer_desktop.gui.theme import Theme, tabular_font
from racer_desktop.gui.track_view import Layers
from racer_desktop.gui.video_file import Format, Kind, write_video

SIZE = (720, 450)
PICTURES_PER_S = Kind.GIF.pictures_per_s


class Scene(NamedTuple):
    """A drive in the film.

    Attributes:
        caption: what is written beside it.
        race: what is shown.
        speed: how many times as fast as it was driven.
    """

    caption: str
    race: Race
    speed: float


def write(path: Path, scenes: list[Scene], config: Config, theme: Theme) -> None:
    """Writes the scenes one after the other into a GIF.

    Args:
        path: the file.
        scenes: in their order.
        config: for the scales.
        theme: the colours.

    Raises:
        VideoError: if the file cannot be written.
    """
    shot = Shot(
        SIZE,
        PICTURES_PER_S,
        config.race.tick,
        config.car.max_speed,
        follow=False,
        theme=theme,
        layers=Layers(latent=False),
    )
    write_video(path, _pictures(scenes, shot), Format(Kind.GIF, SIZE, film_colours(theme)))


def _pictures(scenes: list[Scene], shot: Shot) -> Iterator[bytes]:
    for scene in scenes:
        film = Film(scene.race.frames, dataclasses.replace(shot, tick=shot.tick / scene.speed))
        for _ in range(film.pictures):
            yield _with_caption(film.paint(), scene.caption, shot.theme)
        film.close()


def _with_caption(pixels: bytes, caption: str, theme: Theme) -> bytes:
    width, height = SIZE
    image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(tabular_font(15, bold=True))
    words = painter.fontMetrics().horizontalAdvance(caption) + 28
    place = QRectF(16, height - 154, words, 30)  # above the card in the lower left corner
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.hud)
    painter.drawRoundedRect(place, 15, 15)
    painter.setPen(theme.hud_text)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, caption)
    painter.end()
    return bytes(image.constBits())
