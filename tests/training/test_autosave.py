"""Automatic checkpoints: what is kept of an experiment without anybody asking, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from racer_desktop.training import autosave as module
from racer_desktop.training import saved
from racer_desktop.training.autosave import Autosave
from racer_desktop.training.experiment import Experiment
from racer_desktop.training.learner import Learner
from racer_desktop.training.metrics import Metrics
from tests.training.tiny import TINY


class Clock:
    """A clock that goes on when it is told to."""

    now = 0.0

    def monotonic(self) -> float:
        """The time, s."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def experiment(device, tiny_programs, close_learners) -> Experiment:
    """One that learns and has made a few updates."""
    metrics = Metrics()
    learner = Learner(TINY, device, metrics)
    close_learners.append(learner)
    learner.start()
    until(learner, lambda: learner.updates >= 4)
    return Experiment(TINY, learner, metrics)


def until(learner: Learner, there: Callable[[], bool], also: Callable[[], None] = lambda: None) -> None:
    """Polls as a Session does."""
    due = time.monotonic() + 300
    while not there():
        assert time.monotonic() < due
        learner.poll()
        also()
        time.sleep(0.001)


def test_milestones_are_kept_at_rest_and_learning_goes_on(clock: Clock, experiment: Experiment, tmp_path: Path) -> None:
    learner, autosave = experiment.learner, Autosave(tmp_path)
    autosave.celebrate(experiment, gates=1, lap=31.42)
    autosave.celebrate(experiment, gates=2, lap=None)  # nothing new
    until(learner, lambda: not autosave._due, lambda: autosave.poll(experiment))
    assert not learner.held
    updates = learner.updates
    until(learner, lambda: learner.updates > updates)
    autosave.close()
    assert {about.title for about in autosave.checkpoints()} == {"First gate", "First lap 31.42 s"}
    _, brain = saved.driver(autosave.checkpoints()[0].path)
    assert learner.policy is not None
    assert brain.actor.keys() == learner.policy.actor.keys()
    assert experiment.metrics.history().lap_time.tolist() == pytest.approx([31.42])


def test_everything_is_kept_every_so_often_if_it_changed(clock: Clock, experiment: Experiment, tmp_path: Path) -> None:
    learner, autosave = experiment.learner, Autosave(tmp_path)
    clock.now += TINY.training.autosave_s - 1.0
    autosave.poll(experiment)
    assert not learner.held
    clock.now += 1.0
    learner.held = True
    until(learner, lambda: learner.at_rest)
    experiment.mark_saved()
    learner.held = False
    autosave.poll(experiment)  # nothing would be lost
    assert not learner.held
    updates = learner.updates
    until(learner, lambda: learner.updates > updates)
    clock.now += TINY.training.autosave_s
    autosave.poll(experiment)
    until(learner, lambda: not autosave._due, lambda: autosave.poll(experiment))
    autosave.close()
    titles = [about.title for about in autosave.checkpoints()]
    assert len(titles) == 1
    assert titles[0].startswith("Autosave, ")


def test_what_is_due_of_one_experiment_is_not_kept_of_the_next(clock: Clock, experiment: Experiment, tmp_path: Path):
    autosave = Autosave(tmp_path)
    autosave.celebrate(experiment, gates=1, lap=None)
    autosave.begin()
    autosave.poll(experiment)
    autosave.close()
    assert autosave.checkpoints() == []
