"""`racer-desktop bench window`: how smooth the window is while it learns, and how soon it is there.

The window opens in a new process of its own: how soon it is there is counted from the start of a process, in which
nothing is loaded yet that a person's start has to load. Its clock begins right before it is started, and is the
system's, the one that two processes share on Linux, macOS and Windows alike. What the window remembers and saves goes
to a folder that is deleted afterwards; only the compiled code is the person's own, unless it is to be as at the very
first start.
"""

from __future__ import annotations

import argparse
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
    with Progress(1.0, "window") as progress:
        progress.say("The window is being measured; leave it in front and do not touch the keys.")
    figures = _of_window(arguments)
    if figures is None:
        return NO_DISPLAY
    if arguments.headless:
        figures |= _without_window(arguments, figures["updates_per_s"])
    if arguments.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        lines = [f"{name:<27}  {_readable(value):>9}" for name, value in figures.items() if value != ""]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _of_window(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The figures of a window in a new process; None if it could not be opened and has said why."""
    from racer_desktop.bench import BenchError

    with tempfile.TemporaryDirectory(prefix="racer-desktop-bench-", ignore_cleanup_errors=True) as folder:
        into = Path(folder) / "figures.json"
        environment = os.environ | {paths.OWN_FOLDER: folder}
        if arguments.first_start:
            environment["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "compiled")
        command = [*_program(), "bench", "window", "--into", str(into), "--device", arguments.device]
        command += ["--seconds", str(arguments.seconds), "--seed", str(arguments.seed)]
        status = subprocess.call([*command, "--born", repr(time.time())], env=environment)
        if into.exists():
            return json.loads(into.read_text(encoding="utf-8"))
    if status == NO_DISPLAY:
        return None
    raise BenchError(f"The window was closed, or failed, before it was measured; the log {paths.log_file()} says more.")


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
