"""A saved brain, judged: loaded from a file, driven over tracks, each lap beside the fastest possible one."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.config import CarConfig, Config
from racer_desktop.sim import circuits, sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.racing_line import reference_lap
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track, generate
from racer_desktop.training import compute, saved, structure
from racer_desktop.training.evaluation import Drive, Evaluation, Piece
from racer_desktop.training.programs import new_dreamer
from racer_desktop.training.trial import Broken, Choice, Phase, Progress, TrackResult, Trial

Told = Callable[[Progress], bool]


def judge(
    path: Path, trial: Trial, choice: Choice = Choice.BEST, told: Told = lambda progress: True
) -> tuple[TrackResult, ...]:
    """Drives a brain over tracks.

    Args:
        path: the `.racer` file.
        trial: what to drive.
        choice: which of the file's brains.
        told: hears how far it is, several times a second; breaks the trial off by returning False.

    Returns:
        One result for each track.

    Raises:
        Broken: if `told` returned False.
        CheckpointError, CircuitError, ConfigError, TrackError: if a file or setting is wrong.
    """
    compute.prepare()
    _tell(told, Progress(Phase.LOADING))
    config, policy = saved.driver(path, newest=choice is Choice.NEWEST)
    config = _settings(config, trial)
    results = tuple(TrackResult(name, track) for name, track in _tracks(config, trial))
    _tell(told, Progress(Phase.COMPILING, results=results))
    results = _driven(config, policy, trial, results, told)
    return _measured(config.car, results, told)


def _settings(config: Config, trial: Trial) -> Config:
    if trial.tracks is not None:
        config = replace(config, track=trial.tracks)
    return config if trial.obstacles is None else config.replace(track__obstacles=trial.obstacles)


def _tracks(config: Config, trial: Trial) -> list[tuple[str | int, Track]]:
    if trial.circuit is not None:
        return [(trial.circuit.name, circuits.read(trial.circuit, half_width=config.track.half_width))]
    return [(seed, generate(seed, config.track, config.car.half_width)) for seed in trial.seeds]


def _driven(
    config: Config, policy: Policy, trial: Trial, results: tuple[TrackResult, ...], told: Told
) -> tuple[TrackResult, ...]:
    tracks = [result.course for result in results]
    reach = max(sight.reach_on(track, config.sensors.ray_range) for track in tracks)
    evaluation = _evaluation(structure.brain(config), trial.laps, reach)
    place = compute.learner_device(trial.device)
    given = jax.device_put((Rules.of(config), courses(tracks), policy), place)
    with jax.default_device(place), compute.without_pauses():
        state, piece = evaluation.drive_on(*given, evaluation.begin(given[1]))
    places: list[np.ndarray] = []
    while True:
        piece = jax.device_get(piece)
        places.append(piece.places[: piece.steps])
        results = _with_drives(results, piece, np.concatenate(places), over=not piece.going)
        _tell(told, Progress(Phase.DRIVING, float(piece.share), results))
        if not piece.going:
            return results
        state, piece = evaluation.drive_on(*given, state)


def _with_drives(
    results: Sequence[TrackResult], piece: Piece, places: np.ndarray, *, over: bool
) -> tuple[TrackResult, ...]:
    drives = Evaluation.judged(piece.crossed, piece.distance)
    return tuple(
        _with_drive(result, drive, places[:, index], ended=over or bool(piece.ended[index]))
        for index, (result, drive) in enumerate(zip(results, drives, strict=True))
    )


def _with_drive(result: TrackResult, drive: Drive, line: np.ndarray, *, ended: bool) -> TrackResult:
    if result.ended:  # it may drive on until the others are done, which is no part of its trial
        return result
    # A car that is out stands still where it stopped, which is no part of its line.
    moved = np.flatnonzero(np.any(np.diff(line, axis=0) != 0.0, axis=1))
    return replace(
        result,
        ended=ended,
        finished=drive.finished,
        lap_time_s=_known(drive.lap_time),
        flying_lap_s=_known(drive.flying_lap),
        distance=drive.distance,
        line=line[: int(moved[-1]) + 2 if len(moved) else 1].astype(np.float32),
    )


def _measured(car: CarConfig, results: tuple[TrackResult, ...], told: Told) -> tuple[TrackResult, ...]:
    for index, result in enumerate(results):
        known = replace(result, reference_lap_s=_reference(_Course(result.course), car))
        results = (*results[:index], known, *results[index + 1 :])
        _tell(told, Progress(Phase.MEASURING, (index + 1) / len(results), results))
    return results


class _Course:
    """A track that can be looked up: the same outline is the same course."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._mark = (track.centre.tobytes(), track.half_width.tobytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Course) and self._mark == other._mark

    def __hash__(self) -> int:
        return hash(self._mark)


@functools.lru_cache(maxsize=128)
def _reference(course: _Course, car: CarConfig) -> float:
    """The fastest possible lap, s; the same tracks are driven again and again."""
    return reference_lap(course.track, car)


@functools.lru_cache(maxsize=2)
def _evaluation(brain: Config, laps: int, reach: int) -> Evaluation:
    """The compiled drive for brains of one shape."""
    return Evaluation(brain, new_dreamer(brain), laps, reach=reach)


def _tell(told: Told, progress: Progress) -> None:
    if not told(progress):
        raise Broken


def _known(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) else None
