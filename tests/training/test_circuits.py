"""A circuit in an experiment: learned on with the brain there is, kept in its file, judged over its length."""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
import pytest

from racer_desktop.config import Circuit, Config
from racer_desktop.shipped_circuits import DESIGNS, drawn
from racer_desktop.sim import circuits, sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track, generate
from racer_desktop.training import structure
from racer_desktop.training.evaluation import LEAST_TIME, Evaluation
from tests.training.driving import RayDriver
from tests.training.tiny import TINY, everything


def circuit_of(track: Track, name: str = "Circuit") -> Circuit:
    return Circuit(name, circuits.text_of(track))


@pytest.fixture(scope="module")
def small() -> Circuit:
    """A circuit with fewer points than the generated tracks have."""
    return circuit_of(generate(7, TINY.replace(track__points=128).track))


def test_only_the_number_of_points_asks_for_other_programs(small: Circuit):
    on = TINY.on(small)
    assert structure.brain(on) == structure.brain(TINY)
    assert structure.programs(on) == structure.programs(TINY.replace(track__points=128))
    other = circuit_of(generate(8, TINY.replace(track__points=128).track))
    assert structure.compiled(TINY.on(other)) == structure.compiled(on)
    assert structure.tracks(TINY.on(other)) != structure.tracks(on)
    everywhere = TINY.replace(track__random_tracks=True)
    assert structure.compiled(everywhere) == structure.compiled(TINY)
    assert structure.compiled(everywhere.on(small)) == structure.compiled(everywhere)
    assert structure.tracks(everywhere.on(small)) == structure.tracks(everywhere)


def test_rays_reach_every_edge_on_every_circuit():
    for design in DESIGNS:
        track = drawn(design)
        config = Config().on(circuit_of(track))
        assert structure.looked_at(config) >= sight.reach_on(track, config.sensors.ray_range)


def test_the_brain_goes_on_on_a_circuit_and_its_file_needs_no_csv(make_session, small: Circuit, tmp_path: Path):
    session = make_session()
    session.train(updates=10)
    before = everything(session)
    session.configure(session.config.on(small))
    after = everything(session)
    kept = [name for name in before if name.startswith(("learner/agent", "learner/replay", "history"))]
    assert kept
    assert all(np.array_equal(before[name], after[name]) for name in kept)
    session.train(updates=10)
    assert session.stats().updates == 20
    poses = np.concatenate([session._learner.logbook.pose[..., :2].reshape(-1, 2)])
    centre = circuits.track_of(small).centre
    away = np.linalg.norm(poses[:, None] - centre[None], axis=-1).min(axis=1)
    assert away.max() < 12.0  # the fleet learns there
    session.save(tmp_path / "on-circuit.racer")
    again = make_session()
    again.load(tmp_path / "on-circuit.racer")
    assert again.config.circuit == small
    again.train(updates=4)
    assert again.stats().updates == 24


def test_many_tracks_after_one_and_back(make_session, small: Circuit):
    session = make_session(TINY.on(small))
    session.train(updates=4)
    session.configure(session.config.replace(track__random_tracks=True))
    session.train(updates=4)
    tracks = np.asarray(session._learner.trainer.state.fleet.race.track)
    assert set(tracks) <= set(range(TINY.track.pool))
    assert len(set(tracks)) > 1
    session.configure(session.config.replace(track__random_tracks=False))
    session.train(updates=4)
    pool = session._learner.trainer.pool
    assert all(pool.track(slot) is circuits.track_of(small) for slot in range(pool.size))
    assert session.stats().updates == 12


def test_before_anything_is_learned_a_circuit_costs_nothing(make_session, small: Circuit):
    session = make_session()
    first = session._learner
    session.configure(session.config.on(small))
    assert session._learner is not first
    session.train(updates=2)
    assert session.stats().updates == 2
    session.new_track(3)
    assert session.config.circuit is None
    assert session.config.track.seed == 3


def test_the_race_on_the_screen_moves_to_the_circuit(make_session, small: Circuit):
    session = make_session(live=True)
    session.tick()
    session.configure(session.config.on(small))
    session.tick()
    assert session.frame().track is circuits.track_of(small)
    session.new_track(42)
    assert session.frame().track is generate(42, TINY.track, TINY.car.half_width)


def test_a_damaged_circuit_changes_nothing(make_session):
    session = make_session()
    before = session.config
    with pytest.raises(circuits.CircuitError, match="The circuit Torn: it has 0 different points"):
        session.configure(before.on(Circuit("Torn", "")))
    assert session.config == before


def test_the_time_to_finish_grows_with_the_circuit(tiny: Config):
    angles = 2 * np.pi * np.arange(1024) / 1024
    centre = (400.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)
    nothing = np.zeros((0, 2), np.float32)
    length = np.array(800 * np.pi, np.float32)
    track = Track(centre, np.full(1024, 6.0, np.float32), nothing, np.array(1.0, np.float32), length)
    reach = sight.reach_on(track, tiny.sensors.ray_range)
    drives = {}
    for pace in (0.35, 0.6):
        evaluation = Evaluation(tiny, RayDriver(tiny, pace), 2, reach=reach)
        drives[pace] = evaluation(Rules.of(tiny), courses([track]), jax.tree.map(np.asarray, None))[0]
    assert 2 * float(length) / (0.6 * tiny.car.max_speed) > LEAST_TIME
    assert drives[0.6].finished
    assert drives[0.6].lap_time == pytest.approx(float(length) / 18.0, rel=0.1)
    assert not drives[0.35].finished  # 10 m/s is no race
