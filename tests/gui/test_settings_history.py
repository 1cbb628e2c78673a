"""Every change of settings can be taken back, whatever made it; what is not done leaves the history where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import main_window
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.gui.settings_history import SettingsHistory
from racer_desktop.gui.theme import dark_theme
from tests.gui.conftest import Opener

FIRST = Config()
SECOND = FIRST.replace(car__grip=12.0)
THIRD = SECOND.replace(track__obstacles=2, track__seed=7)


class Desk(QObject):
    """A history with somebody who puts into force what it asks for."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        window, track = QWidget(), QWidget()
        qtbot.addWidget(window)
        qtbot.addWidget(track)
        self.actions = Actions(dark_theme(), window, track)
        self.history = SettingsHistory(self.actions, FIRST, self)
        self.history.set_ready(True)
        self.asked: list[Config] = []
        self.history.wanted.connect(self.asked.append)
        self.config = FIRST

    def force(self, config: Config, wish: Wish = Wish.CONFIGURE) -> None:
        self.config = config
        self.history.hear(Outcome(wish, config))

    def refuse(self) -> None:
        self.history.hear(Outcome(Wish.CONFIGURE, self.config, error="No."))

    def press(self, name: str) -> Config:
        action = getattr(self.actions, name)
        assert action.isEnabled()
        action.trigger()
        return self.asked[-1]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_back_and_forth(desk: Desk) -> None:
    assert not desk.actions.undo.isEnabled()
    desk.force(SECOND)
    desk.force(THIRD, Wish.NEW_TRACK)
    assert desk.actions.undo.text() == "&Undo 2 Settings"
    for config in (SECOND, FIRST):
        assert desk.press("undo") == config
        assert not desk.actions.undo.isEnabled(), "one at a time"
        desk.force(config)
    assert not desk.actions.undo.isEnabled()
    assert desk.actions.redo.text() == "Re&do Car: Grip"
    for config in (SECOND, THIRD):
        assert desk.press("redo") == config
        desk.force(config)
    assert not desk.actions.redo.isEnabled()
    assert desk.asked == [SECOND, FIRST, SECOND, THIRD]


@pytest.mark.parametrize("way", ["refuse", "decline"])
def test_what_is_not_done_stays_undone(desk: Desk, way: str) -> None:
    desk.force(SECOND)
    desk.press("undo")
    desk.refuse() if way == "refuse" else desk.history.decline()
    assert desk.actions.undo.isEnabled()
    assert not desk.actions.redo.isEnabled()
    assert desk.press("undo") == FIRST
    desk.force(FIRST)
    desk.press("redo")
    desk.refuse() if way == "refuse" else desk.history.decline()
    assert desk.actions.redo.isEnabled()
    assert not desk.actions.undo.isEnabled()


def test_an_edit_while_something_is_asked_for(desk: Desk) -> None:
    desk.force(SECOND)
    desk.press("undo")
    desk.force(THIRD)  # this came first; the undo is never answered
    assert desk.press("undo") == SECOND


def test_a_new_change_forgets_what_was_taken_back(desk: Desk) -> None:
    desk.force(SECOND)
    desk.press("undo")
    desk.force(FIRST)
    desk.force(FIRST.replace(car__grip=13.0))
    assert not desk.actions.redo.isEnabled()
    assert desk.press("undo") == FIRST


def test_another_experiment_has_no_past(desk: Desk) -> None:
    desk.force(SECOND)
    desk.force(THIRD, Wish.OPEN)
    assert not desk.actions.undo.isEnabled()
    desk.force(FIRST)
    assert desk.press("undo") == THIRD


def test_by_keyboard_in_the_window(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    window.panels.settings_changed.emit(SECOND)
    qtbot.waitUntil(lambda: opener.session.config == SECOND)
    qtbot.waitUntil(window.actions_.undo.isEnabled)
    qtbot.keyClick(window.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opener.session.config == FIRST)
    qtbot.waitUntil(window.actions_.redo.isEnabled)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.view, Qt.Key.Key_Z, both)
    qtbot.waitUntil(lambda: opener.session.config == SECOND)


def test_taking_back_what_costs_a_brain_asks(
    qtbot: QtBot, window: MainWindow, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [False, True]
    monkeypatch.setattr(main_window, "ask_new_brain", lambda parent: answers.pop(0))
    bigger = FIRST.replace(agent__units=128)
    window.panels.settings_changed.emit(bigger)
    qtbot.waitUntil(window.actions_.undo.isEnabled)
    window.actions_.run.trigger()
    qtbot.waitUntil(lambda: window.race.stats.updates > 0)
    window.actions_.undo.trigger()
    assert answers == [True]
    assert opener.session.config == bigger
    assert window.actions_.undo.isEnabled()
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: opener.session.config == FIRST)
