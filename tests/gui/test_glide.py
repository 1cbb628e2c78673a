"""Gliding between ticks, and what is no gliding."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest

from racer_desktop.config import Config
from racer_desktop.gui.glide import Glide
from racer_desktop.training.snapshot import CarState, Frame
from tests.fakes import FakeSession

TICK = 1 / 60


def frame(tick: int, x: float, heading: float = 0.0) -> Frame:
    made = FakeSession(Config()).frame() if not _SAME_TRACK else _SAME_TRACK[0]
    _SAME_TRACK[:] = [made]
    return replace(made, tick=tick, hero=CarState(x, 0.0, heading, 20.0, 0.0, 0.0))


_SAME_TRACK: list[Frame] = []


def hero_x(glide: Glide, now: float) -> float:
    shown = glide.at(now, TICK)
    assert shown is not None
    return shown.hero.x


def test_nothing_before_the_first_frame() -> None:
    assert Glide().at(0.0, TICK) is None


def test_even_frames_are_shown_as_they_come() -> None:
    glide = Glide()
    for n in range(10):
        glide.push(frame(n, n / 3))
        assert hero_x(glide, n * TICK) == pytest.approx(n / 3, abs=1e-6)


def test_uneven_frames_are_evened_out_within_one_tick() -> None:
    glide = Glide()
    ticks = [0, 1, 2, 2, 4, 4, 6, 7, 7, 9, 10]  # what is newest at each repaint
    shown = []
    for n, tick in enumerate(ticks):
        glide.push(frame(tick, float(tick)))
        shown.append(hero_x(glide, n * TICK))
        assert tick - 1.0 - 1e-9 <= shown[-1] <= tick
    steps = [b - a for a, b in itertools.pairwise(shown)]
    raw = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) < max(raw)
    assert min(steps) >= 0.0


def test_a_jump_is_not_glided_over() -> None:
    glide = Glide()
    glide.push(frame(1, 0.0))
    assert glide.push(frame(2, 100.0))
    assert hero_x(glide, 0.0) == 100.0


def test_a_late_frame_shows_a_jump_all_the_same() -> None:
    """On a busy machine many ticks may lie between two frames: a car drives some way in them, but not over there."""
    ticks = 14
    assert not moved(ticks, 0.5 * ticks)
    assert moved(ticks, 80.0)
    assert moved(ticks, 1.0, lap_time=0.1), "reset near the start line"
    assert moved(ticks, 1.0, crashes=1)
    assert not moved(ticks, 1.0, lap=2, lap_time=0.1), "the line was crossed"


def moved(ticks: int, way: float, **changes: float) -> bool:
    """Whether a car counts as put somewhere else after so many ticks."""
    glide, first = Glide(), replace(frame(0, 0.0), lap_time=5.0)
    glide.push(first)
    values: dict[str, Any] = {"lap_time": 5.0 + ticks * TICK, **changes}
    return glide.push(replace(first, tick=ticks, hero=replace(first.hero, x=way), **values))


def test_heading_takes_the_short_way_round() -> None:
    glide = Glide()
    glide.push(frame(0, 0.0, math.pi - 0.1))
    glide.at(0.0, TICK)
    glide.push(frame(2, 0.2, -math.pi + 0.1))
    shown = glide.at(TICK, TICK)
    assert shown is not None
    assert abs(math.remainder(shown.hero.heading - math.pi, math.tau)) < 0.1
