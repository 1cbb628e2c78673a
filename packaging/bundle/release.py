"""The finished folder: what lies beside the program file, and the archive that is passed on."""

from __future__ import annotations

import lzma
import platform
import shutil
import subprocess
import tarfile
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[1]
BESIDE = ("install.sh", "uninstall.sh")
PRESET = 2  # of xz: 1 minute instead of 4, for a tenth more bytes
README = """Racer Desktop {version}

Double-click racer-desktop, or start it in a terminal: ./racer-desktop
./install.sh puts it into your menu and gives it the .racer files; ./uninstall.sh takes it out again.
./racer-desktop --help names the commands that need no window.

To remove the program, delete this folder. License: LICENSE; those of what it is built on: _internal/licenses.
Qt and PySide are used under the LGPL, version 3: you may replace their libraries in _internal/PySide6 by your own.
"""


def complete(folder: Path, version: str) -> None:
    """Puts the menu entry's files and a few words beside the program file of a Linux bundle."""
    for name in BESIDE:
        shutil.copy(PACKAGING / name, folder)
    elsewhere = shutil.ignore_patterns("*.ico", "*.icns")
    shutil.copytree(PACKAGING / "desktop", folder / "desktop", ignore=elsewhere, dirs_exist_ok=True)
    shutil.copy(PACKAGING.parent / "LICENSE", folder)
    (folder / "README.txt").write_text(README.format(version=version), encoding="utf-8")


def archive(folder: Path, version: str) -> Path:
    """Packs the folder as a `.tar.xz` beside it, which runs where it is unpacked.

    Returns:
        The archive.
    """
    path = folder.parent / f"{folder.name}-{version}-linux-{platform.machine()}.tar.xz"

    def anybody(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    if xz := shutil.which("xz"):  # the same format, on every core
        with path.open("wb") as file:
            packer = subprocess.Popen([xz, f"-{PRESET}", "--threads=0"], stdin=subprocess.PIPE, stdout=file)
            with packer, tarfile.open(fileobj=packer.stdin, mode="w|") as tar:
                tar.add(folder, f"{folder.name}-{version}", filter=anybody)
        if packer.returncode:
            raise subprocess.CalledProcessError(packer.returncode, xz)
    else:
        with lzma.open(path, "wb", preset=PRESET) as file, tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(folder, f"{folder.name}-{version}", filter=anybody)
    return path


def size(folder: Path) -> int:
    """How many bytes the folder's files take, each once."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
