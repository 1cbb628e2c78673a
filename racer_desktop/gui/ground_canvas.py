"""A transparent picture that lies on the ground: painted when it has to be, and then only copied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from racer_desktop.gui.camera import Bounds, Camera

RIM = 192  # device pixels beyond the view, so that a camera that moves needs a new picture only now and then


class GroundCanvas:
    """Covers the part of a rectangle of ground that is in view, and a rim around it.

    Attributes:
        painted: how often all of it was painted; a test sees by it that nothing is painted again.
    """

    def __init__(self) -> None:
        self.painted = 0
        self._pixmap: QPixmap | None = None
        self._place = QRect()  # device pixels, counted from the ground's point (0, 0)
        self._scale = 0.0

    def clear(self) -> None:
        """What is on it is no longer true: it will be painted again."""
        self._pixmap = None

    def draw(self, painter: QPainter, camera: Camera, bounds: Bounds, paint: Callable[[QPainter, float], None]) -> None:
        """Copies the picture into the view.

        Args:
            painter: of the view, its transform the identity in device pixels.
            camera: where the view looks.
            bounds: of the ground that the picture covers.
            paint: paints the picture if that is necessary: gets a painter that takes metres to device pixels, and
                the device pixels in a metre.
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
        if self._pixmap is None or scale != self._scale or not self._place.contains(seen):
            self._scale = scale
            self._place = view.adjusted(-RIM, -RIM, RIM, RIM).intersected(ground)
            self._pixmap = QPixmap(self._place.size())
            self._pixmap.fill(Qt.GlobalColor.transparent)
            self.touch(paint)
            self.painted += 1
        painter.drawPixmap(self._place.left() + left, self._place.top() + top, self._pixmap)

    def touch(self, paint: Callable[[QPainter, float], None]) -> None:
        """Paints on the picture as it is; nothing happens if it will be painted from the beginning anyway."""
        if self._pixmap is None:
            return
        painter = QPainter(self._pixmap)
        painter.setTransform(QTransform(self._scale, 0, 0, -self._scale, -self._place.left(), -self._place.top()))
        try:
            paint(painter, self._scale)
        finally:
            painter.end()
