"""A brain judged in pieces does what it does in one go; it can be watched, broken off, and written down."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from racer_desktop.config import Config
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import generate
from racer_desktop.training import structure
from racer_desktop.training.checkpoint import CheckpointError
from racer_desktop.training.evaluation import Evaluation
from racer_desktop.training.judge import judge
from racer_desktop.training.session import Session
from racer_desktop.training.trial import Broken, Choice, Phase, Progress, Summary, TrackResult, Trial, write_csv
from tests.training.driving import RayDriver

SEEDS = (9000, 9001)


@pytest.fixture
def brain(make_session, tmp_path: Path) -> Path:
    session: Session = make_session()
    session.train(updates=2)
    session.save(tmp_path / "brain.racer", brain_only=True)
    return tmp_path / "brain.racer"


def test_in_pieces_is_as_in_one_go(tiny: Config) -> None:
    tracks = [generate(seed, tiny.track, tiny.car.half_width) for seed in SEEDS]
    course, rules = courses(tracks), Rules.of(tiny)
    evaluation = Evaluation(tiny, RayDriver(tiny, pace=0.55), laps=2, reach=structure.looked_at(tiny))
    nobody: Any = None  # it drives by its rays alone
    whole = evaluation(rules, course, nobody)
    state, piece = evaluation.drive_on(rules, course, nobody, evaluation.begin(course))
    places = [piece.places[: int(piece.steps)]]
    while piece.going:
        state, piece = evaluation.drive_on(rules, course, nobody, state)
        places.append(piece.places[: int(piece.steps)])
    assert Evaluation.judged(piece.crossed, piece.distance) == whole
    assert all(drive.finished for drive in whole), "the test needs laps to compare"
    line = np.concatenate(places)
    assert np.allclose(line[0], [track.centre[0] for track in tracks], atol=1.0)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=-1)
    assert steps.max() < 3.0, "15 decisions a second at 30 m/s: no place is missing between two pieces"
    driven = steps.sum(axis=0)
    length = np.array([float(track.length) for track in tracks])
    assert (driven / length > 1.9).all(), "two laps, cutting corners a little"


def test_a_brain_in_a_file_is_judged(brain: Path) -> None:
    heard: list[Progress] = []

    def told(progress: Progress) -> bool:
        heard.append(progress)
        return True

    results = judge(brain, Trial(SEEDS), told=told)
    assert [r.track for r in results] == list(SEEDS)
    assert all(r.ended and r.reference_lap_s is not None and 15 < r.reference_lap_s < 60 for r in results)
    phases = [progress.phase for progress in heard]
    assert phases == sorted(phases, key=list(Phase).index)
    assert set(phases) == set(Phase)
    assert heard[-1].share == 1.0
    grown = [len(p.results[0].line) for p in heard if p.results]
    assert grown == sorted(grown), "the line only grows"
    newest = judge(brain, Trial(SEEDS), Choice.NEWEST)
    assert [r.track for r in newest] == list(SEEDS)


@pytest.mark.parametrize("phase", Phase)
def test_broken_off_at_any_time(brain: Path, phase: Phase) -> None:
    with pytest.raises(Broken):
        judge(brain, Trial(SEEDS), told=lambda progress: progress.phase is not phase)


def test_own_tracks_are_driven_by_every_brain(brain: Path, tiny: Config) -> None:
    wider = tiny.replace(track__half_width=9.0).track
    (result,) = judge(brain, Trial(range(9000, 9001), tracks=wider))
    assert float(result.course.half_width.max()) > 8.0


def test_what_is_no_brain_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes.racer").write_text("remember the milk")
    with pytest.raises(CheckpointError, match=r"“notes.racer” is not a Racer Desktop file"):
        judge(tmp_path / "notes.racer", Trial(SEEDS))


def result(track: int, flying: float | None, reference: float, *, finished: bool = True) -> TrackResult:
    course = generate(track, Config().track, 0.9)
    return TrackResult(track, course, True, finished, 33.5, flying, reference, 2.0 if finished else 0.5)


def test_summary_counts_by_hand() -> None:
    rows = [result(1, 30.0, 25.0), result(2, None, 25.0, finished=False), result(3, 26.0, 20.0)]
    summary = Summary.of(rows)
    assert (summary.tracks, summary.finished) == (3, 2)
    assert summary.median_ratio == pytest.approx(1.25)  # of 1.2 and 1.3
    assert summary.mean_lap_s == pytest.approx(28.0)
    assert summary.distance == pytest.approx(1.5)
    assert summary.finish_rate == pytest.approx(2 / 3)
    assert np.isnan(Summary.of([]).finish_rate)
    assert Summary.of([]).median_ratio is None
    assert Summary.of([*rows, result(4, 40.0, 20.0)]).median_ratio == pytest.approx(1.3)  # of 1.2, 1.3 and 2.0


def test_table_as_csv() -> None:
    rows = [result(1, 30.0, 25.0), result(2, None, 25.0, finished=False)]
    one, two = io.StringIO(newline=""), io.StringIO(newline="")
    write_csv(one, [("mine", rows)])
    write_csv(two, [("mine", rows), ("yours, too", rows)])
    assert list(csv.reader(io.StringIO(one.getvalue()))) == [
        ["track", "finished", "lap_time_s", "flying_lap_s", "reference_lap_s", "ratio"],
        ["1", "yes", "33.500", "30.000", "25.000", "1.200"],
        ["2", "no", "33.500", "", "25.000", ""],
    ]
    lines = list(csv.reader(io.StringIO(two.getvalue())))
    assert [line[0] for line in lines] == ["brain", "mine", "mine", "yours, too", "yours, too"]
    assert all(len(line) == 7 for line in lines)
