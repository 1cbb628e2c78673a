"""The main window under load: it learns flat out while keys drive the car, and what happens when is written down."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from racer_desktop.gui.application import still_running
from racer_desktop.gui.frame_meter import FrameMeter
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.script import PATIENCE_S, Script, Step
from racer_desktop.gui.synthetic_keys import SyntheticKeys, key_plan
from racer_desktop.gui.window_record import WindowRecord
from racer_desktop.training.snapshot import Mode

REST_S = 1.0  # between the race and Start: the panels are being filled
SETTLE_S = 2.0  # between the first update and the drive


class PaintRecord(FrameMeter):
    """A meter that also tells of every painting.

    Args:
        told: called with its beginning and end, s.
    """

    def __init__(self, told: Callable[[float, float], None]) -> None:
        super().__init__()
        self._told = told

    def note(self, began: float, ended: float) -> None:
        """Notes one painted frame and tells of it."""
        super().note(began, ended)
        self._told(began, ended)


class WindowBench(Script):
    """Starts to learn, waits for the first update, drives by keys in MANUAL mode, closes.

    Args:
        window: not shown yet.
        born: when the process was started, s by `time.perf_counter`.
        seconds: of driving.
        seed: of the keys.
        resident: memory of this process, MB.
        into: file that the figures go to, as JSON, when everything was done.
    """

    def __init__(
        self,
        window: MainWindow,
        *,
        born: float,
        seconds: float,
        seed: int,
        resident: Callable[[], float],
        into: Path,
    ) -> None:
        super().__init__(window, "bench", patience=PATIENCE_S + seconds)
        self.record = WindowRecord(born)
        self._seconds, self._resident, self._into = seconds, resident, into
        self._keys = SyntheticKeys(window.view, key_plan(seconds, seed), self)
        self._done = False
        window.view.meter = PaintRecord(self._painted)
        window.view.first_painted.connect(self._shown)

    def result(self) -> int:
        """Writes the figures; 0 if everything was measured."""
        if not self._done:
            return 1
        self.record.presses = self._keys.presses
        self.record.threads_left = still_running(self.window)
        self._into.write_text(json.dumps(self.record.figures()), encoding="utf-8")
        return 0

    def steps(self) -> Iterator[Step]:
        """See the class."""
        record, window = self.record, self.window
        yield "a race", lambda: record.drivable == record.drivable
        assert window.worker is not None
        window.worker.stats_ready.connect(self._count)
        yield "a rest", self._passed(REST_S)
        record.started = time.perf_counter()
        window.actions_.run.trigger()
        yield "an update", lambda: record.learned == record.learned
        yield "a steady pace", self._passed(SETTLE_S)
        window.actions_.control.trigger()
        yield "a person at the wheel", self._manual
        began = time.perf_counter()
        self._keys.begin()
        yield "enough driving", self._passed(self._seconds)
        record.driven = (began, began + self._seconds)
        record.resident_mb = self._resident()
        view = window.view
        record.place = {
            "platform": QGuiApplication.platformName(),
            "window": f"{window.width()} x {window.height()} at {view.devicePixelRatioF():g}",
            "device": window.race.stats.device,
        }
        self._done = True
        window.close_now()

    def _passed(self, seconds: float) -> Callable[[], bool]:
        until = time.perf_counter() + seconds
        return lambda: time.perf_counter() >= until

    def _manual(self) -> bool:
        frame = self.window.view.newest_frame
        return frame is not None and frame.mode is Mode.MANUAL

    def _painted(self, began: float, ended: float) -> None:
        record, window = self.record, self.window
        record.paints.append((began, ended))
        self._keys.painted(ended)
        ready = window.worker is not None and window.worker.is_ready and window.view.newest_frame is not None
        if ready and record.drivable != record.drivable:
            record.drivable = ended

    @Slot()
    def _shown(self) -> None:
        self.record.shown = time.perf_counter()

    @Slot()
    def _count(self) -> None:
        updates = self.window.race.stats.updates
        self.record.updates.append((time.perf_counter(), updates))
        if updates > 0 and self.record.learned != self.record.learned:
            self.record.learned = time.perf_counter()
