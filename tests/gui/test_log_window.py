"""The log window shows the end of the file, follows it, and hands it out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from racer_desktop.gui.log_window import TAIL_BYTES, LogWindow


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "racer-desktop.log"
    path.write_text("first line\nsecond line\n", encoding="utf-8")
    return path


def shown(qtbot: QtBot, path: Path) -> LogWindow:
    window = LogWindow(path)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def button(window: LogWindow, text: str) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if b.text().replace("&", "") == text)


def test_shows_the_file(qtbot: QtBot, log: Path) -> None:
    assert shown(qtbot, log).text == "first line\nsecond line\n"


def test_follows_what_is_written(qtbot: QtBot, log: Path) -> None:
    window = shown(qtbot, log)
    with log.open("a", encoding="utf-8") as file:
        file.write("third line\n")
    qtbot.waitUntil(lambda: "third line" in window.text, timeout=3000)


def test_refresh_by_button(qtbot: QtBot, log: Path) -> None:
    window = shown(qtbot, log)
    window._follow.setChecked(False)
    log.write_text("other\n", encoding="utf-8")
    qtbot.mouseClick(button(window, "Refresh"), Qt.MouseButton.LeftButton)
    assert window.text == "other\n"


def test_only_the_end_of_a_long_file(qtbot: QtBot, log: Path) -> None:
    log.write_text("".join(f"line {n:06d}\n" for n in range(60_000)), encoding="utf-8")
    window = shown(qtbot, log)
    lines = window.text.splitlines()
    assert lines[-1] == "line 059999"
    assert lines[0].startswith("line ")
    assert len(lines[0]) == len("line 000000"), "no half line"
    assert len(window.text) <= TAIL_BYTES
    bar = window._text.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_copy(qtbot: QtBot, log: Path) -> None:
    window = shown(qtbot, log)
    qtbot.mouseClick(button(window, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "first line\nsecond line\n"


def test_open_folder(qtbot: QtBot, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    window = shown(qtbot, log)
    qtbot.mouseClick(button(window, "Open Folder"), Qt.MouseButton.LeftButton)
    assert opened == [QUrl.fromLocalFile(str(log.parent))]


def test_a_file_that_is_not_there_is_no_failure(qtbot: QtBot, tmp_path: Path) -> None:
    assert shown(qtbot, tmp_path / "none.log").text == "Nothing has been written to the log yet."


@pytest.mark.skipif(os.name == "nt", reason="Windows says something else about a folder in the place of a file")
def test_a_file_that_cannot_be_read_is_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    assert shown(qtbot, tmp_path).text.startswith("The log could not be read:")
