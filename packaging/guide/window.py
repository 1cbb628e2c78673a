"""The window as a person sees it: the real one over a real session."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from guide.canvas import save
from racer_desktop.config import Config
from racer_desktop.gui.appearance import Appearance, apply_appearance
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.session_port import SessionPort
from racer_desktop.training.snapshot import Activity

SIZE = QSize(1280, 800)
PATIENCE = 900.0  # s
DRIVEN = 15.0  # s into a lap: there is a trail, and the displays say something


def take(file: Path, path: Path) -> None:
    """Opens an experiment, lets it learn on for a while, and takes a picture.

    Args:
        file: the experiment; what the window writes goes beside it.
        path: the picture.

    Raises:
        TimeoutError: if the window does not come so far.
    """
    apply_appearance(Appearance.DARK)
    save(_taken(file), path)


def _taken(file: Path) -> QImage:
    def open_session(config: Config) -> SessionPort:
        from racer_desktop.training.session import Session

        return Session(config, device="cpu", checkpoints=file.parent / "checkpoints")

    settings = QSettings(str(file.parent / "window.ini"), QSettings.Format.IniFormat)
    settings.clear()
    window = MainWindow(Config(), Preferences(settings), opener=open_session)
    window.resize(SIZE)
    ready: list[bool] = []
    window.session_ready.connect(lambda: ready.append(True))
    window.show()
    try:
        _wait("the session", lambda: bool(ready))
        window.open_file(file)
        _wait("the experiment", lambda: window.race.stats.updates > 0)
        window.actions_.run.trigger()
        _wait("learning", lambda: window.race.stats.activity is Activity.LEARNING)
        _wait("a good moment", lambda: _driving(window))
        return window.grab().toImage()
    finally:
        window.close_now()
        if window.worker is not None:
            window.worker.wait()


def _driving(window: MainWindow) -> bool:
    frame = window.view.newest_frame
    return frame is not None and frame.lap_time > DRIVEN and frame.fastest is not None and frame.best_lap is not None


def _wait(what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"The window waited in vain for {what}.")
        QTest.qWait(50)
