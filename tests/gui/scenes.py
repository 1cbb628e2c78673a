"""The parts of the window in states that are worth a picture, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from racer_desktop.config import Config
from racer_desktop.gui.charts_panel import ChartsPanel
from racer_desktop.gui.compare_dialog import CompareDialog
from racer_desktop.gui.evaluate_dialog import EvaluateDialog
from racer_desktop.gui.hud import Hud
from racer_desktop.gui.lap_book import LapRow
from racer_desktop.gui.laps_panel import LapsPanel
from racer_desktop.gui.settings_panel import SettingsPanel
from racer_desktop.gui.theme import current_theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.gui.welcome_card import WelcomeCard
from racer_desktop.training.snapshot import Activity, Frame, History, Mode, Stats
from tests.fake_judge import FakeJudge
from tests.fakes import FakeSession

VIEW = QSize(640, 440)
PANEL = QSize(320, 420)
LOOK_MS = 120
CALM_LOOKS = 3  # so many looks in a row that show the same
MOST_LOOKS = 60
NOW = 100.0  # s on the head-up display's clock


def pictures() -> Iterator[tuple[str, QImage]]:
    """Yields (name, picture) of every part in the colours of the moment."""
    yield "track_view", _view(follow=False)
    yield "track_view_follow", _view(follow=True)
    yield "hud", _hud()
    yield "charts", _grabbed(_charts(), PANEL)
    yield "laps", _grabbed(_laps(), QSize(PANEL.width(), 200))
    yield "settings", _grabbed(_settings(), PANEL)
    yield "welcome", _welcome()
    yield "evaluate", _trial(EvaluateDialog(judge=FakeJudge()))
    compare = CompareDialog(judge=FakeJudge())
    compare.add_file(Path("other.racer"))
    yield "compare", _trial(compare)


def _frame(mode: Mode) -> Frame:
    """A race that has gone on for a while."""
    session = FakeSession(Config())
    session.start()
    for _ in range(400):
        session.tick()
    session.crash()
    for _ in range(200):
        session.tick()
    return replace(session.frame(), mode=mode, last_lap=31.5, best_lap=30.87, lap=3)


def _view(*, follow: bool) -> QImage:
    view = TrackView(current_theme(), top_speed=30.0, tick=1 / 60)
    view.resize(VIEW)
    view.follow(follow)
    view.show_frame(_frame(Mode.AI))
    return _grabbed(view, VIEW)


def _hud() -> QImage:
    theme = current_theme()
    image = QImage(VIEW, QImage.Format.Format_RGB32)
    image.fill(theme.grass)
    hud = Hud(theme, top_speed=30.0)
    frame = _frame(Mode.MANUAL)
    hud.feed(frame, NOW)
    hud.advice = "Press Start."
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hud.paint(painter, VIEW.width(), VIEW.height(), frame, NOW, infield=True)
    painter.end()
    return image


def _charts() -> QWidget:
    number = np.arange(600)
    history = History(
        loss_names=("model", "actor", "critic"),
        episode_reward=(20 * np.sin(number / 60) + number / 10).astype(np.float32),
        episode_step=number * 90,
        loss_update=number,
        loss=np.stack([3 * 0.995**number, 0.3 + 0.2 * np.sin(number / 40), 1.5 * 0.99**number], 1).astype(np.float32),
        exploration=np.maximum(0.995**number, 0.1).astype(np.float32),
    )
    panel = ChartsPanel(current_theme())
    panel.resize(PANEL)
    panel.set_stats(Stats(Activity.LEARNING, episodes=600, updates=600, health="learning", history=history))
    return panel


def _laps() -> QWidget:
    panel = LapsPanel(current_theme())
    rows = [LapRow(Mode.AI, 30.87, 31.5, 12), LapRow(Mode.MANUAL, 33.1, 34.0, 3)]
    panel.set_laps(rows, "Track 42", 27.4)
    return panel


def _settings() -> QWidget:
    return SettingsPanel(Config().replace(track__seed=7, track__random_tracks=True))


def _welcome() -> QImage:
    ground = QWidget()
    ground.resize(VIEW)
    card = WelcomeCard(ground, current_theme())
    card.open_up()
    return _grabbed(ground, VIEW)


def _trial(dialog: TrialDialog) -> QImage:
    size = QSize(860, 560)
    dialog.resize(size)
    dialog.show()
    dialog.begin_wanted.connect(lambda: dialog.begin(Path("mine.racer")))
    dialog._go.click()
    while dialog.running:
        QTest.qWait(20)
    image = _grabbed(dialog, size)
    dialog.close()
    return image


def _grabbed(widget: QWidget, size: QSize) -> QImage:
    widget.resize(size)
    widget.show()
    image, calm = widget.grab().toImage(), 0
    for _ in range(MOST_LOOKS):  # some parts lay themselves out and draw a moment later
        QTest.qWait(LOOK_MS)
        before, image = image, widget.grab().toImage()
        calm = calm + 1 if image == before else 0
        if calm == CALM_LOOKS:
            break
    widget.hide()
    widget.deleteLater()
    return image
