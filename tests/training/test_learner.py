"""The life of a Learner: it compiles off the loop, learns, pauses, fails with a word and without harm."""

from __future__ import annotations

import math
import threading
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.sim.track import TrackError
from racer_desktop.training import compute, logbook, preparation, structure
from racer_desktop.training import learner as module
from racer_desktop.training.evaluation import Drive
from racer_desktop.training.learner import NOT_A_NUMBER, Learner, LearnerError, Resumed
from racer_desktop.training.metrics import FLAT_EPISODES, Metrics
from racer_desktop.training.programs import Programs
from racer_desktop.training.snapshot import Activity
from racer_desktop.training.trainer import AHEAD
from racer_desktop.training.validation import score
from tests.training.tiny import TINY, copied

RANDOM = TINY.replace(track__random_tracks=True)


@pytest.fixture
def make_learner(device, tiny_programs, close_learners):
    """Makes Learners that can learn at once."""

    def make(config=TINY, resumed=None) -> Learner:
        learner = Learner(config, device, Metrics(), resumed)
        close_learners.append(learner)
        if resumed is None:
            learner.start()
            poll_until(learner, lambda: learner.ready, wanted=False)
        return learner

    return make


@pytest.fixture
def uncompiled(monkeypatch, tiny, tiny_programs):
    """Programs that nobody compiled yet, whose compilation waits to be let go."""
    let_go = threading.Event()
    slow = Programs(*structure.compiled(tiny), compute.learner_device("cpu"))

    def compile_slowly(progress, cancelled) -> None:
        progress(0.5)
        let_go.wait()
        if not cancelled():
            slow._compiled = dict(tiny_programs._compiled)

    monkeypatch.setattr(slow, "compile", compile_slowly)
    monkeypatch.setattr(module, "programs", lambda config, device: slow)
    yield let_go
    let_go.set()


def poll_until(learner: Learner, there, *, wanted: bool = True) -> None:
    """Polls as the window does, until something is there; if it is not wanted, without learning anything."""
    due = time.monotonic() + 300
    while not there():
        assert time.monotonic() < due
        learner.poll(until=math.inf if wanted else 0)
        time.sleep(0.001)


def test_states_in_order(tiny, device, uncompiled, close_learners):
    learner = Learner(tiny, device, Metrics())
    close_learners.append(learner)
    assert (learner.activity, learner.health, learner.policy) == (Activity.IDLE, "", None)
    learner.prepare()
    poll_until(learner, lambda: learner.policy is not None)
    assert learner.activity is Activity.IDLE
    learner.start()
    assert (learner.activity, learner.health) == (Activity.COMPILING, "preparing to learn")
    poll_until(learner, lambda: learner.preparation.progress == 0.5)
    assert not learner.poll()
    uncompiled.set()
    poll_until(learner, lambda: learner.updates >= 10)
    assert learner.activity is Activity.LEARNING
    learner.stop()
    assert learner.activity is Activity.PAUSED
    learner.drain()
    assert learner.preparation.compile_s > 0
    assert learner.logbook.wall_s > 0


def test_start_before_the_brain_is_made(tiny, device, uncompiled, close_learners):
    learner = Learner(tiny, device, Metrics())
    close_learners.append(learner)
    learner.prepare()
    learner.start()
    learner.start()
    assert learner.activity is Activity.COMPILING
    uncompiled.set()
    poll_until(learner, lambda: learner.updates > 0)


def test_paused_while_it_compiles(tiny, device, uncompiled, close_learners):
    learner = Learner(tiny, device, Metrics())
    close_learners.append(learner)
    learner.start()
    learner.stop()
    assert learner.activity is Activity.PAUSED
    uncompiled.set()
    poll_until(learner, lambda: learner.ready)
    assert learner.activity is Activity.PAUSED
    assert (learner.poll(), learner.updates) == (False, 0)
    learner.start()
    poll_until(learner, lambda: learner.updates > 0)


def test_closed_while_it_compiles(tiny, device, uncompiled):
    learner = Learner(tiny, device, Metrics())
    learner.start()
    poll_until(learner, lambda: learner.preparation.progress == 0.5)
    learner.close(wait=False)
    assert learner.busy
    uncompiled.set()
    learner.close()
    assert not learner.busy


