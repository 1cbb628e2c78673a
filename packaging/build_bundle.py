"""Builds the bundle; started by `python3 packaging/launch.py bundle [--no-archive]`, which sees to what it needs."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import PyInstaller.__main__
from bundle import libraries, release
from launcher.messages import say

import racer_desktop

PACKAGING = Path(__file__).resolve().parent
ROOT = PACKAGING.parent
FOLDER = ROOT / "dist" / "racer-desktop"


def main() -> int:
    """Builds `dist/racer-desktop` and packs it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="launch.py bundle", description="Build a folder that runs without Python.")
    parser.add_argument("--no-archive", action="store_true", help="only the folder, not the .tar.xz of it")
    options = parser.parse_args()
    if sys.platform == "linux" and not shutil.which("strip"):
        say("The tool strip is missing; install your system's package binutils, then start again.")
        return 2
    say("Building the bundle; this takes a few minutes.")
    PyInstaller.__main__.run(
        [
            *("--noconfirm", "--log-level", "WARN"),
            *("--distpath", str(FOLDER.parent), "--workpath", str(ROOT / "build" / "bundle")),
            str(PACKAGING / "racer_desktop.spec"),
        ]
    )
    if sys.platform == "linux":
        libraries.strip(FOLDER / "_internal")
        release.complete(FOLDER, racer_desktop.__version__)
    say(f"{FOLDER}: {release.size(FOLDER) / 1e6:.0f} MB")
    if sys.platform == "linux" and not options.no_archive:
        path = release.archive(FOLDER, racer_desktop.__version__)
        say(f"{path}: {path.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"The bundle could not be built: {error}")
        sys.exit(1)
