"""Makes the pictures of the help pages and the README from a training run: `.venv/bin/python packaging/pictures.py`.

It trains a brain with the program's own settings, keeps it at several ages in `build/guide` (a later call finds it
there), lets the brains drive and dream, and paints what happened: `resources/help/pictures` for the help pages,
`resources/pictures` for the README. A quarter of an hour on two cores. Look at them, then commit them.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guide.figures import Material
    from guide.film import Scene

    from racer_desktop.config import Config
    from racer_desktop.training.snapshot import Stats

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "guide"
FIGURES = ROOT / "resources" / "help" / "pictures"
PICTURES = ROOT / "resources" / "pictures"
LAP_S = 120.0  # at most
FILM_S = (3.0, 5.0, 6.0, 8.0)  # of each brain of the school
FILM_SPEED = 2.0  # of the shipped driver's lap: in its own time it would make a GIF too large
CRASH_S = 5.0  # of the episode that ends in a crash
LIFE_S = 30.0
WHAT = ("figures", "film", "window")


def main() -> int:
    """Makes all pictures, or some of them; returns the exit status."""
    parser = argparse.ArgumentParser(prog="pictures.py", description="Make the pictures of help pages and README.")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"of {', '.join(WHAT)} (default: all)")
    wanted: list[str] = parser.parse_args().what or list(WHAT)
    if unknown := set(wanted) - set(WHAT):
        parser.error(f"{', '.join(sorted(unknown))}: choose of {', '.join(WHAT)}")
    _prepare()
    from guide import school
    from PySide6.QtWidgets import QApplication

    from racer_desktop.config import Config

    config = Config().replace(track__random_tracks=True)
    files = school.train(FOLDER, config, _told)
    application = QApplication(["pictures"])
    application.setStyle("Fusion")
    _make(wanted, files, config)
    return 0


def _prepare() -> None:
    """Sets up the process, before Qt and JAX are imported: no display, nothing of the person's own."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for kind in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = str(FOLDER / kind.lower())


def _make(wanted: list[str], files: list[Path], config: Config) -> None:
    from guide import drives, figures, film, window

    from racer_desktop.gui.theme import dark_theme, light_theme
    from racer_desktop.training.trial import TEST_SEEDS

    seed = drives.unseen_track(files[-1], TEST_SEEDS)
    written: list[Path] = []
    if "figures" in wanted:
        written += figures.paint(_material(files, config, seed), (light_theme(), dark_theme()), FIGURES)
    if "film" in wanted:
        film.write(PICTURES / "film.gif", _scenes(files), config, dark_theme())
        written.append(PICTURES / "film.gif")
    if "window" in wanted:
        window.take(files[-1], PICTURES / "window.png")
        written.append(PICTURES / "window.png")
    for path in written:
        _say(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def _material(files: list[Path], config: Config, seed: int) -> Material:
    from guide import drives, school
    from guide.figures import Material

    lived = drives.life(files[-1], seed, LIFE_S, crash=False)
    return Material(
        config=config,
        ages=school.AGES,
        stages=drives.stages(files, seed),
        history=drives.history(files[-1]),
        race=drives.race(files[-1], seed, LAP_S),
        crash=drives.life(files[-2], seed, CRASH_S, crash=True),
        life=lived,
        dream=drives.dream(files[-1], lived, len(config.sensors.ray_angles_deg) // 2),
    )


def _scenes(files: list[Path]) -> list[Scene]:
    """What each brain of the school does on a track that nobody has learned on, and a lap of the shipped driver."""
    from guide import drives, school
    from guide.film import Scene

    from racer_desktop import paths
    from racer_desktop.training.trial import TEST_SEEDS

    driver = paths.model(paths.SHIPPED_DRIVER)
    seed = drives.unseen_track(driver, TEST_SEEDS)
    captions = [f"after {age:,} updates" if age else "knows nothing" for age in school.AGES]
    scenes = [
        Scene(caption, drives.race(file, seed, seconds), 1.0)
        for caption, file, seconds in zip(captions, files, FILM_S, strict=True)
    ]
    caption = f"the shipped driver, {FILM_SPEED:g} x"
    return [*scenes, Scene(caption, drives.race(driver, seed, LAP_S), FILM_SPEED)]


def _told(stats: Stats) -> bool:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{stats.updates:,} updates, {stats.health}\033[K")
    return True


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main())
