"""The camera's two ways between ground and screen, and the chase."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.gui.camera import SCALE_HIGH, SCALE_LOW, Camera, Chase


def camera(ratio: float = 1.0) -> Camera:
    made = Camera()
    made.resize(800, 600, ratio)
    return made


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(0.5, 40), st.sampled_from([1.0, 1.25, 1.5, 2.0]))
def test_there_and_back(x: float, y: float, scale: float, ratio: float) -> None:
    c = camera(ratio)
    c.x, c.y, c.scale = 12.0, -7.0, scale
    assert c.to_ground(*c.point(x, y)) == pytest.approx((x, y), abs=1e-6)
    assert c.to_screen(np.array([[x, y]]))[0] == pytest.approx(c.point(x, y))


def test_up_on_the_ground_is_up_on_the_screen() -> None:
    c = camera()
    assert c.point(0, 10)[1] < c.point(0, 0)[1]


@given(st.floats(0, 800), st.floats(0, 600), st.floats(0.2, 5.0))
def test_zoom_keeps_the_place_under_the_cursor(left: float, top: float, factor: float) -> None:
    c = camera()
    before = c.to_ground(left, top)
    c.zoom_at(left, top, factor)
    after = c.to_ground(left, top)
    assert math.dist(before, after) * c.scale <= 1.5  # the ground lies on whole pixels


def test_zoom_has_limits() -> None:
    c = camera()
    c.zoom_at(0, 0, 1e9)
    assert c.scale == SCALE_HIGH
    c.zoom_at(0, 0, 1e-12)
    assert c.scale == SCALE_LOW


def test_chase_looks_ahead_and_settles_without_overshoot() -> None:
    chase = Chase()
    assert chase.aim(0, 0, 0, 0, 0) == (0, 0)
    ahead = [chase.aim(0, 0, 0, 20, 1 / 60)[0] for _ in range(180)]
    assert ahead == sorted(ahead)
    assert ahead[0] < 2
    assert ahead[-1] == pytest.approx(Chase.LOOK_AHEAD * 20, rel=0.01)
