"""A window that is used by itself, step by step: what the self-test and the measurement of the window share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.main_window import MainWindow

POLL_MS = 50
PATIENCE_S = 240.0  # for one step: compiling takes a while on a slow machine

_log = logging.getLogger(__name__)

Step = tuple[str, Callable[[], bool]]


class Script(QObject):
    """Takes a window through steps, and ends the program if one of them does not come about.

    Args:
        window: not shown yet; it is the script's to close.
        name: what the log calls it.
        patience: for one step, s.
    """

    def __init__(self, window: MainWindow, name: str, patience: float = PATIENCE_S) -> None:
        super().__init__(window)
        self.window = window
        self._name, self._patience = name, patience
        self._script = self.steps()
        self._step: Step = ("the window", lambda: True)
        self._due = time.monotonic() + patience
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._timer.start(POLL_MS)

    def steps(self) -> Iterator[Step]:
        """What to do, and between two things what to wait for, in words and as a test."""
        raise NotImplementedError

    def result(self) -> int:
        """The exit status, asked for when the window was closed."""
        raise NotImplementedError

    @Slot()
    def _poll(self) -> None:
        waited_for, there = self._step
        if there():
            _log.info("%s: there is %s", self._name, waited_for)
            self._next()
        elif time.monotonic() > self._due:
            message = self.window.race.stats.message
            _log.error("%s: waited in vain for %s; the learner: %s", self._name, waited_for, message)
            self._timer.stop()
            QApplication.exit(1)

    def _next(self) -> None:
        self._due = time.monotonic() + self._patience
        try:
            self._step = next(self._script)
        except StopIteration:
            self._timer.stop()
