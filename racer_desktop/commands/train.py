"""`racer-desktop train`: learn without a window. Ctrl+C saves and stops."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from racer_desktop.commands.values import count, output, positive

if TYPE_CHECKING:
    from racer_desktop.config import Config
    from racer_desktop.training.session import Session
    from racer_desktop.training.snapshot import Stats

LINE_PERIOD = 5.0  # s between lines where there is no terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=positive, help="how long to learn, compilation not counted (default: 2)")
    length.add_argument("--updates", type=count, help="how many updates to make instead")
    parser.add_argument("--seed", type=int, help="same seed, same result (default: 0)")
    parser.add_argument("--track", type=int, metavar="SEED", help="learn on one track (default: 42)")
    parser.add_argument("--tracks", choices=["random"], help="learn on many generated tracks")
    parser.add_argument("--obstacles", type=int, metavar="K", help="discs on a track (default: 5)")
    parser.add_argument("--cars", type=int, metavar="N", help="cars that collect experience (default: 16)")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on with a saved experiment")
    parser.add_argument("--out", type=output, metavar="FILE", help="where to save (default: the resumed file)")
    parser.add_argument("--log", type=output, metavar="FILE.jsonl", help="write one JSON object per second or so")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")


def run(arguments: argparse.Namespace) -> int:
    """Learns, saves, and reports; see `add_arguments`.

    Raises:
        ConfigError, CheckpointError, DeviceError: what the person has to change.
    """
    config = _config(arguments)
    from racer_desktop.training.session import Session

    session = Session(config, device=arguments.device, live=False)
    try:
        if arguments.resume:
            session.load(arguments.resume)
        out = arguments.out or arguments.resume
        with _Report(arguments, session) as report, _Interrupt() as interrupt:
            minutes = arguments.minutes or (None if arguments.updates else 2.0)

            def told(stats: Stats) -> bool:
                report.show(stats)
                if out and report.save_due(session.config.training.autosave_s):
                    session.save(out)
                return not interrupt.asked

            session.train(minutes=minutes, updates=arguments.updates, told=told)
            if out:
                session.save(out)
        stats = session.stats()
        _end(stats, out)
        return 0 if not stats.message else 1
    finally:
        session.close()


def _config(arguments: argparse.Namespace) -> Config:
    from racer_desktop.config import Config, ConfigError

    settings = {
        "training__seed": arguments.seed,
        "track__seed": arguments.track,
        "track__obstacles": arguments.obstacles,
        "training__cars": arguments.cars,
        "track__random_tracks": True if arguments.tracks else None,
    }
    chosen = {name: value for name, value in settings.items() if value is not None}
    if arguments.track is not None and arguments.tracks:
        raise ConfigError("--track and --tracks exclude each other; choose one track or random ones.")
    if arguments.resume and chosen:
        raise ConfigError("--resume goes on with the settings of its file; leave out the settings on the command line.")
    return Config().replace(**chosen)


def _end(stats: Stats, out: Path | None) -> None:
    saved = f"; saved in {out}" if out else ""
    sys.stdout.write(
        f"{stats.updates:,} updates, {stats.env_steps:,} environment steps and {stats.episodes:,} episodes in "
        f"{stats.wall_s:.0f} s (and {stats.compile_s:.0f} s of compilation){saved}.\n"
    )
    if stats.message:
        sys.stderr.write(f"racer-desktop train: {stats.message}\n")


class _Interrupt:
    """While it lasts, Ctrl+C and a polite kill ask for an end instead of breaking off."""

    def __enter__(self) -> _Interrupt:
        self.asked = False
        self._before = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, *_: object) -> None:
        self.asked = True


class _Report:
    """A progress bar on a terminal, plain lines elsewhere, and the log file."""

    def __init__(self, arguments: argparse.Namespace, session: Session) -> None:
        self._arguments = arguments
        self._session = session
        self._file: IO[str] | None = None
        self._bar: Any = None
        self._line_at = self._log_at = 0.0
        self._saved_at = time.monotonic()
        begin = session.stats()
        self._begin = begin.updates if arguments.updates else begin.wall_s

    def __enter__(self) -> _Report:
        if self._arguments.log:
            self._file = self._arguments.log.open("a", encoding="utf-8")
        if sys.stderr.isatty():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread of its own
            total = self._arguments.updates or round(60 * (self._arguments.minutes or 2.0))
            self._bar = tqdm(total=total, unit="update" if self._arguments.updates else "s", dynamic_ncols=True)
            self._bar.set_description("compiling")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._file is not None:
            self._file.close()

    def save_due(self, every: float) -> bool:
        """Whether so many seconds have passed since the last time this said so."""
        now = time.monotonic()
        if now - self._saved_at < every:
            return False
        self._saved_at = now
        return True

    def show(self, stats: Stats) -> None:
        """Takes in the newest statistics."""
        now = time.monotonic()
        if self._file is not None and now - self._log_at >= 1.0:
            self._log_at = now
            json.dump(log_entry(stats), self._file)
            self._file.write("\n")
            self._file.flush()
        text = f"reward {stats.reward_mean_100:.1f}, {stats.updates_per_s:.0f} updates/s, {stats.health}"
        if self._bar is not None:
            self._bar.set_description(text, refresh=False)
            made = (stats.updates if self._arguments.updates else stats.wall_s) - self._begin
            self._bar.update(min(made, self._bar.total) - self._bar.n)
        elif now - self._line_at >= LINE_PERIOD:
            self._line_at = now
            sys.stderr.write(f"{stats.wall_s:6.0f} s  {stats.updates:7,} updates  {text}\n")


def log_entry(stats: Stats) -> dict[str, Any]:
    """One line of the training log; numbers that are not known yet are null."""
    loss = stats.history.loss
    entry = {
        "wall_s": stats.wall_s,
        "compile_s": stats.compile_s,
        "env_steps": stats.env_steps,
        "episodes": stats.episodes,
        "updates": stats.updates,
        "updates_per_s": stats.updates_per_s,
        "reward_mean_100": stats.reward_mean_100,
        "loss": dict(zip(stats.history.loss_names, map(float, loss[-1]), strict=True)) if len(loss) else None,
        "exploration": stats.exploration,
        "best_lap_s": stats.best_lap,
    }
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in entry.items()}
