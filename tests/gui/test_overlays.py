"""What lies over the track: shown when asked for, and painted again only when it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.camera import Bounds
from racer_desktop.gui.crash_heat import HALF_TICKS, heat
from racer_desktop.gui.overlays import HEAT_FADES, HEAT_PERIOD, ValueScale
from racer_desktop.gui.speed_map import SpeedMap
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.training.snapshot import Frame
from tests.fakes import FakeSession, oval

OVERLAYS = ("fastest_line", "crash_map", "speed_map", "value_map")
BOUNDS = Bounds(0.0, 0.0, 100.0, 60.0)


@pytest.fixture
def session() -> FakeSession:
    made = FakeSession(Config())
    made.set_values(True)
    return made


@pytest.fixture
def view(qtbot: QtBot, session: FakeSession) -> Iterator[TrackView]:
    made = TrackView(dark_theme(), top_speed=30.0, tick=1 / 60)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    for _ in range(120):
        session.tick()
        made.show_frame(session.frame())
    session.crash()
    made.show_frame(session.frame())
    QApplication.processEvents()
    yield made
    made._settle.stop()


def drive(session: FakeSession, view: TrackView, ticks: int) -> None:
    for _ in range(ticks):
        session.tick()
        view.show_frame(session.frame())
        view.repaint()


def settled(view: TrackView) -> object:
    QTest.qWait(40)
    view.repaint()
    return view.grab().toImage()


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_can_be_seen_and_switched_off(session: FakeSession, view: TrackView, name: str) -> None:
    drive(session, view, HEAT_PERIOD + 1)
    plain = settled(view)
    view.set_layers(**{name: True})
    assert settled(view) != plain
    view.set_theme(light_theme())
    view.set_theme(dark_theme())
    view.set_layers(**{name: False})
    assert settled(view) == plain


def test_nothing_is_painted_again_without_need(session: FakeSession, view: TrackView) -> None:
    drive(session, view, HEAT_PERIOD + 1)
    view.set_layers(fastest_line=True, crash_map=True, value_map=True)
    view.repaint()
    painted = view.overlays.painted
    assert painted == 3
    drive(session, view, 100)
    assert view.overlays.painted == painted
    session.set_values(True)  # other values: renewed on the picture, a few in each frame
    drive(session, view, 10)
    assert view.overlays.painted == painted
    drive(session, view, HEAT_FADES)
    assert view.overlays.painted == painted + 1  # the heat, which fades
    view.zoom(2.0)
    view.repaint()
    assert view.overlays.painted == painted + 4


def test_a_camera_that_follows_needs_few_pictures(session: FakeSession, view: TrackView) -> None:
    view.set_layers(fastest_line=True, value_map=True)
    view.follow(True)
    drive(session, view, 10)
    painted = view.overlays.painted
    drive(session, view, 120)
    assert view.overlays.painted - painted <= 8


def test_the_speed_map_grows_as_the_car_drives(session: FakeSession, view: TrackView) -> None:
    view.set_layers(speed_map=True)
    view.repaint()
    painted, before = view.overlays.painted, settled(view)
    drive(session, view, 60)
    assert view.overlays.painted == painted
    assert settled(view) != before


def test_another_track_begins_with_nothing(session: FakeSession, view: TrackView) -> None:
    view.set_layers(fastest_line=True, crash_map=True, speed_map=True)
    drive(session, view, 2 * HEAT_PERIOD)
    session.new_track(7)
    view.show_frame(session.frame())
    view.repaint()
    assert np.isnan(view.overlays._speeds.speeds).all()
    assert len(view.overlays._crashes) == 0


def test_speeds_are_kept_for_every_place_passed() -> None:
    session, speeds = FakeSession(Config()), SpeedMap()
    frame = session.frame()
    assert speeds.feed(frame) == []  # it stands

    def at(share: float, speed: float) -> Frame:
        return replace(frame, progress=share, hero=replace(frame.hero, speed=speed))

    speeds.feed(at(0.100, 10.0))
    assert speeds.feed(at(0.110, 12.0)) == [26, 27, 28]
    assert speeds.feed(at(0.110, 13.0)) == []
    assert speeds.feed(at(0.6, 20.0)) == [153]  # it was put there
    assert (speeds.speeds[[26, 28, 153]] == (12.0, 12.0, 20.0)).all()
    assert np.isfinite(speeds.speeds).sum() <= 5
    speeds.feed(replace(at(0.3, 9.0), track=oval(9)))
    assert np.isfinite(speeds.speeds).sum() == 1


def test_heat_lies_where_cars_crashed_and_fades() -> None:
    crash = np.array([[20.0, 50.0, 0.0]])
    fresh = heat(crash, 0.0, BOUNDS)
    row, column = np.unravel_index(np.argmax(fresh), fresh.shape)
    rows, columns = fresh.shape
    assert column / columns == pytest.approx(0.2, abs=0.02)
    assert row / rows == pytest.approx(1 / 6, abs=0.03)  # counted from the top
    assert fresh[-1, -1] == 0.0
    old = heat(crash, HALF_TICKS, BOUNDS)
    assert -np.log1p(-old.max()) == pytest.approx(-0.5 * np.log1p(-fresh.max()))
    many = heat(np.repeat(crash, 200, axis=0), 0.0, BOUNDS)
    assert fresh.max() < 0.3 < 0.99 < many.max() <= 1.0


def test_values_are_spread_over_the_scale() -> None:
    scale = ValueScale()
    values = np.linspace(-10.0, 10.0, 101)
    assert scale.take(values)
    assert not scale.take(values)
    assert (scale.low, scale.high) == pytest.approx((-9.6, 9.6))
    assert (scale.shares[0], scale.shares[50], scale.shares[-1]) == pytest.approx((0.0, 0.5, 1.0))
    assert scale.take(np.zeros(5))  # a critic that knows nothing
    assert np.isfinite(scale.shares).all()
    assert scale.take(None)
    assert np.isnan(scale.low)
