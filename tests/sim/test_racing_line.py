"""The fastest lap: by hand, against a speed profile of its own, against real driving, and against optimal control."""

from __future__ import annotations

from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import CarConfig, Config, RaceConfig, TrackConfig
from racer_desktop.sim.racing_line import RacingLineError, fastest, reference_lap
from racer_desktop.sim.track import Track, curvature, generate
from racer_desktop.sim.vehicle import Pose
from tests.sim.driving import Simulator
from tests.sim.optimal_control import optimal_lap

CAR = CarConfig()
generated = partial(generate, config=TrackConfig(obstacles=0))


def closed(centre: np.ndarray, half_width: float = 6.0) -> Track:
    length = np.linalg.norm(centre - np.roll(centre, 1, 0), axis=1).sum()
    none = np.zeros((0, 2), np.float32)
    widths = np.full(len(centre), half_width, np.float32)
    return Track(centre.astype(np.float32), widths, none, np.array(1.5, np.float32), np.array(length, np.float32))


def circle(radius: float, *, clockwise: bool = False) -> Track:
    angles = 2 * np.pi * np.arange(256) / 256 * (-1 if clockwise else 1)
    return closed(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))


@pytest.mark.parametrize("clockwise", [False, True])
def test_a_circle_is_driven_at_its_inner_edge_at_the_limit_of_grip(clockwise: bool):
    lap = fastest(circle(100.0, clockwise=clockwise), CarConfig(grip=5.0, drag=0.0))
    radius = 100.0 - (6.0 - 0.9)
    assert lap.offset == pytest.approx(-5.1 if clockwise else 5.1, abs=0.02)
    assert lap.speed == pytest.approx(np.sqrt(5.0 * radius), rel=1e-3)  # v^2 / r = mu g
    assert lap.lap_time == pytest.approx(2 * np.pi * radius / np.sqrt(5.0 * radius), rel=1e-3)
    assert np.linalg.norm(lap.line, axis=1) == pytest.approx(radius, abs=0.02)


def test_drag_takes_its_share_of_the_grip():
    lap = fastest(circle(100.0), CarConfig(grip=5.0, drag=0.01))
    # To keep its speed the car spends a = k v^2 along the line: (v^2 / r)^2 + (k v^2)^2 = (mu g)^2.
    radius = 94.9
    assert lap.speed == pytest.approx(np.sqrt(5.0 / np.hypot(1 / radius, 0.01)), rel=1e-3)


def test_top_speed_and_the_speed_where_drag_eats_the_engine_are_kept():
    radius = 100.0 - 5.1
    top = fastest(circle(100.0), CarConfig(grip=40.0, max_speed=20.0, drag=0.0))
    assert top.lap_time == pytest.approx(2 * np.pi * radius / 20.0, rel=1e-3)
    weak = fastest(circle(100.0), CarConfig(grip=40.0, engine_power=40.0, drag=0.005))
    assert weak.lap_time == pytest.approx(2 * np.pi * radius / 20.0, rel=1e-3)  # 40 W/kg = 0.005 * 20^3


def profile(line: np.ndarray, car: CarConfig) -> tuple[float, np.ndarray]:
    """Lap time and speeds along a line: forward with the engine, backward with the brakes, twice round."""
    bend = np.abs(curvature(line))
    step = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
    limit = np.minimum(car.max_speed**2, car.grip / np.maximum(bend, 1e-9))
    energy = limit.copy()
    n = len(line)
    for k in range(2 * n):
        i, j = k % n, (k + 1) % n
        left_over = np.sqrt(max(car.grip**2 - (bend[i] * energy[i]) ** 2, 0.0))
        push = min(left_over, car.engine_acceleration, car.engine_power / np.sqrt(energy[i]))
        energy[j] = min(energy[j], energy[i] + 2 * step[i] * (push - car.drag * energy[i]))
    for k in range(2 * n, 0, -1):
        i, j = k % n, (k - 1) % n
        left_over = np.sqrt(max(car.grip**2 - (bend[i] * energy[i]) ** 2, 0.0))
        energy[j] = min(energy[j], energy[i] + 2 * step[j] * (min(left_over, car.braking) + car.drag * energy[i]))
    speed = np.sqrt(energy)
    return float(np.sum(2 * step / (speed + np.roll(speed, -1)))), speed


