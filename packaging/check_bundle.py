"""Checks the built bundle as a stranger's machine would: `python3 packaging/check_bundle.py [--pictures FOLDER]`.

The self-test runs in an empty environment, as another user, from a folder whose name has spaces and umlauts and that
cannot be written to; then the real window is opened twice, learned in, driven, saved, loaded and closed by clicks and
keys, the first time with nothing compiled yet. The pictures of it are kept.
Needs no Python packages; missing tools are installed when run as root on Debian.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

from bundle.release import size
from launcher import system
from launcher.messages import LaunchError, say
from tour.desktop import TOOLS, Desktop, TourError
from tour.journey import Journey

ROOT = Path(__file__).resolve().parents[1]
BUNDLE = ROOT / "dist" / "racer-desktop"
MOST_BYTES = 550_000_000
STRANGER = "nobody"


def check_size() -> None:
    """Raises SystemExit if the unpacked bundle is larger than it may be."""
    total = size(BUNDLE)
    say(f"The bundle takes {total / 1e6:.0f} MB.")
    if total > MOST_BYTES:
        raise SystemExit(f"That is more than {MOST_BYTES / 1e6:.0f} MB.")


def check_elsewhere(home: Path, folder: Path) -> None:
    """Runs the self-test as somebody else in a folder that they cannot write to.

    Raises:
        SystemExit: if it fails.
    """
    place = folder / "Rennen für alle"
    shutil.copytree(BUNDLE, place / BUNDLE.name, symlinks=True)
    for path in (place, *place.rglob("*")):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222 | 0o444)
    began = time.monotonic()
    environment = {"HOME": str(home)}
    who = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam(STRANGER)
        os.chown(home, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    program = place / BUNDLE.name / "racer-desktop"
    status = subprocess.run([program, "self-test"], env=environment, cwd=home, check=False, **who).returncode
    for path in (place, *place.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    if status:
        log = next(home.rglob("racer-desktop.log"), None)
        say(log.read_text(encoding="utf-8")[-3000:] if log else "There is no log.")
        raise SystemExit(f"The self-test of the bundle failed with status {status}.")
    say(f"The self-test of the bundle took {time.monotonic() - began:.0f} s.")


def check_window(pictures: Path, folder: Path) -> None:
    """Uses the window by clicks and keys, as a new person and then as the same one again.

    Raises:
        SystemExit: if something did not happen that a person would have seen happen.
    """
    home = folder / "person"
    home.mkdir()
    for start in ("first", "second"):
        kept = pictures / start
        kept.mkdir(parents=True, exist_ok=True)
        with Desktop(kept) as desktop:
            journey = Journey([str(BUNDLE / "racer-desktop")], desktop, home)
            try:
                times = journey.run(folder / f"{start}.racer")
            except TourError as error:
                desktop.picture("failed")
                say(f"Where the program was:\n{journey.end()}")
                raise SystemExit(f"{error} The pictures are in {kept}.") from error
            finally:
                journey.end()
        shown, drivable, learning = (f"{times[name]:.1f} s" for name in ("shown", "drivable", "learning"))
        say(f"The {start} start: window after {shown}, drivable after {drivable}, learning {learning} after the click.")


def main() -> None:
    """Runs every check; SystemExit says what failed."""
    parser = argparse.ArgumentParser(description="Check the bundle that `launch.py bundle` built.")
    parser.add_argument("--pictures", type=Path, default=ROOT / "build" / "pictures", help="where pictures are kept")
    options = parser.parse_args()
    missing = {tool: package for tool, package in TOOLS.items() if not shutil.which(tool)}
    if missing:
        try:
            system.provide(missing, [], missing.values())
        except LaunchError as error:
            raise SystemExit(str(error)) from error
    check_size()
    with tempfile.TemporaryDirectory(prefix="racer-desktop-check-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        check_elsewhere(home, folder)
        check_window(options.pictures, folder)


if __name__ == "__main__":
    main()