def test_settings_changed_while_it_compiles(tiny, device, uncompiled, close_learners):
    """The thread is at work with the old ones: what comes out has the new ones all the same."""
    learner = Learner(tiny, device, Metrics())
    close_learners.append(learner)
    learner.start()
    changed = tiny.replace(track__seed=7, car__grip=12.0)
    learner.adopt(changed)
    uncompiled.set()
    poll_until(learner, lambda: learner.ready, wanted=False)
    fresh = Learner(changed, device, Metrics())
    close_learners.append(fresh)
    assert float(learner.trainer.rules.car.grip) == 12.0
    for mine, its in zip(jax.tree.leaves(learner.trainer.state), jax.tree.leaves(fresh.trainer.state), strict=True):
        assert np.array_equal(mine, its)
    learner.start()
    poll_until(learner, lambda: learner.updates >= 2)
    assert np.array_equal(learner.trainer._course.line, fresh.trainer.programs.course(fresh.trainer.pool._tracks).line)


def test_failure_of_the_thread_is_told_and_can_be_tried_again(tiny, device, monkeypatch, close_learners, tiny_programs):
    learner = Learner(tiny, device, Metrics())
    close_learners.append(learner)

    def fail(*_, **__):
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory")

    monkeypatch.setattr(preparation, "Trainer", fail)
    learner.start()
    poll_until(learner, lambda: learner.activity is Activity.FAILED)
    assert learner.message == learner.health == "learning could not be prepared: RESOURCE_EXHAUSTED: out of memory"
    with pytest.raises(LearnerError, match="out of memory"):
        _ = learner.trainer
    monkeypatch.undo()
    learner.start()
    assert learner.message == ""
    poll_until(learner, lambda: learner.updates > 0)


@pytest.fixture
def no_drive(monkeypatch, tiny, tiny_programs):
    """Programs without the drive that validates, which waits to be let go; whatever it then raises can be set."""
    programs = Programs(*structure.compiled(tiny), compute.learner_device("cpu"))
    programs._compiled = dict(tiny_programs._compiled)
    let_go, errors = threading.Event(), []
    compile_drive = programs.compile_drive

    def compile_slowly(tracks: int) -> None:
        let_go.wait()
        if errors:
            raise errors.pop()
        compile_drive(tracks)

    monkeypatch.setattr(programs, "compile_drive", compile_slowly)
    monkeypatch.setattr(module, "programs", lambda config, device: programs)
    yield let_go, errors
    let_go.set()


def test_learning_waits_for_the_drive_only_when_it_is_due(make_learner, no_drive, tiny):
    let_go, _ = no_drive
    learner = make_learner()
    due = tiny.training.validate_updates
    poll_until(learner, lambda: learner.updates >= due)
    assert learner.busy
    for _ in range(3):
        learner.poll()
    assert (learner.updates, learner.trainer.pending) == (due, 0)
    let_go.set()
    learner.poll(wait=True)  # waits, where no window needs the thread
    poll_until(learner, lambda: learner.selection.best is not None)
    assert learner.selection.best.updates == due


def test_a_drive_that_cannot_be_made_is_told_and_tried_again(make_learner, no_drive):
    let_go, errors = no_drive
    errors.append(RuntimeError("RESOURCE_EXHAUSTED: out of memory"))
    learner = make_learner()
    let_go.set()
    poll_until(learner, lambda: learner.activity is Activity.FAILED)
    assert learner.message == "learning could not be prepared: RESOURCE_EXHAUSTED: out of memory"
    learner.start()
    poll_until(learner, lambda: learner.selection.best is not None)


class Clock:
    """A clock that goes on when it is told to."""

    now = 0.0

    def perf_counter(self) -> float:
        """The time, s."""
        return self.now


def test_pauses_are_not_counted_as_learning(make_learner, monkeypatch):
    learner = make_learner()
    clock = Clock()
    monkeypatch.setattr(logbook, "time", clock)
    learner.poll()
    clock.now += 1.0
    learner.poll(wait=True)
    assert learner.logbook.wall_s == 1.0
    clock.now += 2.0
    learner.stop()
    learner.drain()
    assert learner.logbook.wall_s == 3.0
    clock.now += 1000.0
    learner.poll()
    assert learner.logbook.wall_s == 3.0
    updates = learner.updates
    learner.start()
    learner.poll()
    assert learner.logbook.wall_s == 3.0  # the thousand seconds are not in it
    clock.now += 0.5
    learner.drain()
    assert learner.logbook.wall_s in (3.0, 3.5)  # the poll may have taken all that was queued before the clock went on
    assert learner.updates > updates


