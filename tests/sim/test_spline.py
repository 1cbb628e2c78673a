from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.sim.spline import ClosedSpline


def circle(radius: float, points: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(points) / points
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_a_circle_through_sixteen_points_is_a_circle():
    spline = ClosedSpline(circle(100.0, 16))
    there = spline.at(spline.stations(1000))
    assert np.linalg.norm(there, axis=1) == pytest.approx(100.0, abs=0.03)
    assert spline.length == pytest.approx(2 * np.pi * 100.0, rel=3e-4)


def test_it_passes_through_its_points_at_their_arc_lengths():
    draw = np.random.default_rng(0)
    line = circle(50.0, 40) + draw.normal(size=(40, 2))
    spline = ClosedSpline(line)
    assert spline.at(spline.arc) == pytest.approx(line, abs=1e-9)
    assert spline.at(spline.arc + spline.length) == pytest.approx(line, abs=1e-9)


def test_stations_are_equally_far_apart_though_the_points_are_not():
    line = circle(80.0, 200)[np.r_[0:20, 25:90:3, 92:200:7]]
    spline = ClosedSpline(line)
    there = spline.at(spline.stations(150))
    steps = np.linalg.norm(np.roll(there, -1, 0) - there, axis=1)
    assert steps == pytest.approx(steps.mean(), rel=2e-3)


def test_values_between_points_go_round_the_lap():
    spline = ClosedSpline(circle(10.0, 8))
    values = np.arange(8.0)
    half = spline.length / 16
    assert spline.between(values, spline.arc + half) == pytest.approx(
        [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 3.5], rel=1e-3
    )
