"""Files that are there as a whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file to write to, which takes the place of `path` when the block ends well.

    If the block ends by an exception, `path` is as before and nothing is left behind. Who may read and write the
    file stays as it was, or is as for any new file of this person; a link stays a link to the file that is written.

    Raises:
        OSError: if the folder cannot be written or the disk is full.
    """
    target = path.resolve()
    with _beside(target) as temporary:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
    _sync_folder(target.parent)


def replace_text(path: Path, text: str) -> None:
    """Writes a small file of the program's own, private to the person, without waiting for the disk.

    Raises:
        OSError: if the folder cannot be written or the disk is full; `path` is as before then.
    """
    with _beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A temporary file in the same folder that takes the target's place when the block ends well."""
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Sees to it that a new name reaches the disk; the file itself is there already."""
    if os.name != "posix":
        return  # other systems cannot open a folder
    try:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:  # some network file systems cannot
        log.warning("%s was not synchronised: %s", folder, error)
