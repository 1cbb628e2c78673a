"""Films as files: GIF with Pillow, MP4 with ffmpeg, each there as a whole or not at all."""

from __future__ import annotations

import contextlib
import enum
import importlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from racer_desktop.files import replacing

QUALITY = 20  # of H.264: 18 cannot be told from the original, 28 shows blocks
PATIENCE_S = 20.0  # for ffmpeg to end


class VideoError(Exception):
    """A film cannot be written; the message is one sentence that says why and what to do."""


class Kind(enum.Enum):
    """A format of films: the ending of its files and its pictures per second."""

    MP4 = ".mp4"
    GIF = ".gif"

    @property
    def pictures_per_s(self) -> int:
        """Pictures in a second; GIF counts time in hundredths."""
        return 30 if self is Kind.MP4 else 20


@dataclass(frozen=True)
class Format:
    """How a film is written.

    Attributes:
        kind: of file.
        size: width and height, even numbers of pixels.
        colours: red, green, blue that it needs; a GIF has 256 at most.
    """

    kind: Kind
    size: tuple[int, int]
    colours: Sequence[tuple[int, int, int]] = ()


def encoder() -> str:
    """The path of ffmpeg: the one that the package imageio-ffmpeg carries, or the system's.

    Raises:
        VideoError: if there is none.
    """
    try:
        # An optional package: imported by name, so that type checkers do not ask for it.
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        found = shutil.which("ffmpeg")
    if found is None:
        frozen = getattr(sys, "frozen", False)
        how = "install ffmpeg" if frozen else f"run `{sys.executable} -m pip install imageio-ffmpeg` or install ffmpeg"
        raise VideoError(f"MP4 needs the program ffmpeg: {how}, or save a GIF.")
    return found


def write_video(path: Path, pictures: Iterator[bytes], form: Format) -> None:
    """Writes a film; an exception from `pictures` ends it and leaves nothing behind.

    Args:
        path: the file.
        pictures: RGB pixels of each picture, row by row from the top, 3 bytes each.
        form: how.

    Raises:
        VideoError: if it cannot be written.
    """
    try:
        with replacing(path) as temporary:
            if form.kind is Kind.GIF:
                _write_gif(temporary, pictures, form)
            else:
                _write_mp4(temporary, pictures, form)
    except OSError as error:
        raise VideoError(f"The film could not be saved to {path}: {error.strerror or error}.") from error


def _write_gif(path: Path, pictures: Iterator[bytes], form: Format) -> None:
    from racer_desktop.gui.gif_file import write_gif

    with path.open("wb") as file:
        write_gif(file, pictures, form.size, form.kind.pictures_per_s, form.colours)


def _write_mp4(path: Path, pictures: Iterator[bytes], form: Format) -> None:
    size, rate = "{}x{}".format(*form.size), str(form.kind.pictures_per_s)
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", rate, "-i", "-"]
    # Every player shows yuv420p; the index in front lets a browser begin before it has all of the file.
    target = ["-c:v", "libx264", "-crf", str(QUALITY), "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    command = [encoder(), "-y", "-loglevel", "error", *source, *target, str(path)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        try:
            _feed(process, pictures)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()
            why = words[-1].rstrip(".") if words else f"it ended with status {process.returncode}"
            raise VideoError(f"ffmpeg could not write the film: {why}; save a GIF instead.")


def _feed(process: subprocess.Popen[bytes], pictures: Iterator[bytes]) -> None:
    """Gives it all pictures and waits for its end; if it ends before, what it said tells why."""
    assert process.stdin is not None
    try:
        for picture in pictures:
            process.stdin.write(picture)
    except BrokenPipeError:
        pass
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE_S)