@pytest.mark.parametrize("seed", [0, 42])
def test_the_line_gives_that_lap_time_by_a_speed_profile_of_its_own(seed: int):
    track = generated(seed)
    lap = fastest(track, CAR)
    time, speed = profile(np.asarray(lap.line, float), CAR)
    # The profile's explicit steps and the centre line's millimetres cost it a little, never the other way.
    assert lap.lap_time <= time <= 1.03 * lap.lap_time
    assert np.abs(speed - lap.speed).mean() < 0.5
    assert np.abs(lap.offset).max() <= track.half_width[0] - CAR.half_width + 1e-3
    assert lap.speed.max() <= CAR.max_speed
    assert time < 0.95 * profile(np.asarray(track.centre, float), CAR)[0]  # it is worth leaving the middle


def test_neither_place_nor_direction_nor_start_nor_discs_matter():
    track = generate(3, TrackConfig(obstacles=5))
    plain = reference_lap(track._replace(obstacles=np.zeros((0, 2), np.float32)), CAR)
    assert reference_lap(track, CAR) == plain
    turned = track.centre @ np.array([[0.6, 0.8], [-0.8, 0.6]], np.float32) + np.array([300.0, -200.0], np.float32)
    assert reference_lap(track._replace(centre=turned), CAR) == pytest.approx(plain, rel=1e-4)
    mirrored = track.centre * np.array([1.0, -1.0], np.float32)
    assert reference_lap(track._replace(centre=mirrored), CAR) == pytest.approx(plain, rel=1e-4)
    started = np.roll(track.centre, 100, axis=0)
    assert reference_lap(track._replace(centre=started), CAR) == pytest.approx(plain, rel=1e-4)


@pytest.mark.parametrize(
    "better",
    [
        CarConfig(grip=12.0),
        CarConfig(engine_power=100.0),
        CarConfig(drag=0.0),
        CarConfig(half_width=0.5),
    ],
)
def test_a_better_car_is_faster(better: CarConfig):
    track = generated(1)
    assert reference_lap(track, better) < 0.999 * reference_lap(track, CAR)


@pytest.mark.parametrize("worse", [CarConfig(braking=1.0), CarConfig(engine_acceleration=2.0)])
def test_a_worse_car_is_slower(worse: CarConfig):
    track = generate(3, TrackConfig(obstacles=0, difficulty=1.0))
    assert reference_lap(track, worse) > 1.01 * reference_lap(track, CAR)


def test_extreme_cars_get_their_lap_too():
    track = generated(8)
    extremes = [
        CarConfig(grip=2.0, max_speed=100.0, drag=0.0, engine_power=500.0, engine_acceleration=30.0, braking=1.0),
        CarConfig(grip=40.0, max_speed=5.0, engine_power=5.0, engine_acceleration=1.0, drag=0.05),
        CarConfig(
            grip=40.0, max_speed=100.0, engine_power=500.0, engine_acceleration=30.0, braking=30.0, half_width=2.0
        ),
    ]
    for car in extremes:
        lap = fastest(track, car)
        assert 0.0 < lap.speed.min() <= lap.speed.max() <= car.max_speed
        assert np.isfinite(lap.line).all()


def test_a_track_narrower_than_the_car_is_refused():
    track = circle(100.0)
    with pytest.raises(RacingLineError, match=r"1\.6 m wide .* too narrow for a car 1\.8 m wide"):
        fastest(track._replace(half_width=np.full(256, 0.8, np.float32)), CAR)


FACTORS = (0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0, 1.02, 1.1)  # of the planned speed
RACE = RaceConfig(ticks_per_step=1)  # a decision at every tick: no agent has better reflexes


