"""The command line. Heavy modules are imported only inside the command that needs them."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import importlib
import logging
import logging.handlers
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import racer_desktop
from racer_desktop import paths

if TYPE_CHECKING:
    from racer_desktop.config import Config

COMMANDS = {
    "train": "learn without a window",
    "evaluate": "drive a saved brain on tracks it has never seen",
    "reference": "the fastest possible lap of a track",
    "track": "write a generated track as a circuit file",
    "bench": "measure simulation, update, window and learning on this machine",
    "self-test": "build the window, drive, learn one update, save, load, quit",
}
NO_DISPLAY = (
    "There is no display to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set): learn without a window "
    "with `racer-desktop train`, or give it a virtual display with Xvfb: `xvfb-run -a racer-desktop`."
)

log = logging.getLogger(__name__)


class UsageError(Exception):
    """What was asked for cannot be done; the message is one sentence that says why and what would be right."""


class Parser(argparse.ArgumentParser):
    """An argument parser that says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with status 2."""
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help says more)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program.

    Args:
        arguments: the command line without the program's name; None for the process's own.

    Returns:
        The exit status: 0 if all went well, 2 if a person has to change something, 1 after a failure of ours,
        130 if it was interrupted before there was anything to save.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # A file of this name is opened as ./train; a plain word in first place is a command.
    name = given[0] if given and given[0] in COMMANDS else None
    parser, run = _parser(name)
    options = parser.parse_args(given[1:] if name else given)
    with _logged():
        try:
            return run(options)
        except KeyboardInterrupt:
            return 130
        except BrokenPipeError:
            # Who read the output has had enough of it, as `| head` has; Python would complain when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception as error:
            if not _persons(error):
                log.exception("%s failed", name or "the window")
                _say(f"{parser.prog}: failed unexpectedly: {error} The details are in {paths.log_file()}")
                return 1
            log.warning("%s was refused: %s", name or "the window", error)
            _say(f"{parser.prog}: {error}")
            return 2


def _parser(name: str | None) -> tuple[argparse.ArgumentParser, Callable[[argparse.Namespace], int]]:
    """The parser of a command, or of the window, and what to run."""
    if name is None:
        lines = "\n".join(f"  {command:11} {what}" for command, what in COMMANDS.items())
        parser = Parser(
            prog="racer-desktop",
            description="A car that knows nothing teaches itself to race, live in a window.",
            epilog=f"commands (each explains itself with --help):\n{lines}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            usage="racer-desktop [FILE.racer | FILE.csv]  |  racer-desktop COMMAND ...",
        )
        parser.add_argument("--version", action="version", version=f"Racer Desktop {racer_desktop.__version__}")
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE", help="a saved experiment, or a circuit, to open"
        )
        return parser, _window
    module = importlib.import_module(f"racer_desktop.commands.{name.replace('-', '_')}")
    parser = Parser(prog=f"racer-desktop {name}", description=f"{COMMANDS[name].capitalize()}.")
    module.add_arguments(parser)
    return parser, module.run


def _window(options: argparse.Namespace) -> int:
    file: Path | None = options.file
    if file is not None and file.is_dir():
        raise UsageError(f"“{file}” is a folder; name a .racer or .csv file in it.")
    if file is not None and not file.exists():
        if file.suffix or len(file.parts) > 1:
            raise UsageError(f"“{file}” does not exist; it may have been moved or deleted.")
        raise UsageError(f"There is no command or file “{file}”; the commands are {', '.join(COMMANDS)}.")
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        raise UsageError(NO_DISPLAY)
    from racer_desktop.gui.application import run_window

    return run_window(*_beginning(file))


def _beginning(file: Path | None) -> tuple[Config, Path | None]:
    """The settings that the window begins with, and the file that it opens.

    A circuit is there from the first picture on; if it is wrong, the window says so, as of every file.
    """
    from racer_desktop.config import Config
    from racer_desktop.sim import circuits

    if file is None or file.suffix.lower() != circuits.SUFFIX:
        return Config(), file
    try:
        circuit, remark = circuits.opened(file, half_width=Config().track.half_width)
    except circuits.CircuitError:
        return Config(), file
    return (Config(), file) if remark else (Config().on(circuit), None)


def _persons(error: Exception) -> bool:
    """Whether a person can do something about it: the program's own errors, whose messages say what."""
    return type(error).__module__.startswith("racer_desktop.")


def _say(sentence: str) -> None:
    if sys.stderr is not None:  # there is none where the program was started without a console
        sys.stderr.write(sentence + "\n")


@contextlib.contextmanager
def _logged() -> Iterator[None]:
    """While it lasts, what is logged goes to the file that the Help menu opens."""
    try:
        handler = logging.handlers.RotatingFileHandler(
            paths.log_file(), maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        yield  # a log that cannot be written is no reason not to start
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("racer_desktop").setLevel(logging.INFO)
    try:
        with _last_words():
            yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextlib.contextmanager
def _last_words() -> Iterator[None]:
    """While it lasts, a crash in native code, which no exception tells of, leaves a file that does."""
    if faulthandler.is_enabled():
        yield
        return
    try:
        file = paths.crash_file().open("a", encoding="utf-8")
    except OSError:
        yield  # as with the log
        return
    with file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()
