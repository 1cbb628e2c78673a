"""The log of a start: the first update that is told is one that was made here."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from racer_desktop.gui.start_log import LEARNED, StartLog
from racer_desktop.training.snapshot import Activity


class Window(QObject):
    """What the log listens to: it is its own view and worker."""

    first_painted = Signal()
    session_ready = Signal()
    stats_ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view = self.worker = self
        self.race = SimpleNamespace(stats=None)


def test_updates_that_a_file_brought_are_not_the_first(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    window: Any = Window()
    caplog.set_level(logging.INFO)
    StartLog(window)
    window.session_ready.emit()
    for activity, updates, told in (
        (Activity.IDLE, 12_000, False), (Activity.COMPILING, 12_000, False),
        (Activity.LEARNING, 12_000, False), (Activity.LEARNING, 12_004, True),
    ):  # fmt: skip
        window.race.stats = SimpleNamespace(activity=activity, updates=updates)
        window.stats_ready.emit()
        assert (LEARNED in caplog.messages) is told
