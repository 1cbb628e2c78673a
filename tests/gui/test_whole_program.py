"""The window over the real Session: start, learn, drive, save, quit, open, go on; and closing while it compiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.session_port import Outcome, SessionPort, Wish
from racer_desktop.training.snapshot import Activity, Mode
from tests.gui.conftest import child
from tests.training.tiny import TINY

PATIENCE = 300_000  # ms: compiling on a busy machine

pytestmark = pytest.mark.slow


@pytest.fixture
def make_real_window(
    qtbot: QtBot, preferences: Preferences, tmp_path: Path, nothing_left: None
) -> Iterator[Callable[[], MainWindow]]:
    from racer_desktop.config import Config

    def open_session(config: Config) -> SessionPort:
        from racer_desktop.training.session import Session

        return Session(config, device="cpu", checkpoints=tmp_path / "checkpoints")

    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(TINY, preferences, opener=open_session)
        made.append(window)
        with qtbot.waitSignal(window.session_ready, timeout=PATIENCE):
            window.show()
        return window

    yield make
    for window in made:
        window.close_now()
        assert window.worker is None or window.worker.wait(PATIENCE)
        window.deleteLater()


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = child(child(window, QToolBar, "toolbar"), QToolButton, f"button_{name}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def asked(qtbot: QtBot, window: MainWindow, ask: Callable[[], None]) -> Outcome:
    assert window.worker is not None
    with qtbot.waitSignal(window.worker.answered, timeout=PATIENCE, check_params_cb=_is_file) as heard:
        ask()
    (outcome,) = heard.args or (None,)
    assert isinstance(outcome, Outcome)
    return outcome


def _is_file(outcome: Outcome) -> bool:
    return outcome.wish in (Wish.OPEN, Wish.SAVE)


def test_learn_drive_save_quit_open_go_on(
    qtbot: QtBot, make_real_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = make_real_window()
    press(qtbot, window, "run")
    qtbot.waitUntil(lambda: window.race.stats.updates >= 8, timeout=PATIENCE)
    place = window.view.newest_frame
    assert place is not None
    qtbot.keyPress(window.view, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: _mode(window) is Mode.MANUAL, timeout=PATIENCE)
    qtbot.waitUntil(lambda: _speed(window) > 1.0, timeout=PATIENCE)
    qtbot.keyRelease(window.view, Qt.Key.Key_W)
    press(qtbot, window, "run")
    qtbot.waitUntil(lambda: window.race.stats.activity is Activity.PAUSED, timeout=PATIENCE)
    file = tmp_path / "mine.racer"
    worker = window.worker
    assert worker is not None
    assert asked(qtbot, window, lambda: worker.save(file)).error is None
    before = window.race.stats
    window.close_now()
    assert worker.wait(PATIENCE)

    again = make_real_window()
    assert asked(qtbot, again, lambda: again.open_file(file)).error is None
    qtbot.waitUntil(lambda: again.race.stats.updates == before.updates, timeout=PATIENCE)
    after = again.race.stats
    assert (after.env_steps, after.episodes) == (before.env_steps, before.episodes)
    assert (after.history.loss == before.history.loss).all()
    assert (after.history.episode_reward == before.history.episode_reward).all()
    press(qtbot, again, "run")
    qtbot.waitUntil(lambda: again.race.stats.updates > before.updates, timeout=PATIENCE)


def test_a_truncated_file_leaves_the_race_running(
    qtbot: QtBot, make_real_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("racer_desktop.gui.documents.show_failure", lambda parent, text: told.append(text))
    window = make_real_window()
    worker = window.worker
    assert worker is not None
    file = tmp_path / "whole.racer"
    assert asked(qtbot, window, lambda: worker.save(file)).error is None
    broken = tmp_path / "broken.racer"
    broken.write_bytes(file.read_bytes()[:2000])
    outcome = asked(qtbot, window, lambda: window.open_file(broken))
    assert outcome.error is not None
    assert told == [outcome.error]
    frame = window.view.newest_frame
    assert frame is not None
    qtbot.waitUntil(lambda: _tick(window) > frame.tick + 10, timeout=PATIENCE)


def _mode(window: MainWindow) -> Mode | None:
    frame = window.view.newest_frame
    return frame.mode if frame is not None else None


def _speed(window: MainWindow) -> float:
    frame = window.view.newest_frame
    return frame.hero.speed if frame is not None else 0.0


def _tick(window: MainWindow) -> int:
    frame = window.view.newest_frame
    return frame.tick if frame is not None else 0
