"""The displays over the track."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from racer_desktop.config import Config
from racer_desktop.gui.hud import BANNER_S, GLOW_S, Hud
from racer_desktop.gui.hud_cards import heat_colours, heat_image
from racer_desktop.gui.race_board import LIGHTS_WIDTH
from racer_desktop.gui.theme import dark_theme
from racer_desktop.gui.track_view import LEAST
from racer_desktop.training.snapshot import Frame
from tests.fakes import FakeSession


@pytest.fixture
def frame(qapp: QApplication) -> Frame:
    return FakeSession(Config()).frame()


@pytest.fixture
def hud(qapp: QApplication) -> Hud:
    return Hud(dark_theme(), 30.0)


def painted(hud: Hud, frame: Frame | None, now: float = 0.0, size: tuple[int, int] = (900, 600)) -> QImage:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(dark_theme().grass)
    painter = QPainter(image)
    hud.paint(painter, *size, frame, now, infield=True)
    painter.end()
    return image


def test_every_value_has_its_place(hud: Hud, frame: Frame) -> None:
    before = painted(hud, frame)
    for change in (
        {"lap": 7}, {"lap_time": 31.42}, {"last_lap": 30.0}, {"best_lap": 29.5}, {"progress": 0.63},
        {"hero": replace(frame.hero, speed=24.0)}, {"hero": replace(frame.hero, x=-55.5)}, {"latent": np.eye(8)},
    ):  # fmt: skip
        assert painted(hud, replace(frame, **change)) != before, change


def test_nothing_moves_when_numbers_grow(hud: Hud, frame: Frame) -> None:
    places = hud.covered(900, 600)
    hud.feed(replace(frame, lap=100, lap_time=123.45, last_lap=100.0, best_lap=99.9), 0.0)
    assert hud.covered(900, 600) == places


@pytest.mark.parametrize("size", [(LEAST.width(), LEAST.height()), (640, 480), (900, 600), (2500, 1300)])
def test_cards_stay_inside_and_apart(hud: Hud, frame: Frame, size: tuple[int, int]) -> None:
    cards = hud.covered(*size)
    for card in cards:
        assert card.left >= 0
        assert card.top >= 0
        assert card.right <= size[0]
        assert card.bottom <= size[1]
    for index, one in enumerate(cards):
        for other in cards[index + 1 :]:
            apart = (
                one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
            )
            assert apart, (one, other)
    painted(hud, frame, size=size)


@pytest.mark.parametrize("size", [(LEAST.width(), LEAST.height()), (640, 480), (700, 550), (2500, 1300)])
@pytest.mark.parametrize("infield", [True, False])
def test_a_banner_lies_over_no_card(hud: Hud, size: tuple[int, int], infield: bool) -> None:
    place = hud.hint_place(*size, 540.0, infield=infield)
    assert 0 <= place.left() <= place.right() <= size[0]
    for card in hud.covered(*size):
        card_place = QRectF(card.left + 8, card.top + 8, card.right - card.left - 16, card.bottom - card.top - 16)
        assert not place.intersects(card_place), (place, card_place)


def test_the_lights_do_not_hide_a_followed_car(hud: Hud) -> None:
    assert hud.lights_place(900, 600, infield=True) == QPointF(450, 300)
    for width, height in ((640, 480), (900, 600), (2500, 1300)):
        place = hud.lights_place(width, height, infield=False)
        assert place.y() < 0.4 * height, "the car is in the middle then"
        assert place.x() + LIGHTS_WIDTH / 2 < width


def test_a_banner_goes_and_advice_stays(hud: Hud) -> None:
    empty = painted(hud, None)
    hud.advice = "Press Start."
    advice = painted(hud, None)
    assert advice != empty
    hud.announce("You drive.", 10.0)
    assert painted(hud, None, 11.0) != advice
    assert hud.animating(11.0)
    assert painted(hud, None, 10.0 + BANNER_S) == advice
    assert not hud.animating(10.0 + BANNER_S)


def test_only_a_better_lap_glows(hud: Hud, frame: Frame) -> None:
    for best, now, glows in ((31.0, 0.0, False), (31.0, 1.0, False), (30.5, 2.0, True), (None, 9.0, False)):
        hud.feed(replace(frame, best_lap=best), now)
        assert hud.animating(now + GLOW_S / 2) is glows


@pytest.mark.parametrize("shape", [(8, 8), (32, 4), (5, 7), (1, 1)])
def test_heat_map_has_one_pixel_for_each_class(qapp: QApplication, shape: tuple[int, int]) -> None:
    values = np.zeros(shape)
    values[-1, -1] = 1.0
    values[0, 0] = np.nan if shape != (1, 1) else 1.0
    image = heat_image(values, heat_colours(dark_theme()))
    assert (image.height(), image.width()) == shape
    brightest = image.pixelColor(shape[1] - 1, shape[0] - 1)
    assert brightest == dark_theme().ghost_colour(1.0)