def test_what_is_queued_is_recorded_after_a_pause(make_learner):
    learner = make_learner()
    learner.poll()
    learner.stop()
    poll_until(learner, lambda: learner.at_rest)
    assert learner.updates == AHEAD * TINY.training.updates_per_chunk == learner.trainer.updates
    assert learner.updates_per_s == 0.0


def test_queues_no_more_than_asked_for(make_learner):
    learner = make_learner()
    for _ in range(50):
        learner.poll(wait=True, until=6)
    assert learner.updates == 6


def test_held_comes_to_rest(make_learner):
    learner = make_learner()
    learner.poll()
    learner.held = True
    poll_until(learner, lambda: learner.at_rest)
    updates = learner.updates
    learner.poll()
    assert learner.updates == updates
    assert learner.activity is Activity.LEARNING
    learner.held = False
    poll_until(learner, lambda: learner.updates > updates)


def test_counters(make_learner):
    learner = make_learner()
    while learner.updates < 20:
        learner.poll(wait=True)
    learner.stop()
    learner.drain()
    training = TINY.training
    prefill = training.prefill // training.cars
    assert learner.logbook.env_steps == training.cars * (prefill + learner.updates * training.steps_per_update)
    history = learner._metrics.history()
    assert history.loss_update.tolist() == list(range(1, learner.updates + 1))
    assert np.isfinite(history.loss).all()
    assert (np.diff(history.episode_step) >= 0).all()
    assert training.prefill < history.episode_step[0]
    assert history.episode_step[-1] <= learner.logbook.env_steps
    assert history.validation_update.tolist() == [10, 20][: len(history.validation_update)]


def break_weights(learner: Learner) -> None:
    """Makes one weight of the world model infinite."""
    state = learner.trainer.state
    world = jax.tree.map(jnp.copy, state.agent.world)
    name = next(iter(world))
    part = next(iter(world[name]))
    world[name][part] = world[name][part].at[(0,) * world[name][part].ndim].set(jnp.inf)
    learner.trainer.state = state._replace(agent=state.agent._replace(world=world))


@pytest.mark.parametrize("updates", [4, 14], ids=["before a validation", "after one"])
def test_broken_loss_stops_and_leaves_nothing_broken(make_learner, updates):
    learner = make_learner()
    while learner.updates < updates:
        learner.poll(wait=True, until=updates)
    learner.drain()
    good = copied(learner.selection.sound.average) if learner.selection.sound else None
    rows = copied(learner.trainer.state.replay)
    counters = (learner.updates, learner.logbook.env_steps)
    break_weights(learner)
    for _ in range(20):
        learner.poll(wait=True)
    assert learner.activity is Activity.FAILED
    assert learner.message == learner.health == NOT_A_NUMBER
    assert "last good brain restored" in learner.message
    state = copied(learner.trainer.state)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(copied(learner.policy)))
    if good is not None:
        assert jax.tree.all(jax.tree.map(np.array_equal, good, state.agent.average))
    # What was good is still remembered, and what the broken brain drove is not.
    filled = int(rows.filled[0])
    assert filled <= state.replay.filled[0] <= filled + 2 * AHEAD * 2
    assert np.array_equal(state.replay.rows[:, :filled], rows.rows[:, :filled])
    assert (learner.updates, learner.logbook.env_steps) >= counters
    learner.start()
    assert learner.message == ""
    for _ in range(5):
        learner.poll(wait=True)
    assert learner.activity is Activity.LEARNING
    assert np.isfinite(learner._metrics.history().loss).all()


def test_brain_that_is_broken_is_never_called_good(make_learner):
    """Weights that break in the last update of a chunk show in no loss of it."""
    learner = make_learner()
    while learner.updates < 10:
        learner.poll(wait=True, until=10)
    learner.drain()
    break_weights(learner)
    report = None
    learner._dispatch(learner.trainer, 12)
    report = learner.trainer.take()
    assert not report.finite
    learner._record(learner.trainer, report)
    assert learner.activity is Activity.FAILED
    learner.drain()
    assert learner.selection.best is None
    assert learner.selection.sound is None


