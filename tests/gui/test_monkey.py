"""A monkey at the keyboard and the mouse: nothing it does may raise, warn or leave something behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from tests.fake_judge import FakeJudge
from tests.gui.conftest import Opener

pytestmark = pytest.mark.slow

EVENTS = 1500
KEYS = [
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Tab),
    *(Qt.Key.Key_W, Qt.Key.Key_A, Qt.Key.Key_S, Qt.Key.Key_D, Qt.Key.Key_R, Qt.Key.Key_P, Qt.Key.Key_F, Qt.Key.Key_G),
    *(Qt.Key.Key_L, Qt.Key.Key_0, Qt.Key.Key_7, Qt.Key.Key_Minus, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F11),
]


class Keeper:
    """Answers modal dialogs and closes menus that the monkey opened."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._timer = QTimer()
        self._timer.timeout.connect(self._answer)
        self._timer.start(15)

    def stop(self) -> None:
        self._timer.stop()

    def _answer(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None and self._dice.random() < 0.3:
            popup.close()
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        buttons = [b for b in dialog.findChildren(QPushButton) if b.isEnabled() and b.isVisible()]
        if isinstance(dialog, QFileDialog) or not buttons or self._dice.random() < 0.3:
            assert isinstance(dialog, QDialog)
            dialog.reject()
        else:
            self._dice.choice(buttons).click()


@pytest.fixture
def dice() -> random.Random:
    return random.Random(20_231_123)


@pytest.fixture
def keeper(qapp: QApplication, dice: random.Random) -> Iterator[Keeper]:
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    made = Keeper(dice)
    yield made
    made.stop()


def test_nothing_a_monkey_does_hurts(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    opener: Opener,
    preferences: Preferences,
    dice: random.Random,
    keeper: Keeper,
) -> None:
    window = make_window()
    qtbot.waitUntil(lambda: window.findChild(QWidget, "settings_panel") is not None)
    window.tools.trials._judge = FakeJudge(pause=0.01)
    for action in (window.actions_.quit, window.actions_.about):  # the end, and what the system draws itself
        action.setEnabled(False)
    for _ in range(EVENTS):
        if not window.isVisible():
            window.show()
        act(dice, window)
        QApplication.processEvents()
    QTest.qWait(100)
    for other in QApplication.topLevelWidgets():
        if other is not window and not isinstance(other, QMenu):
            other.close()
    assert window.worker is not None
    assert window.worker.isRunning()
    config = opener.session.config
    assert Config.from_json(config.to_json()) == config
    ticks = opener.session._tick
    window.worker.start_learning()  # it may have been paused
    qtbot.waitUntil(lambda: opener.session._tick != ticks)


def act(dice: random.Random, window: MainWindow) -> None:
    """One thing that a hand can do."""
    target = QApplication.activePopupWidget() or QApplication.activeModalWidget() or window
    kind = dice.random()
    if kind < 0.35:
        receiver = QApplication.focusWidget() or target
        QTest.keyClick(receiver, dice.choice(KEYS))
    elif kind < 0.7:
        places = [w for w in target.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.window() is target]
        place = dice.choice(places or [target])
        spot = random_point(dice, place.rect())
        if dice.random() < 0.1:
            QTest.mouseDClick(place, Qt.MouseButton.LeftButton, pos=spot)
        else:
            QTest.mouseClick(place, Qt.MouseButton.LeftButton, pos=spot)
    elif kind < 0.8:
        start, end = (random_point(dice, window.view.rect()) for _ in range(2))
        QTest.mousePress(window.view, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(window.view, end)
        QTest.mouseRelease(window.view, Qt.MouseButton.LeftButton, pos=end)
    elif kind < 0.97:
        action = dice.choice(window.actions_.all)
        if action.isEnabled():
            action.trigger()
    else:
        window.resize(dice.randint(500, 1400), dice.randint(400, 900))


def random_point(dice: random.Random, rect: QRect) -> QPoint:
    return QPoint(dice.randint(0, max(rect.width() - 1, 0)), dice.randint(0, max(rect.height() - 1, 0)))
