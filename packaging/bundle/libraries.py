"""The shared libraries of the bundle: only those that something in it needs, and without their debugging symbols."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from bundle.contents import Entry

# Where PyInstaller puts libraries that others link to; what lies elsewhere is loaded by name.
LINKED_FOLDERS = (".", "PySide6/Qt/lib")
# Come with symbols that only a debugger reads: 340 MB instead of 230, and 23 instead of 6. Others are left alone:
# those that a wheel's maker has edited do not always survive stripping.
STRIPPED = ("jaxlib/libjax_common.so", "libpython3*.so*")


def still_needed(entries: Iterable[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The entries without libraries that were collected for something that is not in the bundle any more.

    Args:
        entries: what PyInstaller collected, after `contents.without_unwanted`.
        imports: the names of the libraries that a file links to.
    """
    entries = list(entries)
    linked = {entry[0]: PurePosixPath(entry[0]).name for entry in entries if _is_linked(entry)}
    sources: dict[str, list[str]] = {}
    for place, source, kind in entries:
        if kind != "SYMLINK" and place in linked:
            sources.setdefault(linked[place], []).append(source)
    waiting = [source for place, source, kind in entries if place not in linked and kind in ("BINARY", "EXTENSION")]
    reached: set[str] = set()
    while waiting:
        for name in imports(waiting.pop()):
            if name not in reached:
                reached.add(name)
                waiting += sources.get(name, [])
    return [entry for entry in entries if entry[0] not in linked or linked[entry[0]] in reached]


def strip(folder: Path) -> None:
    """Takes the symbols out of the libraries in the bundle's folder that are known to carry many.

    Raises:
        OSError: if `strip` is missing.
        subprocess.CalledProcessError: if it fails.
    """
    for pattern in STRIPPED:
        for file in folder.glob(pattern):
            if not file.is_symlink():
                subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)


def _is_linked(entry: Entry) -> bool:
    path = PurePosixPath(entry[0])
    # Python's own library is loaded by the program file, which is not among the entries.
    return str(path.parent) in LINKED_FOLDERS and path.name.startswith("lib") and not path.name.startswith("libpython")
