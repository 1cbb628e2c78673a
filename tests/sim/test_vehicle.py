"""The car against what can be worked out by hand: straight lines, circles and the limit of grip."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.config import CarConfig
from racer_desktop.sim.vehicle import Pose, drive

DT = 1 / 60
CAR = CarConfig(
    wheelbase=2.6,
    max_steering=0.5,
    steering_rate=3.0,
    engine_acceleration=8.0,
    engine_power=80.0,
    braking=10.0,
    drag=0.0,
    grip=10.0,
    max_speed=30.0,
)


@partial(jax.jit, static_argnames="ticks")
def drives(car: CarConfig, pose: Pose, action: jax.Array, ticks: int) -> Pose:
    """The poses after each of `ticks` ticks, fields [ticks]."""

    def body(pose: Pose, _: None) -> tuple[Pose, Pose]:
        after = drive(car, pose, action, DT)
        return after, after

    return jax.lax.scan(body, pose, None, ticks)[1]


def roll(
    steering: float, throttle: float, ticks: int, speed: float = 0.0, angle: float = 0.0, car: CarConfig = CAR
) -> Pose:
    """Poses after 1 to `ticks` ticks of one action, from the origin, heading east; wheels turned by `angle`."""
    pose = Pose(*(jnp.float32(v) for v in (0.0, 0.0, 0.0, speed, angle)))
    poses = drives(car, pose, jnp.array([steering, throttle], jnp.float32), ticks=600)
    return jax.tree.map(lambda leaf: np.asarray(leaf)[:ticks], poses)


def with_drag(drag: float) -> CarConfig:
    return CarConfig(drag=drag)


def test_full_throttle_from_rest():
    poses = roll(0.0, 1.0, 60)
    assert poses.speed[-1] == pytest.approx(8.0, rel=1e-5)  # v = a t: below 10 m/s the power is no limit
    assert poses.x[-1] == pytest.approx(8.0 * DT**2 * 60 * 61 / 2, rel=1e-5)
    assert poses.y[-1] == 0.0
    assert poses.heading[-1] == 0.0


def test_half_throttle_is_half_the_acceleration():
    assert roll(0.0, 0.5, 60).speed[-1] == pytest.approx(4.0, rel=1e-5)


def test_above_ten_metres_a_second_the_power_is_the_limit():
    assert roll(0.0, 1.0, 1, speed=20.0).speed[0] == pytest.approx(20.0 + 80.0 / 20.0 * DT, rel=1e-6)
    # From then on P t = (v^2 - v0^2) / 2.
    assert roll(0.0, 1.0, 120, speed=12.0).speed[-1] == pytest.approx(np.sqrt(12**2 + 2 * 80 * 2), rel=1e-3)


def test_drag_slows_with_the_square_of_speed():
    assert roll(0.0, 0.0, 1, speed=20.0, car=with_drag(0.002)).speed[0] == pytest.approx(20.0 - 0.8 * DT, rel=1e-6)


def test_terminal_speed_is_where_drag_eats_the_power():
    poses = roll(0.0, 1.0, 600, speed=18.0, car=with_drag(0.01))
    assert poses.speed[-1] == pytest.approx((80.0 / 0.01) ** (1 / 3), rel=1e-3)  # 20 m/s


def test_top_speed_is_never_passed():
    assert roll(0.0, 1.0, 600, speed=25.0).speed.max() == 30.0


def test_braking_distance():
    poses = roll(0.0, -1.0, 150, speed=20.0)
    assert poses.speed[119] == pytest.approx(0.0, abs=1e-4)  # v / a = 2 s
    # v^2 / 2a = 20 m; the speed is taken at each tick's end, which leaves out half a tick.
    assert poses.x[-1] == pytest.approx(20.0 - 20.0 * DT / 2, abs=0.01)


def test_brakes_do_not_drive_backwards():
    poses = roll(1.0, -1.0, 60, speed=1.0)
    assert poses.speed[-1] == 0.0
    assert (poses.x[10:] == poses.x[10]).all()


def test_wheels_turn_at_their_rate_and_no_further():
    poses = roll(1.0, 0.0, 20)
    np.testing.assert_allclose(poses.steering[:10], 0.05 * np.arange(1, 11), rtol=1e-5)  # 3 rad/s
    np.testing.assert_allclose(poses.steering[10:], 0.5, rtol=1e-6)
    assert roll(-0.4, 0.0, 20).steering[-1] == pytest.approx(-0.2)


def test_standing_still_with_turned_wheels_turns_nothing():
    assert roll(1.0, 0.0, 60).heading[-1] == 0.0


def radius(poses: Pose) -> float:
    """Of the circle a car drives at constant speed: way by angle."""
    turned = poses.heading[-1] - poses.heading[0]
    return float(poses.speed[0] * DT * (len(poses.heading) - 1) / turned)


def test_below_the_limit_the_wheels_say_where_it_goes():
    poses = roll(1.0, 0.0, 600, speed=5.0, angle=0.5)
    kinematic = 2.6 / np.tan(0.5)  # 4.76 m: 5.3 m/s2
    assert radius(poses) == pytest.approx(kinematic, rel=1e-4)
    middle = poses.y.min() + kinematic
    np.testing.assert_allclose(np.hypot(poses.x, poses.y - middle), kinematic, rtol=0.01)


@pytest.mark.parametrize("speed", [10.0, 20.0])
def test_at_the_limit_the_circle_is_that_of_the_grip(speed: float):
    poses = roll(1.0, 0.0, 600, speed=speed, angle=0.5)
    assert radius(poses) == pytest.approx(speed**2 / 10.0, rel=1e-4)
    assert (poses.speed == speed).all()  # cornering alone costs no speed


@pytest.mark.parametrize(
    ("throttle", "left_over"),
    [(0.0, 10.0), (-0.6, 8.0), (-0.8, 6.0), (-1.0, 0.0), (1.0, np.sqrt(10**2 - 4**2))],
    ids=["rolling", "braking with 6", "braking with 8", "full brakes", "engine with 4"],
)
def test_brakes_and_engine_take_from_the_circle(throttle: float, left_over: float):
    """At 20 m/s and full lock the wheels demand 84 m/s2: the car turns by what is left of the grip."""
    poses = roll(1.0, throttle, 1, speed=20.0, angle=0.5)
    assert poses.heading[0] == pytest.approx(left_over / poses.speed[0] * DT, rel=1e-4, abs=1e-7)


def test_brakes_stronger_than_the_tyres_are_the_tyres():
    car = CarConfig(braking=30.0, drag=0.0, grip=10.0)
    assert roll(0.0, -1.0, 1, speed=20.0, car=car).speed[0] == pytest.approx(20.0 - 10.0 * DT)


def test_actions_beyond_one_are_one():
    for beyond, one in zip(roll(3.0, 7.0, 30, speed=9.0), roll(1.0, 1.0, 30, speed=9.0), strict=True):
        np.testing.assert_array_equal(beyond, one)


ACTION = st.floats(-1.0, 1.0, width=32)


@given(steering=ACTION, throttle=ACTION, speed=st.floats(0, 30, width=32), angle=st.floats(-0.5, 0.5, width=32))
def test_nothing_exceeds_the_circle_and_left_mirrors_right(
    steering: float, throttle: float, speed: float, angle: float
):
    poses = roll(steering, throttle, 30, speed, angle)
    along = np.diff(poses.speed, prepend=np.float32(speed)) / DT
    across = np.diff(poses.heading, prepend=np.float32(0)) / DT * poses.speed
    assert (poses.speed >= 0).all()
    assert (np.hypot(along, across) <= 10.0 * 1.001 + 1e-2).all()

    mirrored = roll(-steering, throttle, 30, speed, -angle)
    np.testing.assert_array_equal(mirrored.speed, poses.speed)
    np.testing.assert_allclose(mirrored.y, -poses.y, atol=1e-6)
    np.testing.assert_allclose(mirrored.x, poses.x, atol=1e-6)


def test_where_the_car_stands_and_heads_does_not_matter():
    action = jnp.array([0.5, 0.7], jnp.float32)
    here = Pose(*(jnp.float32(v) for v in (0.0, 0.0, 0.0, 12.0, 0.1)))
    there = here._replace(x=jnp.float32(30.0), y=jnp.float32(-20.0), heading=jnp.float32(2.0))
    a, b = (jax.tree.map(lambda leaf: float(leaf[59]), drives(CAR, p, action, ticks=600)) for p in (here, there))
    cos, sin = np.cos(2.0), np.sin(2.0)
    assert b.x - 30.0 == pytest.approx(cos * a.x - sin * a.y, abs=1e-3)
    assert b.y + 20.0 == pytest.approx(sin * a.x + cos * a.y, abs=1e-3)
    assert b.heading - 2.0 == pytest.approx(a.heading, abs=1e-5)
    assert b.speed == pytest.approx(a.speed)
