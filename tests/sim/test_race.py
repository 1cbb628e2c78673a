"""Episodes: how they begin, what they pay, how they end."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import courses
from racer_desktop.sim.race import Outcome, RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from tests.sim.driving import Record, Simulator
from tests.sim.reference_race import ReferenceRace

SETTLE = jax.jit(race.settle)
NONE = np.zeros(4, bool)


def moved(state: RaceState, **pose: float) -> RaceState:
    """All cars with numbers of their pose changed."""
    return state._replace(pose=state.pose._replace(**{name: full(value) for name, value in pose.items()}))


def full(value: float) -> jax.Array:
    return jnp.asarray(np.full(4, value, np.float32))


def way(state: RaceState, metres: np.ndarray) -> RaceState:
    return state._replace(travelled=jnp.asarray(metres, jnp.float32))


def on(segment: int) -> jax.Array:
    return jnp.asarray(np.full(4, segment, np.int32))


def drive_until_the_end(
    simulator: Simulator, state: RaceState, action: tuple[float, float], rules: Rules | None = None
) -> tuple[np.ndarray, list[Outcome]]:
    """The steps driven by the first car until its episode ended, and every outcome."""
    outcomes: list[Outcome] = []
    for _ in range(1000):
        state, outcome = simulator.step(state, action, rules)
        outcomes.append(jax.device_get(outcome))
        if outcomes[-1].terminated[0] or outcomes[-1].truncated[0]:
            break
    return np.array([outcome.terms.total[0] for outcome in outcomes]), outcomes


def test_training_episodes_begin_inside_the_track_nearly_straight(simulator: Simulator, tracks: list[Track]):
    references, config, arcs = [ReferenceRace(simulator.config, track) for track in tracks], simulator.config, []
    for seed in range(100):
        state = jax.device_get(simulator.reset(seed))
        for k, (track, reference) in enumerate(zip(tracks, references, strict=True)):
            arc, offset, half_width = reference.locate(state.pose.x[k], state.pose.y[k])
            assert abs(offset) <= 0.5 * (half_width - config.car.half_width) + 0.01
            assert state.arc[k] == pytest.approx(arc, abs=0.3)  # a point on a corner's bisector has two
            tangent = track.tangents[round(arc / float(track.length) * 256) % 256]
            across = np.cos(state.pose.heading[k]) * tangent[1] - np.sin(state.pose.heading[k]) * tangent[0]
            assert abs(across) < np.sin(0.2 + 0.15)  # up to 0.2 rad aside, and the bend of a segment
            assert 0 <= state.pose.speed[k] <= config.race.start_speed
            arcs.append(arc / float(track.length))
        for clock in (state.time, state.stalled, state.gate_time, state.travelled, state.furthest, state.gates):
            assert not clock.any()
        assert not state.pose.steering.any()
    assert (np.histogram(arcs, bins=8, range=(0, 1))[0] > 25).all()  # of 50 each: everywhere


def test_the_same_key_begins_the_same_episode(simulator: Simulator):
    first, again, other = (jax.device_get(simulator.reset(seed)) for seed in (5, 5, 6))
    jax.tree.map(np.testing.assert_array_equal, first, again)
    assert (first.pose.x != other.pose.x).all()


def test_the_race_begins_on_the_line_standing(simulator: Simulator, tracks: list[Track]):
    state = jax.device_get(simulator.line_up())
    for k, track in enumerate(tracks):
        assert (state.pose.x[k], state.pose.y[k]) == tuple(track.centre[0])
        ahead = track.centre[1] - track.centre[0]
        assert state.pose.heading[k] == pytest.approx(np.arctan2(ahead[1], ahead[0]), abs=1e-5)
    assert not state.pose.speed.any()
    assert not state.arc.any()


@pytest.mark.parametrize("which", ["the tests' weights", "the defaults"])
def test_standing_still_never_pays(simulator: Simulator, which: str):
    rules = simulator.rules if which == "the tests' weights" else Rules.of(Config())
    rewards, outcomes = drive_until_the_end(simulator, simulator.line_up(), (0.0, 0.0), rules)
    assert outcomes[-1].stalled.all()
    assert outcomes[-1].terminated.all()
    assert not outcomes[-1].crashed.any()
    assert len(rewards) == pytest.approx(3.0 * 15, abs=1)
    assert rewards.sum() < 0


def test_driving_in_circles_never_pays(simulator: Simulator, tracks: list[Track]):
    """From beside the right edge of the oval, 6 m from the middle: a full lock's circle fits into the track."""
    rules = Rules.of(Config().replace(car__drag=0.0))
    track, state = tracks[0], simulator.line_up()
    right = track.centre[0] + 0.8 * (track.edges[1][0] - track.centre[0])
    state = moved(state, x=right[0], y=right[1], speed=4.0, steering=0.5)
    rewards, outcomes = drive_until_the_end(simulator, state, (1.0, 0.0), rules)
    assert outcomes[-1].stalled[0]
    assert len(rewards) > 50  # it made some metres first
    assert rewards.sum() < 0


