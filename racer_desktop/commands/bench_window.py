"""`racer-desktop bench window`: how smooth the window is while it learns, and how soon it is there.

The window opens in a new process of its own: how soon it is there is counted from the start of a process, in which
nothing is loaded yet that a person's start has to load. Its clock begins right before it is started, and is the
system's, the one that two processes share on Linux, macOS and Windows alike. What the window remembers and saves goes
to a folder that is deleted afterwards; only the compiled code is the person's own, unless it is to be as at the very
first start.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from racer_desktop import paths
from racer_desktop.commands.interrupt import Interrupt
from racer_desktop.commands.progress import Progress
from racer_desktop.commands.values import positive

SECONDS = 30.0
NO_DISPLAY = 2  # how a window ends that has said why it cannot be opened
INTERRUPTED = 130
POLL_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("--seconds", type=positive, default=SECONDS, help=f"of driving (default: {SECONDS:g})")
    parser.add_argument("--seed", type=int, default=0, help="of the times at which keys are pressed (default: 0)")
    parser.add_argument("--headless", action="store_true", help="also learn without a window, and say the share")
    parser.add_argument("--first-start", action="store_true", help="compile everything, as the very first start does")
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto", help="where to learn")
    parser.add_argument("--json", action="store_true", help="print JSON")
    # Between the two processes: where the figures go, and when the second one was started, POSIX s.
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--born", type=float, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints; see `add_arguments`.

    Returns:
        0; 2 if the window cannot be opened here, 130 if it was interrupted.

    Raises:
        BenchError, DeviceError: what the person has to change.
    """
    if arguments.into is not None:
        return _open_window(arguments)
    from racer_desktop.bench import BenchError

    with Progress(1.0, "window") as progress:
        progress.say("The window is being measured; leave it in front and do not touch the keys.")
    with tempfile.TemporaryDirectory(prefix="racer-desktop-bench-", ignore_cleanup_errors=True) as folder:
        into = Path(folder) / "figures.json"
        status = _in_new_process(arguments, Path(folder), into)
        figures: dict[str, Any] = json.loads(into.read_text(encoding="utf-8")) if into.exists() else {}
    if not figures:
        if status in (NO_DISPLAY, INTERRUPTED):
            return status
        log = paths.log_file()
        raise BenchError(f"The window was closed, or failed, before it was measured; the log {log} says more.")
    if arguments.headless:
        figures |= _without_window(arguments, figures["updates_per_s"])
    if arguments.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        lines = [f"{name:<27}  {_readable(value):>9}" for name, value in figures.items() if value != ""]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _in_new_process(arguments: argparse.Namespace, folder: Path, into: Path) -> int:
    """Opens the window in a new process that keeps everything in a folder; returns how that process ended."""
    environment = os.environ | {paths.OWN_FOLDER: str(folder)}
    if arguments.first_start:
        environment["JAX_COMPILATION_CACHE_DIR"] = str(folder / "compiled")
    command = [*_program(), "bench", "window", "--into", str(into), "--device", arguments.device]
    command += ["--seconds", str(arguments.seconds), "--seed", str(arguments.seed)]
    with Interrupt("Closing the window; once more stops at once.") as interrupt:
        child = subprocess.Popen([*command, "--born", repr(time.time())], env=environment)
        told = False
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = child.wait(POLL_S)
                return INTERRUPTED if interrupt.asked else status
            if interrupt.asked and not told:
                told = True
                child.terminate()


def _program() -> list[str]:
    """How this program is started anew."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-m", "racer_desktop"]


def _open_window(arguments: argparse.Namespace) -> int:
    """In the new process: as the window is always opened, but that nobody needs to use it."""
    born = time.perf_counter() - (time.time() - arguments.born)
    from racer_desktop.bench.memory import resident_mb
    from racer_desktop.config import Config
    from racer_desktop.gui.application import run_window
    from racer_desktop.gui.window_bench import WindowBench

    script = functools.partial(
        WindowBench,
        born=born,
        seconds=arguments.seconds,
        seed=arguments.seed,
        resident=resident_mb,
        into=arguments.into,
    )
    return run_window(Config(), device=arguments.device, script=script)


def _without_window(arguments: argparse.Namespace, with_window: float | None) -> dict[str, float | None]:
    from racer_desktop.bench import headless
    from racer_desktop.config import Config

    with Interrupt("Stopping; once more stops at once.") as interrupt:
        speed = headless.updates_per_s(Config(), arguments.seconds, arguments.device, lambda: not interrupt.asked)
    share = None if with_window is None else round(with_window / speed, 3)
    return {"headless_updates_per_s": round(speed, 3), "updates_share": share}


def _readable(value: float | str | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
