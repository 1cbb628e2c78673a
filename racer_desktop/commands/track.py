"""`racer-desktop track`: a generated track as a circuit file."""

from __future__ import annotations

import argparse
import sys

from racer_desktop.commands.values import output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("seed", type=int, metavar="SEED", help="which track")
    parser.add_argument("--out", type=output, required=True, metavar="FILE.csv", help="where to write it")
    parser.add_argument("--obstacles", type=int, metavar="K", help="discs on it (default: 5)")


def run(arguments: argparse.Namespace) -> int:
    """Writes the file; see `add_arguments`.

    Raises:
        ConfigError, TrackError, CircuitError: what the person has to change.
    """
    from racer_desktop.config import Config
    from racer_desktop.sim import circuits
    from racer_desktop.sim.track import generate

    config = Config().replace(track__seed=arguments.seed)
    if arguments.obstacles is not None:
        config = config.replace(track__obstacles=arguments.obstacles)
    track = generate(arguments.seed, config.track, config.car.half_width)
    circuits.write(arguments.out, track)
    sys.stdout.write(f"Track {arguments.seed}, {track.length:.0f} m, is in {arguments.out}.\n")
    return 0
