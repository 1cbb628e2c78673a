"""The docks around the track, torn about as nobody would."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.panels import Panels
from racer_desktop.gui.theme import current_theme

DEEDS = 600  # with tabs that could be moved, Qt crashed after 93 to 523 of them


@pytest.fixture
def around(qtbot: QtBot) -> Iterator[QMainWindow]:
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    window.resize(1024, 700)
    qtbot.addWidget(window)
    yield window
    window.close()


@pytest.fixture
def panels(around: QMainWindow, qtbot: QtBot) -> Panels:
    panels = Panels(around, Config(), current_theme())
    around.show()
    qtbot.waitExposed(around)
    return panels


def _bars(window: QMainWindow) -> list[QTabBar]:
    return [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]


def test_a_tab_dragged_past_another_stays_where_it_is(around: QMainWindow, panels: Panels) -> None:
    (bar,) = _bars(around)
    assert bar.accessibleName() == "Panels"
    before = [bar.tabText(i) for i in range(bar.count())]
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center())
    QTest.mouseMove(bar, bar.tabRect(2).center())
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(2).center())
    assert [bar.tabText(i) for i in range(bar.count())] == before


@pytest.mark.parametrize("seed", [1, 4])
def test_docks_torn_about_and_put_back(qtbot: QtBot, around: QMainWindow, panels: Panels, seed: int) -> None:
    dice = random.Random(seed)

    def spot(place: QWidget) -> QPoint:
        return QPoint(dice.randrange(max(place.width(), 1)), dice.randrange(max(place.height(), 1)))

    def drag() -> None:
        buttons = [b for dock in panels.docks for b in dock.findChildren(QAbstractButton)]
        place = dice.choice([p for p in (*panels.docks, *_bars(around), *buttons, around) if p.isVisible()])
        end = spot(place)
        QTest.mousePress(place, Qt.MouseButton.LeftButton, pos=spot(place))
        QTest.mouseMove(place, end)
        QTest.mouseRelease(place, Qt.MouseButton.LeftButton, pos=end)

    def tear_off() -> None:
        dock = dice.choice(panels.docks)
        if dock.isVisible():
            QTest.mouseDClick(dock, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    def close_or_show() -> None:
        dice.choice(panels.docks).toggleViewAction().trigger()

    deeds = [drag, tear_off, close_or_show, panels.restore, QApplication.processEvents]
    for _ in range(DEEDS):
        dice.choices(deeds, [55, 15, 10, 5, 30])[0]()
    panels.restore()
    qtbot.waitUntil(lambda: len(_bars(around)) == 1)  # what was torn about goes back step by step
    (bar,) = _bars(around)
    assert not any(dock.isFloating() for dock in panels.docks)
    assert sorted(bar.tabText(i) for i in range(bar.count())) == ["Charts", "Laps", "Settings"]