def drives(monkeypatch, learner: Learner, *results: Drive) -> None:
    """Makes the validations give these results, one after the other."""
    given = iter(results)
    monkeypatch.setattr(learner._programs.evaluation, "judged", lambda *_: [next(given)])


def test_validation_keeps_the_best_brain(make_learner, monkeypatch):
    learner = make_learner()
    drives(
        monkeypatch,
        learner,
        Drive(False, np.nan, np.nan, 0.4),
        Drive(True, 40.0, 30.0, 2.0),
        Drive(False, 35.0, np.nan, 1.6),
        Drive(False, np.nan, np.nan, 0.1),
    )
    kept = {}
    while learner.updates < 44:
        learner.poll(wait=True, until=44)
        kept[len(learner._metrics.history().validation_update)] = learner.selection.best
    learner.drain()
    history = learner._metrics.history()
    assert history.validation_update.tolist() == [10, 20, 30, 40]
    assert history.validation_finished.tolist() == [0.0, 1.0, 0.0, 0.0]
    assert learner.selection.best is not None
    assert (learner.selection.best.updates, learner.selection.best_lap) == (20, 30.0)
    assert learner.selection.best.score > 1.0
    assert kept[1].updates == 10
    newest = copied(learner.trainer.state.agent.average)
    best = copied(learner.selection.best.policy)
    assert not jax.tree.all(jax.tree.map(np.array_equal, newest, best))

    updates = learner.updates
    assert learner.restore_best()
    state = copied(learner.trainer.state.agent)
    assert jax.tree.all(jax.tree.map(np.array_equal, state.average, best))
    assert jax.tree.all(jax.tree.map(np.array_equal, state.policy, best))
    assert learner.updates == updates
    learner.poll(wait=True)
    assert jax.tree.all(jax.tree.map(np.array_equal, copied(learner.selection.best.policy), best))


def test_no_best_brain_yet(make_learner):
    learner = make_learner()
    assert not learner.restore_best()


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({"track__seed": 7}, False), ({"car__grip": 12.0}, False), ({"reward__gate": 1.0}, True)],
    ids=["track", "car", "reward"],
)
def test_best_brain_counts_only_where_it_drove(make_learner, changes, kept):
    learner = make_learner()
    while learner.selection.best is None:
        learner.poll(wait=True)
    learner.adopt(TINY.replace(**changes))
    assert (learner.selection.best is not None) is kept
    learner.poll(wait=True)


def test_new_track_is_learned_on_by_all_cars(make_learner):
    learner = make_learner()
    learner.poll(wait=True)
    learner.adopt(TINY.replace(track__seed=7))
    learner.poll(wait=True)
    learner.drain()
    state = copied(learner.trainer.state)
    line = copied(learner.trainer._course.line)[0]
    there = np.stack([state.fleet.race.pose.x, state.fleet.race.pose.y], 1)
    nearest = np.linalg.norm(there[:, None] - line[None, :, :2], axis=-1).min(axis=1)
    assert (nearest < 15.0).all()
    # Every ring has a first row where the change was.
    assert state.replay.rows[..., -2].sum(axis=1).min() >= 2


def test_track_that_cannot_be_made_changes_nothing(make_learner):
    learner = make_learner()
    learner.poll(wait=True)
    before = learner.trainer.rules, learner.trainer._course, learner._config
    with pytest.raises(TrackError):
        learner.adopt(TINY.replace(track__half_width=3.0, track__obstacles=12, track__obstacle_radius=3.0))
    assert (learner.trainer.rules, learner.trainer._course, learner._config) == before
    learner.poll(wait=True)
    assert learner.activity is Activity.LEARNING


def test_live_rules_reach_the_cars(make_learner):
    learner = make_learner()
    learner.poll(wait=True)
    learner.adopt(TINY.replace(reward__survival=7.0, reward__speed=0.0, reward__gate=0.0, reward__crash=0.0))
    learner.drain()
    begin = int(learner.trainer.state.replay.cursor[0])
    for _ in range(4):
        learner.poll(wait=True)
    learner.drain()
    rows = copied(learner.trainer.state.replay.rows)[:, begin + 1 : int(learner.trainer.state.replay.cursor[0])]
    assert set(np.unique(rows[..., -3])) <= {0.0, 7.0}
    assert 7.0 in rows[..., -3]


