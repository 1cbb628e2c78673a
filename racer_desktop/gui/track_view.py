"""The painted track: the widget that the race is watched on and driven from."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from racer_desktop.gui.camera import Camera, CameraMode, Chase
from racer_desktop.gui.frame_meter import FrameMeter
from racer_desktop.gui.framing import best_framing
from racer_desktop.gui.glide import Glide
from racer_desktop.gui.hands import Hands
from racer_desktop.gui.hud import Hud
from racer_desktop.gui.overlays import Overlays
from racer_desktop.gui.race_picture import Layers, RacePicture
from racer_desktop.gui.theme import GRID, Theme
from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import Frame

FIT_MARGIN = 3.0 * GRID  # px that stay free around the whole track
FOLLOW_SCALE = 9.0  # px/m at first
LEAST = QSize(376, 272)  # px: the displays do not lie over each other


class TrackView(Hands):
    """Shows a race and takes the driving keys.

    Args:
        theme: the colours.
        top_speed: of the car, m/s.
        tick: of the physics, s.
        clock: what time it is, s; a film has a time of its own.
        parent: the widget that it belongs to.

    Signals:
        keys_changed: see `Hands`.
        camera_changed: the `CameraMode`, when the person moved the camera by hand or it was set.
        first_painted: the view is on the screen for the first time.
    """

    camera_changed = Signal(object)
    first_painted = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        top_speed: float,
        tick: float,
        clock: Callable[[], float] = time.perf_counter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("track_view")
        self.setAccessibleName(self.tr("Track"))
        self.setAccessibleDescription(self.tr("The race. Arrow keys or W, A, S and D drive the car."))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST)
        self.meter = FrameMeter()
        self.hud = Hud(theme, top_speed, self)
        self.tick = tick
        self.pace = 1
        self._picture = RacePicture(theme, top_speed)
        self._camera, self._chase = Camera(), Chase()
        self._camera_mode = CameraMode.OVERVIEW
        self._follow_scale = FOLLOW_SCALE
        self._track: Track | None = None
        self._glide = Glide()
        self._clock = clock
        self._painted_at = clock()
        self._settle = QTimer(self)  # one more picture after the last frame, while something still moves
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._repaint)

    # What is shown.

    def set_track(self, track: Track) -> None:
        """Shows a track; nothing happens if it is the one already shown."""
        if track is self._track:
            return
        self._track = track
        self._picture.set_track(track)
        self._refit()
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Takes the newest frame and asks for a repaint."""
        now = self._clock()
        self.set_track(frame.track)
        jumped = self._glide.push(frame)
        if jumped:
            self._chase.restart()
        self._picture.feed(frame, jumped=jumped)
        covered = self.hud.board_height
        self.hud.feed(frame, now)
        self.hud.legend = self.overlays.legend
        if self.hud.board_height != covered:
            self._refit()
        self.update()

    @property
    def newest_frame(self) -> Frame | None:
        """The newest frame, on the screen or about to be."""
        return self._glide.newest

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._picture.set_theme(theme)
        self.hud.set_theme(theme)
        self.update()

    @property
    def layers(self) -> Layers:
        """What is painted besides the track and the hero."""
        return self._picture.layers

    @property
    def overlays(self) -> Overlays:
        """What lies over the track."""
        return self._picture.overlays

    def set_layers(self, **changes: bool) -> None:
        """Switches layers on or off by their names in `Layers`."""
        self._picture.set_layers(**changes)
        self.hud.show_latent = self.layers.latent
        had, self.hud.legend = self.hud.legend, self.overlays.legend
        if (had is None) != (self.hud.legend is None):
            self._refit()
        self.update()

    def set_top_speed(self, top_speed: float) -> None:
        """Takes the end of the speed's scales, m/s."""
        self.hud.top_speed = self.overlays.top_speed = top_speed

    def announce(self, text: str) -> None:
        """Shows a banner for a few seconds."""
        self.hud.announce(text, self._clock())
        self.update()

    def frame_rate(self) -> float:
        """Frames per second that were really painted lately."""
        return self.meter.rate(self._clock())

    def set_advice(self, text: str) -> None:
        """Says what to do next, for as long as it is true."""
        if text != self.hud.advice:
            self.hud.advice = text
            self.update()

    # The camera.

    @property
    def camera_mode(self) -> CameraMode:
        """What decides where the camera looks."""
        return self._camera_mode

    @Slot()
    def fit(self) -> None:
        """Shows the whole track."""
        self._set_camera_mode(CameraMode.OVERVIEW)

    def follow(self, on: bool) -> None:
        """Follows the hero car, or shows the whole track again."""
        self._set_camera_mode(CameraMode.FOLLOW if on else CameraMode.OVERVIEW)

    def zoom(self, factor: float) -> None:
        """Zooms about the middle of the view."""
        self.zoom_at(QPointF(self.width() / 2, self.height() / 2), factor)

    def zoom_at(self, place: QPointF, factor: float) -> None:
        """Zooms and keeps what is seen at a place where it is; about the car while that is followed."""
        if self._camera_mode is CameraMode.FOLLOW:
            place = QPointF(self.width() / 2, self.height() / 2)
        self._camera.zoom_at(place.x(), place.y(), factor)
        if self._camera_mode is CameraMode.FOLLOW:
            self._follow_scale = self._camera.scale
        else:
            self._set_camera_mode(CameraMode.FREE)
        self.update()

    def pan(self, moved: QPointF) -> None:
        """Moves the picture, px, and leaves it where it is put."""
        if self._camera_mode is not CameraMode.FREE:
            self._set_camera_mode(CameraMode.FREE)
        self._camera.pan(moved.x(), moved.y())
        self.update()

    def _set_camera_mode(self, mode: CameraMode) -> None:
        if mode is CameraMode.FOLLOW and self._camera_mode is not CameraMode.FOLLOW:
            self._chase.restart()
            self._camera.scale = self._follow_scale
        self._camera_mode = mode
        self._refit()
        self.camera_changed.emit(mode)
        self.update()

    def _refit(self) -> None:
        self._camera.resize(self.width(), self.height(), self.devicePixelRatioF())
        outline = self._picture.outline
        if self._camera_mode is CameraMode.OVERVIEW and outline is not None:
            covered = self.hud.covered(self.width(), self.height())
            self._camera.look(*best_framing(outline, self.width(), self.height(), FIT_MARGIN, covered))

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paints the race as it is now, and the displays over it."""
        now = self._clock()
        shown = self._glide.at(now, self.tick, self.pace)
        if self._camera.ratio != self.devicePixelRatioF():
            self._refit()
        if shown is not None and self._camera_mode is CameraMode.FOLLOW:
            hero = shown.hero
            aim = self._chase.aim(hero.x, hero.y, hero.heading, hero.speed, now - self._painted_at)
            self._camera.x, self._camera.y = aim
        self._painted_at = now
        painter = QPainter(self)
        try:
            self._picture.paint(painter, self._camera, shown)
            infield = self._camera_mode is CameraMode.OVERVIEW
            self.hud.paint(painter, self.width(), self.height(), self._glide.newest, now, infield=infield)
        finally:
            painter.end()  # a painter left open would stop all later painting of the window
        if (shown is not None and not shown.settled) or self.hud.animating(now):
            self._settle.start(round(1.6 * self.tick * 1000))  # unless the next frame comes first, as it should
        if not self.meter.painted:
            QTimer.singleShot(0, self.first_painted.emit)  # after the picture has reached the screen
        self.meter.note(now, self._clock())

    @Slot()
    def _repaint(self) -> None:
        self.update()

    # Its size.

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A size at which a whole track is comfortable to watch."""
        return QSize(880, 640)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fits the track into the new size if the whole of it is shown."""
        self._refit()
        super().resizeEvent(event)
