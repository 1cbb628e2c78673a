"""Race, free driving and paces in the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.race_board import gap_text, race_time
from racer_desktop.gui.race_card import RaceCard
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.training.contest import ContestView, Phase, Racer, Standing
from racer_desktop.training.snapshot import FastestLap, Mode, Occasion
from tests.gui.conftest import Opener, child


def at_occasion(qtbot: QtBot, window: MainWindow, occasion: Occasion) -> None:
    qtbot.waitUntil(lambda: window.occasions.occasion is occasion)


def test_a_race_by_keys_alone(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    opener.session.config = opener.session.config.replace(race__laps=1)
    QTest.keyClick(window.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    at_occasion(qtbot, window, Occasion.RACE)
    actions = window.actions_
    assert actions.race.isChecked()
    assert not actions.control.isEnabled()
    assert not actions.paces.isEnabled()
    assert actions.learn.isEnabled()
    session = opener.session
    session._ways[1] = session._ways[2] = float(session._track.length) - 1.0
    session._along = float(session._track.length) - 5.0
    QTest.keyPress(window.view, Qt.Key.Key_Up)
    qtbot.waitUntil(window.occasions.card.isVisible, timeout=20_000)
    QTest.keyRelease(window.view, Qt.Key.Key_Up)
    assert "AI wins" in window.occasions.card.title
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.occasions.card.isVisible())
    assert session.calls.count("set_occasion race") == 2
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    at_occasion(qtbot, window, Occasion.WATCH)
    qtbot.waitUntil(lambda: not actions.control.isChecked())
    assert session._mode is Mode.AI
    assert actions.control.isEnabled()
    assert actions.watch.isChecked()


def test_a_race_is_as_long_as_the_setting_says(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    qtbot.waitUntil(lambda: window.panels._settings is not None)
    assert window.panels._settings is not None
    window.panels._settings.row("race", "laps").edited.emit("race__laps", 5)
    qtbot.waitUntil(lambda: opener.session.config.race.laps == 5)
    window.actions_.race.trigger()
    at_occasion(qtbot, window, Occasion.RACE)
    frame, banner = window.view.newest_frame, window.view.hud._banner
    assert frame is not None
    assert frame.contest is not None
    assert frame.contest.laps == 5
    assert banner is not None
    assert banner.text.startswith("Race over 5 laps")


def test_a_race_that_begins_again_says_so(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    window.actions_.race.trigger()
    at_occasion(qtbot, window, Occasion.RACE)

    def phase() -> Phase | None:
        frame = window.view.newest_frame
        return None if frame is None or frame.contest is None else frame.contest.phase

    qtbot.waitUntil(lambda: phase() is Phase.RUNNING, timeout=20_000)
    window.view.announce("Something else")
    window.actions_.race_again.trigger()
    qtbot.waitUntil(lambda: phase() is Phase.LIGHTS)
    banner = window.view.hud._banner
    assert banner is not None
    assert banner.text.startswith("Race over 3 laps")


def test_free_driving_learns_nothing(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    window.actions_.free.trigger()
    at_occasion(qtbot, window, Occasion.FREE)
    assert not opener.session._learn
    assert not window.actions_.learn.isEnabled()
    qtbot.waitUntil(lambda: not window.actions_.learn.isChecked())
    window.actions_.watch.trigger()
    at_occasion(qtbot, window, Occasion.WATCH)
    assert opener.session._learn
    assert window.actions_.learn.isEnabled()


@pytest.mark.parametrize("pace", [2, 4])
def test_the_race_runs_faster_while_the_ai_drives(qtbot: QtBot, window: MainWindow, opener: Opener, pace: int) -> None:
    window.actions_.paces.actions()[pace // 2].trigger()
    qtbot.waitUntil(lambda: window.worker is not None and window.worker._driver.pace == pace)
    before = window.view.newest_frame
    assert before is not None
    qtbot.waitUntil(lambda: _tick(window) > before.tick + 20)
    QTest.keyPress(window.view, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: window.view.pace == 1)
    QTest.keyRelease(window.view, Qt.Key.Key_Up)
    assert window.worker is not None
    assert window.worker._driver.pace == 1
    assert window.actions_.paces.actions()[0].isChecked()
    qtbot.waitUntil(lambda: not window.actions_.paces.isEnabled())
    window.actions_.control.trigger()
    qtbot.waitUntil(window.actions_.paces.isEnabled)


def test_values_are_asked_for_only_while_they_are_shown(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    window.actions_.value_map.trigger()
    qtbot.waitUntil(lambda: "set_values True" in opener.session.calls)
    window.actions_.speed_map.trigger()  # one map at a time
    assert not window.actions_.value_map.isChecked()
    qtbot.waitUntil(lambda: "set_values False" in opener.session.calls)


def test_the_fastest_lap_stands_beside_the_others(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    qtbot.waitUntil(lambda: window.panels._laps is not None and window.panels._laps._reference == 27.5)
    assert window.panels._charts is not None
    assert window.panels._charts._laps.reference == 27.5
    opener.session.fastest = FastestLap(opener.session.fastest.line, opener.session.fastest.speed, 30.0)
    qtbot.waitUntil(lambda: window.panels._laps is not None and window.panels._laps._reference == 30.0)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(640, 480)
    parent.show()
    qtbot.waitActive(parent)
    return parent


@pytest.fixture
def card(parent: QWidget) -> RaceCard:
    return RaceCard(dark_theme(), parent)


def result(you: float, ai: float | None) -> ContestView:
    mine = Standing(Racer.YOU, 2, (you / 2 + 1, you / 2 - 1), you, None)
    theirs = Standing(Racer.AI, 2, (), ai, None)
    ghost = Standing(Racer.FASTEST, 2, (30.0, 28.0), 58.0, None)
    drivers = [theirs, mine] if ai is not None and ai < you else [mine, theirs]
    return ContestView(Phase.FINISHED, 0, 90.0, 2, (ghost, *drivers))


def test_the_card_says_who_won(card: RaceCard) -> None:
    fastest = FastestLap(np.zeros((4, 2)), np.zeros(4), 28.0)
    card.show_contest(result(70.0, None), fastest)
    assert card.title == "You win!"
    assert card.text_at(1, 3) == "1:10.00"
    assert card.text_at(2, 3) == "on its way"
    card.show_contest(result(70.0, 72.5), fastest)
    assert card.title == "You win by 2.50 s!"
    assert card.text_at(2, 4) == "+14.50"
    card.show_contest(result(70.0, 65.25), fastest)
    assert card.title == "The AI wins by 4.75 s"
    assert card.text_at(1, 2) == "AI"
    assert card.text_at(3, 2) == "Fastest lap"
    assert card.remark == "2 laps  ·  your best: 1.21 x the fastest possible"
    card.set_theme(light_theme())
    card.show_contest(None, None)
    assert not card.isVisible()


def test_the_cards_buttons_can_be_reached_and_named(qtbot: QtBot, card: RaceCard) -> None:
    card.show_contest(result(70.0, 72.5), None)
    again, leave = child(card, QPushButton, "race_again"), child(card, QPushButton, "race_leave")
    assert (again.accessibleName(), leave.accessibleName()) == ("Race Again", "Leave")
    assert QRect(0, 0, 640, 480).contains(card.geometry())
    again.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(again, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is leave
    with qtbot.waitSignal(card.leave):
        QTest.keyClick(leave, Qt.Key.Key_Space)


def test_times_and_gaps_in_words() -> None:
    assert [race_time(t) for t in (0.0, 59.999, 61.25, 600.0)] == ["0:00.00", "1:00.00", "1:01.25", "10:00.00"]
    assert [gap_text(g) for g in (0.5, -12.345)] == ["+0.50", "\N{MINUS SIGN}12.35"]


def _tick(window: MainWindow) -> int:
    frame = window.view.newest_frame
    return -1 if frame is None else frame.tick
