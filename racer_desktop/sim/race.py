"""The race as an environment: `reset`, `step` and `observe`, batched over cars and pure.

One environment step is one decision of the agent: `ticks` physics ticks with the action held.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.sim import reward, sensors, vehicle
from racer_desktop.sim.course import Courses, Place, locate
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.vehicle import Pose

PROGRESS = 3.0  # m that count as progress: with the patience of 3 s, a car slower than 1 m/s is stalled


class RaceState(NamedTuple):
    """B cars in their episodes; every field [B].

    Attributes:
        pose: the cars' motion.
        track: which course each drives.
        segment, arc: its place, see `Place`.
        travelled: way along the track since the episode's start, m; falls when driving back.
        furthest: the most it ever was when it last counted as progress, m.
        gates: gates reached.
        time: since the episode's start, s.
        stalled: since the last progress, s.
        gate_time: since the last gate, s.
    """

    pose: Pose
    track: jax.Array
    segment: jax.Array
    arc: jax.Array
    travelled: jax.Array
    furthest: jax.Array
    gates: jax.Array
    time: jax.Array
    stalled: jax.Array
    gate_time: jax.Array


class Outcome(NamedTuple):
    """What an environment step did; fields [B].

    Attributes:
        terms: the reward's terms.
        crashed: left the track or hit a disc.
        stalled: made no progress for too long.
        terminated: crashed or stalled: nothing follows.
        truncated: the time limit was reached: the value of the state still counts.
    """

    terms: reward.Terms
    crashed: jax.Array
    stalled: jax.Array
    terminated: jax.Array
    truncated: jax.Array


def reset(rules: Rules, course: Courses, track: jax.Array, key: jax.Array) -> RaceState:
    """Starts training episodes: somewhere on the track, nearly straight, at a small random speed.

    Args:
        rules: the race's settings.
        course: T tracks.
        track: [B] which track each car gets.
        key: random key.
    """
    where, aside, turned, speed = jax.random.uniform(key, (4, track.shape[0]))
    points = course.line.shape[1]
    segment = (where * points).astype(jnp.int32)
    start = course.line[track, segment]
    # Beside the centre line but well inside the edges; a disc there is found out in the first step.
    room = 0.5 * (start[:, 6] - rules.car.half_width)
    left = (start[:, 2:4] - start[:, 0:2]) / start[:, 6:7]
    spot = start[:, :2] + left * ((2 * aside - 1) * room)[:, None]
    heading = jnp.arctan2(-left[:, 0], left[:, 1]) + 0.4 * (turned - 0.5)
    pose = Pose(spot[:, 0], spot[:, 1], heading, speed * rules.race.start_speed, jnp.zeros_like(heading))
    return _begin(course, track, segment, pose)


def line_up(course: Courses, track: jax.Array) -> RaceState:
    """Standing starts on the start line of `track` [B]."""
    zero = jnp.zeros(track.shape, jnp.int32)
    start, ahead = course.line[track, 0], course.line[track, 1]
    way = ahead[:, :2] - start[:, :2]
    still = jnp.zeros(track.shape)
    pose = Pose(start[:, 0], start[:, 1], jnp.arctan2(way[:, 1], way[:, 0]), still, still)
    return _begin(course, track, zero, pose)


def tick(rules: Rules, course: Courses, state: RaceState, action: jax.Array) -> tuple[RaceState, jax.Array]:
    """One physics tick of `rules.race.tick` seconds.

    Args:
        rules: the race's settings.
        course: T tracks.
        state: B cars.
        action: [B, 2] steering, throttle in [-1, 1].

    Returns:
        The new state and [B] whether the car is off the track or in a disc.
    """
    dt = rules.race.tick
    pose = vehicle.drive(rules.car, state.pose, action, dt)
    place = locate(course, state.track, state.segment, pose.x, pose.y)
    length = course.length[state.track]
    advanced = _wrapped(place.arc - state.arc, length)
    travelled = state.travelled + advanced
    progressed = travelled >= state.furthest + PROGRESS
    state = state._replace(
        pose=pose,
        segment=place.segment,
        arc=place.arc,
        travelled=travelled,
        furthest=jnp.where(progressed, travelled, state.furthest),
        time=state.time + dt,
        stalled=jnp.where(progressed, 0.0, state.stalled + dt),
        gate_time=state.gate_time + dt,
    )
    return state, _off(rules, course, state, place)


def step(rules: Rules, course: Courses, state: RaceState, action: jax.Array, ticks: int) -> tuple[RaceState, Outcome]:
    """One environment step: `ticks` physics ticks with the action held; a crashed car stays where it crashed.

    Args:
        rules: the race's settings.
        course: T tracks.
        state: B cars.
        action: [B, 2] steering, throttle in [-1, 1].
        ticks: physics ticks per step (`rules.race.ticks_per_step`, static).
    """
    before = state
    crashed = jnp.zeros(state.track.shape, bool)
    for _ in range(ticks):
        moved, off = tick(rules, course, state, action)
        state = select(crashed, state, moved)
        crashed |= off
    return settle(rules, course, before, state, crashed)


def settle(
    rules: Rules, course: Courses, before: RaceState, after: RaceState, crashed: jax.Array
) -> tuple[RaceState, Outcome]:
    """What an environment step earned and whether it ended the episode.

    Args:
        rules: the race's settings.
        course: T tracks.
        before, after: the cars before and after the step's ticks.
        crashed: [B] whether they left the track or hit a disc in one of them.
    """
    spacing = course.length[after.track] / rules.reward.gates
    gates = jnp.maximum(jnp.floor(after.travelled / spacing), after.gates)
    reached = jnp.where(crashed, 0.0, gates - before.gates)
    stalled = ~crashed & (after.stalled >= rules.race.stall_time)
    ended = crashed | stalled
    top = rules.car.max_speed
    terms = reward.Terms(
        speed=reward.speed(rules.reward, after.travelled - before.travelled, top),
        gate=reward.gate(rules.reward, reached),
        time_bonus=reward.time_bonus(rules.reward, reached, spacing, after.gate_time, top),
        survival=reward.survival(rules.reward, ~ended),
        crash=reward.crash(rules.reward, ended),
    )
    after = after._replace(gates=gates, gate_time=jnp.where(reached > 0, 0.0, after.gate_time))
    return after, Outcome(terms, crashed, stalled, ended, ~ended & (after.time >= rules.race.time_limit))


def select(which: jax.Array, chosen: RaceState, other: RaceState) -> RaceState:
    """The cars of `chosen` where `which` [B], of `other` elsewhere."""
    return jax.tree.map(lambda a, b: jnp.where(which, a, b), chosen, other)


def observe(rules: Rules, course: Courses, state: RaceState, looked_at: int) -> tuple[jax.Array, jax.Array]:
    """What each car sees.

    Args:
        rules: the race's settings.
        course: T tracks.
        state: B cars.
        looked_at: segments on each side that the rays are met with, see `sight.reach`.

    Returns:
        The observation [B, R + 1] and the rays [B, R] in m.
    """
    rays = sensors.measure(rules.sensors, course, state.track, state.segment, state.pose, looked_at)
    return sensors.observe(rules.sensors, rules.car, rays, state.pose.speed), rays


def _begin(course: Courses, track: jax.Array, segment: jax.Array, pose: Pose) -> RaceState:
    place = locate(course, track, segment, pose.x, pose.y)
    zero = jnp.zeros(track.shape)
    return RaceState(pose, track, place.segment, place.arc, zero, zero, zero, zero, zero, zero)


def _off(rules: Rules, course: Courses, state: RaceState, place: Place) -> jax.Array:
    """[B] whether the car crosses an edge or touches a disc."""
    discs = course.obstacles[state.track]
    x, y = state.pose.x[:, None], state.pose.y[:, None]
    near = (discs[..., 0] - x) ** 2 + (discs[..., 1] - y) ** 2 < (discs[..., 2] + rules.car.radius) ** 2
    return (jnp.abs(place.offset) > place.half_width - rules.car.half_width) | jnp.any(near, axis=-1)


def _wrapped(difference: jax.Array, length: jax.Array) -> jax.Array:
    """A difference of arc lengths round a closed track, in [-length/2, length/2]."""
    # Not by a modulo: adding half a length first would round away hundredths of a millimetre in every tick.
    return difference - length * jnp.round(difference / length)
