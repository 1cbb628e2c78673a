"""What the figures of a learning curve are made of, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racer_desktop.bench.curves import Curve, Point, as_json, summary, times
from racer_desktop.bench.examination import Grade, graded
from racer_desktop.training.evaluation import Drive

NAN = float("nan")


def point(at: float, rate: float, ratio: float | None, newest: Grade | None = None) -> Point:
    return Point(at, round(100 * at), round(at), round(10 * at), Grade(rate, ratio), newest)


def curves() -> list[Curve]:
    return [
        Curve("ours", 0, 5.0, [point(30.2, 0.5, 1.5), point(60.1, 1.0, 1.25)]),
        Curve("ours", 1, 0.1, [point(30.1, 0.0, None), point(60.3, 0.75, 1.75)]),
        Curve("ours", 2, 0.1, [point(30.4, 0.25, None)], note="stopped"),
        Curve("theirs", 0, 3.0, [point(30.0, 0.0, None), point(60.0, 0.5, 1.5)]),
    ]


def test_a_drive_counts_when_all_laps_are_driven_and_its_flying_lap_when_there_is_one() -> None:
    drives = [Drive(True, 35.0, 30.0, 2.0), Drive(False, 40.0, NAN, 1.5), Drive(True, 35.0, 45.0, 2.0)]
    grade = graded(drives, [20.0, 20.0, 25.0])
    assert (grade.finish_rate, grade.median_ratio) == (2 / 3, pytest.approx(1.65))
    assert graded([Drive(False, NAN, NAN, 0.1)], [20.0]) == Grade(0.0, None)


def test_examinations_are_regular_and_at_the_marks_and_at_the_end() -> None:
    assert times(1.5, 40.0, [60.0, 80.0, 600.0]) == [40.0, 60.0, 80.0, 90.0]
    assert times(0.1, 30.0, []) == [6.0]


def test_a_mark_is_judged_by_the_first_point_after_it() -> None:
    first = curves()[0]
    assert first.at(30.0) is first.points[0]
    assert first.at(30.3) is first.points[1]
    assert first.at(61.0) is None


def test_median_and_worst_of_the_seeds_that_got_there() -> None:
    rows = {(row["agent"], row["mark_s"]): row for row in summary(curves(), [30.0, 60.0])}
    early, late = rows["ours", 30.0], rows["ours", 60.0]
    assert (early["seeds"], early["finish_rate_median"], early["finish_rate_worst"]) == (3, 0.25, 0.0)
    assert (early["ratio_median"], early["ratio_worst"]) == (None, None), "no lap is worse than any lap"
    assert (late["seeds"], late["finish_rate_median"], late["finish_rate_worst"]) == (2, 0.875, 0.75)
    assert (late["ratio_median"], late["ratio_worst"]) == (1.5, 1.75)
    assert rows["theirs", 60.0]["env_steps_median"] == 6000


def test_curves_become_json() -> None:
    curve = Curve("ours", 3, 5.0, [point(60.0, 1.0, 1.25, Grade(0.5, None))])
    (row,) = json.loads(json.dumps(as_json([curve])))
    assert (row["agent"], row["seed"], row["compile_s"]) == ("ours", 3, 5.0)
    assert row["points"] == [
        {
            "wall_s": 60.0,
            "env_steps": 6000,
            "episodes": 60,
            "updates": 600,
            "finish_rate": 1.0,
            "median_ratio": 1.25,
            "newest_finish_rate": 0.5,
            "newest_median_ratio": None,
        }
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:matplotlib", "ignore::DeprecationWarning:pyparsing")
def test_curves_become_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `bench`: pip install matplotlib")
    from racer_desktop.bench import BenchError, plot

    file = tmp_path / "curves.svg"
    plot.write(file, curves(), "A title")
    drawn = file.read_text(encoding="utf-8")
    assert drawn.count("#d55e00") > 6
    assert "#0072b2" in drawn
    with pytest.raises(BenchError, match="cannot be written"):
        plot.write(tmp_path / "curves.docx", curves(), "A title")
