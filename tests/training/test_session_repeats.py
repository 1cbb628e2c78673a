"""The same seed gives the same bits, whatever the window does; saving and going on equals never having stopped."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from racer_desktop.training import compute
from tests.training.tiny import TINY, differences, everything

RANDOM = TINY.replace(track__random_tracks=True)


def test_same_seed_gives_the_same_bits(make_session):
    one, other = make_session(), make_session()
    one.train(updates=20)
    other.train(updates=20)
    assert one.stats().updates == 20
    assert differences(everything(one), everything(other)) == []


def test_other_seed_gives_others(make_session):
    one, other = make_session(), make_session(TINY.replace(training__seed=1))
    one.train(updates=4)
    other.train(updates=4)
    differing = differences(everything(one), everything(other))
    assert {"learner/agent/world", "learner/agent/actor", "learner/fleet", "learner/replay"} <= {
        "/".join(name.split("/")[:3]) if "agent" in name else "/".join(name.split("/")[:2]) for name in differing
    }


def test_settings_that_change_nothing_but_speed_of_looking_change_no_bits(make_session):
    """How often and how the learner is asked makes no difference: by chunk, in one go, or at odd moments."""
    whole, often, seldom = make_session(), make_session(), make_session()
    whole.train(updates=24)
    for _ in range(12):
        often.train(updates=2)
    seldom.start()
    pauses = np.random.default_rng(0).uniform(0.0, 0.02, 1000)
    for pause in pauses:
        seldom._learner.poll(until=24)
        if seldom._learner.updates >= 24:
            break
        time.sleep(pause)
    seldom.stop()
    assert differences(everything(whole), everything(often)) == []
    assert differences(everything(whole), everything(seldom)) == []


def test_one_thread_gives_the_same_bits_as_two(make_session, monkeypatch):
    sessions = []
    for two in (True, False):
        monkeypatch.setattr(compute, "two_at_once", lambda device, two=two: two)
        sessions.append(make_session())
        sessions[-1].train(updates=20)
        names = [thread.name for thread in threading.enumerate()]
        assert any("learner aside" in name for name in names) == two
        sessions[-1].close()
    assert differences(*map(everything, sessions)) == []


@pytest.mark.parametrize("config", [TINY, RANDOM], ids=["one track", "random tracks"])
def test_saving_and_going_on_equals_not_stopping(make_session, tmp_path, config):
    whole, first, second = make_session(config), make_session(config), make_session()
    whole.train(updates=40)
    first.train(updates=20)
    first.save(tmp_path / "half.racer")
    second.load(tmp_path / "half.racer")
    assert differences(everything(first), everything(second)) == []
    second.train(updates=20)
    assert second.stats().updates == 40
    assert differences(everything(whole), everything(second)) == []


def test_what_is_saved_twice_is_the_same(make_session, tmp_path):
    session = make_session()
    session.train(updates=10)
    before = everything(session)
    session.save(tmp_path / "one.racer")
    assert differences(before, everything(session)) == []


def test_brain_alone_goes_on_without_a_dip(make_session, tmp_path):
    whole, brain = make_session(), make_session()
    whole.train(updates=20)
    whole.save(tmp_path / "whole.racer")
    whole.save(tmp_path / "brain.racer", brain_only=True)
    assert (tmp_path / "brain.racer").stat().st_size < (tmp_path / "whole.racer").stat().st_size
    brain.load(tmp_path / "brain.racer")
    before = whole.stats()
    assert (brain.stats().updates, brain.stats().env_steps) == (before.updates, before.env_steps)
    assert not everything(brain)["learner/replay/filled"].any()
    seen = []
    brain.train(updates=4, told=lambda stats: seen.append(stats) or True)
    counters = [(s.updates, s.env_steps, s.episodes) for s in seen]
    assert counters == sorted(counters)
    # It drives a little before it learns on.
    assert brain.stats().env_steps >= before.env_steps + TINY.training.prefill
    assert everything(brain)["learner/replay/filled"][0] >= TINY.training.length
    assert np.isfinite(brain.stats().history.loss).all()
    assert list(brain.stats().history.loss_update) == list(range(1, 25))


def test_policy_handed_out_is_not_written_to(make_session):
    session = make_session()
    session.train(updates=2)
    policy = session._learner.policy
    before = np.concatenate([np.ravel(leaf) for module in policy.actor.values() for leaf in module.values()])
    session.train(updates=10)
    after = np.concatenate([np.ravel(leaf) for module in policy.actor.values() for leaf in module.values()])
    assert np.array_equal(before, after)
    assert session._learner.policy is not policy
