"""`racer-desktop bench charts`: what the charts cost when little, and when a lot is recorded; drawn in memory."""

from __future__ import annotations

import argparse
import json
import os
import sys

from racer_desktop.commands.values import count

ROUNDS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("--episodes", type=count, default=50_000, help="of the long recording (default: 50000)")
    parser.add_argument("--updates", type=count, default=500_000, help="of the long recording (default: 500000)")
    parser.add_argument("--rounds", type=count, default=ROUNDS, help=f"how often each is drawn (default: {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints; see `add_arguments`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from racer_desktop.gui.application import make_application
    from racer_desktop.gui.charts_bench import Recording, measure

    application = make_application(sys.argv[:1])
    costs = measure([Recording(500, 500), Recording(arguments.episodes, arguments.updates)], arguments.rounds)
    application.processEvents()
    if arguments.json:
        rounded = [
            cost.recording._asdict() | {k: round(v, 3) for k, v in cost._asdict().items() if k.endswith("_ms")}
            for cost in costs
        ]
        sys.stdout.write(json.dumps({"charts": rounded}) + "\n")
    else:
        lines = [f"{'episodes':>9}  {'updates':>9}  {'first':>9}  {'new numbers':>11}  {'paint':>9}"]
        lines += [
            f"{c.recording.episodes:>9,}  {c.recording.updates:>9,}  {c.first_ms:>6.2f} ms  {c.update_ms:>8.2f} ms  "
            f"{c.paint_ms:>6.2f} ms"
            for c in costs
        ]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0
