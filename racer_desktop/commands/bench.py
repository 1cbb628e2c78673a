"""`racer-desktop bench`: what this machine does, measured. Each kind of measurement is a module `bench_<kind>`."""

from __future__ import annotations

import argparse
import importlib

KINDS = {
    "sim": "how fast the race is simulated, without learning",
    "update": "what an update of the brain costs, and where its time goes",
    "window": "how smooth the window is while it learns, and how soon it is there",
    "charts": "how long charts of a short and of a long recording take to draw",
    "learn": "how fast is learned, beside other learners",
    "demonstrations": "whether laps that are driven for it help the learner",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    for kind, what in KINDS.items():
        module = importlib.import_module(f"racer_desktop.commands.bench_{kind}")
        one = kinds.add_parser(kind, help=what, description=f"Measures {what}.")
        module.add_arguments(one)
        one.set_defaults(measure=module.run)


def run(arguments: argparse.Namespace) -> int:
    """Measures; see `add_arguments`.

    Raises:
        BenchError, ConfigError, DeviceError, TrackError: what the person has to change.
    """
    return arguments.measure(arguments)
