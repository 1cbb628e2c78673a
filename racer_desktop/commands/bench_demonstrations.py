"""`racer-desktop bench demonstrations`: whether laps that are driven for it help the learner."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

import racer_desktop
from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.progress import Progress
from racer_desktop.commands.values import count, positive, tracks, whole_numbers

if TYPE_CHECKING:
    from racer_desktop.bench.curves import Curve, Point
    from racer_desktop.bench.demonstrations import Comparison, Demonstration
    from racer_desktop.bench.examination import Grade

LAPS = 10
UPDATES = 1600
EVERY = 400  # updates between two examinations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--updates", type=count, metavar="N", help=f"of each learner (default: {UPDATES})")
    end.add_argument(
        "--minutes", type=positive, metavar="M", help="of learning without demonstrations; with them, as many updates"
    )
    parser.add_argument("--laps", type=count, default=LAPS, metavar="N", help=f"to be shown (default: {LAPS})")
    parser.add_argument("--seeds", type=whole_numbers, default="0,1", metavar="N,N,...", help="(default: 0,1)")
    parser.add_argument(
        "--every", type=count, default=EVERY, metavar="N", help=f"updates between examinations (default: {EVERY})"
    )
    parser.add_argument(
        "--tracks", type=tracks, default="9000:9016", metavar="A:B", help="unseen tracks (default: 9000:9016)"
    )
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Drives, learns, examines, and prints a table; see `add_arguments`.

    Returns:
        0, also after Ctrl+C while it learns; 130 if nothing was measured by then.

    Raises:
        BenchError, ConfigError, DeviceError, TrackError: what the person has to change.
    """
    from racer_desktop.bench.demonstrations import Comparison, demonstrate
    from racer_desktop.config import Config
    from racer_desktop.training import compute

    config = Config().replace(track__random_tracks=True)
    compute.prepare()
    device = compute.learner_device(arguments.device)
    with (
        Interrupt("Stopping; what was measured is kept. Once more stops at once.") as interrupt,
        Progress(2.0 * len(arguments.seeds), "runs") as progress,
    ):
        progress.at(0.0, "driving laps to be shown")
        shown = demonstrate(config, arguments.laps, lambda laps: not interrupt.asked)
        if shown is None:
            return 130
        comparison = Comparison(
            config,
            shown,
            seeds=arguments.seeds,
            updates=None if arguments.minutes else arguments.updates or UPDATES,
            minutes=arguments.minutes,
            every=arguments.every,
            tracks=arguments.tracks,
            device=device,
        )
        progress.say(_shown(shown, config.track.seed, comparison.kept))

        def follow(curve: Curve, share: float, point: Point | None) -> bool:
            text = f"{curve.agent}, seed {curve.seed}"
            progress.at(len(comparison.curves) - 1 + share, text if share else f"{text}: compiling")
            if point is not None:
                progress.say(_row(curve, point, len(arguments.tracks)))
            return not interrupt.asked

        for _ in comparison.measured(follow):
            if interrupt.asked:
                break
    if arguments.json:
        result = {"version": racer_desktop.__version__} | comparison.as_json()
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write(_table(comparison, len(arguments.tracks)))
    return 0


def _shown(shown: Demonstration, track: int, kept: int) -> str:
    fastest, slowest = min(shown.lap_times), max(shown.lap_times)
    laps = f"{len(shown.lap_times)} lap{'s' * (len(shown.lap_times) > 1)}"
    return (
        f"Shown: {laps} of track {track} in {fastest:.1f} to {slowest:.1f} s (fastest possible: "
        f"{shown.reference:.1f} s), {len(shown.rows):,} steps, of which the replay keeps {kept:,}."
    )


def _table(comparison: Comparison, tracks: int) -> str:
    """One row for each examination, those that compare with each other next to each other."""
    head = "seed  laps   updates   finished  ratio  newest brain  ratio"
    order = {agent: number for number, (agent, _) in enumerate(comparison.runs[:2])}
    rows = [(c.seed, p.updates, order[c.agent], _row(c, p, tracks)) for c in comparison.curves for p in c.points]
    notes = [f"seed {c.seed}, laps {c.agent}: {c.note}" for c in comparison.curves if c.note]
    lines = [head, *(row for *_, row in sorted(rows)), *notes]
    if len(comparison.runs) > 2:
        lines += ["", "laps   updates  seeds  finished: median, worst"]
        lines += [
            f"{row['agent']:<5}  {row['updates']:>7,}  {row['seeds']:>5}  {row['finish_rate_median'] * tracks:>16g}, "
            f"{row['finish_rate_worst'] * tracks:.0f} of {tracks}"
            for row in comparison.summary()
        ]
    return "\n".join(lines) + "\n"


def _row(curve: Curve, point: Point, tracks: int) -> str:
    newest = point.newest or point.grade
    return (
        f"{curve.seed:>4}  {curve.agent:<5}  {point.updates:>7,}  {_finished(point.grade, tracks):>9}  "
        f"{_ratio(point.grade)}  {_finished(newest, tracks):>12}  {_ratio(newest)}"
    )


def _finished(grade: Grade, tracks: int) -> str:
    return f"{round(grade.finish_rate * tracks)} of {tracks}"


def _ratio(grade: Grade) -> str:
    return f"{'-' if grade.median_ratio is None else format(grade.median_ratio, '.2f'):>5}"
