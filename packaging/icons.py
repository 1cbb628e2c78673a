"""Makes every size of the program's icon from its two drawings: `.venv/bin/python packaging/icons.py`.

`resources/icons/icon.svg` is drawn for 48 pixels and more; `icon-small.svg`, with fewer and broader shapes that lie on
the pixels, for less. The window draws both itself; the files made here are for menus, file managers and the bundle.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
DRAWINGS = HERE.parent / "resources" / "icons"
TARGET = HERE / "desktop" / "icons"
NAME = "racer-desktop"
SMALL = 32  # pixels up to which the small drawing is used
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)
MACOS_TYPES = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic11": 32, b"ic13": 256}


def drawn(size: int) -> QImage:
    """The icon at a size in pixels."""
    drawing = DRAWINGS / ("icon-small.svg" if size <= SMALL else "icon.svg")
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    return image


def png(size: int) -> bytes:
    """The icon as a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(drawn(size).convertToFormat(QImage.Format.Format_ARGB32))
    return bytes(data.data())


def ico(images: dict[int, bytes]) -> bytes:
    """A Windows icon file of PNG images, by size in pixels: 16 bytes about each, then the images."""
    offset = 6 + 16 * len(images)
    head = struct.pack("<HHH", 0, 1, len(images))
    for size, image in images.items():
        side = size % 256  # 256 is written as 0
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), offset)
        offset += len(image)
    return head + b"".join(images.values())


def icns(images: dict[bytes, bytes]) -> bytes:
    """A macOS icon file of PNG images, by their four-letter type: each behind its type and length."""
    body = b"".join(kind + struct.pack(">I", 8 + len(image)) + image for kind, image in images.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def files() -> dict[str, bytes]:
    """The content of every icon file by its name."""
    made = {f"{NAME}-{size}.png": png(size) for size in SIZES}
    made[f"{NAME}.ico"] = ico({size: png(size) for size in WINDOWS_SIZES})
    made[f"{NAME}.icns"] = icns({kind: png(size) for kind, size in MACOS_TYPES.items()})
    return made


def main() -> None:
    """Writes the files."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (TARGET / name).write_bytes(content)
    sys.stdout.write(f"{len(files())} icon files in {TARGET}\n")


if __name__ == "__main__":
    main()
