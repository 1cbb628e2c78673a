"""`racer-desktop train`: learn without a window. Ctrl+C saves and stops."""

from __future__ import annotations

import argparse
import json
import logging
import math
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from racer_desktop import paths
from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.values import assignment, count, output, positive
from racer_desktop.config import Config, ConfigError

if TYPE_CHECKING:
    from racer_desktop.training.session import Session
    from racer_desktop.training.snapshot import Stats

MINUTES = 2.0  # of learning if nothing else is asked for
LINE_PERIOD = 5.0  # s between lines where there is no terminal
LOG_PERIOD = 1.0  # s between entries of the training log

log = logging.getLogger(__name__)


class OutputError(Exception):
    """A file cannot be written; the message says which and why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    usual = Config()
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--minutes", type=positive, help=f"how long to learn, compilation not counted (default: {MINUTES:g})"
    )
    chunk = usual.training.updates_per_chunk
    length.add_argument(
        "--updates", type=count, help=f"how many updates to make instead, rounded up to a multiple of {chunk}"
    )
    parser.add_argument("--seed", type=int, help=f"same seed, same result (default: {usual.training.seed})")
    parser.add_argument("--track", type=int, metavar="SEED", help=f"learn on one track (default: {usual.track.seed})")
    parser.add_argument("--tracks", choices=["random"], help="learn on many generated tracks")
    parser.add_argument("--circuit", type=Path, metavar="FILE.csv", help="learn on a circuit from a file")
    parser.add_argument(
        "--obstacles", type=int, metavar="K", help=f"discs on a track (default: {usual.track.obstacles})"
    )
    parser.add_argument(
        "--cars", type=int, metavar="N", help=f"cars that collect experience (default: {usual.training.cars})"
    )
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="GROUP.NAME=VALUE",
        help="any other setting, such as randomisation.grip=0.1; may be given several times",
    )
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on with a saved experiment")
    parser.add_argument("--out", type=output, metavar="FILE", help="where to save (default: the resumed file)")
    parser.add_argument(
        "--brain-only", action="store_true", help="save the best brain alone, without what it remembers, to hand on"
    )
    parser.add_argument("--log", type=output, metavar="FILE.jsonl", help="write one JSON object per second or so")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")


def run(arguments: argparse.Namespace) -> int:
    """Learns, saves, and reports; see `add_arguments`.

    Returns:
        0, also after Ctrl+C; 1 if learning had to be stopped.

    Raises:
        ConfigError, CheckpointError, CircuitError, DeviceError, OutputError: what the person has to change.
    """
    config = _config(arguments)
    from racer_desktop.training.session import Session

    with Interrupt("Stopping as soon as everything is saved; once more stops at once.") as interrupt:
        session = Session(config, device=arguments.device, live=False)
        try:
            if arguments.resume:
                session.load(arguments.resume)
            out = arguments.out or arguments.resume
            with _Report(arguments, session) as report:
                saved_at = time.monotonic()

                def told(stats: Stats) -> bool:
                    nonlocal saved_at
                    report.show(stats)
                    if out and time.monotonic() - saved_at >= session.config.training.autosave_s:
                        saved_at = time.monotonic()
                        _autosave(session, out)
                    return not interrupt.asked

                minutes = arguments.minutes or (None if arguments.updates else MINUTES)
                session.train(minutes=minutes, updates=arguments.updates, told=told)
                report.end(session.stats())
            if out:
                if arguments.brain_only:
                    session.restore_best()  # a run too short for a validation has none, and then saves the newest
                _save(session, out, brain_only=arguments.brain_only)
            stats = session.stats()
            _tell(stats, out)
            return 1 if stats.message else 0
        finally:
            session.close()


def _config(arguments: argparse.Namespace) -> Config:
    settings = {
        "training__seed": arguments.seed,
        "track__seed": arguments.track,
        "track__obstacles": arguments.obstacles,
        "training__cars": arguments.cars,
        "track__random_tracks": True if arguments.tracks else None,
    }
    if arguments.brain_only and not (arguments.out or arguments.resume):
        raise ConfigError("--brain-only says what is saved; name the file with --out.")
    chosen = {name: value for name, value in settings.items() if value is not None}
    if twice := [name for name, _ in arguments.set if name in chosen]:
        raise ConfigError(f"{twice[0].replace('__', '.')} is given twice; leave out one of the two.")
    chosen |= dict(arguments.set)
    places = [arguments.track is not None, bool(arguments.tracks), arguments.circuit is not None]
    if sum(places) > 1:
        raise ConfigError(
            "--track, --tracks and --circuit exclude each other; choose one track, random ones or a file."
        )
    if arguments.resume and (chosen or arguments.circuit):
        raise ConfigError("--resume goes on with the settings of its file; leave out the settings on the command line.")
    config = Config().replace(**chosen)
    return config if arguments.circuit is None else _on_circuit(config, arguments.circuit)


def _on_circuit(config: Config, path: Path) -> Config:
    from racer_desktop.sim import circuits

    circuit, remark = circuits.opened(path, half_width=config.track.half_width)
    if remark:
        sys.stderr.write(f"racer-desktop train: {path.name}: {remark}\n")
    return config.on(circuit)


def _autosave(session: Session, out: Path) -> None:
    """Saves on the way; that it cannot be done now is no reason to lose what is still to come."""
    from racer_desktop.training.checkpoint import CheckpointError

    try:
        session.save(out)
    except CheckpointError as error:
        log.warning("Not saved on the way: %s", error)


def _save(session: Session, out: Path, *, brain_only: bool) -> None:
    """Saves at the end; if that fails, in the person's data folder, so that nothing learned is lost."""
    from racer_desktop.training.checkpoint import SUFFIX, CheckpointError

    try:
        session.save(out, brain_only=brain_only)
    except CheckpointError as error:
        rescued = paths.data_folder() / f"rescued-{time.strftime('%Y%m%d-%H%M%S')}{SUFFIX}"
        session.save(rescued)
        raise CheckpointError(f"{error} What was learned is in {rescued}.") from error


