"""Learning curves: what was measured along the way of one learner, and what several seeds say together."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from racer_desktop.bench.examination import Grade

# Told the seconds learned so far, and a point when there is a new one; returns whether to go on.
Follow = Callable[[float, "Point | None"], bool]


@dataclass(frozen=True)
class Point:
    """How good a learner was at one moment.

    Attributes:
        wall_s: seconds of learning, compilation and examinations not counted.
        env_steps, episodes, updates: counters by then.
        grade: of the driver that it would hand over then.
        newest: of its newest driver, where that is another one.
    """

    wall_s: float
    env_steps: int
    episodes: int
    updates: int
    grade: Grade
    newest: Grade | None = None


@dataclass
class Curve:
    """One learner with one seed.

    Attributes:
        agent, seed: which.
        compile_s: seconds of compilation.
        points: in the order of time.
        note: what happened, if it ended early.
    """

    agent: str
    seed: int
    compile_s: float = 0.0
    points: list[Point] = field(default_factory=list)
    note: str = ""

    def at(self, mark: float) -> Point | None:
        """The first point at or after so many seconds of learning, or None if it did not get there."""
        return next((point for point in self.points if point.wall_s >= mark), None)


def times(minutes: float, every: float, marks: Iterable[float]) -> list[float]:
    """Seconds of learning at which to examine: every so often, at the marks, and at the end."""
    end = 60.0 * minutes
    regular = [every * n for n in range(1, int(end / every) + 1)]
    return sorted({t for t in (*regular, *marks, end) if t <= end})


def summary(curves: Sequence[Curve], marks: Iterable[float]) -> list[dict[str, Any]]:
    """For each mark and agent: median and worst seed of finish rate and lap ratio.

    A seed without a flying lap counts as worse than any ratio; where it decides, the ratio is None.
    """
    agents = list(dict.fromkeys(curve.agent for curve in curves))
    rows = []
    for mark in marks:
        for agent in agents:
            points = [p for c in curves if c.agent == agent and (p := c.at(mark)) is not None]
            if points:
                rates = [point.grade.finish_rate for point in points]
                ratios = sorted(_or_worst(point.grade.median_ratio) for point in points)
                rows.append(
                    {
                        "agent": agent,
                        "mark_s": mark,
                        "seeds": len(points),
                        "finish_rate_median": statistics.median(rates),
                        "finish_rate_worst": min(rates),
                        "ratio_median": _known(statistics.median(ratios)),
                        "ratio_worst": _known(ratios[-1]),
                        "env_steps_median": round(statistics.median(point.env_steps for point in points)),
                    }
                )
    return rows


def as_json(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    """The curves as JSON has them, a grade's figures beside the point's own."""
    return [asdict(curve) | {"points": [_flat(point) for point in curve.points]} for curve in curves]


def _flat(point: Point) -> dict[str, Any]:
    row = asdict(point)
    grade, newest = row.pop("grade"), row.pop("newest") or {}
    return row | grade | {f"newest_{name}": value for name, value in newest.items()}


def _or_worst(ratio: float | None) -> float:
    return float("inf") if ratio is None else ratio


def _known(ratio: float) -> float | None:
    return None if ratio == float("inf") else ratio
