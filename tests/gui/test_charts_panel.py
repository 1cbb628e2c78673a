"""The Charts panel draws what was recorded, in time, at a bounded price, and hands it out as PNG and CSV."""

from __future__ import annotations

import dataclasses
import gc
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from racer_desktop.gui import charts_export, charts_panel
from racer_desktop.gui.charts_chart import Chart
from racer_desktop.gui.charts_panel import ChartsPanel
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.training.snapshot import Activity, History, Stats

NAMES = ("reconstruction", "actor", "entropy")


def recorded(updates: int, episodes: int = 0, laps: int = 0, validations: int = 0) -> Stats:
    """Stats of an experiment that has come this far; longer ones continue shorter ones."""
    u = np.arange(updates)
    e = np.arange(episodes)
    parts = np.stack([2 + np.exp(-u / 1e4), 0.05 * np.sin(u / 7.0), 0.5 + 0 * u], 1)
    history = History(
        loss_names=NAMES,
        episode_reward=(0.001 * e + 20 * np.sin(e * 12.9898)).astype(np.float32),
        episode_step=e * 40,
        loss_update=u,
        loss=parts.astype(np.float32),
        exploration=np.maximum(0.1, 0.999**u).astype(np.float32),
        lap_update=np.arange(laps) * 10,
        lap_time=(40.0 - np.arange(laps) % 7).astype(np.float32),
        validation_update=np.arange(validations) * 20,
        validation_finished=np.linspace(0, 1, validations).astype(np.float32),
    )
    return Stats(Activity.LEARNING, episodes=episodes, updates=updates, health="learning", history=history)


@pytest.fixture
def panel(qtbot: QtBot) -> ChartsPanel:
    return shown(qtbot)


def shown(qtbot: QtBot) -> ChartsPanel:
    panel = ChartsPanel(dark_theme())
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def chart(panel: ChartsPanel, key: str) -> Chart:
    return next(c for c in panel.charts if c.source.key == key)


def drawn(qtbot: QtBot, panel: ChartsPanel, stats: Stats) -> None:
    """Hands over the snapshot and waits until a whole round with it is drawn."""
    panel.set_stats(stats)
    qtbot.waitUntil(lambda: panel._drawn is stats and not panel._due, timeout=3000)


def ink(panel: ChartsPanel, key: str) -> int:
    """Number of pixels in a chart's drawing area that are strongly coloured."""
    image = chart(panel, key).plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    return int((pixels.max(-1) - pixels.min(-1) > 60).sum())


def test_empty_charts_say_what_to_do(panel: ChartsPanel) -> None:
    assert chart(panel, "reward").plot._note.text() == "Press Start: each finished episode becomes a point here."
    assert chart(panel, "reward").plot._note.isVisible()
    assert not chart(panel, "laps").isVisible(), "there is nothing to say before the first lap"


def test_curves_appear(qtbot: QtBot, panel: ChartsPanel) -> None:
    before = {key: ink(panel, key) for key in ("reward", "loss", "exploration")}
    drawn(qtbot, panel, recorded(500, 120, laps=5, validations=3))
    for key in before:
        assert ink(panel, key) > before[key] + 100, key
    assert chart(panel, "laps").isVisible()
    assert chart(panel, "validation").isVisible()
    assert not chart(panel, "reward").plot._note.isVisible()


def test_heading_shows_the_current_value(qtbot: QtBot, panel: ChartsPanel) -> None:
    stats = recorded(500, 120, laps=5, validations=3)
    drawn(qtbot, panel, stats)
    mean = stats.history.episode_reward[-100:].mean()
    assert chart(panel, "reward")._value_label.text() == f"mean {mean:+.1f}"
    assert chart(panel, "exploration")._value_label.text() == f"{stats.history.exploration[-1]:.2f}"
    assert chart(panel, "laps")._value_label.text() == "36.00 s   best 36.00 s"
    assert chart(panel, "validation")._value_label.text() == "100%"
    assert chart(panel, "loss")._value_label.text().startswith("total 2.9")


def test_another_experiment_replaces_the_curves(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(500, 120))
    other = dataclasses.replace(recorded(30, 20), episodes=20)
    drawn(qtbot, panel, other)
    assert chart(panel, "loss").plot.extent == (0.0, 29.0)
    assert len(chart(panel, "reward").source.series) == 20
    np.testing.assert_allclose(
        chart(panel, "reward").source.table()[3][1][-1], other.history.episode_reward.mean(), rtol=1e-5
    )


def test_nothing_is_drawn_while_nobody_looks(qtbot: QtBot, panel: ChartsPanel) -> None:
    panel.hide()
    panel.set_stats(recorded(500, 120))
    qtbot.wait(400)
    assert len(chart(panel, "loss").source.series) == 0
    panel.show()
    qtbot.waitUntil(lambda: len(chart(panel, "loss").source.series) == 500)


