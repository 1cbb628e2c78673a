"""`racer-desktop bench update`: milliseconds of an update, and where they go."""

from __future__ import annotations

import argparse
import json
import sys

from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.progress import Progress
from racer_desktop.commands.values import positive

PROGRAMS = 9  # that are measured one after the other


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("--seconds", type=positive, default=2.0, help="how long to measure each part (default: 2)")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints; see `add_arguments`.

    Returns:
        0, or 130 if it was interrupted: half of the parts say nothing.

    Raises:
        DeviceError: what the person has to change.
    """
    from racer_desktop.bench import update_cost
    from racer_desktop.config import Config
    from racer_desktop.training import compute

    compute.prepare()
    device = compute.learner_device(arguments.device)
    with (
        Interrupt("Stopping after this part; once more stops at once.") as interrupt,
        Progress(PROGRAMS, "parts") as progress,
    ):
        told: list[str] = []

        def follow(text: str) -> bool:
            progress.at(len(told), text)
            told.append(text)
            return not interrupt.asked

        config = Config().replace(track__random_tracks=True)
        parts = update_cost.measure(config, arguments.seconds, device, follow)
    if parts is None:
        return 130
    if arguments.json:
        result = {"device": compute.device_name(device), "ms": {name: round(ms, 3) for name, ms in parts.items()}}
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        whole = parts["one thread"]
        lines = [f"{name:<12}  {ms:>7.2f} ms  {ms / whole:>5.0%}" for name, ms in parts.items()]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0
