"""Writes to the log when the window was shown, when the car could be driven, and when it first learned."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Slot

from racer_desktop.gui.main_window import MainWindow
from racer_desktop.training.snapshot import Activity

SHOWN, DRIVABLE, LEARNED = "the window is on the screen", "the car can be driven", "the first update is done"

_log = logging.getLogger(__name__)


class StartLog(QObject):
    """Listens to a window from its making to the first update, each time told once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._learned = False
        self._brought = 0  # updates that a brain had made before it learned here
        window.view.first_painted.connect(self._shown)
        window.session_ready.connect(self._drivable)

    @Slot()
    def _shown(self) -> None:
        _log.info(SHOWN)

    @Slot()
    def _drivable(self) -> None:
        _log.info(DRIVABLE)
        if self._window.worker is not None and not self._learned:
            self._window.worker.stats_ready.connect(self._stats)

    @Slot()
    def _stats(self) -> None:
        stats = self._window.race.stats
        if stats.activity is not Activity.LEARNING:
            self._brought = stats.updates
        elif not self._learned and stats.updates > self._brought:
            self._learned = True
            _log.info(LEARNED)
            if self._window.worker is not None:
                self._window.worker.stats_ready.disconnect(self._stats)
