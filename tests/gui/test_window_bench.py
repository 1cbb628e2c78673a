"""The measurement of the window, over a FakeSession: the keys' plan, what becomes of each, and the file in the end."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from racer_desktop.gui import window_bench
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.synthetic_keys import FASTER, LEFT, RIGHT, KeyEvent, SyntheticKeys, key_plan
from racer_desktop.gui.window_bench import WindowBench
from racer_desktop.training.snapshot import Mode
from tests.gui.conftest import Opener


def test_a_seed_gives_the_same_irregular_keys() -> None:
    plan = key_plan(60.0, seed=3)
    assert plan == key_plan(60.0, seed=3) != key_plan(60.0, seed=4)
    gaps = {round(b.at - a.at, 3) for a, b in itertools.pairwise(plan)}
    assert len(gaps) > len(plan) / 2
    assert {event.key for event in plan} == {LEFT, RIGHT, FASTER}


@pytest.mark.parametrize("seed", range(20))
def test_keys_come_up_again_and_never_steer_both_ways(seed: int) -> None:
    down: set[object] = set()
    for event in key_plan(10.0, seed):
        assert 0.0 <= event.at <= 10.0
        assert event.down != (event.key in down)
        down ^= {event.key}
        assert not {LEFT, RIGHT} <= down
    assert not down


@pytest.fixture
def driven(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A window whose car a person drives."""
    window.actions_.control.trigger()
    qtbot.waitUntil(lambda: mode(window) is Mode.MANUAL, timeout=50_000)
    return window


def played(window: MainWindow, plan: list[KeyEvent]) -> SyntheticKeys:
    keys = SyntheticKeys(window.view, plan, window)
    window.view.meter = window_bench.PaintRecord(lambda began, ended: keys.painted(ended))
    keys.begin()
    return keys


def test_keys_are_obeyed(qtbot: QtBot, driven: MainWindow) -> None:
    begin = time.perf_counter()
    downs, ups = [(0.0, LEFT, True), (0.1, FASTER, True)], [(60.0, FASTER, False), (60.0, LEFT, False)]
    keys = played(driven, [KeyEvent(*event) for event in downs + ups])
    qtbot.waitUntil(lambda: len(keys.presses) == 2, timeout=50_000)
    assert all(press.answered for press in keys.presses)
    for press, due in zip(keys.presses, (0.0, 0.1), strict=True):
        assert begin + due <= press.at < press.until <= time.perf_counter()


def test_keys_that_nobody_obeys_are_unanswered(qtbot: QtBot, driven: MainWindow, opener: Opener) -> None:
    opener.session.control = lambda steering, throttle: None
    plan = [(0.0, LEFT, True), (0.05, FASTER, True), (0.3, LEFT, False), (0.4, FASTER, False)]
    keys = played(driven, [KeyEvent(*event) for event in plan])
    qtbot.waitUntil(lambda: len(keys.presses) == 2, timeout=50_000)
    assert not any(press.answered for press in keys.presses)
    assert [press.until - press.at for press in keys.presses] == pytest.approx([0.3, 0.35])


def test_keys_in_a_crash_are_not_counted(qtbot: QtBot, driven: MainWindow, opener: Opener) -> None:
    plan = [(0.0, LEFT, True), (0.3, FASTER, True), (0.35, LEFT, False), (60.0, FASTER, False)]
    opener.session.halted = True
    opener.session.control = lambda steering, throttle: None
    keys = played(driven, [KeyEvent(*event) for event in plan])
    qtbot.wait(500)
    assert keys.presses == []


def test_a_whole_run_leaves_its_figures(
    qtbot: QtBot, make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_bench, "REST_S", 0.05)
    monkeypatch.setattr(window_bench, "SETTLE_S", 0.05)
    window = make_window(wait=False)
    bench = bench_of(window, tmp_path / "figures.json")
    with qtbot.waitSignal(window.closed, timeout=50_000):
        window.show()
    assert bench.result() == 0
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["keys"] > 0
    assert figures["fps_median"] > 0
    assert figures["updates_per_s"] > 0
    assert figures["rss_mb"] == 321.0
    assert figures["drivable_s"] >= figures["window_shown_s"] - 1.0 >= -1.0
    assert figures["platform"] == QApplication.platformName()
    assert "worker" not in figures["threads_left"]


def test_a_window_closed_by_hand_has_no_figures(
    qtbot: QtBot, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make_window()
    bench = bench_of(window, tmp_path / "figures.json")
    window.close_now()
    assert bench.result() == 1
    assert not (tmp_path / "figures.json").exists()


def bench_of(window: MainWindow, into: Path) -> WindowBench:
    return WindowBench(window, born=0.0, seconds=2.0, seed=0, resident=lambda: 321.0, into=into)


def mode(window: MainWindow) -> Mode | None:
    frame = window.view.newest_frame
    return frame.mode if frame is not None else None
