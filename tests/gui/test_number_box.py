"""The number box never changes a number nobody touched, and takes what people type."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.gui.number_box import NumberBox


@pytest.fixture
def box(qtbot: QtBot) -> NumberBox:
    box = NumberBox(0.0, 100.0, "m")
    qtbot.addWidget(box)
    box.set_value(6.0)
    box.show()
    return box


def type_text(box: NumberBox, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), text)
    QTest.keyClick(box.lineEdit(), key)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.floats(1e-9, 1e9))
def test_untouched_number_is_never_reported(qtbot: QtBot, value: float) -> None:
    box = NumberBox(-1e12, 1e12, "s")
    qtbot.addWidget(box)
    heard = []
    box.chosen.connect(heard.append)
    box.set_value(value)
    box.commit()
    assert heard == []
    assert box.value == value


@pytest.mark.parametrize(
    ("text", "number"),
    [("7.5", 7.5), ("7,5", 7.5), ("7.5 m", 7.5), ("7.5m", 7.5), ("1,250", 1250.0), ("3e-4", 3e-4), ("-2", -2.0)],
)
def test_typed_numbers_are_understood(qtbot: QtBot, box: NumberBox, text: str, number: float) -> None:
    with qtbot.waitSignal(box.chosen) as heard:
        type_text(box, text)
    assert heard.args == [number]


@pytest.mark.parametrize(("number", "text"), [(1, "1 lap"), (2, "2 laps"), (0, "0 laps")])
def test_one_of_what_is_counted_stands_in_the_singular(qtbot: QtBot, number: int, text: str) -> None:
    box = NumberBox(0, 99, "laps", whole=True)
    qtbot.addWidget(box)
    box.set_value(number)
    assert box.lineEdit().text() == text
    box.set_value(7)
    with qtbot.waitSignal(box.chosen) as heard:
        type_text(box, text)
    assert heard.args == [number]


def test_nothing_is_reported_while_typing(box: NumberBox) -> None:
    heard = []
    box.chosen.connect(heard.append)
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), "12")
    assert heard == []
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert heard == [12.0]


@pytest.mark.parametrize("text", ["fast", "", "1.2.3", "nan", "inf", "m", "7 mm", "7 m m"])
def test_other_text_is_unreadable(qtbot: QtBot, box: NumberBox, text: str) -> None:
    with qtbot.waitSignal(box.unreadable) as heard:
        box.lineEdit().setText(text)
        box.commit()
    assert heard.args == [text]
    assert box.value == 6.0


def test_steps_are_one_choice_once_they_settle(qtbot: QtBot, box: NumberBox) -> None:
    box.setFocus()
    with qtbot.waitSignal(box.chosen) as heard:
        for _ in range(3):
            QTest.keyClick(box, Qt.Key.Key_Up)
    assert heard.args == [pytest.approx(6.3)]


def test_steps_suit_the_size_and_stop_at_the_limits(qtbot: QtBot) -> None:
    box = NumberBox(0.0, 1.0)
    qtbot.addWidget(box)
    box.set_value(0.001)
    box.stepBy(1)
    assert box.lineEdit().text() == "0.0011"
    box.set_value(0.95)
    box.stepBy(20)
    assert box.lineEdit().text() == "1"
    assert not box.stepEnabled() & NumberBox.StepEnabledFlag.StepUpEnabled
    box.set_value(0.0)
    box.stepBy(1)
    assert box.lineEdit().text() == "0.1"


def test_whole_numbers_step_by_whole_numbers(qtbot: QtBot) -> None:
    box = NumberBox(0, 2**31 - 1, whole=True)
    qtbot.addWidget(box)
    box.set_value(9)
    box.stepBy(1)
    assert box.lineEdit().text() == "10"
    box.stepBy(-1)
    assert box.lineEdit().text() == "9"
    box.set_value(400_000)
    box.stepBy(1)
    assert box.lineEdit().text() == "410,000"


def test_escape_gives_up(qtbot: QtBot, box: NumberBox) -> None:
    heard = []
    box.chosen.connect(heard.append)
    type_text(box, "12", Qt.Key.Key_Escape)
    assert box.lineEdit().text() == "6 m"
    assert heard == [6.0]


def test_wheel_is_left_to_the_panel_without_focus(qtbot: QtBot, box: NumberBox) -> None:
    box.clearFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.accept()
    box.wheelEvent(event)
    assert not event.isAccepted()
    assert box.lineEdit().text() == "6 m"


def test_its_own_menu_does_not_finish_editing(qtbot: QtBot, box: NumberBox) -> None:
    heard: list[float] = []
    box.chosen.connect(heard.append)
    box.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    QTest.keyClicks(box.lineEdit(), "7")
    seen: list[tuple[QWidget | None, list[float]]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        seen.append((menu, list(heard)))
        assert menu is not None
        menu.close()

    QTimer.singleShot(100, look)
    place = box.lineEdit().rect().center()
    reason, no_key = QContextMenuEvent.Reason.Mouse, Qt.KeyboardModifier.NoModifier
    event = QContextMenuEvent(reason, place, box.lineEdit().mapToGlobal(place), no_key)
    QApplication.sendEvent(box.lineEdit(), event)  # returns when the menu is closed
    assert len(seen) == 1
    assert seen[0][1] == []
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert len(heard) == 1
