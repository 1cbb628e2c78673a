"""The program's own learner under examination."""

from __future__ import annotations

from racer_desktop.bench.curves import Curve, Follow, Point
from racer_desktop.bench.examination import Examination
from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.evaluation import Evaluation
from racer_desktop.training.learner import Learner
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.programs import programs
from racer_desktop.training.snapshot import Activity

NAME = "dreamer"


def learn(
    config: Config, examination: Examination, times: list[float], device: compute.Device, curve: Curve, follow: Follow
) -> None:
    """Learns with the settings of `config`, as `racer-desktop train` does, and is examined at `times`.

    Args:
        config: all settings, the seed among them.
        examination: the test.
        times: seconds of learning, rising.
        device: where it learns.
        curve: what the points go into.
        follow: told of seconds and points.
    """
    evaluation = programs(config, device).evaluation  # compiled once for all seeds
    metrics = Metrics()
    learner = Learner(config, device, metrics)
    logbook = learner.logbook
    try:
        for mark in times:
            if curve.at(mark) is not None:
                continue  # a slow chunk went past two marks at once
            learner.start()
            while logbook.wall_s < mark:
                learner.poll(wait=True)
                curve.compile_s = learner.preparation.compile_s
                if learner.activity is Activity.FAILED:
                    curve.note = learner.message
                    return
                if not follow(logbook.wall_s, None):
                    curve.note = "stopped"
                    return
            # Its clock stands still until it is started again.
            learner.stop()
            learner.drain()
            point = examined(learner, metrics, examination, evaluation)
            curve.points.append(point)
            follow(logbook.wall_s, point)
    finally:
        learner.close()


def examined(learner: Learner, metrics: Metrics, examination: Examination, evaluation: Evaluation) -> Point:
    """How good a learner is that has learned something and is at rest: its best driver, and its newest."""
    logbook, newest, chosen = learner.logbook, learner.policy, learner.selection.best
    assert newest is not None  # it has learned, so there is one
    grade = examination.grade(evaluation, newest)
    best = grade if chosen is None else examination.grade(evaluation, chosen.policy)
    return Point(logbook.wall_s, logbook.env_steps, metrics.episodes, learner.updates, best, grade)
