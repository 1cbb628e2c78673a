"""Measurements with the smallest settings: the figures are there and agree with each other."""

from __future__ import annotations

import pytest

from racer_desktop.bench import BenchError, headless, sim_speed, update_cost
from racer_desktop.bench.study import Study
from racer_desktop.training import compute
from tests.training.tiny import TINY

RANDOM = TINY.replace(track__random_tracks=True)


def study(device: compute.Device, agents: list[str], minutes: float) -> Study:
    return Study(
        RANDOM, agents=agents, seeds=[0], minutes=minutes, every=30.0, marks=[600.0], tracks=[9000, 9001], device=device
    )


def test_speed_of_the_race(device: compute.Device) -> None:
    fleets = [sim_speed.measure(TINY, cars, 0.01, device) for cars in (1, 8)]
    assert [fleet.cars for fleet in fleets] == [1, 8]
    for fleet in fleets:
        assert fleet.physics_ticks_per_s == pytest.approx(fleet.env_steps_per_s * TINY.race.ticks_per_step)
    assert fleets[1].env_steps_per_s > fleets[0].env_steps_per_s > 100.0


@pytest.mark.slow
def test_cost_of_an_update(device: compute.Device) -> None:
    told: list[str] = []
    parts = update_cost.measure(RANDOM, 0.01, device, lambda text: told.append(text) is None)
    assert parts is not None
    assert parts.pop("update") > 0.0
    assert sum(parts.values()) == pytest.approx(2.0 * parts["one thread"])
    assert set(parts) == {
        *("world model", "states", "imagination", "actor", "critic", "collection", "rest"),
        "one thread",
    }
    assert told[0] == "compiling"
    assert update_cost.measure(RANDOM, 0.01, device, lambda text: text != "actor") is None, "ended when asked to"


@pytest.mark.slow
def test_speed_without_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless, "SETTLE_S", 0.1)
    config = TINY.replace(training__validate_updates=1_000_000)  # the first would wait for its program
    assert headless.updates_per_s(config, 0.5, "cpu") > 1.0
    with pytest.raises(BenchError, match="stopped before"):
        headless.updates_per_s(config, 0.5, "cpu", lambda: False)


@pytest.mark.slow
def test_our_own_learner_is_examined(device: compute.Device) -> None:
    measured = study(device, ["dreamer"], minutes=0.01)
    seen: list[float] = []
    (curve,) = measured.measured(lambda curve, seconds, point: seen.append(seconds) is None)
    (point,) = curve.points
    assert point.wall_s >= 0.6
    assert point.updates > 0
    assert point.env_steps >= point.updates * RANDOM.training.cars * RANDOM.training.steps_per_update
    assert 0.0 <= point.grade.finish_rate <= 1.0
    assert point.newest is not None
    assert curve.compile_s >= 0.0
    assert seen == sorted(seen)
    (row,) = measured.as_json()["summary"]
    assert row["mark_s"] == pytest.approx(0.6), "no mark lies within, so the end is one"


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["sac", "crossq", "sb3-sac"])
@pytest.mark.filterwarnings("ignore")  # of the learners' own making
def test_peers_are_examined(device: compute.Device, agent: str) -> None:
    pytest.importorskip("stable_baselines3", reason="needs the extra `bench`")
    pytest.importorskip("sbx", reason="needs the extra `bench`")
    (curve,) = study(device, [agent], minutes=0.01).measured(lambda curve, seconds, point: True)
    (point,) = curve.points
    assert point.wall_s >= 0.6
    assert point.updates > 0
    assert point.episodes > 0
    assert curve.note == ""


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["dreamer", "sb3-sac"])
@pytest.mark.filterwarnings("ignore")
def test_it_ends_when_asked_to(device: compute.Device, agent: str) -> None:
    if agent != "dreamer":
        pytest.importorskip("stable_baselines3", reason="needs the extra `bench`")
    (curve,) = study(device, [agent], minutes=60.0).measured(lambda curve, seconds, point: seconds < 0.3)
    assert curve.note == "stopped"
    assert curve.points == []
