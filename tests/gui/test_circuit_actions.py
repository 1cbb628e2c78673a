"""Circuits in the window: imported, dropped, chosen from the menu, refused with the line, left again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from racer_desktop import paths
from racer_desktop.gui.circuit_actions import leaving_circuit
from racer_desktop.gui.dialogs import FailureDialog
from racer_desktop.gui.lap_book import track_key
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.settings_panel import SettingsPanel
from racer_desktop.sim import circuits
from racer_desktop.sim.track import Track
from tests.fakes import oval
from tests.gui.conftest import Opener, child

SHIPPED = sorted(path.stem for path in paths.resource("circuits").glob("*.csv"))


@pytest.fixture
def said(qapp: QApplication) -> Iterator[list[str]]:
    """What dialogs said; each is closed."""
    heard: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, FailureDialog):
            heard.append(dialog.findChild(object, "failure_sentence").text())  # type: ignore[attr-defined]
            dialog.reject()
        elif isinstance(dialog, QMessageBox):
            heard.append(dialog.text())
            dialog.reject()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    yield heard
    timer.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Oval.csv"
    circuits.write(path, oval(7)._replace(obstacles=np.zeros((0, 2))))
    return path


def driven(opener: Opener) -> Track:
    return opener.session._track


def test_import_by_the_menu(
    qtbot: QtBot, window: MainWindow, opener: Opener, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    window.actions_.import_circuit.trigger()
    qtbot.waitUntil(lambda: opener.session.config.circuit is not None)
    file.unlink()
    assert driven(opener).centre == pytest.approx(oval(7).centre, abs=0.01)
    qtbot.waitUntil(lambda: window.view.newest_frame is not None and window.view.newest_frame.track is driven(opener))
    settings = child(window, SettingsPanel)
    qtbot.waitUntil(lambda: not settings.row("track", "half_width").isEnabled())
    assert settings.row("track", "seed").isEnabled()
    window.actions_.new_track.trigger()
    qtbot.waitUntil(lambda: opener.session.config.circuit is None)
    qtbot.waitUntil(settings.row("track", "half_width").isEnabled)


def test_drag_and_drop(qtbot: QtBot, window: MainWindow, opener: Opener, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *how)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *how))
    qtbot.waitUntil(lambda: opener.session.config.circuit is not None)
    circuit = opener.session.config.circuit
    assert circuit is not None
    assert circuit.name == "Oval"


def test_a_bad_file_says_which_line_and_the_race_goes_on(
    qtbot: QtBot, window: MainWindow, opener: Opener, file: Path, said: list[str]
) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:11], "here,there,6,6", *lines[12:]]))
    window.open_file(file)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Oval.csv: line 12: 'here' is not a number; write metres such as 12.5."]
    assert opener.session.config.circuit is None
    ticks = opener.session._tick
    qtbot.waitUntil(lambda: opener.session._tick > ticks)


def test_a_narrowed_circuit_is_driven_and_the_person_told(
    qtbot: QtBot, window: MainWindow, opener: Opener, tmp_path: Path, said: list[str]
) -> None:
    angles = 2 * np.pi * np.arange(60) / 60
    line = np.stack([40 * np.cos(angles), 14 * np.sin(angles)], axis=1)
    (tmp_path / "tight.csv").write_text("\n".join(f"{x:.3f},{y:.3f},7,7" for x, y in line))
    window.open_file(tmp_path / "tight.csv")
    qtbot.waitUntil(lambda: opener.session.config.circuit is not None and bool(said))
    assert said[0].startswith("tight.csv: The track was narrowed")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_circuits_are_in_the_menu(qtbot: QtBot, window: MainWindow, opener: Opener, name: str) -> None:
    menu = child(window, QMenu, "menu_circuits")
    assert [action.text() for action in menu.actions()] == SHIPPED
    action = next(a for a in menu.actions() if a.text() == name)
    action.trigger()
    qtbot.waitUntil(lambda: opener.session.config.circuit is not None)
    qtbot.waitUntil(action.isChecked)
    assert [a.text() for a in menu.actions() if a.isChecked()] == [name]


def test_a_circuit_at_the_start(
    qtbot: QtBot, make_window: Callable[..., MainWindow], opener: Opener, file: Path
) -> None:
    window = make_window(wait=False)
    window.open_file(file)
    qtbot.waitUntil(lambda: bool(opener.sessions) and opener.session.config.circuit is not None)


def test_only_another_seed_leaves_the_circuit(file: Path) -> None:
    from racer_desktop.config import Config

    config = Config().on(circuits.opened(file)[0])
    assert leaving_circuit(config, config.replace(car__grip=12.0)).circuit == config.circuit
    assert leaving_circuit(config, config.replace(track__seed=9)).circuit is None


def test_laps_are_kept_by_circuit(file: Path) -> None:
    from racer_desktop.config import Config

    generated = Config()
    config = generated.on(circuits.opened(file)[0])
    assert track_key(config).startswith("Oval-")
    assert track_key(config) == track_key(config.replace(track__seed=3))
    assert track_key(config) != track_key(config.replace(car__grip=12.0))
    assert track_key(generated) != track_key(config)
