"""The command line. Heavy modules are imported only inside the command that needs them."""

from __future__ import annotations

import argparse
import importlib
import logging
import logging.handlers
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import racer_desktop
from racer_desktop import paths

COMMANDS = {
    "train": "learn without a window",
    "evaluate": "drive a saved brain on tracks it has never seen",
    "reference": "the fastest possible lap of a track",
    "track": "write a generated track as a circuit file",
    "self-test": "build the window, drive, learn one update, save, load, quit",
}

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program.

    Args:
        arguments: the command line without the program's name; None for the process's own.

    Returns:
        The exit status: 0 if all went well, 2 if a person has to change something, 1 after a failure of ours.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # A file of this name is opened as ./train; a plain word in first place is a command.
    name = given[0] if given and given[0] in COMMANDS else None
    parser, run = _parser(name)
    options = parser.parse_args(given[1:] if name else given)
    _log_to_file()
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130
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
        parser = argparse.ArgumentParser(
            prog="racer-desktop",
            description="A car that knows nothing teaches itself to race, live in a window.",
            epilog=f"commands (each explains itself with --help):\n{lines}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            usage="racer-desktop [FILE.racer]  |  racer-desktop COMMAND ...",
        )
        parser.add_argument("--version", action="version", version=f"Racer Desktop {racer_desktop.__version__}")
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.racer", help="a saved experiment to open")
        return parser, _window
    module = importlib.import_module(f"racer_desktop.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"racer-desktop {name}", description=f"{COMMANDS[name].capitalize()}.")
    module.add_arguments(parser)
    return parser, module.run


def _window(options: argparse.Namespace) -> int:
    from racer_desktop.config import Config
    from racer_desktop.gui.application import run_window

    return run_window(Config(), options.file)


def _persons(error: Exception) -> bool:
    """Whether a person can do something about it: the program's own errors, whose messages say what."""
    return type(error).__module__.startswith("racer_desktop.")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _log_to_file() -> None:
    try:
        handler = logging.handlers.RotatingFileHandler(
            paths.log_file(), maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        return  # a log that cannot be written is no reason not to start
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("racer_desktop").setLevel(logging.INFO)
