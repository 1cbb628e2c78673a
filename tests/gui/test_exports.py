"""File, Export in the window: each entry writes its file; the race goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from racer_desktop.gui.dialogs import FailureDialog
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.video_file import Kind
from racer_desktop.sim import circuits
from tests.gui.conftest import Opener, child


@pytest.fixture
def save_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """Answers the next file dialog with a path."""

    def answer(name: str) -> Path:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / name))
        return tmp_path / name

    return answer


def trigger(qtbot: QtBot, action: QAction) -> None:
    qtbot.waitUntil(action.isEnabled)
    action.trigger()


def test_the_track_becomes_a_circuit_file(
    qtbot: QtBot, window: MainWindow, opener: Opener, save_to: Callable[[str], Path]
) -> None:
    path = save_to("track.csv")
    trigger(qtbot, window.actions_.export_track)
    qtbot.waitUntil(path.exists)
    assert circuits.read(path).centre == pytest.approx(opener.session._track.centre, abs=0.01)


def test_telemetry_becomes_a_table(qtbot: QtBot, window: MainWindow, save_to: Callable[[str], Path]) -> None:
    path = save_to("telemetry.csv")
    trigger(qtbot, window.actions_.export_telemetry)
    qtbot.waitUntil(path.exists)
    header, *rows = path.read_text().splitlines()
    assert header.startswith("time_s,person_drives,lap,lap_time_s")
    assert header.endswith("reward_speed,reward")
    assert len(rows) == 1
    assert rows[0].split(",")[1] == "0"


def test_charts_become_a_picture_and_tables(
    qtbot: QtBot, window: MainWindow, save_to: Callable[[str], Path], tmp_path: Path
) -> None:
    trigger(qtbot, window.actions_.run)
    qtbot.waitUntil(lambda: len(window.race.stats.history.episode_reward) > 3)
    path = save_to("charts.png")
    trigger(qtbot, window.actions_.export_charts)
    qtbot.waitUntil(path.exists)
    with Image.open(path) as picture:
        assert picture.width > 600
        assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 50
    folder = save_to("numbers")
    folder.mkdir()
    trigger(qtbot, window.actions_.export_numbers)
    qtbot.waitUntil(lambda: {p.name for p in folder.iterdir()} >= {"reward.csv", "loss.csv", "exploration.csv"})


def test_what_cannot_be_written_is_said(
    qtbot: QtBot, window: MainWindow, opener: Opener, save_to: Callable[[str], Path]
) -> None:
    said: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, FailureDialog):
            said.append(dialog.findChild(object, "failure_sentence").text())  # type: ignore[attr-defined]
            dialog.reject()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    save_to("none/track.csv")
    trigger(qtbot, window.actions_.export_track)
    qtbot.waitUntil(lambda: len(said) == 1)
    timer.stop()
    assert "cannot be written: No such file or directory." in said[0]
    ticks = opener.session._tick
    qtbot.waitUntil(lambda: opener.session._tick > ticks)


def test_a_film_of_the_last_seconds_by_the_dialog(
    qtbot: QtBot, window: MainWindow, opener: Opener, save_to: Callable[[str], Path]
) -> None:
    path = save_to("lap.gif")
    qtbot.waitUntil(lambda: window.exports._recorder.seconds(1 / 60) > 1.2)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        box = child(dialog, QComboBox, "video_format")
        box.setCurrentIndex(box.findData(Kind.GIF))
        child(dialog, QPushButton, "video_export").click()

    QTimer.singleShot(50, answer)
    trigger(qtbot, window.actions_.export_video)
    assert not window.actions_.export_video.isEnabled()  # one film at a time
    ticks = opener.session._tick
    qtbot.waitUntil(path.exists, timeout=30_000)
    assert opener.session._tick > ticks
    qtbot.waitUntil(window.actions_.export_video.isEnabled)
    with Image.open(path) as gif:
        assert gif.size == (640, 400)
        assert getattr(gif, "n_frames", 1) >= 15


def test_closing_the_window_ends_a_film_and_leaves_nothing(
    qtbot: QtBot, window: MainWindow, save_to: Callable[[str], Path], tmp_path: Path
) -> None:
    from racer_desktop.gui.video_dialog import VideoWish

    qtbot.waitUntil(lambda: window.exports._recorder.seconds(1 / 60) > 1.2)
    frames = window.exports._recorder.last(60.0, 1 / 60)
    window.view.tick = 1.0  # sixty times as slow: far from done when the window closes
    window.exports.film(frames, VideoWish(None, Kind.GIF, (640, 400), True), tmp_path / "lap.gif")
    qtbot.waitUntil(lambda: any(path.suffix == ".gif" for path in tmp_path.iterdir()))
    window.close()
    assert not any(path.suffix == ".gif" for path in tmp_path.iterdir())
