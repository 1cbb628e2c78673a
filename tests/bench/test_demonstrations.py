"""Laps that a script drives for the learner: it really drives them, and they arrive where a person's do."""

from __future__ import annotations

import json

import numpy as np
import pytest

from racer_desktop.bench import BenchError, demonstrations
from racer_desktop.bench.curves import Curve, Point
from racer_desktop.bench.demonstrations import Comparison, Demonstration, demonstrate
from racer_desktop.bench.examination import Grade
from racer_desktop.bench.scripted_driver import ScriptedDriver, free_way
from racer_desktop.config import Config
from racer_desktop.sim.track import generate, resample
from racer_desktop.training import compute
from racer_desktop.training.learner import Learner
from tests.training.tiny import TINY

RANDOM = TINY.replace(track__random_tracks=True, training__guest_steps=500)
DISCS = Config().track  # the track that a new person sees, with all its discs
LAPS = 2


@pytest.fixture(scope="session")
def shown(device: compute.Device) -> Demonstration:
    """Two laps of an oval."""
    assert device is not compute.arena_device(), "the race never waits for the learner"
    driven = demonstrate(RANDOM, LAPS)
    assert driven is not None
    return driven


def comparison(shown: Demonstration, device: compute.Device, *, minutes: float | None = None) -> Comparison:
    updates = 4 if minutes is None else None
    return Comparison(
        RANDOM, shown, seeds=[3], updates=updates, minutes=minutes, every=2, tracks=[9000, 9001], device=device
    )


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("seed", [42, 3, 7])
def test_the_plan_keeps_off_discs_and_edges(seed: int) -> None:
    config = Config()
    track = generate(seed, DISCS, config.car.half_width)
    driver = ScriptedDriver(track, config.car)
    assert len(track.obstacles) == 5
    for disc in track.obstacles:
        gap = np.linalg.norm(driver.line - disc, axis=1).min() - float(track.obstacle_radius) - config.car.radius
        assert gap > 0.5
    to_centre = np.linalg.norm(driver.line[:, None] - resample(track.centre, 2048)[None], axis=-1).min(axis=1)
    assert to_centre.max() < track.half_width[0] - config.car.half_width - 0.5
    assert np.all(free_way(track, config.car).half_width > config.car.half_width)


def test_it_laps_a_track_with_discs_without_touching_one() -> None:
    driven = demonstrate(RANDOM.replace(track__obstacles=5, track__difficulty=0.5), 1)
    assert driven is not None
    assert not driven.rows[:, -1].any()


def test_its_laps_are_as_fast_as_a_persons_who_knows_the_way(shown: Demonstration) -> None:
    first, second = (time / shown.reference for time in shown.lap_times)
    assert 1.2 < second < first < 1.8, "the first from a standing start, the second at 80% of the fastest speeds"


def test_its_rows_are_those_of_one_long_drive(shown: Demonstration) -> None:
    rows, rays = shown.rows, len(RANDOM.sensors.ray_angles_deg)
    step_s = RANDOM.race.tick * RANDOM.race.ticks_per_step
    assert rows.shape == (pytest.approx(sum(shown.lap_times) / step_s, abs=2), rays + 1 + 2 + 3)
    assert rows[:, : rays + 1].min() >= 0.0
    assert rows[:, : rays + 1].max() <= 1.0
    action, reward, first, terminal = rows[:, rays + 1 : rays + 3], *rows[:, -3:].T
    assert np.abs(action).max() <= 1.0
    assert action[1:, 1].max() > 0.5, "it pressed the throttle"
    assert np.ptp(action[:, 0]) > 0.1, "and steered"
    assert first.tolist() == [1.0] + [0.0] * (len(rows) - 1)
    assert not terminal.any()
    assert reward[30:].min() > 0.0, "it always moved on"


@pytest.mark.slow
def test_they_lie_in_the_guests_ring_before_the_first_update(
    shown: Demonstration, device: compute.Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = comparison(shown, device)
    rings: list[tuple[int, np.ndarray]] = []
    start = Learner.start

    def looked_into(learner: Learner) -> None:
        if learner.ready:
            remembered = learner.trainer.state.replay
            rings.append((learner.updates, np.array(remembered.guests[: int(remembered.filled[-1])])))
        start(learner)

    monkeypatch.setattr(Learner, "start", looked_into)
    without, with_them = measured.measured(lambda curve, share, point: True)
    looks = len(without.points)
    assert all(len(ring) == 0 for _, ring in rings[:looks])
    updates, ring = rings[-looks]
    assert updates == 0
    assert measured.kept == len(ring) == RANDOM.training.guest_steps < len(shown.rows)
    # A ring that is full begins anew at its beginning.
    np.testing.assert_array_equal(np.roll(ring, -(len(shown.rows) % len(ring)), axis=0), shown.rows[-len(ring) :])
    assert [point.updates for point in without.points] == [2, 4]
    assert [point.updates for point in with_them.points] == [2, 4]
    result = json.loads(json.dumps(measured.as_json()))
    assert result["demonstration"]["rows"] == len(shown.rows)
    assert [(curve["agent"], curve["seed"]) for curve in result["curves"]] == [("none", 3), ("shown", 3)]
    assert set(result["curves"][0]["points"][0]) >= {"updates", "finish_rate", "median_ratio", "newest_finish_rate"}


@pytest.mark.slow
def test_minutes_of_one_are_updates_of_the_other(shown: Demonstration, device: compute.Device) -> None:
    without, with_them = comparison(shown, device, minutes=0.001).measured(lambda curve, share, point: True)
    assert without.points[-1].wall_s >= 0.06
    assert without.points[-1].updates == with_them.points[-1].updates


@pytest.mark.slow
def test_it_ends_when_asked_to(shown: Demonstration, device: compute.Device) -> None:
    def follow(curve: Curve, share: float, point: Point | None) -> bool:
        return point is None

    curve = next(comparison(shown, device).measured(follow))
    assert curve.note == "stopped"
    assert len(curve.points) == 1


def test_the_drive_ends_when_asked_to() -> None:
    assert demonstrate(RANDOM, 3, lambda laps: laps < 1) is None


def test_median_and_worst_where_all_seeds_got(shown: Demonstration, device: compute.Device) -> None:
    measured = comparison(shown, device)
    rates = {"none": [(0.0, 0.25), (0.5, 1.0)], "shown": [(0.25, 0.5), (0.25,)]}
    for agent, seeds in rates.items():
        for seed, curve in enumerate(seeds):
            points = [Point(0.0, 0, 0, 2 * n, Grade(rate, None)) for n, rate in enumerate(curve, 1)]
            measured.curves.append(Curve(agent, seed, points=points))
    assert measured.summary() == [
        {"updates": 2, "agent": "none", "seeds": 2, "finish_rate_median": 0.25, "finish_rate_worst": 0.0},
        {"updates": 2, "agent": "shown", "seeds": 2, "finish_rate_median": 0.25, "finish_rate_worst": 0.25},
    ]


def test_a_script_that_cannot_drive_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstrations, "PACE", (4.0, 4.0))
    with pytest.raises(BenchError, match="cannot drive 2 laps of track 42: it crashed in lap 1"):
        demonstrate(RANDOM, 2)
    monkeypatch.setattr(demonstrations, "PACE", (0.7, 0.8))
    monkeypatch.setattr(demonstrations, "PATIENCE", 0.1)
    with pytest.raises(BenchError, match="came to a halt in lap 1"):
        demonstrate(RANDOM, 2)
