"""The panels around the track: docks that are there at once, and are filled when the window stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QWidget

from racer_desktop.config import Config
from racer_desktop.gui.lap_book import LapBook, track_key
from racer_desktop.gui.lap_watch import LapWatch
from racer_desktop.gui.theme import GRID, Theme
from racer_desktop.training.snapshot import Frame, Stats

if TYPE_CHECKING:
    from racer_desktop.gui.charts_panel import ChartsPanel

WIDTH = 40 * GRID  # of the panels at first


class Panels(QObject):
    """Charts, Laps and Settings. pyqtgraph takes a while to import, so the window is shown without it.

    Signals:
        settings_changed: a new, valid Config that the person made.
        edited: the person finished an edit; the keys may go back to the track.
    """

    settings_changed = Signal(object)
    edited = Signal()

    def __init__(self, window: QMainWindow, config: Config, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._config, self._theme = window, config, theme
        self._stats: Stats | None = None
        self._charts = self._laps = self._settings = None
        self._reference: float | None = None
        self._book, self._lap_watch = LapBook(), LapWatch()
        self.charts_dock = self._dock("charts", self.tr("Charts"))
        self.laps_dock = self._dock("laps", self.tr("Laps"))
        self.settings_dock = self._dock("settings", self.tr("Settings"))
        window.installEventFilter(self)
        self.restore()

    @property
    def docks(self) -> list[QDockWidget]:
        """All docks, in the order of the View menu."""
        return [self.charts_dock, self.laps_dock, self.settings_dock]

    def restore(self) -> None:
        """Puts every dock back to where it is at first."""
        for dock in self.docks:
            dock.setFloating(False)
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
            dock.show()
        self._window.tabifyDockWidget(self.charts_dock, self.laps_dock)
        self._window.tabifyDockWidget(self.laps_dock, self.settings_dock)
        self.charts_dock.raise_()
        self._window.resizeDocks([self.charts_dock], [WIDTH], Qt.Orientation.Horizontal)

    def fill(self) -> None:
        """Makes what is in the docks."""
        from racer_desktop.gui.charts_panel import ChartsPanel
        from racer_desktop.gui.laps_panel import LapsPanel
        from racer_desktop.gui.settings_panel import SettingsPanel

        self._charts = ChartsPanel(self._theme)
        self.charts_dock.setWidget(self._charts)
        self._laps = LapsPanel(self._theme)
        self.laps_dock.setWidget(self._laps)
        self._show_laps()
        self._settings = SettingsPanel(self._config)
        self._settings.changed.connect(self._settings_changed)
        self.settings_dock.setWidget(self._settings)
        self._charts.set_reference_lap(self._reference)
        if self._stats is not None:
            self._charts.set_stats(self._stats)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Sets up the bars of tabs, which Qt makes when docks come to lie on one another."""
        if isinstance(event, QChildEvent) and event.polished() and isinstance(event.child(), QTabBar):
            tabs = cast("QTabBar", event.child())
            tabs.setAccessibleName(self.tr("Panels"))
            # A tab that is dragged past another can crash Qt (seen with 6.11): it takes the tab's place for the dock's
            # in a list that also holds the docks that are hidden or float.
            tabs.setMovable(False)
        return super().eventFilter(watched, event)

    def set_stats(self, stats: Stats) -> None:
        """Shows the learner's newest numbers."""
        self._stats = stats
        if self._charts is not None:
            self._charts.set_stats(stats)

    def show_frame(self, frame: Frame) -> None:
        """Records the laps that are completed."""
        reference = None if frame.fastest is None else frame.fastest.lap_time
        if reference != self._reference:
            self._set_reference(reference)
        lap = self._lap_watch.feed(frame)
        if lap is not None:
            self._book.record(track_key(self._config), *lap)
            self._book.save()
            self._show_laps()

    def set_config(self, config: Config) -> None:
        """Shows the settings in force."""
        self._config = config
        if self._settings is not None:
            self._settings.set_config(config)
        self._show_laps()

    def up_to_date_charts(self) -> ChartsPanel | None:
        """The charts with everything recorded so far; None before they are filled."""
        if self._charts is not None:
            self._charts.catch_up()
        return self._charts

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        if self._charts is not None:
            self._charts.set_theme(theme)
        if self._laps is not None:
            self._laps.set_theme(theme)

    def _show_laps(self) -> None:
        if self._laps is not None:
            circuit = self._config.circuit
            track = self.tr("Track {0}").format(self._config.track.seed) if circuit is None else circuit.name
            self._laps.set_laps(self._book.rows(track_key(self._config)), track, self._reference)

    def _set_reference(self, seconds: float | None) -> None:
        """The fastest possible lap of the track on the screen, s."""
        self._reference = seconds
        if self._charts is not None:
            self._charts.set_reference_lap(seconds)
        self._show_laps()

    @Slot(object)
    def _settings_changed(self, config: Config) -> None:
        if self._still_in_edited_row(config):
            self.edited.emit()
        self.settings_changed.emit(config)

    def _still_in_edited_row(self, config: Config) -> bool:
        """True after Enter or a click; False if the person went on to another control with Tab."""
        focus = QApplication.focusWidget()
        if focus is None or self._settings is None:
            return True
        before = dict(self._config.sections())
        for name, section in config.sections():
            for field, _, value in section.settings():
                if getattr(before[name], field) != value and self._settings.row(name, field).isAncestorOf(focus):
                    return True
        return not self._settings.isAncestorOf(focus)

    def _dock(self, name: str, title: str) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        empty = QWidget()
        empty.setMinimumWidth(WIDTH - 8 * GRID)
        dock.setWidget(empty)
        return dock
