"""Windows for tests: over a FakeSession, with a memory of their own, closed and checked for what they leave behind."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from racer_desktop.config import Config
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.session_port import SessionPort
from tests.fakes import FakeSession, oval

Found = TypeVar("Found", bound=QWidget)


def child(parent: QWidget, kind: type[Found], name: str = "") -> Found:
    """The child of a kind and, if given, a name; the test fails if there is none."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None, f"{parent} has no {kind.__name__} {name}"
    return found


class Opener:
    """Makes FakeSessions and remembers them; `before` runs first, in the worker's thread."""

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []
        self.before: Callable[[], None] = lambda: None

    def __call__(self, config: Config) -> SessionPort:
        self.before()
        self.sessions.append(FakeSession(config))
        return self.sessions[-1]

    @property
    def session(self) -> FakeSession:
        """The newest session."""
        return self.sessions[-1]


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a thread running or a timer ticking."""
    before = {id(o) for o in _alive()}
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [o for o in _alive() if id(o) not in before]
    assert not left, f"left behind: {[_described(thing) for thing in left]}"


@pytest.fixture
def make_window(
    qtbot: QtBot, opener: Opener, preferences: Preferences, nothing_left: None
) -> Iterator[Callable[[], MainWindow]]:
    """Makes a window over a FakeSession and waits until the car can be driven; closes it afterwards."""
    made: list[MainWindow] = []

    def make(*, wait: bool = True) -> MainWindow:
        window = MainWindow(Config(), preferences, opener=opener, tracks=lambda config: oval(config.track.seed))
        made.append(window)
        window.resize(1024, 700)
        if wait:
            with qtbot.waitSignal(window.session_ready):
                window.show()
            qtbot.waitActive(window)
            window.view.setFocus()
        else:
            window.show()
        return window

    yield make
    for window in filter(Shiboken.isValid, made):  # a test may have let go of one before
        window.documents.set_unsaved(False)
        if window.isVisible():
            window.documents.attach(None)  # nobody is there to answer a question
            window.close()
        if window.worker is not None:
            assert window.worker.wait(5000)
        window.deleteLater()


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


def _described(thing: QObject) -> str:
    about = f", every {thing.interval()} ms" if isinstance(thing, QTimer) else ""
    return f"{thing} {thing.objectName()!r} of {thing.parent()}{about}"


def _alive() -> list[QObject]:
    found: list[QObject] = []
    for thing in gc.get_objects():
        if not issubclass(type(thing), (QThread, QTimer)) or not Shiboken.isValid(thing):
            continue
        if thing.isRunning() if isinstance(thing, QThread) else thing.isActive():
            found.append(thing)
    return found