def _tell(stats: Stats, out: Path | None) -> None:
    saved = f"saved in {out}" if out else "not saved, because no --out was given"
    sys.stdout.write(
        f"{stats.updates:,} updates, {stats.env_steps:,} environment steps and {stats.episodes:,} episodes in "
        f"{stats.wall_s:.0f} s (and {stats.compile_s:.0f} s of compilation); {saved}.\n"
    )
    if stats.message:
        sys.stderr.write(f"racer-desktop train: {stats.message}\n")


class _Report:
    """A progress bar on a terminal, plain lines elsewhere, and the log file.

    Raises:
        OutputError: when entered, if the log file cannot be written.
    """

    def __init__(self, arguments: argparse.Namespace, session: Session) -> None:
        self._arguments = arguments
        self._file: IO[str] | None = None
        self._bar: Any = None
        self._line_at = self._log_at = -math.inf
        begin = session.stats()
        self._logged = begin.updates
        self._begin = begin.updates if arguments.updates else begin.wall_s

    def __enter__(self) -> _Report:
        path: Path | None = self._arguments.log
        if path is not None:
            try:
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:
                raise OutputError(f"The log “{path}” cannot be written: {error.strerror}.") from error
        if sys.stderr.isatty():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread of its own
            total = self._arguments.updates or round(60 * (self._arguments.minutes or MINUTES))
            self._bar = tqdm(total=total, unit="update" if self._arguments.updates else "s", dynamic_ncols=True)
            self._bar.set_description("compiling")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._file is not None:
            self._file.close()

    def show(self, stats: Stats) -> None:
        """Takes in the newest statistics."""
        now = time.monotonic()
        if stats.updates and now - self._log_at >= LOG_PERIOD:
            self._log_at = now
            self._record(stats)
        text = stats.health
        if stats.episodes:
            text = f"reward {stats.reward_mean_100:.1f}, {stats.updates_per_s:.0f} updates/s, {text}"
        if self._bar is not None:
            self._bar.set_description(text, refresh=False)
            made = (stats.updates if self._arguments.updates else stats.wall_s) - self._begin
            self._bar.update(min(made, self._bar.total) - self._bar.n)
        elif now - self._line_at >= LINE_PERIOD:
            self._line_at = now
            sys.stderr.write(f"{stats.wall_s:6.0f} s  {stats.updates:7,} updates  {text}\n")

    def end(self, stats: Stats) -> None:
        """Takes in the last statistics."""
        if stats.updates != self._logged:
            self._record(stats)

    def _record(self, stats: Stats) -> None:
        self._logged = stats.updates
        if self._file is not None:
            json.dump(log_entry(stats), self._file)
            self._file.write("\n")
            self._file.flush()


def log_entry(stats: Stats) -> dict[str, Any]:
    """One line of the training log; numbers that are not known yet are null."""
    entry = {
        "wall_s": stats.wall_s,
        "compile_s": stats.compile_s,
        "env_steps": stats.env_steps,
        "episodes": stats.episodes,
        "updates": stats.updates,
        "updates_per_s": stats.updates_per_s,
        "reward_mean_100": stats.reward_mean_100,
        "loss": stats.history.newest_loss,
        "exploration": stats.exploration,
        "best_lap_s": stats.best_lap,
    }
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in entry.items()}
