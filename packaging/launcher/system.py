"""What Qt and the one source package need from the operating system: what is missing, and how to get it.

The check is against reality: `ldd` on the Qt plugin that would be loaded. The table of packages only gives
names to what it found, and lets one call of apt fetch everything before Qt itself is there.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from launcher.messages import LaunchError, say

# Debian's and Ubuntu's package of each shared library that Qt's own files link to and that a bare system lacks.
XCB = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
EVERY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
PACKAGES = {**XCB, **WAYLAND, **EVERY}
PLUGIN_LIBRARIES = {"xcb": XCB | EVERY, "wayland": WAYLAND | EVERY, "offscreen": EVERY}
# The extension modules that the window imports and whose libraries the platform plugins do not link.
MODULES = ("QtOpenGLWidgets.abi3.so", "QtSvgWidgets.abi3.so", "QtTest.abi3.so")


def build_packages(version: str = f"{sys.version_info[0]}.{sys.version_info[1]}") -> dict[str, list[str]]:
    """What is missing to make a virtual environment and compile `noise`: in words, with Debian's packages."""
    missing: dict[str, list[str]] = {}
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing["Python's venv module"] = [f"python{version}-venv"]
    if not Path(sysconfig.get_paths()["include"], "Python.h").exists():
        missing["Python's header files"] = [f"python{version}-dev"]
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")[0]
    if sys.platform != "win32" and not shutil.which(compiler):
        missing["a C compiler"] = ["gcc", "libc6-dev"]
    return missing


def platform_plugins(environment: dict[str, str]) -> list[str]:
    """The Qt platform plugins that this display allows, the preferred one first; none without a display."""
    if chosen := environment.get("QT_QPA_PLATFORM"):
        return [name.partition(":")[0] for name in chosen.split(";")]
    plugins = [("wayland", "WAYLAND_DISPLAY"), ("xcb", "DISPLAY")]
    return [plugin for plugin, variable in plugins if environment.get(variable)]


def absent_from_cache(plugin: str) -> list[str]:
    """The plugin's known libraries that the dynamic linker does not list; for before Qt is installed."""
    try:
        cache = subprocess.run(_linker_cache(), capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [name for name in PLUGIN_LIBRARIES.get(plugin, EVERY) if f"\t{name} " not in cache]


def unresolved(ldd_output: str) -> list[str]:
    """The libraries that `ldd` did not find, each once, in its order."""
    lines = (line.strip() for line in ldd_output.splitlines())
    return list(dict.fromkeys(line.split(" => ")[0] for line in lines if line.endswith("=> not found")))


def missing_libraries(pyside: Path, plugin: str) -> list[str]:
    """The libraries that Qt's plugin and modules in the folder `pyside` would not find."""
    files = [pyside / name for name in MODULES]
    files += (pyside / "Qt" / "plugins" / "platforms").glob(f"libq{plugin}*.so")
    try:
        found = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False)
    except OSError:  # no ldd, as with other C libraries: Qt itself will say what it misses
        return []
    return unresolved(found.stdout)


def provide(tools: Iterable[str], libraries: Sequence[str], packages: Iterable[str]) -> None:
    """Installs Debian packages when root; otherwise says what to install.

    Args:
        tools: what is missing to build with, in words.
        libraries: the shared libraries that Qt misses.
        packages: Debian's names of it all.

    Raises:
        LaunchError: if it is not root, or no Debian, or apt failed; names one line to copy.
    """
    what = _in_words([*tools], libraries)
    names = sorted(set(packages))
    if not shutil.which("apt-get"):
        raise LaunchError(f"This system lacks {what}. {_elsewhere()}")
    line = f"sudo apt-get install -y {' '.join(names)}"
    if os.geteuid() != 0:
        raise LaunchError(f"This system lacks {what}. Install it with this line, then start again:\n{line}")
    say(f"Installing from the system's packages: {' '.join(names)}")
    _apt("update", "-q")
    done = _apt("install", "-y", "-q", "--no-install-recommends", *names)
    if done.returncode != 0:
        last = "\n".join(done.stdout.splitlines()[-5:])
        raise LaunchError(f"{last}\nInstalling {what} failed, as shown above. The line to try by hand:\n{line}")


def _apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _in_words(tools: list[str], libraries: Sequence[str]) -> str:
    if libraries:
        more = f" and {len(libraries) - 3} more libraries" if len(libraries) > 3 else ""
        tools = [*tools, f"what Qt needs ({', '.join(libraries[:3])}{more})"]
    return " and ".join([", ".join(tools[:-1]), tools[-1]] if len(tools) > 1 else tools)


def _linker_cache() -> list[str]:
    return [shutil.which("ldconfig") or "/sbin/ldconfig", "-p"]


def _elsewhere() -> str:
    if sys.platform == "darwin":
        return "Install Apple's command line tools with `xcode-select --install`, then start again."
    if sys.platform == "win32":
        return "Install Python from python.org and Microsoft's C++ Build Tools, then start again."
    return "Install it with your system's package manager, then start again."
