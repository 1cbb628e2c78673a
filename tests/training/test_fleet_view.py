"""The fleet on the screen glides, but never through walls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from racer_desktop.sim.chosen import chosen_track
from racer_desktop.training.fleet_view import JUMP, LONGEST, FleetView
from racer_desktop.training.live_race import LiveRace
from tests.training.tiny import TINY


def way(*points: tuple[float, float, float]) -> np.ndarray:
    """The way of one car, [S, 1, 3]."""
    return np.array(points, np.float32)[:, None]


def played(view: FleetView, since: float, upto: float) -> np.ndarray:
    """Poses of one car at 240 moments, [240, 3]."""
    return np.array([view.poses(t)[0] for t in np.linspace(since, upto, 240)])


def test_nobody_at_first():
    assert FleetView().poses(0.0).shape == (0, 3)


def test_glides_from_end_to_end():
    view = FleetView()
    view.add(way((0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)), 10.0)
    poses = played(view, 10.0, 10.2)
    assert poses[0, 0] == 0.0
    assert poses[-1, 0] == 3.0
    steps = np.diff(poses[:, 0])
    assert (steps >= 0).all()
    assert steps.max() < 0.3


@pytest.mark.parametrize("period", [0.02, 0.1, 0.3])
def test_next_way_begins_where_the_car_is_shown(period):
    view = FleetView()
    view.add(way((0, 0, 0)), 10.0)
    for k in range(20):
        at = 10.0 + period * k
        before = view.poses(at)
        view.add(way(*[(4.0 * k + j, 0, 0) for j in range(4)]), at)
        if k > 3:  # at first it is not known how long a way may take
            assert np.allclose(view.poses(at), before)


def test_ways_end_about_when_the_next_arrives():
    view = FleetView()
    for k in range(60):
        view.add(way(*[(4.0 * k + j, 0, 0) for j in range(1, 5)]), 10.0 + 0.3 * k)
    assert view.poses(10.0 + 0.3 * 60)[0, 0] == pytest.approx(240.0, abs=0.1)
    assert view.poses(10.0 + 0.3 * 59.5)[0, 0] == pytest.approx(238.0, abs=0.1)


def test_poses_stay_when_nothing_new_arrives():
    view = FleetView()
    view.add(way((0, 0, 0), (4, 0, 0)), 10.0)
    assert np.array_equal(view.poses(10.0 + LONGEST), view.poses(1e6))


def test_time_that_stands_still_is_no_failure():
    view = FleetView()
    for _ in range(50):
        view.add(way((0, 0, 0), (1, 0, 0)), 10.0)
        assert np.isfinite(view.poses(10.0)).all()


def test_new_episode_is_a_jump():
    view = FleetView()
    view.add(way((0, 0, 0), (100, 50, 1)), 10.0)
    xs = {float(x) for x in played(view, 10.0, 11.0)[:, 0]}
    assert xs <= {0.0, 100.0}
    assert JUMP < 100


@pytest.mark.parametrize(("begin", "end"), [(3.1, -3.1), (-3.1, 3.1), (3.0 + 4 * math.pi, 3.2)])
def test_heading_turns_the_short_way(begin, end):
    view = FleetView()
    view.add(way((0, 0, begin), (1, 0, end)), 10.0)
    turned = np.abs(np.diff(played(view, 10.0, 11.0)[:, 2]))
    assert turned.max() < 0.05
    assert turned.sum() < 0.3


def test_other_number_of_cars():
    view = FleetView()
    view.add(np.zeros((3, 4, 3), np.float32), 10.0)
    view.add(np.zeros((3, 7, 3), np.float32), 10.1)
    assert view.poses(10.1).shape == (7, 3)


def test_poses_handed_out_are_never_written_again():
    view = FleetView()
    view.add(way((0, 0, 0), (1, 0, 0)), 10.0)
    poses = view.poses(10.0)
    copy = poses.copy()
    view.poses(10.1)
    view.add(way((5, 5, 5), (6, 6, 6)), 10.2)
    view.poses(10.3)
    assert np.array_equal(poses, copy)


def test_cleared():
    view = FleetView()
    view.add(way((0, 0, 0), (1, 0, 0)), 10.0)
    view.clear()
    assert view.poses(10.0).shape == (0, 3)


def test_no_car_stays_behind_when_the_fleet_goes_to_other_tracks():
    track = chosen_track(TINY)
    race = LiveRace(TINY, track)
    race._fleet.add(way((0, 0, 0), (1, 0, 0)), 10.0)
    assert len(race.frame().fleet) == 1
    race.adopt(TINY.replace(track__random_tracks=True), track)
    assert len(race.frame().fleet) == 0
