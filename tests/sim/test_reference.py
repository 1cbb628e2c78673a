"""The race against the same race in plain NumPy, step by step.

The motion runs free: the reference is given the state at an episode's start and then the actions alone. What
is read off a state (rays, rewards, endings) is compared from the state that JAX was in, because it can be
discontinuous in it: a ray that grazes a kerb jumps by metres where the car is a hair to the side.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from racer_desktop.sim.race import RaceState
from racer_desktop.sim.track import Track
from tests.sim.driving import Record, Simulator
from tests.sim.reference_race import Car, ReferenceRace

NAMES = [field.name for field in dataclasses.fields(Car)]


def car_of(state: RaceState, step: int, car: int) -> Car:
    numbers = state.pose._asdict() | state._asdict()
    return Car(**{name: numbers[name][step, car].item() for name in NAMES})


@pytest.fixture(scope="module")
def references(simulator: Simulator, tracks: list[Track]) -> list[ReferenceRace]:
    return [ReferenceRace(simulator.config, track) for track in tracks]


def test_the_record_holds_everything_that_can_happen(record: Record, tracks: list[Track]):
    outcome = record.outcome
    places = np.stack([record.after.pose.x, record.after.pose.y], axis=-1)
    in_disc = [
        bool((np.linalg.norm(places[k, b] - tracks[b].obstacles, axis=1) < 2.5).any())
        for k, b in np.argwhere(outcome.crashed)
    ]
    assert True in in_disc
    assert False in in_disc
    assert outcome.stalled.any()
    assert outcome.truncated.any()
    assert (outcome.terms.gate > 0).any(axis=0).all()
    assert (record.after.arc < record.before.arc - 400).any()  # across the start line
    assert record.after.pose.speed.max() > 20


@pytest.mark.parametrize("car", range(4))
def test_motion_runs_free_with_the_reference(record: Record, references: list[ReferenceRace], car: int):
    begins, mine = True, Car(0, 0, 0, 0, 0, 0)
    for k in range(len(record.action)):
        if begins:
            mine = car_of(record.before, k, car)
        mine, _ = references[car].step(mine, *record.action[k, car].tolist())
        theirs = car_of(record.after, k, car)
        for name in NAMES:
            # Places are sums of hundreds of metres in float32: a millimetre, and 5 for the way driven, is their floor.
            floor = {"x": 1e-3, "y": 1e-3, "arc": 1e-3, "travelled": 5e-3, "furthest": 5e-3}.get(name, 1e-4)
            expected = pytest.approx(getattr(mine, name), rel=1e-4, abs=floor)
            assert getattr(theirs, name) == expected, f"{name} at step {k}"
        begins = record.ended[k, car]


@pytest.mark.parametrize("car", range(4))
def test_rewards_and_endings_are_the_references(record: Record, references: list[ReferenceRace], car: int):
    outcome, close_calls = record.outcome, 0
    for k in range(len(record.action)):
        after, result = references[car].step(car_of(record.before, k, car), *record.action[k, car].tolist())
        if result.margin < 2e-4:  # m or s: float32 may see it the other way
            close_calls += 1
            continue
        assert bool(outcome.crashed[k, car]) == result.crashed, k
        assert bool(outcome.stalled[k, car]) == result.stalled, k
        assert bool(outcome.truncated[k, car]) == result.truncated, k
        assert bool(outcome.terminated[k, car]) == (result.crashed or result.stalled), k
        assert record.after.gates[k, car] == after.gates
        for name, term in result.terms.items():
            # A step's way is the difference of two sums: 0.1 mm of it is 5e-6 of reward.
            assert getattr(outcome.terms, name)[k, car] == pytest.approx(term, rel=1e-4, abs=5e-6), f"{name} at {k}"
        assert outcome.terms.total[k, car] == pytest.approx(sum(result.terms.values()), rel=1e-4, abs=1e-5)
    assert close_calls <= 3


@pytest.mark.parametrize("car", range(4))
def test_the_car_sees_what_the_reference_sees(
    simulator: Simulator, record: Record, references: list[ReferenceRace], car: int
):
    sensors, top = simulator.config.sensors, simulator.config.car.max_speed
    for k in range(len(record.action)):
        at = car_of(record.before, k, car)
        rays = references[car].rays(at.x, at.y, at.heading)
        np.testing.assert_allclose(record.rays[k, car], rays, rtol=1e-4, atol=1e-3, err_msg=f"step {k}")
        seen = np.append(rays / sensors.ray_range, at.speed / top)
        np.testing.assert_allclose(record.observation[k, car], seen, rtol=1e-4, atol=3e-5)
        assert ((record.observation[k, car] >= 0) & (record.observation[k, car] <= 1)).all()
