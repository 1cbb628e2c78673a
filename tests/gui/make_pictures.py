"""Renders the parts of the window without a single letter, for the picture tests; also the command that remakes them.

    python -m tests.gui.make_pictures              # after a change of looks that is meant: look at them, then commit
    python -m tests.gui.make_pictures --out FOLDER

It runs in a process of its own in which the only font is a blank one: what letters look like differs from machine to
machine, and with one font that has no ink and fixed widths everything else is the same everywhere. (`blank_font` was
made with fontTools: an empty glyph, 550 of 1000 units wide, for every letter.)
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def prepare(home: Path) -> None:
    """Sets up the process, before Qt is imported: no display, the blank font, no files of the person's own."""
    fonts = home / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=HERE / "blank_font", cache=home / "fonts"))
    os.environ["FONTCONFIG_FILE"] = str(fonts)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ["QT_STYLE_OVERRIDE"] = "Fusion"
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())


def main() -> None:
    """Renders all pictures into a folder."""
    parser = argparse.ArgumentParser(description="Render the pictures that the tests compare with.")
    parser.add_argument("--out", type=Path, default=PICTURES, help="where they go")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home))
        _render(arguments.out)


def _render(out: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from racer_desktop.gui.appearance import Appearance, apply_appearance
    from tests.gui.scenes import pictures

    application = QApplication(["make_pictures"])
    application.setStyle("Fusion")
    application.setCursorFlashTime(0)
    for appearance in (Appearance.DARK, Appearance.LIGHT):
        apply_appearance(appearance)
        for name, picture in pictures():
            assert picture.save(str(out / f"{name}-{appearance.value}.png")), name


if __name__ == "__main__":
    main()
