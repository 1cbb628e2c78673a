"""The whole window over a FakeSession, driven by real clicks and keys."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import main_window
from racer_desktop.gui.dialogs import FailureDialog, show_failure
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.training.snapshot import Activity, Mode
from tests.gui.conftest import Opener, child


@pytest.fixture(autouse=True)
def _own_file_dialogs(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own file dialog cannot be clicked by a test."""
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    monkeypatch.setenv("HOME", str(tmp_path))


def button(window: MainWindow, name: str) -> QToolButton:
    return child(child(window, QToolBar, "toolbar"), QToolButton, f"button_{name}")


def click(qtbot: QtBot, target: QWidget) -> None:
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton)


def choose(qtbot: QtBot, window: MainWindow, menu_name: str, action: QAction) -> None:
    """Opens a menu of the menu bar by a click and clicks an entry."""
    menu = child(window, QMenu, f"menu_{menu_name}")
    bar = window.menuBar()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(menu.menuAction()).center())
    qtbot.waitUntil(menu.isVisible)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


class Answerer:
    """Answers each modal dialog that appears, and remembers what it said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.said: list[str] = []
        self._answers: list[Callable[[QWidget], None]] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    def expect(self, answer: Callable[[QWidget], None]) -> None:
        self._answers.append(answer)

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or not self._answers or not dialog.isActiveWindow():
            return  # keys sent to a window that is not the active one may be taken for the active one's
        self.said.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
        self._answers.pop(0)(dialog)

    @property
    def done(self) -> bool:
        return not self._answers and QApplication.activeModalWidget() is None

    def stop(self) -> None:
        self._timer.stop()


@pytest.fixture
def answer(qtbot: QtBot):
    made = Answerer(qtbot)
    yield made
    made.stop()
    assert not made._answers, "a dialog that was expected did not appear"


def press(standard: QMessageBox.StandardButton) -> Callable[[QWidget], None]:
    def act(dialog: QWidget) -> None:
        assert isinstance(dialog, QMessageBox)
        dialog.button(standard).click()

    return act


def close_dialog(dialog: QWidget) -> None:
    assert isinstance(dialog, FailureDialog)
    child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close).click()


def press_escape(dialog: QWidget) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def type_file(path: Path) -> Callable[[QWidget], None]:
    def act(dialog: QWidget) -> None:
        assert isinstance(dialog, QFileDialog)
        child(dialog, QLineEdit, "fileNameEdit").setText(str(path))
        accept = next(
            b
            for b in dialog.findChildren(QPushButton)
            if b.text().replace("&", "") in ("Open", "Save") and b.isEnabled()
        )
        accept.click()

    return act


# Learning and driving.


def test_start_and_pause_by_clicks(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    start = button(window, "run")
    assert start.text() == "Start"
    click(qtbot, start)
    qtbot.waitUntil(lambda: window.race.stats.activity is Activity.LEARNING)
    assert start.text() == "Pause"
    click(qtbot, start)
    qtbot.waitUntil(lambda: window.race.stats.activity is Activity.PAUSED)
    assert start.text() == "Resume"
    assert opener.session.calls[-1] == "stop"
    assert window.view.hasFocus(), "a click on the toolbar must leave the keys with the track"


def test_a_driving_key_takes_the_wheel_and_drives(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    qtbot.keyPress(window.view, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: window.actions_.control.isChecked())
    qtbot.waitUntil(lambda: opener.session._hero.throttle > 0.9)
    qtbot.keyRelease(window.view, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: opener.session._hero.throttle == 0.0)
    assert opener.session._mode is Mode.MANUAL
    assert window.view.hud._banner is not None
    assert "You drive" in window.view.hud._banner.text
    qtbot.keyClick(window.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opener.session._mode is Mode.AI)
    qtbot.waitUntil(lambda: not window.actions_.control.isChecked())


@pytest.mark.parametrize(("key", "call"), [(Qt.Key.Key_R, "reset"), (Qt.Key.Key_P, "start")])
def test_single_keys(qtbot: QtBot, window: MainWindow, opener: Opener, key: Qt.Key, call: str) -> None:
    qtbot.keyClick(window.view, key)
    qtbot.waitUntil(lambda: call in opener.session.calls)


def test_single_keys_are_typing_elsewhere(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    qtbot.waitUntil(lambda: window.findChild(QWidget, "settings_panel") is not None)
    window.panels.settings_dock.raise_()
    search = child(child(window, QWidget, "settings_panel"), QLineEdit)
    search.setFocus()
    qtbot.keyClicks(search, "rp w")
    assert search.text() == "rp w"
    qtbot.wait(50)
    assert not {"reset", "start"} & set(opener.session.calls)
    assert opener.session._mode is Mode.AI


def test_switches(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    click(qtbot, button(window, "learn"))
    qtbot.waitUntil(lambda: "set_learn False" in opener.session.calls)
    qtbot.keyClick(window.view, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: "set_fleet False" in opener.session.calls)
    assert not window.view.layers.fleet
    qtbot.keyClick(window.view, Qt.Key.Key_F)
    assert window.actions_.follow.isChecked()
    qtbot.mouseDClick(window.view, Qt.MouseButton.LeftButton)
    assert not window.actions_.follow.isChecked()


def test_the_fleet_cannot_be_shown_where_it_does_not_drive(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    fleet, tip = window.actions_.fleet, window.actions_.fleet.toolTip()
    assert window.worker is not None
    assert fleet.isEnabled()
    window.worker.configure(opener.session.config.replace(track__random_tracks=True))
    qtbot.waitUntil(lambda: not fleet.isEnabled())
    assert "drive on other tracks" in fleet.toolTip()
    assert "drive on other tracks" in fleet.statusTip()
    qtbot.keyClick(window.view, Qt.Key.Key_G)
    assert fleet.isChecked()
    window.worker.configure(opener.session.config.replace(track__random_tracks=False))
    qtbot.waitUntil(fleet.isEnabled)
    assert fleet.toolTip() == tip


def test_new_track_by_a_click(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    track = window.view._track
    click(qtbot, button(window, "new_track"))
    qtbot.waitUntil(lambda: window.view._track is not track)
    assert 0 <= window.race.track.seed < 8000


def test_status_bar_counts_painted_frames(qtbot: QtBot, window: MainWindow) -> None:
    rate = child(window.status, QLabel, "frames_per_s")
    qtbot.waitUntil(lambda: 10 < float(rate.text().split()[0]) < 70)


# Files.


def test_save_and_open_from_the_menu(
    qtbot: QtBot, make_window: Callable[[], MainWindow], opener: Opener, answer: Answerer, tmp_path: Path
) -> None:
    window = make_window()
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(lambda: window.race.stats.updates > 5)
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(lambda: window.race.stats.activity is Activity.PAUSED)
    assert window.isWindowModified()
    answer.expect(type_file(tmp_path / "night run.racer"))
    choose(qtbot, window, "file", window.actions_.save)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("night run.racer"))
    qtbot.waitUntil(lambda: not window.isWindowModified())
    updates = window.race.stats.updates
    window.close()

    again = make_window()
    assert again.race.stats.updates == 0
    answer.expect(type_file(tmp_path / "night run.racer"))
    choose(qtbot, again, "file", again.actions_.open)
    qtbot.waitUntil(lambda: again.windowTitle() == "night run.racer[*] · Racer Desktop")
    assert again.race.stats.updates == updates, "the new state is shown when the answer is heard"
    recent = child(again, QMenu, "menu_recent")
    recent.aboutToShow.emit()
    assert next(a.text() for a in recent.actions()) == "&1  night run.racer"
    assert again.focusWidget() is again.view


def test_save_brain_only_keeps_the_file_and_the_mark(
    qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer, tmp_path: Path
) -> None:
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(window.isWindowModified)
    answer.expect(type_file(tmp_path / "brain.racer"))
    choose(qtbot, window, "file", window.actions_.save_brain)
    qtbot.waitUntil((tmp_path / "brain.racer").is_file)
    assert window.documents.path is None
    assert window.isWindowModified()


def test_a_wrong_file_is_refused_in_one_sentence(
    qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer, tmp_path: Path
) -> None:
    wrong = tmp_path / "photo.racer"
    wrong.write_bytes(b"\xff\xd8\xff")
    answer.expect(close_dialog)
    window.open_file(wrong)
    qtbot.waitUntil(lambda: bool(answer.said) and answer.done)
    assert "photo.racer is not a .racer file." in answer.said[0]
    assert window.documents.path is None
    ticks = opener.session._tick
    qtbot.waitUntil(lambda: opener.session._tick > ticks)


def test_a_file_given_at_the_start_is_opened(
    qtbot: QtBot, make_window: Callable[..., MainWindow], tmp_path: Path, opener: Opener
) -> None:
    window = make_window(wait=False)
    path = tmp_path / "a.racer"
    path.write_text('{"updates": 77, "config": {"track": {"seed": 9}}}')
    window.open_file(path)
    qtbot.waitUntil(lambda: window.race.stats.updates == 77)
    assert window.race.track.seed == 9
    assert window.documents.path == path


def test_drag_and_drop(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "b.racer"
    path.write_text('{"updates": 5, "config": {}}')
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *how)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *how))
    qtbot.waitUntil(lambda: window.documents.path == path)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "song.mp3"))])
    enter = QDragEnterEvent(QPoint(50, 50), *how)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_recent_files_that_are_gone_are_left_out(preferences: Preferences, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.racer" for n in range(12)]
    for path in paths:
        path.touch()
        preferences.note_recent(path)
    assert preferences.recent == paths[:1:-1]
    paths[-1].unlink()
    assert preferences.recent[0] == paths[-2]
    preferences.forget_recent()
    assert preferences.recent == []


def test_new_asks_and_cancel_changes_nothing(
    qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer
) -> None:
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(window.isWindowModified)
    answer.expect(press(QMessageBox.StandardButton.Cancel))
    choose(qtbot, window, "file", window.actions_.new)
    qtbot.waitUntil(lambda: bool(answer.said) and answer.done)
    assert len(opener.sessions) == 1
    answer.expect(press(QMessageBox.StandardButton.Discard))
    choose(qtbot, window, "file", window.actions_.new)
    qtbot.waitUntil(lambda: len(opener.sessions) == 2)
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert window.race.stats.updates == 0


# Closing.


def test_close_with_save(qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer, tmp_path: Path) -> None:
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(window.isWindowModified)
    answer.expect(press(QMessageBox.StandardButton.Save))
    answer.expect(type_file(tmp_path / "last.racer"))
    with qtbot.waitSignal(window.closed):
        window.close()
    assert (tmp_path / "last.racer").is_file()
    assert opener.session.closed


def test_close_and_cancel_stays(qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer) -> None:
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(window.isWindowModified)
    answer.expect(press(QMessageBox.StandardButton.Cancel))
    window.close()
    assert window.isVisible()
    assert window.worker is not None
    assert window.worker.isRunning()


def test_close_while_the_session_compiles(
    qtbot: QtBot, make_window: Callable[..., MainWindow], opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "CLOSE_GRACE_MS", 100)
    entered, gate = threading.Event(), threading.Event()

    def compile_for_long() -> None:
        entered.set()
        gate.wait(20)

    opener.before = compile_for_long
    window = make_window(wait=False)
    qtbot.waitUntil(entered.is_set)
    with qtbot.waitSignal(window.closed, timeout=1000):
        window.close()
    assert not window.isVisible()
    gate.set()
    assert window.worker is not None
    assert window.worker.wait(5000)
    assert opener.session.closed


def test_geometry_and_layout_are_remembered(
    qtbot: QtBot, make_window: Callable[..., MainWindow], preferences: Preferences
) -> None:
    window = make_window()
    window.resize(900, 640)
    window.panels.settings_dock.hide()
    window.actions_.rays.trigger()
    window.close()
    again = make_window(wait=False)
    assert again.panels.settings_dock.isHidden()
    assert not again.actions_.rays.isChecked()
    assert not again.view.layers.rays
    again.actions_.reset_layout.trigger()
    assert not again.panels.settings_dock.isHidden()


# Failures.


def test_a_failure_is_told_and_the_rescued_state_goes_on(
    qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(lambda: window.race.stats.updates > 3)
    monkeypatch.setattr(main_window, "LEAST_LIFE_S", 0.0)
    answer.expect(close_dialog)
    opener.session.fail_next_tick = RuntimeError("the tyres fell off")
    qtbot.waitUntil(lambda: len(opener.sessions) == 2)
    qtbot.waitUntil(lambda: window.race.stats.updates > 3)
    assert "the tyres fell off" in answer.said[0]
    assert opener.sessions[0].closed


def test_a_session_that_fails_at_once_is_not_started_again(
    qtbot: QtBot, window: MainWindow, opener: Opener, answer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "LEAST_LIFE_S", math.inf)  # on a busy machine even "at once" takes a while
    answer.expect(close_dialog)
    opener.session.fail_next_tick = RuntimeError("no wheels")
    qtbot.waitUntil(lambda: bool(answer.said) and answer.done, timeout=60_000)
    assert "The state was saved to" in answer.said[0]  # so that it could have gone on
    assert len(opener.sessions) == 1
    assert window.worker is None
    assert not window.actions_.run.isEnabled()


# Every action and control.


def test_every_action_says_what_it_does(window: MainWindow) -> None:
    names = set()
    for action in window.actions_.all:
        assert action.text(), action.objectName()
        assert action.statusTip(), action.objectName()
        assert action.toolTip(), action.objectName()
        assert not action.icon().isNull(), action.objectName()
        names.add(action.objectName())
    assert len(names) == len(window.actions_.all)


def test_every_action_is_in_a_menu_with_a_mnemonic_of_its_own(window: MainWindow) -> None:
    listed: set[QAction] = set()
    for menu in [m for m in window.findChildren(QMenu) if m.objectName().startswith("menu_")]:
        letters = [_mnemonic(a.text()) for a in menu.actions() if not a.isSeparator() and "&" in a.text()]
        assert len(letters) == len(set(letters)), f"{menu.objectName()}: {letters}"
        listed |= set(menu.actions())
    missing = [a.objectName() for a in window.actions_.all if a not in listed]
    assert missing == ["action_clear_recent"]  # there only when there is something to clear


def test_no_shortcut_is_used_twice(window: MainWindow) -> None:
    keys = [a.shortcut().toString() for a in window.actions_.all if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_every_control_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.findChild(QWidget, "settings_panel") is not None)
    for control in window.findChildren(QWidget):
        wants = control.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(control, QAbstractButton)
        if not wants or control.objectName().startswith("qt_") or type(control).__name__.startswith("_"):
            continue
        parent = control.parentWidget()
        named = control.accessibleName() or getattr(control, "text", lambda: "")() or control.toolTip()
        inner = parent is not None and parent.accessibleName()
        assert named or inner or control.isHidden(), f"{control} in {parent}"


def _mnemonic(text: str) -> str:
    return text[text.index("&") + 1].lower()


def test_a_window_that_is_not_painted_begins_all_the_same(
    qtbot: QtBot, make_window: Callable[..., MainWindow], opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "BEGIN_LATEST_MS", 50)
    monkeypatch.setattr("racer_desktop.gui.track_view.TrackView.paintEvent", lambda self, event: None)
    window = make_window(wait=False)
    qtbot.waitUntil(lambda: window.worker is not None and window.worker.is_ready)
    assert len(opener.sessions) == 1


def test_full_screen_is_followed_and_left_as_it_was(qtbot: QtBot, window: MainWindow) -> None:
    full = window.actions_.full_screen
    window.showMaximized()
    full.trigger()
    qtbot.waitUntil(window.isFullScreen)
    assert full.isChecked()
    full.trigger()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert window.isMaximized()
    window.showFullScreen()  # as the system's own key does it
    qtbot.waitUntil(full.isChecked)
    window.showNormal()
    qtbot.waitUntil(lambda: not full.isChecked())


def test_a_brain_saved_on_the_way_does_not_count_as_the_save(
    qtbot: QtBot, window: MainWindow, answer: Answerer, tmp_path: Path
) -> None:
    """What was asked for after the save must not happen when the save itself fails."""
    click(qtbot, button(window, "run"))
    qtbot.waitUntil(window.isWindowModified)
    assert window.worker is not None
    window.documents.path = tmp_path / "no such folder" / "mine.racer"
    window.worker.save(tmp_path / "brain.racer", brain_only=True)
    answer.expect(press(QMessageBox.StandardButton.Save))
    answer.expect(close_dialog)
    window.close()
    qtbot.waitUntil(lambda: len(answer.said) == 2 and answer.done)
    assert "could not be written" in answer.said[1]
    assert window.isVisible()


def test_a_question_is_not_kept_when_it_is_answered(qtbot: QtBot, window: MainWindow, answer: Answerer) -> None:
    before = len(window.findChildren(QDialog))
    for action in (window.actions_.about, window.actions_.seed):
        answer.expect(press_escape)
        action.trigger()
    answer.expect(close_dialog)
    show_failure(window, "This did not go well.")
    qtbot.waitUntil(lambda: len(window.findChildren(QDialog)) == before)


def test_a_closed_window_asks_for_no_file_when_its_last_save_is_done(window: MainWindow, tmp_path: Path) -> None:
    went_on: list[bool] = []
    window.documents._after_save = lambda: went_on.append(True)  # as by Open, answered with Save
    window.close_now()
    window.documents.hear(Outcome(Wish.SAVE, Config(), tmp_path / "late.racer"))
    assert not went_on
