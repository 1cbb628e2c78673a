"""`racer-desktop bench sim`: environment steps and physics ticks a second, for fleets of several sizes."""

from __future__ import annotations

import argparse
import json
import sys

from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.progress import Progress
from racer_desktop.commands.values import counts, positive

CARS = "1,16,256"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument(
        "--cars", type=counts, default=CARS, metavar="N,N,...", help=f"sizes of the fleets (default: {CARS})"
    )
    parser.add_argument("--seconds", type=positive, default=2.0, help="how long to measure each (default: 2)")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="cpu", help="where (default: cpu)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints; see `add_arguments`.

    Raises:
        DeviceError: what the person has to change.
    """
    from racer_desktop.bench.sim_speed import FleetSpeed, as_json, measure
    from racer_desktop.config import Config
    from racer_desktop.training import compute

    compute.prepare()
    device = compute.learner_device(arguments.device)
    fleets: list[FleetSpeed] = []
    with (
        Interrupt("Stopping after this fleet; once more stops at once.") as interrupt,
        Progress(len(arguments.cars), "fleets") as progress,
    ):
        for cars in arguments.cars:
            if interrupt.asked:
                break
            progress.at(len(fleets), f"{cars:,} cars")
            fleets.append(measure(Config(), cars, arguments.seconds, device))
            progress.at(len(fleets), f"{cars:,} cars")
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(fleets)) + "\n")
    else:
        lines = [f"{'cars':>8}  {'environment steps/s':>20}  {'physics ticks/s':>16}"]
        lines += [f"{f.cars:>8,}  {f.env_steps_per_s:>20,.0f}  {f.physics_ticks_per_s:>16,.0f}" for f in fleets]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0
