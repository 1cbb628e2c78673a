"""Makes the README's picture: `.venv/bin/python packaging/readme_picture.py [--minutes M] [--light] [--out FILE.png]`.

Opens the real window in a home of its own, lets it learn and keeps what it looks like then. With
`QT_QPA_PLATFORM=offscreen` it needs no display; `QT_SCALE_FACTOR=2` makes a picture for sharp screens.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QTimer, Slot

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "resources" / "pictures" / "window.png"
SIZE = (1280, 800)


def main() -> int:
    """Opens the window, waits, keeps the picture, closes; returns 0 if the picture is written."""
    parser = argparse.ArgumentParser(description="Make the README's picture of the window.")
    parser.add_argument("--minutes", type=float, default=3.0, help="how long it has learned by then")
    parser.add_argument("--light", action="store_true", help="in light colours")
    parser.add_argument("--out", type=Path, default=TARGET, help="where the picture goes")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE.parent))
    with tempfile.TemporaryDirectory() as home:
        for kind in ("CONFIG", "DATA", "STATE"):  # not the cache: compiled programs may be used again
            os.environ[f"XDG_{kind}_HOME"] = str(Path(home) / kind.lower())
        return _make(options.out, options.minutes, light=options.light)


def _make(out: Path, minutes: float, *, light: bool) -> int:
    from racer_desktop.config import Config
    from racer_desktop.gui.appearance import Appearance, apply_appearance
    from racer_desktop.gui.application import leave, make_application
    from racer_desktop.gui.main_window import MainWindow
    from racer_desktop.gui.preferences import Preferences

    application = make_application(sys.argv[:1])
    application.setStyle("Fusion")
    apply_appearance(Appearance.LIGHT if light else Appearance.DARK)
    application.setQuitOnLastWindowClosed(False)
    window = MainWindow(Config(), Preferences())
    window.resize(*SIZE)
    saved = False

    @Slot()
    def learn() -> None:
        window.actions_.run.trigger()
        QTimer.singleShot(round(60_000 * minutes), keep)

    @Slot()
    def keep() -> None:
        nonlocal saved
        saved = window.grab().save(str(out))
        window.close_now()

    window.session_ready.connect(learn)
    window.closed.connect(application.quit)
    window.show()
    application.exec()
    status = 0 if saved else 1
    leave(window, status)
    return status


if __name__ == "__main__":
    sys.exit(main())
