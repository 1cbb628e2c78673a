"""A transparent picture that lies on the ground: painted when it has to be, and then only copied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from racer_desktop.gui.camera import Bounds, Camera

Paint = Callable[[QPainter, Bounds], None]  # on a picture in metres, of which only this part can be seen


class GroundCanvas:
    """Covers the part of a rectangle of ground that is in view, and a rim around it.

    Args:
        rim: device pixels beyond the view, so that a camera that moves needs a new picture only now and then; others
            for other canvases of the same view, so that not all of them need one at once.

    Attributes:
        painted: how often all of it was painted; a test sees by it that nothing is painted again.
    """

    def __init__(self, rim: int) -> None:
        self.painted = 0
        self._rim = rim
        self._stale = True
        self._pixmap = QPixmap()
        self._place = QRect()  # device pixels, counted from the ground's point (0, 0)
        self._scale = 0.0

    def clear(self) -> None:
        """What is on it is no longer true: it will be painted again."""
        self._stale = True

    def draw(self, painter: QPainter, camera: Camera, bounds: Bounds, paint: Paint) -> None:
        """Copies the picture into the view.

        Args:
            painter: of the view, its transform the identity in device pixels.
            camera: where the view looks.
            bounds: of the ground that the picture covers.
            paint: paints the picture, if that is necessary.
        """
        left, top = camera.device_origin
        view = QRect(-left, -top, round(camera.width * camera.ratio), round(camera.height * camera.ratio))
        scale = camera.device_scale
        ground = QRect(
            int(bounds.left * scale) - 2,
            int(-bounds.top * scale) - 2,
            int((bounds.right - bounds.left) * scale) + 5,
            int((bounds.top - bounds.bottom) * scale) + 5,
        )
        seen = view.intersected(ground)
        if seen.isEmpty():
            return
        if self._stale or scale != self._scale or not self._place.contains(seen):
            self._scale, self._stale = scale, False
            rim = self._rim
            self._place = view.adjusted(-rim, -rim, rim, rim).intersected(ground)
            if self._pixmap.size() != self._place.size():
                self._pixmap = QPixmap(self._place.size())
            self._pixmap.fill(Qt.GlobalColor.transparent)
            self.touch(paint)
            self.painted += 1
        painter.drawPixmap(self._place.left() + left, self._place.top() + top, self._pixmap)

    def touch(self, paint: Paint) -> None:
        """Paints on the picture as it is; nothing happens if it will be painted from the beginning anyway."""
        if self._stale:
            return
        place, scale = self._place, self._scale
        seen = Bounds(
            place.left() / scale,
            -(place.top() + place.height()) / scale,
            (place.left() + place.width()) / scale,
            -place.top() / scale,
        )
        painter = QPainter(self._pixmap)
        painter.setTransform(QTransform(scale, 0, 0, -scale, -place.left(), -place.top()))
        try:
            paint(painter, seen)
        finally:
            painter.end()
