"""Learning curves as a picture; needs the extra `bench` for matplotlib."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from racer_desktop.bench import BenchError
from racer_desktop.bench.curves import Curve, Point

# Okabe and Ito's colours: told apart by everyone.
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
X_AXES: tuple[tuple[str, Callable[[Point], float]], ...] = (
    ("Seconds of learning", lambda point: point.wall_s),
    ("Environment steps", lambda point: point.env_steps),
    ("Episodes", lambda point: point.episodes),
)
Y_AXES: tuple[tuple[str, Callable[[Point], float | None]], ...] = (
    ("Unseen tracks finished, %", lambda point: 100.0 * point.grade.finish_rate),
    ("Flying lap / fastest possible", lambda point: point.grade.median_ratio),
)


def available() -> bool:
    """Whether a picture can be drawn."""
    return importlib.util.find_spec("matplotlib") is not None


def write(path: Path, curves: Sequence[Curve], title: str) -> None:
    """Draws the median of each agent's seeds, and the seeds themselves faintly, into a PNG, SVG or PDF file.

    Raises:
        BenchError: if matplotlib is not installed or the file cannot be written.
    """
    if not available():
        raise BenchError("matplotlib is not installed; install the program with its `bench` extra.")
    from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports] - an extra

    figure = Figure(figsize=(13, 7.5), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots(len(Y_AXES), len(X_AXES), sharex="col", sharey="row")
    agents = list(dict.fromkeys(curve.agent for curve in curves))
    for row, (y_name, y_of) in enumerate(Y_AXES):
        for column, (x_name, x_of) in enumerate(X_AXES):
            axis = axes[row][column]
            for agent, colour in zip(agents, _colours(len(agents)), strict=True):
                lines = [_line(c.points, x_of, y_of) for c in curves if c.agent == agent and c.points]
                for x, y in lines:
                    axis.plot(x, y, color=colour, alpha=0.25, linewidth=1)
                if lines:
                    axis.plot(*_median(lines), color=colour, linewidth=2.2, marker="o", markersize=3, label=agent)
            axis.grid(alpha=0.25)
            axis.spines[["top", "right"]].set_visible(False)
            axis.ticklabel_format(style="plain")
            axis.set_xlim(left=0)
            if row == len(Y_AXES) - 1:
                axis.set_xlabel(x_name)
            if column == 0:
                axis.set_ylabel(y_name)
    axes[0][0].set_ylim(-3, 103)
    axes[1][0].set_ylim(bottom=1.0)
    figure.legend(*axes[0][0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=len(agents))
    try:
        figure.savefig(path, dpi=120)
    except (OSError, ValueError) as error:
        raise BenchError(f"The plot “{path}” cannot be written: {error}") from error


def _line(
    points: Sequence[Point], x_of: Callable[[Point], float], y_of: Callable[[Point], float | None]
) -> tuple[np.ndarray, np.ndarray]:
    """A curve [P], with gaps (nan) where there is no such number."""
    y = [value if (value := y_of(point)) is not None else np.nan for point in points]
    return np.array([x_of(point) for point in points], float), np.array(y, float)


def _median(lines: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """The n-th points of all seeds in the middle, as far as more than half of them got; gaps count as worst."""
    lengths = sorted((len(x) for x, _ in lines), reverse=True)
    shared = lengths[len(lines) // 2]
    x_rows, y_rows = [], []
    for n in range(shared):
        there = [(x[n], y[n]) for x, y in lines if len(x) > n]
        x_rows.append(np.median([x for x, _ in there]))
        middle = np.median([np.inf if np.isnan(y) else y for _, y in there])
        y_rows.append(middle if np.isfinite(middle) else np.nan)
    return np.array(x_rows), np.array(y_rows)


def _colours(number: int) -> list[str]:
    return [COLOURS[n % len(COLOURS)] for n in range(number)]
