"""A monkey at the keyboard and the mouse: nothing it does may raise, warn or leave something behind."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.dialogs import show_failure
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.sim.circuits import write
from tests.fake_judge import FakeJudge
from tests.fakes import FakeSession, oval
from tests.gui.conftest import Opener
from tests.gui.monkey import Monkey

_log = logging.getLogger(__name__)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EVENTS = 20_000
SEED = 20_231_123
PATIENCE_MS = 800_000  # a busy machine takes many times as long as a quiet one
TICK_S = 0.03
READY_MS = 60_000
SETTLE_MS = 200
MOST_DIALOGS = 12  # kept by a window: Evaluate, Compare and the like, but not one for each question
RARELY = {"action_quit"}  # the monkey closes its windows in other ways


class CalmSession(FakeSession):
    """One whose clock goes slowly: most of the time would be spent on frames otherwise, and not on the monkey."""

    def tick(self) -> None:
        """One physics tick, at leisure."""
        super().tick()
        time.sleep(TICK_S)


class CalmOpener(Opener):
    """Makes calm sessions."""

    def __call__(self, config: Config) -> FakeSession:
        self.sessions.append(CalmSession(config))
        return self.sessions[-1]


@pytest.fixture
def opener() -> Opener:
    return CalmOpener()


@pytest.fixture
def at_end(make_window: Callable[..., MainWindow]) -> Iterator[contextlib.ExitStack]:
    """What is called before the windows are closed, however a test ends."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the system's is opened: no web browser, no file manager."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: url.isValid())


@pytest.fixture
def yard(tmp_path: Path, preferences: Preferences, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with good files and broken ones; also the person's home."""
    folder = tmp_path / "yard"
    folder.mkdir()
    FakeSession(Config()).save(folder / "good & well.racer")
    (folder / "broken.racer").write_bytes(b"\x00\xffno such thing")
    (folder / "empty.racer").write_bytes(b"")
    write(folder / "circuit.csv", oval(7))
    (folder / "broken.csv").write_text("# x_m,y_m,w_tr_right_m,w_tr_left_m\n1,2,3\nthis, is, no, circuit\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    monkeypatch.setenv("HOME", str(folder))
    preferences.folder = folder
    return folder


def test_nothing_a_monkey_does_hurts(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    opener: Opener,
    yard: Path,
    at_end: contextlib.ExitStack,
) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def window() -> MainWindow:
        made = make_window(wait=False)
        qtbot.waitUntil(lambda: made.panels.up_to_date_charts() is not None, timeout=READY_MS)
        qtbot.waitUntil(lambda: made.worker is not None and made.worker.is_ready, timeout=READY_MS)
        made.tools.trials._judge = FakeJudge(pause=0.005)
        return made

    def mischief(dice: random.Random, window: MainWindow) -> None:
        if dice.random() < 0.5:
            opener.session.fail_next_tick = RuntimeError("something broke")
        else:
            appearances = window.actions_.appearances.actions()
            dice.choice(appearances).trigger()

    monkey = Monkey(SEED, yard, window, mischief)
    at_end.callback(monkey.stop)
    monkey.start(EVENTS)
    try:
        qtbot.waitUntil(lambda: monkey.done, timeout=PATIENCE_MS)
    except BaseException:
        _log.exception("the last things that the monkey did:\n%s", monkey.last_deeds)
        raise
    QTest.qWait(SETTLE_MS)  # a session's failure that is due happens, and the window without one is not the last
    qtbot.waitUntil(lambda: monkey.done)
    last = monkey.fresh_window()
    QTest.qWait(SETTLE_MS)
    assert last.worker is not None
    assert last.worker.isRunning()
    for other in QApplication.topLevelWidgets():
        if other is not last and not isinstance(other, QMenu):
            other.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    config = opener.session.config
    assert Config.from_json(config.to_json()) == config
    assert len(last.findChildren(QDialog)) <= MOST_DIALOGS
    assert monkey.windows > 2, "the window was closed at odd moments, too"
    every = {action.objectName() for action in last.actions_.all}
    assert every - monkey.triggered <= RARELY
    ticks = opener.session._tick
    last.worker.start_learning()  # it may have been paused
    qtbot.waitUntil(lambda: opener.session._tick != ticks)


def test_the_monkey_closes_what_is_told_after_its_last_event(
    qtbot: QtBot, make_window: Callable[[], MainWindow], yard: Path, at_end: contextlib.ExitStack
) -> None:
    monkey = Monkey(SEED, yard, make_window, lambda dice, window: None)
    at_end.callback(monkey.stop)
    monkey.start(1)
    qtbot.waitUntil(lambda: monkey.done)
    show_failure(monkey.window, "The worker's answer to what was asked for last.")  # waits until it is closed
    assert monkey.done
