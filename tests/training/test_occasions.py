"""Races and free drives of a Session: what they do, and that everything is as before when they end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest

from racer_desktop.sim.track import generate
from racer_desktop.training import compute, structure
from racer_desktop.training.arena import CRASH_PAUSE, Arena
from racer_desktop.training.contest import Phase, Racer
from racer_desktop.training.duel import Duel, line_up
from racer_desktop.training.grid import CLEAR, free_point
from racer_desktop.training.occasions import Occasions
from racer_desktop.training.programs import new_dreamer
from racer_desktop.training.session import Session
from racer_desktop.training.snapshot import FastestLap, Mode, Occasion
from tests.fakes import oval
from tests.training.driving import follow
from tests.training.tiny import TINY

TRACK = generate(42, TINY.track, TINY.car.half_width)
LAP = FastestLap(TRACK.centre, np.full(len(TRACK.centre), 20.0), float(TRACK.length) / 20.0)
PAUSE = round(CRASH_PAUSE / TINY.race.tick)


@pytest.fixture
def arena() -> Arena:
    made = Arena(TINY, compute.arena_device(), TRACK)
    made.set_mode(Mode.MANUAL)
    return made


def race(arena: Arena, laps: int = 1) -> Duel:
    policy = new_dreamer(TINY).init(jax.random.PRNGKey(0)).policy
    return line_up(TINY.replace(race__laps=laps), compute.arena_device(), arena, policy, LAP)


def wait_for_lights(duel: Duel) -> None:
    while duel.view().phase is Phase.LIGHTS:
        duel.tick()


def test_nobody_can_start_too_early(arena: Arena) -> None:
    duel = race(arena)
    begin = arena.hero
    ghosts = duel.ghosts
    while duel.view().phase is Phase.LIGHTS:
        arena.control(0.0, 1.0)
        duel.tick()
        assert replace(arena.hero, throttle=0.0) == begin
    assert [g.car for g in duel.ghosts] == [g.car for g in ghosts]
    assert not len(arena.experience.take())
    for _ in range(30):
        arena.control(0.0, 1.0)
        duel.tick()
    assert arena.hero.speed > 2.0


def test_cars_stand_side_by_side_on_the_line(arena: Arena) -> None:
    duel = race(arena)
    rival = next(g.car for g in duel.ghosts if g.racer is Racer.AI)
    side = TRACK.tangents[0] @ np.array(((0.0, -1.0), (1.0, 0.0)))  # to the right
    mine, theirs = (np.array((car.x, car.y)) - TRACK.centre[0] for car in (arena.hero, rival))
    assert mine @ side == pytest.approx(-(theirs @ side), abs=1e-3)
    assert abs(mine @ side) > 1.5
    assert abs(mine @ TRACK.tangents[0]) < 0.1


def test_a_race_is_driven_to_its_end(arena: Arena) -> None:
    duel = race(arena)
    wait_for_lights(duel)
    lap = None
    for _ in range(6000):
        arena.control(*follow(TRACK, arena.hero, 14.0))
        lap = duel.tick()
        if duel.view().phase is Phase.FINISHED:
            break
    you = duel.view().of(Racer.YOU)
    assert lap == pytest.approx(you.time, abs=1e-3)  # the race's clock and the lap's are the same
    assert duel.view().of(Racer.FASTEST).time == pytest.approx(LAP.lap_time, rel=0.2)
    assert duel.view().of(Racer.FASTEST).gap is not None


def test_a_crash_costs_time_and_no_way(arena: Arena) -> None:
    duel = race(arena)
    wait_for_lights(duel)
    for _ in range(200):
        arena.control(*follow(TRACK, arena.hero, 14.0))
        duel.tick()
    while not arena.crashes:
        arena.control(1.0, 1.0)
        duel.tick()
    way, clock, lap_time = arena.travelled, duel.view().clock, arena.lap_time
    arena.experience.take()
    for _ in range(PAUSE):
        duel.tick()
    assert arena.hero.speed == 0.0
    assert abs(arena.travelled - way) < 2.0 * float(TRACK.length) / len(TRACK.centre)
    away = np.hypot(*(TRACK.centre - (arena.hero.x, arena.hero.y)).T).min()
    assert away < 0.1
    waited = PAUSE * TINY.race.tick
    assert duel.view().clock - clock == pytest.approx(waited)
    assert arena.lap_time - lap_time == pytest.approx(waited, abs=1e-6)
    assert not arena.laps.whole  # no lap for the table
    for _ in range(40):
        arena.control(*follow(TRACK, arena.hero, 14.0))
        duel.tick()
    rows = arena.experience.take()
    assert rows[0, -2] == 1.0  # a new episode
    assert rows[:, -3].min() > -1.0


def test_cars_are_put_back_away_from_discs() -> None:
    track = oval()
    nearest = int(np.argmin(np.linalg.norm(track.centre - track.obstacles[0], axis=1)))
    point = free_point(track, nearest)
    assert np.linalg.norm(track.obstacles - track.centre[point], axis=1).min() >= CLEAR
    assert 0 < (nearest - point) % len(track.centre) < len(track.centre) / 8
    assert free_point(track._replace(obstacles=np.zeros((0, 2))), nearest) == nearest


@pytest.mark.parametrize("occasion", [Occasion.FREE, Occasion.RACE])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("learn", [True, False])
def test_everything_is_as_before(arena: Arena, occasion: Occasion, mode: Mode, learn: bool) -> None:
    occasions = Occasions()
    arena.set_mode(mode)
    now = occasions.change(occasion, arena, learn, lambda: race(arena))
    assert arena.mode is Mode.MANUAL
    assert now is (learn and occasion is Occasion.RACE)
    now = occasions.change(occasion, arena, now, lambda: race(arena))
    now = occasions.change(Occasion.WATCH, arena, now, lambda: race(arena))
    assert (arena.mode, now, arena.rescues, arena.experience.kept) == (mode, learn, False, True)
    assert occasions.duel is None


def test_what_is_chosen_about_learning_in_a_race_stays(arena: Arena) -> None:
    occasions = Occasions()
    assert occasions.change(Occasion.RACE, arena, True, lambda: race(arena))
    assert not occasions.change(Occasion.WATCH, arena, False, lambda: race(arena))


def test_free_driving_is_not_remembered(arena: Arena) -> None:
    occasions = Occasions()
    occasions.change(Occasion.FREE, arena, True, lambda: race(arena))
    for _ in range(60):
        arena.control(0.0, 1.0)
        occasions.tick(arena)
    assert not len(arena.experience.take())
    occasions.change(Occasion.WATCH, arena, False, lambda: race(arena))
    for _ in range(60):
        occasions.tick(arena)
    assert arena.experience.take()[0, -2] == 1.0


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(TINY, checkpoints=tmp_path)
    yield made
    made.close()


def test_a_race_ends_with_its_track(session: Session) -> None:
    session.set_occasion(Occasion.RACE)
    session.tick()
    frame = session.frame()
    assert frame.contest is not None
    assert frame.mode is Mode.MANUAL
    session.set_mode(Mode.AI)
    assert session.frame().mode is Mode.MANUAL
    session.new_track(7)
    session.tick()
    frame = session.frame()
    assert (frame.occasion, frame.contest, frame.mode) == (Occasion.WATCH, None, Mode.AI)
    assert frame.ghosts == ()


def test_a_race_under_way_keeps_its_length_and_the_next_takes_the_new_one(session: Session) -> None:
    session.set_occasion(Occasion.RACE)
    session.tick()
    session.configure(session.config.replace(race__laps=5))
    session.tick()
    assert laps_of(session) == 3
    session.set_occasion(Occasion.RACE)
    assert laps_of(session) == 5


def laps_of(session: Session) -> int:
    contest = session.frame().contest
    assert contest is not None
    return contest.laps


def test_a_lap_is_a_lap_in_a_race_of_any_length() -> None:
    longer = TINY.replace(race__laps=50)
    assert structure.driving(longer) == structure.driving(TINY)
    assert structure.compiled(longer) == structure.compiled(TINY)
    assert structure.driving(TINY.replace(race__stall_time=1.0)) != structure.driving(TINY)
