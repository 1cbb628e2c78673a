"""The race on the screen: laps, crashes, whose wheel it is, and what the hero's experience says of it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import Config
from racer_desktop.sim import race, sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track, generate
from racer_desktop.training import arena as module
from racer_desktop.training import compute, experience
from racer_desktop.training.arena import CRASH_PAUSE, Arena
from racer_desktop.training.programs import new_dreamer
from racer_desktop.training.race_programs import RacePrograms
from racer_desktop.training.snapshot import Mode
from tests.training.driving import follow
from tests.training.tiny import TINY

# The reward's every term counts, whatever the defaults are.
CONFIG = TINY.replace(
    reward__speed=5.0, reward__gate=2.0, reward__time_bonus=1.0, reward__survival=0.1, reward__crash=-10.0
)
TICKS = CONFIG.race.ticks_per_step
PAUSE = round(CRASH_PAUSE / CONFIG.race.tick)
FLAGS = ("reward", "first", "terminal")


def track_of(seed: int, config: Config = CONFIG) -> Track:
    return generate(seed, config.track, config.car.half_width)


@pytest.fixture
def arena() -> Arena:
    made = Arena(CONFIG, compute.arena_device(), track_of(42))
    made.set_mode(Mode.MANUAL)
    return made


@pytest.fixture
def ray_driven(monkeypatch: pytest.MonkeyPatch, ray_driven_programs: RacePrograms) -> Arena:
    """An Arena whose AI drives by the rays and laps."""
    monkeypatch.setattr(module, "race_programs", lambda config: ray_driven_programs)
    made = Arena(CONFIG, compute.arena_device(), track_of(42))
    made.set_policy(untrained())
    return made


def untrained(config: Config = CONFIG):
    """A brain that knows nothing."""
    return new_dreamer(config).init(jax.random.PRNGKey(0)).policy


def flags(rows: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(FLAGS, rows[:, -3:].T, strict=True))


def follow_for(arena: Arena, ticks: int, pace: float = 12.0) -> list[float]:
    """Drives by hand for so long; the laps that were completed."""
    laps = []
    for _ in range(ticks):
        arena.control(*follow(arena.track, arena.hero, pace))
        laps.append(arena.tick())
    return [lap for lap in laps if lap is not None]


def drive_into_the_grass(arena: Arena) -> int:
    """Goes straight on until it crashes; the ticks that took."""
    for ticks in range(1, 2000):
        arena.control(0.0, 1.0)
        arena.tick()
        if arena._paused_for:
            return ticks
    raise AssertionError("there was no crash")


def test_rows_are_what_the_race_gives(arena):
    """The same actions, step by step, in the simulation that the fleet trains in."""
    draw = np.random.default_rng(3)
    rules, course = Rules.of(CONFIG), courses([arena.track])
    state = race.line_up(course, jnp.zeros(1, jnp.int32))
    observe = jax.jit(race.observe, static_argnums=3)
    step = jax.jit(race.step, static_argnums=4)
    expected = []
    action, reward, first, over = np.zeros((1, 2), np.float32), 0.0, 1.0, False
    for k in range(200):
        observation, _ = observe(rules, course, state, arena.reach)
        expected.append([*observation[0], *action[0], reward, first, float(over)])
        if over:
            break
        steering, throttle = follow(arena.track, arena.hero)
        if k < 60:
            action = np.clip([[steering + 0.3 * draw.normal(), throttle]], -1, 1).astype(np.float32)
        else:
            action = np.array([[0.0, 1.0]], np.float32)  # into the grass
        state, outcome = step(rules, course, state, action, TICKS)
        reward, first, over = float(outcome.terms.total[0]), 0.0, bool(outcome.terminated[0])
        for _ in range(TICKS):
            if not arena._paused_for:
                arena.control(*action[0])
                arena.tick()
    rows = arena.experience.take()
    assert len(rows) > 60
    assert arena.crashes == 1
    np.testing.assert_allclose(rows, np.array(expected, np.float32), atol=2e-4)


def test_persons_rows_carry_the_mean_of_what_was_driven(arena):
    commands = [(0.1, 1.0), (0.3, 0.5), (-0.2, 0.0), (0.2, -5.0)]  # the last beyond what there is
    for command in [*commands, (0.0, 0.0)]:
        arena.control(*command)
        arena.tick()
    rows = arena.experience.take()
    assert len(rows) == 2
    assert rows[0, -5:-3].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(rows[1, -5:-3], [0.1, 0.125], atol=1e-6)
    assert arena.experience.take().size == 0


def test_laps_from_standing_and_flying_start(arena):
    """Times are interpolated between ticks, and agree with the way the car went."""
    way = [0.0]
    laps = []
    while len(laps) < 2:
        arena.control(*follow(arena.track, arena.hero, 24.0))
        lap = arena.tick()
        way.append(arena._sensed.travelled)
        assert arena.crashes == 0
        assert 0.0 <= arena.progress < 1.0
        if lap is not None:
            laps.append(lap)
            assert arena.lap_time < CONFIG.race.tick
    line = float(arena.track.length) * np.arange(1, 3)
    crossed = np.interp(line, way, CONFIG.race.tick * np.arange(len(way)))
    np.testing.assert_allclose(laps, np.diff(crossed, prepend=0.0), atol=1e-3)
    assert laps[0] > laps[1] + 0.5  # from standing
    assert arena.laps.number == 3
    assert arena.laps.best == {Mode.MANUAL: min(laps)}
    assert arena.laps.last == {Mode.MANUAL: laps[-1]}


def test_lap_time_is_exact_after_hours(arena):
    """Single precision would have lost seconds by then."""
    ten_hours = 36_000 * 60
    arena._ticks = ten_hours * TICKS // TICKS
    arena.laps.began = 0.0
    arena.tick()
    assert arena.lap_time == pytest.approx((ten_hours + 1) / 60, abs=1e-6)


def test_crash_stays_to_be_seen_then_starts_again(arena):
    start = arena.hero
    drive_into_the_grass(arena)
    crashed = arena.hero
    assert arena.crashes == 1
    assert arena.crash_place.tolist() == pytest.approx([crashed.x, crashed.y])
    place = arena.crash_place
    for _ in range(PAUSE - 1):
        arena.tick()
        assert arena.hero == crashed
        assert arena.halted
    arena.tick()
    assert arena.hero == start
    assert not arena.halted
    assert arena.lap_time == 0.0
    assert np.array_equal(arena.crash_place, place)
    rows = flags(arena.experience.take())
    assert rows["first"].tolist() == [1.0] + [0.0] * (len(rows["first"]) - 1)
    assert rows["terminal"].tolist() == [0.0] * (len(rows["first"]) - 1) + [1.0]
    assert rows["reward"][-1] < -9.0
    arena.tick()
    assert flags(arena.experience.take())["first"].tolist() == [1.0]


def test_reset_while_it_shows_a_crash(arena):
    start = arena.hero
    drive_into_the_grass(arena)
    arena.reset()
    assert arena.hero == start
    arena.control(0.0, 1.0)
    for _ in range(10):
        arena.tick()
    assert arena.hero.speed > 0


def test_reset_on_the_way_begins_a_new_episode(arena):
    follow_for(arena, 50)
    arena.reset()
    follow_for(arena, 2)
    rows = flags(arena.experience.take())
    assert np.flatnonzero(rows["first"]).tolist() == [0, len(rows["first"]) - 1]
    assert not rows["terminal"].any()
    assert rows["reward"][-1] == 0.0


def test_ai_that_stands_still_starts_again(arena):
    arena.set_mode(Mode.AI)  # without a brain it does nothing
    patience = round(CONFIG.race.stall_time / CONFIG.race.tick)
    for _ in range(patience + TICKS):
        arena.tick()
    assert arena._paused_for
    assert arena.crashes == 0
    for _ in range(PAUSE):
        arena.tick()
    rows = flags(arena.experience.take())
    assert rows["terminal"].sum() == 1.0
    assert rows["terminal"][-1] == 1.0
    assert rows["reward"][-1] == CONFIG.reward.crash


def test_person_may_stand_and_look_round(arena):
    """For the replay that ends an episode, once; driving on begins another."""
    follow_for(arena, 40)
    for _ in range(600):
        arena.control(0.0, -1.0)
        assert arena.tick() is None
        assert not arena._paused_for
    resting = flags(arena.experience.take())
    assert resting["terminal"].sum() == 1.0
    assert resting["terminal"][-1] == 1.0
    assert (resting["reward"] < -1.0).sum() == 1
    follow_for(arena, 200)
    rows = flags(arena.experience.take())
    assert rows["first"].tolist() == [1.0] + [0.0] * (len(rows["first"]) - 1)
    assert not rows["terminal"].any()
    assert rows["reward"][0] == 0.0
    assert (rows["reward"] > -1.0).all()


def test_ai_is_not_blamed_for_the_persons_rest(arena):
    follow_for(arena, 100)
    for _ in range(400):
        arena.control(0.0, -1.0)
        arena.tick()
    arena.set_mode(Mode.AI)
    before = arena.hero
    for _ in range(2 * TICKS):
        arena.tick()
    assert not arena._paused_for
    assert np.hypot(arena.hero.x - before.x, arena.hero.y - before.y) < 1.0


def test_lap_of_two_drivers_counts_for_nobody(arena):
    assert follow_for(arena, 600, 24.0) == []
    arena.set_mode(Mode.AI)
    arena.set_mode(Mode.MANUAL)
    while arena.laps.number == 1:
        assert follow_for(arena, 1, 24.0) == []
    assert arena.laps.best == {}
    assert arena.laps.whole  # the next one counts again


def test_wheel_taken_at_the_start_line_spoils_nothing(arena):
    arena.set_mode(Mode.AI)
    arena.set_mode(Mode.MANUAL)
    assert arena.laps.whole
    arena.tick()
    arena.set_mode(Mode.AI)
    assert not arena.laps.whole


def test_steps_of_the_person_are_counted(arena):
    follow_for(arena, 10 * TICKS)
    assert arena.person_steps == 10
    arena.set_mode(Mode.AI)
    for _ in range(5 * TICKS):
        arena.tick()
    assert arena.person_steps == 10


def test_gates_are_the_ais_alone(arena, ray_driven):
    follow_for(arena, 600, 20.0)
    assert arena.gates == 0
    for _ in range(600):
        ray_driven.tick()
    spacing = float(ray_driven.track.length) / CONFIG.reward.gates
    assert ray_driven.gates == int(ray_driven._sensed.travelled / spacing) > 1


def test_ai_laps_with_a_driver_that_can(ray_driven):
    laps = []
    for _ in range(8000):
        lap = ray_driven.tick()
        laps += [lap] if lap is not None else []
        if len(laps) == 2:
            break
    assert ray_driven.crashes == 0
    assert len(laps) == 2
    assert laps[1] < laps[0]
    assert ray_driven.laps.best == {Mode.AI: laps[1]}
    probs = ray_driven.latent_probs
    assert probs.shape == (CONFIG.agent.groups, CONFIG.agent.classes)


def test_brain_gets_the_wheel_and_repeats_itself():
    def driven() -> tuple[np.ndarray, np.ndarray | None]:
        arena = Arena(CONFIG, compute.arena_device(), track_of(42))
        assert arena.latent_probs is None
        assert not arena.has_brain
        arena.set_policy(untrained())
        for _ in range(40):
            arena.tick()
        assert arena.has_brain
        return arena.experience.take(), arena.latent_probs

    one, other = driven(), driven()
    assert np.array_equal(one[0], other[0])
    assert one[1] is not None
    np.testing.assert_allclose(one[1].sum(axis=1), 1.0, atol=1e-5)
    assert one[0][2, -5:-3].any()


def test_brain_whose_drive_is_not_kept_has_a_memory_all_the_same() -> None:
    """As in a race against the person: it is the same driver there."""
    kept, unkept = (Arena(CONFIG, compute.arena_device(), track_of(42)) for _ in range(2))
    unkept.experience.kept = False
    for arena in (kept, unkept):
        arena.set_policy(untrained())
        for _ in range(40):
            arena.tick()
    assert kept.latent_probs is not None
    assert unkept.latent_probs is not None
    assert np.array_equal(kept.latent_probs, unkept.latent_probs)
    assert kept.hero == unkept.hero
    assert len(unkept.experience.take()) == 0


def test_rays_are_exact_on_every_track():
    """Also after a change from a long track to a short one, whose segments are shorter than the rays were made for."""
    tracks = sorted((track_of(seed) for seed in range(30)), key=lambda track: -float(track.length))
    assert tracks[0].length > 1.4 * tracks[-1].length
    arena = Arena(CONFIG, compute.arena_device(), tracks[0])
    for track in (tracks[0], tracks[-1]):
        arena.set_track(CONFIG, track)
        arena.set_mode(Mode.MANUAL)
        follow_for(arena, 120)
        state, rules = arena._race, Rules.of(CONFIG)
        _, rays = race.observe(rules, courses([track]), state, len(track.centre) // 2)
        np.testing.assert_allclose(arena.rays, rays[0], atol=1e-4)
        assert sight.reach_on(track, 45.0) <= arena.reach


def test_another_track_begins_anew(arena):
    follow_for(arena, 100)
    drive_into_the_grass(arena)
    other = track_of(7)
    arena.set_track(CONFIG, other)
    assert arena.track is other
    assert (arena.crashes, arena.crash_place, arena.laps.best, arena.lap_time) == (0, None, {}, 0.0)
    assert [arena.hero.x, arena.hero.y] == pytest.approx(other.centre[0].tolist())
    assert arena.mode is Mode.MANUAL
    follow_for(arena, 20)
    assert arena.hero.speed > 0


@pytest.mark.parametrize(
    ("changes", "kept"), [({"reward__gate": 9.0}, True), ({"car__grip": 14.0}, False)], ids=["reward", "grip"]
)
def test_changed_rules_leave_the_car_where_it_is(arena, changes, kept):
    follow_for(arena, 200)
    arena.laps.complete(Mode.MANUAL, 3.0)
    before = arena.hero
    arena.set_rules(CONFIG.replace(**changes))
    assert arena.hero == before
    assert bool(arena.laps.best) is kept
    assert arena.laps.whole is kept
    follow_for(arena, 1)
    assert arena.hero != before


def test_changed_reward_counts_from_now_on(arena):
    follow_for(arena, 40)
    arena.experience.take()
    quiet = {"reward__speed": 0.0, "reward__gate": 0.0, "reward__time_bonus": 0.0, "reward__survival": 3.0}
    arena.set_rules(CONFIG.replace(**quiet))
    follow_for(arena, 4 * TICKS)
    assert flags(arena.experience.take())["reward"][1:].tolist() == [3.0] * 3


def test_rows_that_nobody_takes_do_not_grow_without_end(arena, monkeypatch):
    monkeypatch.setattr(experience, "MOST_ROWS", 10)
    follow_for(arena, 100)
    newest = arena.experience.take()
    assert len(newest) == 10
    assert not flags(newest)["first"].any()


def test_once_it_was_rehearsed_nothing_compiles_in_the_race(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """A compilation in the loop would hold the race on the screen for as long as it takes."""
    fresh = RacePrograms(CONFIG, new_dreamer(CONFIG))
    monkeypatch.setattr(module, "race_programs", lambda config: fresh)
    arena = Arena(CONFIG, compute.arena_device(), track_of(42))
    brain = untrained()
    fresh.rehearse(brain, compute.arena_device())
    with jax.log_compiles():
        for _ in range(3 * TICKS):
            arena.tick()
        arena.set_policy(brain)
        for _ in range(3 * TICKS):
            arena.tick()
        arena.set_mode(Mode.MANUAL)
        drive_into_the_grass(arena)
        for _ in range(PAUSE + 2 * TICKS):
            arena.tick()
        arena.set_mode(Mode.AI)
        arena.set_rules(CONFIG.replace(reward__crash=-3.0))
        arena.set_track(CONFIG, track_of(7))
        for _ in range(3 * TICKS):
            arena.tick()
    assert not [message for message in caplog.messages if "Compiling" in message]
