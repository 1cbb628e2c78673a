"""`racer-desktop evaluate`: a saved brain on tracks it has never seen."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from racer_desktop.commands.values import count, tracks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the saved brain")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--tracks", type=tracks, default="9000:9016", metavar="A:B", help="track seeds A to B - 1")
    where.add_argument("--circuit", type=Path, metavar="FILE.csv", help="one circuit from a file instead")
    parser.add_argument("--obstacles", type=int, metavar="K", help="discs on each track (default: the file's setting)")
    parser.add_argument("--laps", type=count, default=2, help="laps to drive, the first from a standing start")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to compute")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Drives the brain and prints how it did; see `add_arguments`.

    Raises:
        CheckpointError, CircuitError, ConfigError, TrackError: what the person has to change.
    """
    from racer_desktop.training.judge import judge
    from racer_desktop.training.trial import Summary, Trial

    trial = Trial(
        seeds=arguments.tracks,
        circuit=arguments.circuit,
        obstacles=arguments.obstacles,
        laps=arguments.laps,
        device=arguments.device,
    )
    judged = judge(arguments.file, trial)
    results, overall = [result.figures() for result in judged], Summary.of(judged)
    summary = {"tracks": results, "finish_rate": overall.finish_rate, "median_ratio": overall.median_ratio}
    if arguments.json:
        sys.stdout.write(json.dumps(summary) + "\n")
    else:
        _table(results, summary)
    return 0


def _table(results: list[dict[str, Any]], summary: dict[str, Any]) -> None:
    lines = [f"{'track':>12}  finished  first lap  flying lap  fastest possible  ratio"]
    lines += [
        f"{row['track']:>12}  {'yes' if row['finished'] else 'no':>8}  {_seconds(row['lap_time_s']):>9}  "
        f"{_seconds(row['flying_lap_s']):>10}  {_seconds(row['reference_lap_s']):>16}  {_number(row['ratio']):>5}"
        for row in results
    ]
    finished = sum(row["finished"] for row in results)
    lines.append(
        f"{finished} of {len(results)} tracks finished, median ratio to the fastest possible lap "
        f"{_number(summary['median_ratio'])}"
    )
    sys.stdout.write("\n".join(lines) + "\n")


def _seconds(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.2f} s"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