class Clock:
    """Milliseconds that pass when they are told to, however busy the machine is."""

    def __init__(self) -> None:
        self.now = 0
        self.timers: list[ClockTimer] = []

    def timer(self, parent: QObject) -> ClockTimer:
        """In place of a `QTimer`."""
        self.timers.append(ClockTimer(self, parent))
        return self.timers[-1]

    def pass_one(self) -> None:
        """A millisecond."""
        self.now += 1
        for timer in self.timers:
            timer.look()


class ClockTimer(QObject):
    """The part of a `QTimer` that fires once."""

    timeout = Signal()

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._due: int | None = None

    def setSingleShot(self, once: bool) -> None:  # noqa: N802 - Qt's names
        assert once

    def isActive(self) -> bool:  # noqa: N802
        return self._due is not None

    def start(self, wait: int) -> None:
        self._due = self._clock.now + wait

    def look(self) -> None:
        if self._due is not None and self._due <= self._clock.now:
            self._due = None
            self.timeout.emit()


class ClockWatch:
    """The part of a `QElapsedTimer` that the panel asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: int | None = None

    def isValid(self) -> bool:  # noqa: N802 - Qt's name
        return self._began is not None

    def elapsed(self) -> int:
        assert self._began is not None
        return self._clock.now - self._began

    def restart(self) -> None:
        self._began = self._clock.now


def test_at_most_four_rounds_a_second(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(charts_panel, "QTimer", clock.timer)
    monkeypatch.setattr(charts_panel, "QElapsedTimer", lambda: ClockWatch(clock))
    panel = shown(qtbot)
    rounds = []
    feed = chart(panel, "loss").source.feed

    def counting(history: History) -> bool:
        rounds.append(clock.now)
        return feed(history)

    chart(panel, "loss").source.feed = counting
    for ms in range(1000):
        if ms % 10 == 0:
            panel.set_stats(recorded(100 + ms))
        clock.pass_one()
    assert len(rounds) == 4
    assert np.diff(rounds).min() >= 250


def test_a_long_recording_costs_no_more_to_draw_than_a_short_one(qtbot: QtBot, panel: ChartsPanel) -> None:
    def cost(stats: list[Stats]) -> float:
        best = np.inf
        for each in stats:
            start = time.thread_time()  # of the processor, which a busy machine gives later but not more of
            for c in panel.charts:
                c.update_from(each.history)
            QApplication.processEvents()
            best = min(best, time.thread_time() - start)
        return best

    long = recorded(500_000, 50_000)

    def until(updates: int, episodes: int) -> Stats:
        h = long.history
        history = dataclasses.replace(
            h,
            episode_reward=h.episode_reward[:episodes],
            episode_step=h.episode_step[:episodes],
            loss_update=h.loss_update[:updates],
            loss=h.loss[:updates],
            exploration=h.exploration[:updates],
        )
        return dataclasses.replace(long, history=history)

    short = cost([until(500 + 10 * i, 480 + i) for i in range(8)])
    cost([until(499_000, 49_000)])  # the first look at a loaded file
    assert cost([until(499_100 + 10 * i, 49_100 + i) for i in range(8)]) < 2 * short + 0.004


def test_none_is_not_used_up(qtbot: QtBot, panel: ChartsPanel) -> None:
    """Some versions of the Qt binding lose a reference to None with every void call, until Python aborts."""
    drawn(qtbot, panel, recorded(50, 20, 3, 2))
    gc.collect()
    before = sys.getrefcount(None)
    for step in range(1000):
        panel.set_stats(recorded(100 + step, 20 + step, 3, 2))
        if step % 50 == 0:
            panel._take_turn()
            panel.repaint()
    gc.collect()
    assert sys.getrefcount(None) > before - 200


def test_wheel_zooms_and_double_click_returns(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000))
    plot = chart(panel, "loss").plot
    plot.setFocus()
    centre = QPointF(plot.rect().center())
    event = QWheelEvent(
        centre, plot.mapToGlobal(centre), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)
    first, last = plot.view.viewRange()[0]
    assert last - first == pytest.approx(999 * 0.64)
    assert not plot.following
    button = next(b for b in chart(panel, "loss").findChildren(QToolButton) if b.text() == "⤢")
    assert button.isVisible()
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=centre.toPoint())
    assert plot.following
    assert plot.view.viewRange()[0] == pytest.approx([0, 999])
    assert not button.isVisible()


def test_drag_moves_and_the_button_returns(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000))
    plot = chart(panel, "loss").plot
    centre = plot.rect().center()
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    for step in range(1, 9):
        QTest.mouseMove(plot.viewport(), centre + QPoint(8 * step, 0))
        qtbot.wait(2)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=centre + QPoint(64, 0))
    qtbot.waitUntil(lambda: plot.view.viewRange()[0][0] < -50)
    button = next(b for b in chart(panel, "loss").findChildren(QToolButton) if b.text() == "⤢")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert plot.view.viewRange()[0] == pytest.approx([0, 999])


def test_zoom_by_keyboard_stays_while_recording_goes_on(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000))
    plot = chart(panel, "loss").plot
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    zoomed = plot.view.viewRange()[0]
    assert zoomed[1] - zoomed[0] < 999
    drawn(qtbot, panel, recorded(2000))
    assert plot.view.viewRange()[0] == pytest.approx(zoomed)
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.view.viewRange()[0] == pytest.approx([0, 1999])


def test_pointer_reads_the_curves(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000, 400))
    chart_ = chart(panel, "exploration")
    qtbot.mouseMove(chart_.plot.viewport(), chart_.plot.rect().center())
    qtbot.waitUntil(lambda: ":" in chart_._value_label.text())
    update, value = chart_._value_label.text().split(":")
    assert float(value) == pytest.approx(max(0.1, 0.999 ** int(update.replace(",", ""))), abs=0.006)


def test_legend_switches_curves(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000))
    loss = chart(panel, "loss")
    switches = {b.text(): b for b in loss.legend.findChildren(QAbstractButton)}
    assert list(switches) == ["total", "reconstruction", "actor", "entropy"]
    assert not switches["entropy"].isChecked(), "it is no loss"
    before = ink(panel, "loss")
    for name in ("total", "reconstruction", "actor"):
        switches[name].setFocus()
        QTest.keyClick(switches[name], Qt.Key.Key_Space)
    assert ink(panel, "loss") < before / 4
    drawn(qtbot, panel, recorded(1100))
    assert loss.legend.hidden == set(switches), "new numbers do not bring them back"


def test_folding_a_chart_leaves_its_value(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000))
    exploration = chart(panel, "exploration")
    heading = next(b for b in exploration.findChildren(QToolButton) if b.text() == "Exploration rate")
    qtbot.mouseClick(heading, Qt.MouseButton.LeftButton)
    assert not exploration.plot.isVisible()
    assert exploration._value_label.isVisible()
    assert panel.folded == ["exploration"]
    panel.set_folded([])
    assert exploration.plot.isVisible()


def test_picture_and_table_are_saved(qtbot: QtBot, panel: ChartsPanel, tmp_path: Path) -> None:
    stats = recorded(25_000, 120)
    drawn(qtbot, panel, stats)
    loss = chart(panel, "loss")
    loss.save_picture(tmp_path / "loss.png")
    picture = QImage(str(tmp_path / "loss.png"))
    assert picture.width() == 3 * loss.width()
    loss.save_numbers(tmp_path / "loss.csv")
    table = np.genfromtxt(tmp_path / "loss.csv", delimiter=",", names=True)
    assert table.dtype.names == ("update", "total", *NAMES)
    np.testing.assert_allclose(table["total"], stats.history.loss[:, :2].sum(1), rtol=1e-5)
    np.testing.assert_array_equal(table["update"], stats.history.loss_update)
    np.testing.assert_allclose(table["actor"], stats.history.loss[:, 1], rtol=1e-5, atol=1e-7)
    chart(panel, "reward").save_numbers(tmp_path / "reward.csv")
    assert (tmp_path / "reward.csv").read_text().splitlines()[0] == "episode,env_steps,reward,reward_mean_100"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["loss.csv", "loss.png", "reward.csv"]


def test_picture_is_copied(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(100))
    chart(panel, "loss").copy_picture()
    assert QGuiApplication.clipboard().image().width() == 3 * chart(panel, "loss").width()


@pytest.mark.parametrize("kind", ["picture", "numbers"])
def test_failure_to_save_is_one_sentence(
    qtbot: QtBot, panel: ChartsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    drawn(qtbot, panel, recorded(100))
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    target = tmp_path / "no such folder" / "loss.out"
    {"picture": chart(panel, "loss").save_picture, "numbers": chart(panel, "loss").save_numbers}[kind](target)
    assert len(said) == 1
    assert str(target) in said[0]


def test_a_stopped_export_leaves_nothing(tmp_path: Path) -> None:
    columns = [("a", np.arange(50_000)), ("b", np.zeros(50_000))]
    assert not charts_export.save_numbers(columns, tmp_path / "a.csv", progress=lambda share: share < 0.5)
    assert list(tmp_path.iterdir()) == []


def test_health_is_said_in_words(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(100, 1214))
    assert panel._health.text() == "Learning  ·  1,214 episodes"
    failed = dataclasses.replace(recorded(100, 1214), activity=Activity.FAILED, message="The loss is not a number.")
    drawn(qtbot, panel, failed)
    assert panel._health.text() == "The loss is not a number."


def test_losses_that_are_not_numbers_are_gaps(qtbot: QtBot, panel: ChartsPanel) -> None:
    stats = recorded(1000)
    stats.history.loss[300:] = np.nan
    drawn(qtbot, panel, stats)
    assert chart(panel, "loss").plot.view.viewRange()[1][1] < 10


def test_theme_changes_at_once(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(1000, 400))
    panel.set_theme(light_theme())
    image = chart(panel, "loss").plot.grab().toImage()
    assert image.pixelColor(2, 2) == light_theme().chart_background


def test_reference_lap_is_within_sight(qtbot: QtBot, panel: ChartsPanel) -> None:
    drawn(qtbot, panel, recorded(100, 20, laps=6))
    panel.set_reference_lap(25.0)
    low, high = chart(panel, "laps").plot.view.viewRange()[1]
    assert low < 25.0 < high
