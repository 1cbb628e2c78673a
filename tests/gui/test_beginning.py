"""The very first start, and the start after a crash."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from racer_desktop import paths
from racer_desktop.config import Config
from racer_desktop.gui import beginning
from racer_desktop.gui.beginning import Beginning
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.recovery import RunMark, newest_since
from racer_desktop.training import checkpoint
from racer_desktop.training.checkpoint import Checkpoint
from racer_desktop.training.snapshot import Activity
from tests.gui.conftest import Opener

CRASH = """
import os, sys
from pathlib import Path
from racer_desktop.gui.recovery import RunMark
mark = RunMark(Path(sys.argv[1]))
print(mark.take())
if sys.argv[2] == "clean":
    mark.clear()
sys.stdout.flush()
os._exit(0)
"""


def run_and_end(folder: Path, how: str) -> str:
    """A process that sets its mark and ends, cleanly or not; returns what it was told of the runs before."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(folder), how], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


def saved(folder: Path, name: str, kind: str, made: float) -> Path:
    path = folder / f"{name}.racer"
    checkpoint.write(path, Checkpoint(Config(), {}, {"a": np.zeros(2)}, title=name, kind=kind, made=made))
    return path


def test_a_crash_is_noticed_once_and_a_clean_end_never(tmp_path: Path) -> None:
    begin = time.time()
    assert run_and_end(tmp_path, "crash") == "None"
    told = float(run_and_end(tmp_path, "clean"))
    assert begin - 2 <= told <= time.time()
    assert run_and_end(tmp_path, "clean") == "None"
    assert list(tmp_path.iterdir()) == []


def test_a_window_that_still_runs_is_no_crash(tmp_path: Path) -> None:
    first, second = RunMark(tmp_path), RunMark(tmp_path)
    assert first.take() is None
    assert run_and_end(tmp_path, "clean") == "None"
    assert second.take() is None
    first.clear()
    second.clear()
    assert list(tmp_path.iterdir()) == []


def test_no_folder_at_all_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    mark = RunMark(tmp_path / "file" / "marks")
    assert mark.take() is None
    mark.clear()


def test_the_newest_autosave_of_the_lost_run(tmp_path: Path) -> None:
    saved(tmp_path, "before", "autosave", 90.0)
    assert newest_since(100.0, [tmp_path]) is None
    lap = saved(tmp_path, "lap", "milestone", 400.0)
    found = newest_since(100.0, [tmp_path])
    assert found is not None
    assert found.path == lap, "better the brain alone than nothing"
    saved(tmp_path, "old", "autosave", 200.0)
    new = saved(tmp_path, "new", "autosave", 300.0)
    (tmp_path / "broken.racer").write_text("x")
    found = newest_since(100.0, [tmp_path])
    assert found is not None
    assert found.path == new


def answer(name: str, said: list[str]) -> None:
    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, look)
            return
        said.append(f"{box.text()} {box.informativeText()}")
        next(b for b in box.buttons() if b.text() == name).click()

    QTimer.singleShot(0, look)


@pytest.mark.parametrize("agreed", [True, False])
def test_after_a_crash_it_offers_to_recover(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    preferences: Preferences,
    opener: Opener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    agreed: bool,
) -> None:
    monkeypatch.setattr("racer_desktop.gui.documents.show_failure", lambda *_: None)  # a FakeSession reads JSON only
    file = saved(tmp_path, "Autosave, 2,344 updates", "autosave", time.time())
    monkeypatch.setattr(beginning, "newest_since", lambda began: checkpoint.info(file))
    said: list[str] = []
    window = make_window(wait=False)
    Beginning(window, preferences, None, crashed=1.0)
    answer("&Recover" if agreed else "&Begin Anew", said)
    with qtbot.waitSignal(window.session_ready):
        window.show()
    qtbot.waitUntil(lambda: bool(said))
    assert "“Autosave, 2,344 updates”" in said[0]
    assert not window.tools.welcome.isVisible()
    if agreed:
        qtbot.waitUntil(lambda: f"load {file.name}" in opener.session.calls)
    else:
        qtbot.wait(50)
        assert not [call for call in opener.session.calls if call.startswith("load")]


