"""What goes into the bundle and what stays out. Read by `racer_desktop.spec` and the tests; standard library only."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path

# From models/ only what the project keeps; the others are the checkpoints of whoever builds.
DRIVER = "driver.racer"
README_ONLY = "pictures"  # under resources/

# Never imported by the program, though some module mentions them; tests/packaging/test_bundle.py blocks them all and
# runs the program. SciPy is required by jax's metadata alone: 143 MB.
NEVER_IMPORTED = (
    "IPython",
    "OpenGL",
    "PyInstaller",
    "_pytest",
    "cupy",
    "flax",
    "gymnasium",
    "h5py",
    "hypothesis",
    "jax.experimental.mosaic",
    "jax.experimental.pallas",
    "jax.experimental.sparse",
    "matplotlib",
    "numba",
    "numpy.f2py",
    "pip",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    "pytest",
    "racer_desktop.bench.peer_race",  # needs the extra `bench`
    "racer_desktop.gym",  # for other people's Python programs; needs the extra `gym`
    "sbx",
    "scipy",
    "setuptools",
    "stable_baselines3",
    "tensorflow",
    "tkinter",
    "torch",
)

# Qt plugins that pull in Qt libraries or a whole other toolkit that nothing here uses.
UNWANTED_PLUGINS = (
    "egldeviceintegrations/",  # a screen without a window system, as are the next five
    "generic/",
    "platforms/libqeglfs",
    "platforms/libqlinuxfb",
    "platforms/libqminimalegl",
    "platforms/libqvkkhrdisplay",
    "platforms/libqvnc",
    "networkinformation/",
    "platforminputcontexts/libqtvirtualkeyboardplugin",  # a keyboard for touch screens: brings QML
    "platformthemes/libqgtk3",  # GTK: the xdg-desktop-portal theme tells light from dark as well
    "tls/",
)
# Platform plugins without which the window cannot open on some Linux desktop, or the self-test nowhere.
NEEDED_PLUGINS = ("libqxcb.so", "libqwayland.so", "libqoffscreen.so", "libqxdgdesktopportal.so")

LICENSE = re.compile(r"^[^/]+\.dist-info/.*(licen[cs]e|copying|notice)", re.IGNORECASE)
Entry = tuple[str, str, str]  # PyInstaller's: place in the bundle, file on this machine, kind


def data(root: Path) -> list[tuple[str, str]]:
    """What lies beside the program's modules: PyInstaller's pairs of a file and its folder in the bundle."""
    resources = root / "resources"
    files = [path for path in sorted(resources.rglob("*")) if path.is_file() and path.parent != resources / README_ONLY]
    files += [path for path in (root / "models" / DRIVER, root / "LICENSE") if path.exists()]
    return [(str(path), str(path.parent.relative_to(root))) for path in files]


def licenses(packages: Iterable[str]) -> list[tuple[str, str]]:
    """The license files of installed packages, as `data`: whoever passes the bundle on passes them on too."""
    # Qt and PySide come under the LGPL, and their packages without its text.
    found = [(str(text), "licenses/qt") for text in sorted((Path(__file__).parent / "licenses").glob("*.txt"))]
    for package in packages:
        if package in NEVER_IMPORTED:
            continue
        try:
            files = importlib.metadata.files(package) or []
        except importlib.metadata.PackageNotFoundError:  # for another system, by the marker in the lock file
            continue
        found += [(str(file.locate()), f"licenses/{package}") for file in files if LICENSE.search(str(file))]
    return found


def left_out(module: str) -> bool:
    """Whether a module is one of `NEVER_IMPORTED`, or inside one."""
    return any(module == name or module.startswith(f"{name}.") for name in NEVER_IMPORTED)


def locked(lock: Path) -> list[str]:
    """The names of the packages in a lock file."""
    return re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def without_unwanted(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without Qt's plugins and translations that nothing here uses."""

    def unwanted(place: str) -> bool:
        _, _, plugin = place.replace("\\", "/").partition("/plugins/")
        return plugin.startswith(UNWANTED_PLUGINS) or "/translations/" in place

    return [entry for entry in entries if not unwanted(entry[0])]


def missing_plugins(entries: Iterable[Entry]) -> list[str]:
    """Those of `NEEDED_PLUGINS` that are not among the entries."""
    there = {Path(place).name for place, _, _ in entries}
    return [name for name in NEEDED_PLUGINS if name not in there]
