"""A recorded stretch of the race as pictures, painted by the track view itself in a time of its own."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from racer_desktop.gui.race_picture import Layers
from racer_desktop.gui.theme import Theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.training.snapshot import Frame

RAMP = 12  # colours of a scale that a film is sure to have


@dataclass(frozen=True)
class Shot:
    """How a film is painted.

    Attributes:
        size: width and height, pixels.
        pictures_per_s: of the film.
        tick: length of a physics tick, s.
        top_speed: m/s.
        follow: whether the camera follows the car.
        theme: the colours.
        layers: what is painted besides track and hero.
    """

    size: tuple[int, int]
    pictures_per_s: int
    tick: float
    top_speed: float
    follow: bool
    theme: Theme
    layers: Layers


class Film:
    """Pictures of recorded frames, one after the other. To be used in the window's thread, as every widget.

    Args:
        frames: at least one, oldest first, all of one track.
        shot: how it is painted.

    Attributes:
        pictures: how many there are.
    """

    def __init__(self, frames: list[Frame], shot: Shot) -> None:
        self._frames, self._shot = frames, shot
        self._time = frames[0].tick * shot.tick
        self._next = self._painted = 0
        self.pictures = 1 + math.floor((frames[-1].tick - frames[0].tick) * shot.tick * shot.pictures_per_s)
        self._view = TrackView(shot.theme, top_speed=shot.top_speed, tick=shot.tick, clock=lambda: self._time)
        self._view.resize(QSize(*shot.size))
        self._view.set_layers(**dataclasses.asdict(shot.layers))
        self._image = QImage(QSize(*shot.size), QImage.Format.Format_RGB888)
        self._view.set_track(frames[0].track)
        self._view.follow(shot.follow)

    def paint(self) -> bytes:
        """The next picture: RGB pixels row by row from the top, 3 bytes each."""
        shot = self._shot
        self._time = self._frames[0].tick * shot.tick + self._painted / shot.pictures_per_s
        while self._next < len(self._frames) and self._frames[self._next].tick * shot.tick <= self._time + 1e-9:
            self._view.show_frame(self._frames[self._next])
            self._next += 1
        self._painted += 1
        self._view.render(self._image)
        width, height = shot.size
        rows = self._image.constBits(), self._image.bytesPerLine()
        if rows[1] == 3 * width:
            return bytes(rows[0])
        return b"".join(bytes(rows[0][k * rows[1] : k * rows[1] + 3 * width]) for k in range(height))

    def close(self) -> None:
        """Gives the view back."""
        self._view.deleteLater()


def film_colours(theme: Theme) -> list[tuple[int, int, int]]:
    """The colours of a theme that may not be on the first picture."""
    shares = [k / (RAMP - 1) for k in range(RAMP)]
    ramps = [theme.speed_colour(s) for s in shares] + [theme.ray_colour(s) for s in shares]
    single = [value for value in vars(theme).values() if isinstance(value, QColor)]
    return [(c.red(), c.green(), c.blue()) for c in single + ramps]
