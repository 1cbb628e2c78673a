"""The View menu: what is painted, where the camera looks, full screen, light or dark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.appearance import Appearance, apply_appearance
from racer_desktop.gui.camera import CameraMode
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.track_view import TrackView

ZOOM_STEP = 1.25


class ViewControl(QObject):
    """Connects the actions of the View menu with the track view, and remembers its switches."""

    def __init__(self, actions: Actions, view: TrackView, preferences: Preferences, window: QMainWindow) -> None:
        super().__init__(window)
        self._actions, self._view, self._preferences, self._window = actions, view, preferences, window
        self._layers = {
            actions.fleet: "fleet",
            actions.rays: "rays",
            actions.trail: "trail",
            actions.latent: "latent",
            actions.fastest_line: "fastest_line",
            actions.crash_map: "crash_map",
            actions.speed_map: "speed_map",
            actions.value_map: "value_map",
        }
        for action, name in self._layers.items():
            on = preferences.flag(name, getattr(view.layers, name))
            action.setChecked(on)
            view.set_layers(**{name: on})
            action.toggled.connect(self._switch_layer)
        actions.follow.triggered.connect(view.follow)
        actions.fit.triggered.connect(view.fit)
        actions.zoom_in.triggered.connect(self._zoom_in)
        actions.zoom_out.triggered.connect(self._zoom_out)
        actions.full_screen.triggered.connect(self._full_screen)
        actions.appearances.triggered.connect(self._choose_appearance)
        for action in actions.appearances.actions():
            action.setChecked(action.data() == preferences.appearance)
        view.camera_changed.connect(self._camera_changed)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follows the window where others fill the screen with it: the system, or what was remembered."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._actions.full_screen.setChecked(self._window.isFullScreen())
        return super().eventFilter(watched, event)

    @Slot(bool)
    def _switch_layer(self, on: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            name = self._layers[action]
            self._view.set_layers(**{name: on})
            self._preferences.set_flag(name, on)
            for other in self._actions.maps if on and action in self._actions.maps else ():
                other.setChecked(other is action)  # the colours of two would lie over each other

    @Slot(object)
    def _camera_changed(self, mode: CameraMode) -> None:
        self._actions.follow.setChecked(mode is CameraMode.FOLLOW)

    @Slot()
    def _zoom_in(self) -> None:
        self._view.zoom(ZOOM_STEP)

    @Slot()
    def _zoom_out(self) -> None:
        self._view.zoom(1.0 / ZOOM_STEP)

    @Slot(bool)
    def _full_screen(self, on: bool) -> None:
        state, full = self._window.windowState(), Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state | full if on else state & ~full)  # a maximized window is so again afterwards

    @Slot(QAction)
    def _choose_appearance(self, action: QAction) -> None:
        self._preferences.appearance = action.data()
        apply_appearance(Appearance(action.data()))