def test_driving_the_wrong_way_is_no_progress(simulator: Simulator):
    state = simulator.line_up()
    state = moved(state, speed=8.0)
    state = state._replace(pose=state.pose._replace(heading=state.pose.heading + jnp.pi))
    after, outcome = simulator.step(state, (0.0, 0.0))
    np.testing.assert_allclose(after.travelled, -8 / 15, rtol=0.01)
    np.testing.assert_allclose(outcome.terms.speed, -8 / 15 / 30, rtol=0.01)
    rewards, outcomes = drive_until_the_end(simulator, state, (0.0, 0.0))
    assert outcomes[-1].terminated[0]
    assert all((outcome.terms.gate[0] == 0) for outcome in outcomes)
    assert rewards.sum() < 0


def test_a_crash_terminates_costs_and_stops_the_car(simulator: Simulator, tracks: list[Track]):
    state, track = simulator.line_up(), tracks[0]
    left = track.edges[0][0] - track.centre[0]
    spot = track.centre[0] + left / 6.0 * 0.2 + left * (1 - 1.1 / track.half_width[0])  # 0.1 m before it crashes
    state = state._replace(pose=state.pose._replace(speed=full(9.0)))
    heading = state.pose.heading.at[0].set(np.arctan2(left[1], left[0]))
    x, y = state.pose.x.at[0].set(spot[0]), state.pose.y.at[0].set(spot[1])
    state = state._replace(pose=state.pose._replace(x=x, y=y, heading=heading))
    after, outcome = simulator.step(state, (0.0, 0.0))
    np.testing.assert_array_equal(outcome.crashed, [True, False, False, False])
    np.testing.assert_array_equal(outcome.terminated, outcome.crashed)
    assert not outcome.truncated.any()
    np.testing.assert_allclose(outcome.terms.crash, [-10, 0, 0, 0])
    np.testing.assert_allclose(outcome.terms.survival, [0, 0.1, 0.1, 0.1], rtol=1e-6)
    # 0.15 m a tick: it crashed in the first and stays there, while the others drove four.
    np.testing.assert_allclose(after.time, np.array([1, 4, 4, 4]) / 60, rtol=1e-5)
    assert np.hypot(after.pose.x[0] - spot[0], after.pose.y[0] - spot[1]) == pytest.approx(0.15, rel=0.01)


def test_touching_a_disc_is_a_crash(simulator: Simulator, tracks: list[Track]):
    """Discs of 1.5 m, a car of 1 m radius: 2.5 m from middle to middle."""
    disc, state = tracks[1].obstacles[0], simulator.line_up()
    segment = int(np.linalg.norm(tracks[1].centre - disc, axis=1).argmin())
    tangent = tracks[1].tangents[segment]
    for gap, touches in ((2.6, False), (2.4, True)):
        x, y = disc - gap * tangent
        there = moved(state, x=x, y=y)._replace(segment=on(segment))
        _, outcome = simulator.step(there, (0.0, 0.0))
        assert bool(outcome.crashed[1]) is touches


def test_the_time_limit_truncates_and_does_not_terminate(record: Record):
    truncated = record.outcome.truncated
    assert truncated.any()
    assert not (truncated & record.outcome.terminated).any()
    time = record.after.time[truncated]
    assert ((time >= 19.99) & (time < 19.99 + 1 / 15)).all()
    assert (record.outcome.terms.crash[truncated] == 0).all()
    np.testing.assert_allclose(record.outcome.terms.survival[truncated], 0.1, rtol=1e-6)


def test_a_crash_at_the_time_limit_is_a_termination(simulator: Simulator):
    state = simulator.line_up()._replace(time=full(30.0))
    _, outcome = SETTLE(simulator.rules, simulator.course, state, state, np.array([True, False, True, False]))
    np.testing.assert_array_equal(outcome.terminated, [True, False, True, False])
    np.testing.assert_array_equal(outcome.truncated, [False, True, False, True])


