"""Where the picture looks: between metres on the track (y up) and logical pixels on the screen (y down)."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

SCALE_LOW = 0.05  # px/m: a Grand Prix circuit as a stamp
SCALE_HIGH = 120.0  # px/m: the car fills a third of the window


class CameraMode(enum.Enum):
    """What decides where the camera looks."""

    OVERVIEW = "overview"  # the whole track, always
    FOLLOW = "follow"  # the hero car
    FREE = "free"  # where the person put it


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rectangle on the ground, m."""

    left: float
    bottom: float
    right: float
    top: float


class Camera:
    """The view's centre and scale, kept on whole device pixels.

    The ground is drawn from cached tiles; if its corner always falls on a whole device pixel, tiles are
    copied instead of resampled, which is both faster and sharp.

    Attributes:
        x, y: what the middle of the view shows, m.
        scale: logical pixels per metre.
        width, height: of the view, logical pixels.
        ratio: device pixels per logical pixel.
    """

    def __init__(self) -> None:
        self.x = 0.0
        self.y = 0.0
        self.scale = 4.0
        self.width = 640
        self.height = 480
        self.ratio = 1.0

    def resize(self, width: int, height: int, ratio: float) -> None:
        """Takes the view's size in logical pixels and the screen's device pixel ratio."""
        self.width, self.height, self.ratio = max(width, 1), max(height, 1), ratio

    @property
    def device_scale(self) -> float:
        """Device pixels per metre."""
        return self.scale * self.ratio

    @property
    def device_origin(self) -> tuple[int, int]:
        """Where the ground's point (0, 0) falls, whole device pixels from the view's upper left corner."""
        left = self.width * self.ratio / 2 - self.x * self.device_scale
        top = self.height * self.ratio / 2 + self.y * self.device_scale
        return round(left), round(top)

    def to_screen(self, points: np.ndarray) -> np.ndarray:
        """[..., 2] points in metres to logical pixels."""
        left, top = self.device_origin
        return points * np.array((self.scale, -self.scale)) + np.array((left / self.ratio, top / self.ratio))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """One point in metres to logical pixels."""
        left, top = self.device_origin
        return x * self.scale + left / self.ratio, -y * self.scale + top / self.ratio

    def to_ground(self, left: float, top: float) -> tuple[float, float]:
        """A place on the screen in logical pixels to metres."""
        origin_left, origin_top = self.device_origin
        return (left - origin_left / self.ratio) / self.scale, (origin_top / self.ratio - top) / self.scale

    def look(self, scale: float, x: float, y: float) -> None:
        """Looks at a place, m, at a scale, px/m."""
        self.scale, self.x, self.y = _limited(scale), x, y

    def zoom_at(self, left: float, top: float, factor: float) -> None:
        """Zooms so that the place under (left, top), logical pixels, stays where it is."""
        x, y = self.to_ground(left, top)
        before = self.scale
        self.scale = _limited(self.scale * factor)
        share = before / self.scale
        self.x = x + (self.x - x) * share
        self.y = y + (self.y - y) * share

    def pan(self, right: float, down: float) -> None:
        """Moves the picture by logical pixels."""
        self.x -= right / self.scale
        self.y += down / self.scale


class Chase:
    """A camera that follows a car: it looks ahead in the direction of motion and never jerks."""

    LOOK_AHEAD = 0.7  # s of driving
    SETTLE = 0.35  # s until most of a change is made up

    def __init__(self) -> None:
        self._offset: np.ndarray | None = None

    def restart(self) -> None:
        """Begins anew, as after a jump of the car."""
        self._offset = None

    def aim(self, x: float, y: float, heading: float, speed: float, seconds: float) -> tuple[float, float]:
        """Where to look now, m, `seconds` after the last call."""
        wanted = self.LOOK_AHEAD * speed * np.array((math.cos(heading), math.sin(heading)))
        if self._offset is None:
            self._offset = wanted
        share = 1.0 - math.exp(-max(seconds, 0.0) / self.SETTLE)
        self._offset = self._offset + share * (wanted - self._offset)
        return x + float(self._offset[0]), y + float(self._offset[1])


def _limited(scale: float) -> float:
    return min(max(scale, SCALE_LOW), SCALE_HIGH)
