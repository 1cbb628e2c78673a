"""`racer-desktop reference`: the fastest possible lap of a track."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

SIGNIFICANT = 3  # decimals of what is printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--track", type=int, metavar="SEED", help="a generated track (default: 42)")
    where.add_argument("--circuit", type=Path, metavar="FILE.csv", help="a circuit from a file")
    parser.add_argument("--obstacles", type=int, metavar="K", help="discs on a generated track; the lap ignores them")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Prints the lap; see `add_arguments`.

    Raises:
        ConfigError, TrackError, CircuitError, RacingLineError: what the person has to change.
    """
    from racer_desktop.config import Config

    config = Config()
    chosen = {"track__seed": arguments.track, "track__obstacles": arguments.obstacles}
    config = config.replace(**{name: value for name, value in chosen.items() if value is not None})
    from racer_desktop.sim import circuits
    from racer_desktop.sim.track import generate

    if arguments.circuit is not None:
        name, track = arguments.circuit.name, circuits.read(arguments.circuit, half_width=config.track.half_width)
    else:
        name, track = config.track.seed, generate(config.track.seed, config.track, config.car.half_width)
    from racer_desktop.sim.racing_line import fastest

    lap = fastest(track, config.car)
    if arguments.json:
        result = {
            "track": name,
            "length_m": round(float(track.length), SIGNIFICANT),
            "reference_lap_s": round(lap.lap_time, SIGNIFICANT),
            "speed_min_m_s": round(float(lap.speed.min()), SIGNIFICANT),
            "speed_max_m_s": round(float(lap.speed.max()), SIGNIFICANT),
            "line_m": [[round(float(value), SIGNIFICANT) for value in point] for point in lap.line],
        }
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        slowest, quickest = 3.6 * lap.speed.min(), 3.6 * lap.speed.max()
        sys.stdout.write(
            f"Track {name}, {track.length:.0f} m: fastest possible lap {lap.lap_time:.2f} s, "
            f"between {slowest:.0f} and {quickest:.0f} km/h.\n"
        )
    return 0
