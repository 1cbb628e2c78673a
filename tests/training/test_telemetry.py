"""Telemetry: the newest rows in order, and in the Arena the very numbers of the race."""

from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.sim.track import generate
from racer_desktop.training import compute
from racer_desktop.training.arena import Arena
from racer_desktop.training.snapshot import Mode
from racer_desktop.training.telemetry import NAMES, TelemetryRing
from tests.training.driving import follow
from tests.training.tiny import TINY


def test_the_ring_keeps_the_newest_rows_in_order():
    ring = TelemetryRing((-45.0, 0.0), ("speed", "crash"), most=5)
    for k in range(12):
        ring.add([float(k)] * len(NAMES), np.array([k, 2.0]), np.array([1.0, -k]))
    copy = ring.copy()
    assert copy.rows[:, 0].tolist() == [7, 8, 9, 10, 11]
    assert copy.names[-5:] == ("ray_-45deg_m", "ray_+0deg_m", "reward_speed", "reward_crash", "reward")
    assert copy.rows[-1, -1] == 1.0 - 11.0
    ring.add([0.0] * len(NAMES), np.zeros(2), np.zeros(2))
    assert copy.rows[-1, 0] == 11  # a copy is never written to
    ring.clear()
    assert len(ring.copy().rows) == 0
    ring.add([3.0] * len(NAMES), np.zeros(2), np.zeros(2))
    assert ring.copy().rows[:, 0].tolist() == [3]


def test_the_arena_records_what_happens():
    config = TINY.replace(reward__survival=0.1, reward__gate=1.0)
    arena = Arena(config, compute.arena_device(), generate(42, config.track, config.car.half_width))
    arena.set_mode(Mode.MANUAL)
    ticks = config.race.ticks_per_step
    seen = []
    for tick in range(1, 121):
        arena.control(*follow(arena.track, arena.hero))
        arena.tick()
        if tick % ticks == 0:
            seen.append((tick * config.race.tick, arena.hero, arena.rays, arena.experience.reward))
    telemetry = arena.telemetry.copy()
    columns = dict(telemetry.columns())
    assert len(telemetry.rows) == len(seen) == 30
    assert columns["time_s"] == pytest.approx([when for when, *_ in seen])
    assert columns["x_m"] == pytest.approx([hero.x for _, hero, _, _ in seen])
    assert columns["speed_m_s"] == pytest.approx([hero.speed for _, hero, _, _ in seen])
    assert columns["throttle"] == pytest.approx([hero.throttle for _, hero, _, _ in seen])
    assert columns["ray_+0deg_m"] == pytest.approx([rays[2] for _, _, rays, _ in seen])
    assert columns["reward"] == pytest.approx([reward for *_, reward in seen], abs=1e-5)
    assert columns["reward_survival"] == pytest.approx(0.1)
    assert columns["reward_speed"].sum() > 0.0
    assert columns["person_drives"].dtype.kind == "i"
    assert set(columns["person_drives"]) == {1}
    arena.set_track(config, generate(7, config.track, config.car.half_width))
    assert len(arena.telemetry.copy().rows) == 0
