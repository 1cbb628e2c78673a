"""`racer-desktop self-test`: the whole program once through, in a window that nobody needs to see."""

from __future__ import annotations

import argparse
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Defines the command's arguments."""
    parser.add_argument("--visible", action="store_true", help="show the window instead of drawing it in memory")


def run(arguments: argparse.Namespace) -> int:
    """Opens the window, drives, learns, saves, loads and quits; see `add_arguments`."""
    if not arguments.visible:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from racer_desktop.config import Config
    from racer_desktop.gui.application import run_window
    from racer_desktop.gui.self_test import SelfTest

    status = run_window(Config(), script=SelfTest)
    sys.stdout.write("self-test passed\n" if status == 0 else "self-test failed; the log says why\n")
    return status