def test_gates_pay_once(simulator: Simulator):
    spacing = np.asarray(simulator.course.length) / 20
    start = simulator.line_up()._replace(gate_time=full(3.0))

    def settled(before: RaceState, metres: np.ndarray, crashed: np.ndarray = NONE) -> tuple[RaceState, Outcome]:
        return SETTLE(simulator.rules, simulator.course, before, way(before, metres), crashed)

    short, outcome = settled(start, spacing - 1)
    assert not outcome.terms.gate.any()
    assert not outcome.terms.time_bonus.any()
    assert (short.gate_time == 3.0).all()

    there, outcome = settled(short, spacing + 1)
    np.testing.assert_allclose(outcome.terms.gate, 5.0)
    np.testing.assert_allclose(outcome.terms.time_bonus, 2.0 * spacing / 3.0 / 30.0, rtol=1e-5)
    assert (there.gates == 1).all()
    assert not there.gate_time.any()

    back, outcome = settled(there, spacing - 5)
    assert not outcome.terms.gate.any()
    again, outcome = settled(back, spacing + 2)
    assert not outcome.terms.gate.any()
    assert (again.gates == 1).all()

    _, outcome = settled(again, 3 * spacing + 0.1)
    np.testing.assert_allclose(outcome.terms.gate, 10.0)
    _, outcome = settled(again, 2 * spacing + 0.1, ~NONE)
    assert not outcome.terms.gate.any()  # not for a car that crashed on the line


def test_progress_is_three_metres(simulator: Simulator):
    """At 0.9 m/s for three seconds the car has stalled, at 1.2 m/s it has not."""
    rules = Rules.of(simulator.config.replace(car__drag=0.0))
    for speed, stalls in ((0.9, True), (1.2, False)):
        state = moved(simulator.line_up(), speed=speed)
        rewards, outcomes = drive_until_the_end(simulator, state, (0.0, 0.0), rules)
        assert bool(outcomes[-1].stalled[0]) is stalls
        assert (len(rewards) < 50) is stalls


def test_way_runs_on_across_the_start_line(simulator: Simulator, tracks: list[Track]):
    state = simulator.line_up()
    spot = np.array([0.7 * track.centre[-1] + 0.3 * track.centre[0] for track in tracks])
    pose = state.pose._replace(x=jnp.asarray(spot[:, 0]), y=jnp.asarray(spot[:, 1]), speed=full(20.0))
    length = np.asarray(simulator.course.length)
    arc = jnp.asarray(length * (1 - 0.7 / 256))
    state = state._replace(pose=pose, segment=on(255), arc=arc, travelled=full(50.0))
    for _ in range(2):
        state, _ = simulator.step(state, (0.0, 0.0))
    assert (state.segment < 10).all()
    np.testing.assert_allclose(state.travelled, 50 + 2 * 20 / 15, atol=0.1)
    np.testing.assert_allclose(state.arc, 2 * 20 / 15 - 0.7 * length / 256, atol=0.1)


def test_a_batch_is_what_its_cars_are_alone(simulator: Simulator, tracks: list[Track]):
    action = np.array([[0.3, 0.9], [-0.8, 0.5], [1.0, -0.3], [0.0, 1.0]], np.float32)
    before = simulator.reset(11)
    together = simulator.step(before, action)
    alone = jax.jit(race.step, static_argnames="ticks")
    for k, track in enumerate(tracks):
        mine = jax.tree.map(lambda leaf, k=k: leaf[k : k + 1], before)._replace(track=jnp.zeros(1, jnp.int32))
        after, outcome = alone(simulator.rules, courses([track]), mine, action[k : k + 1], ticks=4)
        after = after._replace(track=jnp.full(1, k, jnp.int32))
        jax.tree.map(
            lambda one, all_, k=k: np.testing.assert_allclose(one[0], all_[k], rtol=1e-5, atol=1e-5),
            (after, outcome),
            together,
        )


def test_select_takes_each_car_from_its_side(simulator: Simulator):
    one, other = simulator.reset(1), simulator.reset(2)
    mixed = race.select(jnp.array([True, False, True, False]), one, other)
    np.testing.assert_array_equal(mixed.pose.x, [one.pose.x[0], other.pose.x[1], one.pose.x[2], other.pose.x[3]])
    np.testing.assert_array_equal(mixed.segment[1::2], other.segment[1::2])


def test_the_observation_is_rays_and_speed(simulator: Simulator):
    state = moved(simulator.line_up(), speed=15.0)
    observation, rays = simulator.observe(state)
    assert observation.shape == (4, 6)
    np.testing.assert_allclose(observation[:, :5], rays / 45.0, rtol=1e-6)
    np.testing.assert_allclose(observation[:, 5], 0.5)
