"""Where cars crashed."""

from __future__ import annotations

import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.training.crash_log import MOST, CrashLog, crashed
from tests.fakes import oval

CAR = CarConfig()


def test_edges_and_discs_are_crashes_and_the_middle_of_the_road_is_none() -> None:
    track = oval()
    left, right = track.edges
    rim = track.obstacles + np.array((float(track.obstacle_radius) + CAR.radius, 0.0))
    assert crashed(left, track, CAR).all()
    assert crashed(right, track, CAR).all()
    assert crashed(rim, track, CAR).all()
    clear = [c for c in track.centre if np.linalg.norm(track.obstacles - c, axis=1).min() > 4.0]
    assert not crashed(np.array(clear), track, CAR).any()


def test_the_hero_counts_once_for_each_crash() -> None:
    log, place = CrashLog(), np.array((1.0, 2.0))
    log.add_hero(0, None, 5)
    for tick in range(6, 9):
        log.add_hero(1, place, tick)
    assert log.places.tolist() == [[1.0, 2.0, 6.0]]
    kept = log.places
    log.add_hero(2, place, 20)
    assert len(log.places) == 2
    assert len(kept) == 1  # what was handed out is never written to
    log.clear()
    log.add_hero(0, None, 21)
    assert len(log.places) == 0


def test_the_fleets_time_limits_are_left_out_and_the_oldest_forgotten() -> None:
    track, log = oval(), CrashLog()
    left, _ = track.edges
    log.add_endings(np.concatenate([track.centre[:1], left[:3]]), track, CAR, 7)
    assert len(log.places) == 3
    for tick in range(MOST):
        log.add_endings(left[:2], track, CAR, tick)
    assert len(log.places) == MOST
    assert log.places[-1, 2] == MOST - 1
