"""`racer-desktop bench learn`: how good a driver is after so many seconds, beside other learners."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import racer_desktop
from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.progress import Progress
from racer_desktop.commands.values import names, output, positive, seconds, tracks, whole_numbers

if TYPE_CHECKING:
    from racer_desktop.bench.curves import Curve, Point
    from racer_desktop.bench.study import Study

AGENTS = ("dreamer", "sac", "tqc", "crossq", "sb3-sac")
MARKS = "60,180,600"
EVERY = 30.0  # s of learning between two examinations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("--minutes", type=positive, help="of learning for each agent and seed (default: the last mark)")
    parser.add_argument(
        "--seeds", type=whole_numbers, default="0,1,2,3,4", metavar="N,N,...", help="(default: 0,1,2,3,4)"
    )
    parser.add_argument(
        "--agents",
        type=names(AGENTS),
        metavar="NAME,...",
        help=f"of {', '.join(AGENTS)} (default: all that are installed)",
    )
    parser.add_argument(
        "--marks",
        type=seconds,
        default=MARKS,
        metavar="S,S,...",
        help=f"seconds of learning to sum up at (default: {MARKS})",
    )
    parser.add_argument(
        "--every", type=positive, default=EVERY, metavar="S", help=f"seconds between examinations (default: {EVERY:g})"
    )
    parser.add_argument(
        "--tracks", type=tracks, default="9000:9016", metavar="A:B", help="unseen tracks (default: 9000:9016)"
    )
    parser.add_argument("--obstacles", type=int, metavar="K", help="discs on every track (default: 5)")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")
    parser.add_argument("--json", type=output, metavar="FILE", help="write all curves, after each of them")
    parser.add_argument("--plot", type=output, metavar="FILE", help="draw them into a PNG, SVG or PDF file")


def run(arguments: argparse.Namespace) -> int:
    """Learns, examines, and prints a table; see `add_arguments`.

    Returns:
        0, also after Ctrl+C.

    Raises:
        BenchError, ConfigError, DeviceError, TrackError: what the person has to change.
    """
    from racer_desktop.bench import BenchError, peers, plot
    from racer_desktop.bench.study import Study
    from racer_desktop.config import Config
    from racer_desktop.training import compute

    agents = arguments.agents or [a for a in AGENTS if a not in peers.PEERS or peers.available(a)]
    missing = [agent for agent in agents if agent in peers.PEERS and not peers.available(agent)]
    if missing:
        raise BenchError(f"Not installed: {', '.join(missing)}; install the program with its `bench` extra.")
    if arguments.plot and not plot.available():
        raise BenchError("matplotlib is not installed; install the program with its `bench` extra, or omit --plot.")
    config = Config().replace(track__random_tracks=True)
    if arguments.obstacles is not None:
        config = config.replace(track__obstacles=arguments.obstacles)
    compute.prepare()
    minutes = arguments.minutes or max(arguments.marks) / 60.0
    study = Study(
        config,
        agents=agents,
        seeds=arguments.seeds,
        minutes=minutes,
        every=arguments.every,
        marks=arguments.marks,
        tracks=arguments.tracks,
        device=compute.learner_device(arguments.device),
    )
    with (
        Interrupt("Stopping; what was measured is kept. Once more stops at once.") as interrupt,
        Progress(60.0 * minutes * len(study.runs), "s") as progress,
    ):
        if not arguments.agents and len(agents) < len(AGENTS):
            left_out = ", ".join(a for a in AGENTS if a not in agents)
            progress.say(f"Left out, because the `bench` extra is not installed: {left_out}.")

        def follow(curve: Curve, learned: float, point: Point | None) -> bool:
            begun = f"{curve.agent}, seed {curve.seed}"
            progress.at(60.0 * minutes * (len(study.curves) - 1) + learned, begun if learned else f"{begun}: compiling")
            if point is not None:
                progress.say(_line(curve, point))
            return not interrupt.asked

        for _ in study.measured(follow):
            if arguments.json:
                _write(arguments.json, study)
            if interrupt.asked:
                break
    if arguments.plot:
        plot.write(arguments.plot, study.curves, f"Learning to drive on {len(arguments.tracks)} unseen tracks")
    sys.stdout.write(_table(study))
    return 0


def _line(curve: Curve, point: Point) -> str:
    grade = point.grade
    return (
        f"{curve.agent:>8}, seed {curve.seed}: {point.wall_s:5.0f} s  {point.env_steps:>9,} steps  "
        f"{point.episodes:>7,} episodes  {grade.finish_rate:>4.0%} finished  ratio {_number(grade.median_ratio)}"
    )


def _table(study: Study) -> str:
    lines = [f"{'after':>7}  {'agent':<8}  seeds  {'finished: median, worst':>23}  {'ratio: median, worst':>20}  steps"]
    lines += [
        f"{row['mark_s']:>5.0f} s  {row['agent']:<8}  {row['seeds']:>5}  {row['finish_rate_median']:>16.0%}, "
        f"{row['finish_rate_worst']:>5.0%}  {_number(row['ratio_median']):>13}, {_number(row['ratio_worst']):>5}  "
        f"{row['env_steps_median']:,}"
        for row in study.summary()
    ]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _write(path: Path, study: Study) -> None:
    """Replaces the file by all that was measured so far."""
    from racer_desktop.bench import BenchError

    result: dict[str, Any] = {"version": racer_desktop.__version__, "machine": _machine()} | study.as_json()
    try:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"The file “{path}” cannot be written: {error.strerror}.") from error


def _machine() -> dict[str, Any]:
    import jax

    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "jax": jax.__version__,
    }