def laps_driven(track: Track, margin: float) -> np.ndarray:
    """Flying laps, s, of cars that follow the line planned for a wider car at factors of its speed; inf if it left it.

    They steer for a point ahead on the line (pure pursuit) and drive at the plan's acceleration, corrected by the
    difference in speed.
    """
    plan = fastest(track, CarConfig(half_width=CAR.half_width + margin))
    simulator = Simulator(Config(car=CAR, race=RACE), [track] * len(FACTORS))
    length = float(track.length)
    arcs = length * np.arange(len(plan.line)) / len(plan.line)
    step = np.linalg.norm(np.roll(plan.line, -1, 0) - np.roll(plan.line, 1, 0), axis=1)
    gain = (np.roll(plan.speed, -1) ** 2 - np.roll(plan.speed, 1) ** 2) / (2 * step) + CAR.drag * plan.speed**2

    def there(values: np.ndarray, arc: np.ndarray) -> np.ndarray:
        return np.interp(arc, arcs, values, period=length)

    way = plan.line[1] - plan.line[0]
    state = simulator.line_up()
    begin = (*plan.line[0], np.arctan2(way[1], way[0]), plan.speed[0], 0.0)
    state = state._replace(pose=Pose(*(jnp.full(len(FACTORS), value) for value in begin)))
    crossed = np.full((2, len(FACTORS)), np.inf)
    driving = np.ones(len(FACTORS), bool)
    for _ in range(round(2.2 * plan.lap_time / RACE.tick)):
        x, y, heading, speed, _ = (np.asarray(value, float) for value in state.pose)
        arc, before = np.asarray(state.arc, float), np.asarray(state.travelled)
        target = arc + 2.0 + 0.15 * speed
        to_x, to_y = there(plan.line[:, 0], target) - x, there(plan.line[:, 1], target) - y
        aside = np.sin(np.arctan2(to_y, to_x) - heading)
        steering = np.arctan(2 * CAR.wheelbase * aside / np.hypot(to_x, to_y)) / CAR.max_steering
        soon = arc + speed * RACE.tick
        push = there(gain, soon) + 10.0 * (np.array(FACTORS) * there(plan.speed, soon) - speed)
        engine = np.minimum(CAR.engine_acceleration, CAR.engine_power / np.maximum(speed, 1.0))
        throttle = np.where(push > 0, push / engine, push / CAR.braking)
        state, outcome = simulator.step(state, np.clip(np.stack([steering, throttle], axis=1), -1, 1))
        driving &= ~np.asarray(outcome.crashed)
        after, time = np.asarray(state.travelled), np.asarray(state.time)
        for lap in (1, 2):
            over = driving & (before < lap * length) & (after >= lap * length)
            share = (after - lap * length) / np.maximum(after - before, 1e-6)
            crossed[lap - 1] = np.where(over, time - share * RACE.tick, crossed[lap - 1])
    return np.subtract(*crossed[::-1], out=np.full(len(FACTORS), np.inf), where=np.isfinite(crossed[1]))


@pytest.mark.parametrize(("seed", "difficulty", "margin"), [(42, 0.5, 0.1), (3, 1.0, 0.3)])
def test_no_driver_beats_it_and_a_good_one_comes_near(seed: int, difficulty: float, margin: float):
    track = generate(seed, TrackConfig(obstacles=0, difficulty=difficulty))
    reference = reference_lap(track, CAR)
    driven = laps_driven(track, margin)
    assert driven.min() >= reference
    assert driven.min() <= 1.04 * reference


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "difficulty"), [(42, 0.5), (9000, 0.5), (9002, 0.5), (5, 0.0), (1, 1.0), (3, 1.0), (9000, 1.0)]
)
def test_it_is_what_optimal_control_finds(seed: int, difficulty: float):
    pytest.importorskip("casadi", reason="optimal control needs the extra `reference`: pip install casadi")
    track = generate(seed, TrackConfig(obstacles=0, difficulty=difficulty))
    assert reference_lap(track, CAR) == pytest.approx(optimal_lap(track, CAR), rel=0.003)
