"""Evaluate and compare: off the window and off the race, with progress, Cancel, tables that sort, and CSV."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from racer_desktop.gui import trial_dialog
from racer_desktop.gui.compare_dialog import CompareDialog
from racer_desktop.gui.evaluate_dialog import EvaluateDialog
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.trial_run import Brain, TrialRun
from racer_desktop.gui.trial_table import NOTHING, Cell, TrialTable
from racer_desktop.training.trial import Choice, Trial
from tests.fake_judge import FakeJudge
from tests.gui.conftest import Opener


@pytest.fixture
def judge() -> FakeJudge:
    return FakeJudge()


@pytest.fixture
def judged_window(window: MainWindow, judge: FakeJudge) -> MainWindow:
    window.tools.trials._judge = judge
    return window


@pytest.fixture
def evaluate(judged_window: MainWindow) -> EvaluateDialog:
    judged_window.actions_.evaluate.trigger()
    dialog = judged_window.tools.trials._evaluate
    assert dialog is not None
    return dialog


@pytest.fixture
def compare(judged_window: MainWindow) -> CompareDialog:
    judged_window.actions_.compare.trigger()
    dialog = judged_window.tools.trials._compare
    assert dialog is not None
    return dialog


def done(qtbot: QtBot, dialog: EvaluateDialog | CompareDialog) -> None:
    dialog._go.click()
    qtbot.waitUntil(lambda: not dialog.running and not dialog.waiting)


def column(table: TrialTable, index: int) -> list[str]:
    model = table.model()
    return [model.index(row, index).data() for row in range(model.rowCount())]


def test_evaluates_the_present_brain_off_the_window(
    qtbot: QtBot, evaluate: EvaluateDialog, judge: FakeJudge, opener: Opener
) -> None:
    before = opener.session._tick
    done(qtbot, evaluate)
    ((path, trial, choice),) = judge.asked
    assert (list(trial.seeds), choice, trial.obstacles) == (list(range(9000, 9016)), Choice.BEST, 5)
    assert opener.session.calls[-1] == f"save {path.name}"
    assert judge.thread not in (threading.main_thread().ident, opener.session.thread)
    assert column(evaluate._table, 1)[:4] == ["yes", "yes", "yes", "no, 37%"]
    assert evaluate._words.text().startswith("12 of 16 tracks finished. The median flying lap takes 1.")
    assert opener.session._tick > before, "the race goes on"
    evaluate._which.setCurrentIndex(1)
    done(qtbot, evaluate)
    assert judge.asked[-1][2] is Choice.NEWEST


def test_a_lent_brain_is_no_save(qtbot: QtBot, judged_window: MainWindow, evaluate: EvaluateDialog) -> None:
    done(qtbot, evaluate)
    assert judged_window.documents.path is None
    assert judged_window.documents._preferences.recent == []


def test_chosen_tracks_are_driven(qtbot: QtBot, evaluate: EvaluateDialog, judge: FakeJudge) -> None:
    evaluate._first.setValue(9100)
    evaluate._count.setValue(3)
    evaluate._obstacles.setValue(0)
    done(qtbot, evaluate)
    _, trial, _ = judge.asked[0]
    assert (list(trial.seeds), trial.obstacles) == ([9100, 9101, 9102], 0)


def test_the_table_sorts_with_what_is_unknown_last(qtbot: QtBot, evaluate: EvaluateDialog) -> None:
    done(qtbot, evaluate)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        evaluate._table.sortByColumn(5, order)
        shown = column(evaluate._table, 5)
        ratios = [float(text) for text in shown if text != NOTHING]
        assert ratios == sorted(ratios, reverse=order is Qt.SortOrder.DescendingOrder)
        assert shown[-4:] == [NOTHING] * 4
    evaluate._table.setFocus()
    qtbot.keyClick(evaluate._table, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert column(evaluate._table, 0) == [str(seed) for seed in range(9000, 9016)]
    qtbot.keyClick(evaluate._table, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert column(evaluate._table, 0) == [str(seed) for seed in range(9015, 8999, -1)]


def test_the_chosen_track_is_shown_large(qtbot: QtBot, evaluate: EvaluateDialog) -> None:
    done(qtbot, evaluate)
    evaluate._table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    evaluate._table.choose(3)
    assert evaluate._about.text() == f"Track 9003, {_length(9003)} m: the drive ended after 37% of a lap."


def _length(seed: int) -> str:
    from tests.fakes import oval

    return f"{float(oval(seed).length):.0f}"


def test_progress_and_cancel(qtbot: QtBot, evaluate: EvaluateDialog, judge: FakeJudge) -> None:
    judge.pause = 0.05
    evaluate._go.click()
    assert evaluate._go.text() == "&Cancel"
    assert not evaluate._count.isEnabled()
    qtbot.waitUntil(lambda: evaluate._words.text() == "Driving all tracks side by side")
    assert 0 < evaluate._bar.value() < evaluate._bar.maximum()
    evaluate._go.click()
    assert evaluate._go.text() == "&Begin"
    assert evaluate._words.text() == "Cancelled."
    assert judge.broken.wait(5)
    judge.pause = 0.0
    done(qtbot, evaluate)


@pytest.mark.parametrize("what", ["dialog", "window"])
def test_closing_in_the_middle_ends_it(
    qtbot: QtBot, judged_window: MainWindow, evaluate: EvaluateDialog, judge: FakeJudge, what: str
) -> None:
    judge.pause = 0.05
    evaluate._go.click()
    qtbot.waitUntil(lambda: evaluate._words.text() == "Driving all tracks side by side")
    evaluate.close() if what == "dialog" else judged_window.close()
    assert judge.broken.wait(5)
    assert not evaluate.isVisible()
    assert not evaluate._timer.isActive()


def test_closed_before_the_brain_was_lent(qtbot: QtBot, evaluate: EvaluateDialog, judge: FakeJudge) -> None:
    evaluate._go.click()
    evaluate.close()
    qtbot.wait(100)
    assert judge.asked == []


def test_a_failure_is_told_and_can_be_tried_again(qtbot: QtBot, evaluate: EvaluateDialog, judge: FakeJudge) -> None:
    evaluate.begin(Path("damaged.racer"))
    evaluate._brains = evaluate.brains()
    evaluate.begin(Path("damaged.racer"))
    qtbot.waitUntil(lambda: not evaluate.running)
    assert evaluate._words.text().startswith("“damaged.racer” is damaged")
    assert not evaluate._export.isEnabled()
    done(qtbot, evaluate)
    assert "tracks finished" in evaluate._words.text()


def test_what_nobody_expected_is_told_too(caplog: pytest.LogCaptureFixture, qtbot: QtBot) -> None:
    def broken(*_: object) -> tuple[()]:
        raise RuntimeError("the device is on fire")

    run = TrialRun([Brain("mine", Path("mine.racer"))], Trial(), broken)
    qtbot.waitUntil(lambda: not run.busy)
    state = run.take()
    assert state is not None
    assert state.over
    assert state.errors == ("This brain could not be tried: the device is on fire. The log has the details.",)


def test_compares_side_by_side(qtbot: QtBot, compare: CompareDialog, judge: FakeJudge) -> None:
    compare.add_file(Path("spring.racer"))
    compare.add_file(Path("spring.racer"))
    compare.add_file(Path("damaged.racer"))
    done(qtbot, compare)
    assert [asked[0].name for asked in judge.asked][2:] == ["spring.racer", "damaged.racer"]
    assert [asked[2] for asked in judge.asked[:2]] == [Choice.BEST, Choice.NEWEST]
    assert len({tuple(trial.seeds) for _, trial, _ in judge.asked}) == 1
    assert column(compare._overall, 0) == ["this brain, best", "this brain, newest", "spring", "damaged"]
    assert column(compare._overall, 1) == ["12 / 16"] * 3 + ["could not be tried"]
    assert column(compare._table, 2)[0] == "2.00"
    assert column(compare._table, 4) == [NOTHING] * 16
    assert "is damaged" in compare._words.text()
    assert compare._words.text().startswith("Best: ")
    compare._overall.choose(3)
    compare._remove.click()
    assert column(compare._overall, 0) == ["this brain, best", "this brain, newest", "spring"]


def test_as_csv(qtbot: QtBot, compare: CompareDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done(qtbot, compare)
    compare.save_table(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 32
    assert lines[0]["brain"] == "this brain, best"
    assert float(lines[0]["ratio"]) == pytest.approx(
        float(lines[0]["flying_lap_s"]) / float(lines[0]["reference_lap_s"]), abs=1e-3
    )
    told: list[str] = []
    monkeypatch.setattr(trial_dialog, "show_failure", lambda parent, text: told.append(text))
    compare.save_table(tmp_path / "no such folder" / "table.csv")
    assert "could not be saved" in told[0]


def test_restore_best(qtbot: QtBot, window: MainWindow, opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("racer_desktop.gui.main_window.show_failure", lambda parent, text: told.append(text))
    window.actions_.restore_best.trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("There is no best brain yet")
    window.actions_.run.trigger()
    qtbot.waitUntil(lambda: window.race.stats.updates >= 10)
    window.actions_.restore_best.trigger()
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "The best brain is at the wheel again")


def test_cells_without_a_value_stand_last_either_way(qtbot: QtBot) -> None:
    table = TrialTable("test")
    qtbot.addWidget(table)
    table.cells.show_rows([("n", "")], [[Cell.figure(value)] for value in (2.0, None, 10.0, None, -1.0)])
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["-1.00", "2.00", "10.00", NOTHING, NOTHING]
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert column(table, 0) == ["10.00", "2.00", "-1.00", NOTHING, NOTHING]


def test_ready_makes_them_possible(make_window: Callable[..., MainWindow]) -> None:
    window = make_window(wait=False)
    for action in (window.actions_.evaluate, window.actions_.compare, window.actions_.restore_best):
        assert not action.isEnabled()