def test_heros_rows_are_put_into_the_guests_ring(make_learner):
    learner = make_learner()
    learner.poll(wait=True)
    width = learner.trainer.state.replay.rows.shape[-1]
    rows = np.arange(300 * width, dtype=np.float32).reshape(300, width) / 1e4
    assert learner.accepts_rows
    learner.add_rows(rows)
    learner.add_rows(np.zeros((0, 0), np.float32))
    replay = copied(learner.trainer.state.replay)
    assert (replay.filled[-1], replay.cursor[-1]) == (300, 300)
    assert np.array_equal(replay.guests[:300], rows)


def test_rows_are_refused_while_nothing_is_learned(make_learner):
    learner = make_learner()
    learner.stop()
    assert not learner.accepts_rows


def test_resumed_counts_on(make_learner):
    first = make_learner()
    first.start()
    while first.updates < 6:
        first.poll(wait=True, until=6)
    state = copied(first.trainer.state)
    second = make_learner(TINY, Resumed(state, wall_s=100.0, compile_s=7.0))
    assert (second.updates, second.logbook.env_steps) == (6, first.logbook.env_steps)
    assert (second.logbook.wall_s, second.preparation.compile_s) == (100.0, 7.0)
    assert second.policy is not None
    second.start()
    assert second.activity is Activity.LEARNING
    second.poll(wait=True)
    assert second.updates == 8
    assert second.logbook.wall_s > 100.0


def test_health_in_words(make_learner):
    learner = make_learner()
    learner.poll(wait=True)
    metrics = learner._metrics
    metrics.record_episodes(np.full(200, 5.0, np.float32), np.arange(200))
    metrics.record_episodes(np.full(FLAT_EPISODES, -5.0, np.float32), np.arange(FLAT_EPISODES))
    assert learner.health == f"reward flat for {metrics.flat_for} episodes"
    metrics.record_episodes(np.full(100, 50.0, np.float32), np.arange(100))
    assert learner.health == "learning"
    learner.stop()
    assert learner.health == "paused"


def test_a_driver_that_was_just_opened_is_not_flat(make_learner):
    first = make_learner()
    first.poll(wait=True)
    first.stop()
    first.drain()
    second = make_learner(TINY, Resumed(copied(first.trainer.state)))
    metrics = second._metrics
    metrics.record_episodes(np.full(200, 5.0, np.float32), np.arange(200))
    metrics.record_episodes(np.full(FLAT_EPISODES, -5.0, np.float32), np.arange(FLAT_EPISODES))
    assert second.health == "ready to go on learning"


@pytest.mark.parametrize("change", [{"reward__crash": -1.0}, {"car__grip": 5.0}])
def test_flatness_is_measured_anew_under_other_settings(make_learner, change):
    learner = make_learner()
    learner.poll(wait=True)
    metrics = learner._metrics
    metrics.record_episodes(np.full(200, 5.0, np.float32), np.arange(200))
    metrics.record_episodes(np.full(FLAT_EPISODES, -5.0, np.float32), np.arange(FLAT_EPISODES))
    assert "flat" in learner.health
    learner.adopt(TINY.replace(training__autosave_s=77.0))
    assert "flat" in learner.health
    learner.adopt(TINY.replace(**change))
    assert learner.health == "learning"


def test_score_puts_finishing_first():
    lengths = np.array([600.0])

    def one(finished: bool, *rest: float) -> float:
        return score([Drive(finished, *rest)], lengths, 30.0)

    crawling = one(True, 300.0, 300.0, 2.0)
    flying = one(True, 30.0, 25.0, 2.0)
    crashed = one(False, 30.0, np.nan, 1.99)
    backwards = one(False, np.nan, np.nan, -0.5)
    assert flying > crawling > crashed > backwards == 0.0
    assert flying <= 1.3


@pytest.mark.parametrize(("speed", "better"), [(18.0, True), (21.0, False)])
def test_much_more_speed_makes_up_for_one_track_that_is_not_finished(speed: float, better: bool):
    """Who finished 63 of 64 tracks at 20.5 m/s, beside who finished all of them."""
    lengths = np.full(64, 600.0)

    def drive(speed: float) -> Drive:
        return Drive(True, 600.0 / speed, 600.0 / speed, 2.0)

    crashed = Drive(False, np.nan, np.nan, 1.0)
    fast = score([drive(20.5)] * 63 + [crashed], lengths, 30.0)
    assert (fast > score([drive(speed)] * 64, lengths, 30.0)) == better
