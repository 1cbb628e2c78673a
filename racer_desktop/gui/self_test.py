"""The whole window once through, by itself: drive, learn an update, save, load, quit."""

from __future__ import annotations

import logging
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.script import Script, Step
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.training.checkpoint import SUFFIX
from racer_desktop.training.snapshot import Activity, Frame, Mode

DRIVEN = 3.0  # m that the car must move under the keys
FRAMES = 30  # that must be painted

_log = logging.getLogger(__name__)


class SelfTest(Script):
    """Drives a window through its main job."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "self-test")
        self._status = 1
        self._folder = tempfile.TemporaryDirectory(prefix="racer-desktop-self-test-")
        self._file = Path(self._folder.name) / f"self-test{SUFFIX}"
        self._answers: dict[Wish, Outcome] = {}

    def result(self) -> int:
        """0 if every step was done."""
        self._folder.cleanup()
        return self._status

    def steps(self) -> Iterator[Step]:
        """What to do, and between two things what to wait for, in words and as a test."""
        window, race = self.window, self.window.race
        yield "a session", lambda: window.worker is not None and window.worker.is_ready and self._frame is not None
        assert window.worker is not None
        window.worker.answered.connect(self._hear)
        begin = self._frame
        self._key(QEvent.Type.KeyPress)
        yield "a car that obeys the keys", lambda: self._driven_from(begin)
        self._key(QEvent.Type.KeyRelease)
        window.actions_.run.trigger()
        yield "an update", lambda: race.stats.updates > 0 and race.stats.activity is Activity.LEARNING
        window.actions_.run.trigger()
        yield "a pause", lambda: race.stats.activity is Activity.PAUSED
        window.worker.save(self._file)
        yield "a saved file", lambda: Wish.SAVE in self._answers
        saved = race.stats.updates
        window.worker.load(self._file)
        yield "an opened file", lambda: Wish.OPEN in self._answers
        yield "the counters that were saved", lambda: race.stats.updates == saved
        yield "painted frames", lambda: window.view.meter.painted >= FRAMES
        problems = [outcome.error for outcome in self._answers.values() if outcome.error is not None]
        if problems:
            _log.error("self-test: %s", "; ".join(problems))
        self._status = 1 if problems else 0
        window.documents.set_unsaved(False)
        window.close()

    @property
    def _frame(self) -> Frame | None:
        return self.window.view.newest_frame

    def _driven_from(self, begin: Frame | None) -> bool:
        now = self._frame
        if now is None or begin is None or now.mode is not Mode.MANUAL:
            return False
        return math.hypot(now.hero.x - begin.hero.x, now.hero.y - begin.hero.y) > DRIVEN

    def _key(self, kind: QEvent.Type) -> None:
        event = QKeyEvent(kind, Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window.view, event)

    @Slot(object)
    def _hear(self, outcome: Outcome) -> None:
        self._answers[outcome.wish] = outcome