@pytest.fixture
def first_start(
    qtbot: QtBot, make_window: Callable[..., MainWindow], preferences: Preferences, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MainWindow]:
    def start(driver: Path | None = None, file: Path | None = None) -> MainWindow:
        monkeypatch.setattr(beginning, "shipped_driver", lambda: driver)
        window = make_window(wait=False)
        with qtbot.waitSignal(window.session_ready):
            Beginning(window, preferences, file)
        return window

    return start


def test_the_card_comes_at_the_very_first_start_only(qtbot: QtBot, first_start: Callable[..., MainWindow]) -> None:
    window = first_start()
    qtbot.waitUntil(window.tools.welcome.isVisible)
    assert "knows nothing yet" in window.tools.welcome._about.text()
    assert not window.view.hud.show_hint
    again = first_start()
    qtbot.wait(50)
    assert not again.tools.welcome.isVisible()
    again.actions_.welcome.trigger()
    assert again.tools.welcome.isVisible()


def test_who_opens_a_file_wants_that(
    qtbot: QtBot,
    first_start: Callable[..., MainWindow],
    tmp_path: Path,
    opener: Opener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("racer_desktop.gui.documents.show_failure", lambda *_: None)
    window = first_start(tmp_path / "driver.racer", tmp_path / "mine.racer")
    qtbot.waitUntil(lambda: "load mine.racer" in opener.session.calls)
    assert not window.tools.welcome.isVisible()


def test_the_shipped_driver_laps_and_the_others_begin_from_nothing(
    qtbot: QtBot, first_start: Callable[..., MainWindow], opener: Opener, tmp_path: Path
) -> None:
    driver = tmp_path / "driver.racer"
    trained = Config().replace(track__obstacles=0)
    driver.write_text(f'{{"updates": 900, "config": {trained.to_json()}}}')
    window = first_start(driver)
    qtbot.waitUntil(lambda: opener.session.config == trained)
    assert "taught by this program" in window.tools.welcome._about.text()
    qtbot.waitUntil(lambda: window.race.stats.updates == 900)
    window.tools.welcome._learn.click()
    qtbot.waitUntil(lambda: len(opener.sessions) == 2)
    assert opener.session.config == Config(), "the first settings, not the shipped driver's"
    qtbot.waitUntil(lambda: window.race.stats.activity is Activity.LEARNING)
    assert not window.tools.welcome.isVisible()
    assert window.view.hasFocus()


def test_a_shipped_file_is_nobodys_to_write_over(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    (tmp_path / "models").mkdir()
    driver = tmp_path / "models" / paths.SHIPPED_DRIVER
    assert beginning.shipped_driver() is None
    driver.write_text(f'{{"updates": 900, "config": {Config().to_json()}}}')
    assert beginning.shipped_driver() == driver
    window.open_file(driver)
    qtbot.waitUntil(lambda: window.race.stats.updates == 900)
    assert window.documents.path is None


@pytest.mark.parametrize(("go", "choose"), [(Qt.Key.Key_Down, Qt.Key.Key_Space), (Qt.Key.Key_Tab, Qt.Key.Key_Return)])
def test_the_card_by_keyboard(qtbot: QtBot, window: MainWindow, go: Qt.Key, choose: Qt.Key, opener: Opener) -> None:
    window.actions_.welcome.trigger()
    card = window.tools.welcome
    assert card._learn.hasFocus()
    qtbot.keyClick(card._learn, go)
    assert card._drive.hasFocus()
    qtbot.keyClick(card._drive, choose)
    qtbot.waitUntil(lambda: "set_mode MANUAL" in opener.session.calls)
    assert not card.isVisible()
    assert "set_mode AI" not in opener.session.calls, "Space is the card's while it has the focus"
    assert window.view.hud.show_hint
    window.actions_.welcome.trigger()
    qtbot.keyClick(card._learn, Qt.Key.Key_Escape)
    assert not card.isVisible()


@pytest.mark.parametrize("begin", ["run", "control", "race", "new_track"])
def test_the_card_makes_way_for_whoever_begins_without_it(window: MainWindow, begin: str) -> None:
    window.actions_.welcome.trigger()
    getattr(window.actions_, begin).trigger()
    assert not window.tools.welcome.isVisible()
    assert window.view.hud.show_hint


def test_the_card_fits_the_smallest_view(window: MainWindow) -> None:
    window.actions_.welcome.trigger()
    card = window.tools.welcome
    for size in ((1024, 640), (1280, 800), (700, 480)):
        window.resize(*size)
        assert window.view.rect().contains(card.geometry())
