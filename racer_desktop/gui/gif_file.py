"""GIF files, written picture by picture: a film of any length needs the memory of two pictures.

Pillow reduces the colours and packs the pixels; the container is put together here, because Pillow keeps a whole
film in memory before it writes the first picture. The format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
from PIL import Image

TRANSPARENT = 255  # index of what stays as it was in the picture before
OWN_COLOURS = 64  # of the palette at most that are given, not taken from the first picture

_HEADER_SIZE = 13


def write_gif(
    file: BinaryIO,
    pictures: Iterator[bytes],
    size: tuple[int, int],
    pictures_per_s: int,
    colours: Sequence[tuple[int, int, int]] = (),
) -> None:
    """Writes a film that is shown over and over.

    Args:
        file: to write to.
        pictures: RGB pixels of each picture, row by row from the top, 3 bytes each.
        size: width and height, pixels.
        pictures_per_s: a divisor of 100.
        colours: red, green, blue that the film needs and the first picture may not show.
    """
    palette: Image.Image | None = None
    before: np.ndarray | None = None
    for pixels in pictures:
        picture = Image.frombytes("RGB", size, pixels)
        if palette is None:
            palette = _palette(picture, colours)
            entries = bytes(palette.getpalette() or b"").ljust(768, b"\0")[:768]
            file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0xF7, 0, 0) + entries)
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        now = np.asarray(picture.quantize(palette=palette, dither=Image.Dither.NONE))
        file.write(_block(now, before, 100 // pictures_per_s))
        before = now
    file.write(b"\x3b")


def _palette(picture: Image.Image, colours: Sequence[tuple[int, int, int]]) -> Image.Image:
    """An image whose palette has the most important colours of a picture, and those given."""
    given = list(dict.fromkeys(colours))[:OWN_COLOURS]
    room = TRANSPARENT - len(given)
    found = picture.quantize(room, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette() or []
    entries = [*found[: 3 * room], *(value for colour in given for value in colour)]
    image = Image.new("P", (1, 1))
    image.putpalette(entries + entries[:3] * (256 - len(entries) // 3))  # what is left over repeats the first colour
    return image


def _block(now: np.ndarray, before: np.ndarray | None, hundredths: int) -> bytes:
    """One picture: how long it is shown, and the part of it that changed."""
    top, left, part = 0, 0, now
    if before is not None:
        changed = now != before
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if len(rows):
            box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            top, left = int(rows[0]), int(columns[0])
            part = np.where(changed[box], now[box], np.uint8(TRANSPARENT))
        else:
            part = np.full((1, 1), TRANSPARENT, np.uint8)
    control = b"\x21\xf9\x04" + struct.pack("<BHBB", 0x05, hundredths, TRANSPARENT, 0)
    place = struct.pack("<HHHHB", left, top, part.shape[1], part.shape[0], 0)
    return control + b"\x2c" + place + _packed(part)


def _packed(part: np.ndarray) -> bytes:
    """The LZW data of indexed pixels, as Pillow packs them."""
    image = Image.fromarray(np.ascontiguousarray(part), "L")
    image.putpalette(bytes(range(256)) * 3, "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=0)
    data = buffer.getvalue()
    at = _HEADER_SIZE + 3 * 2 ** ((data[10] & 7) + 1)
    while data[at] == 0x21:  # extensions, each a chain of blocks
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    return data[at + 10 : -1]
