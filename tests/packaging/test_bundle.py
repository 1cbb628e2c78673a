"""What goes into the bundle: all that the program needs, and nothing that it never imports."""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from bundle import contents, libraries, release
from bundle.version_resource import version_resource

ROOT = Path(__file__).resolve().parents[2]
# Imports every module of the program, and lets JAX, Haiku and Optax work, where what is left out cannot be imported.
BLOCKED = """
import importlib, pkgutil, sys
sys.path.append(PACKAGING)
from bundle.contents import left_out
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if left_out(name):
            raise ModuleNotFoundError(f"{name} is left out of the bundle", name=name)
sys.meta_path.insert(0, Blocked())
import racer_desktop
for module in pkgutil.walk_packages(racer_desktop.__path__, "racer_desktop."):
    if module.name != "racer_desktop.__main__" and not left_out(module.name):
        importlib.import_module(module.name)
import haiku, jax, optax, pyqtgraph
net = haiku.without_apply_rng(haiku.transform(lambda x: haiku.nets.MLP([8, 1])(x).sum()))
x = jax.numpy.ones((4, 3))
parameters = net.init(jax.random.key(0), x)
optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3))
slope = jax.jit(jax.grad(net.apply))(parameters, x)
optax.apply_updates(parameters, optimiser.update(slope, optimiser.init(parameters))[0])
pyqtgraph.PlotItem
"""


def test_program_runs_without_what_is_left_out():
    code = f"PACKAGING = {str(ROOT / 'packaging')!r}\n{BLOCKED}"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def root(tmp_path):
    for name in ("resources/help/guide.md", "resources/icons/icon.svg", "models/mine.racer", "LICENSE"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_resources_go_where_the_program_looks_for_them(root):
    pairs = {Path(file).relative_to(root).as_posix(): folder for file, folder in contents.data(root)}
    assert pairs == {
        "resources/help/guide.md": "resources/help",
        "resources/icons/icon.svg": "resources/icons",
        "LICENSE": ".",
    }


def test_driver_is_the_only_brain_that_ships(root):
    (root / "models" / contents.DRIVER).touch()
    assert [Path(file).name for file, folder in contents.data(root) if folder == "models"] == [contents.DRIVER]


def test_licenses_are_passed_on_of_what_is_in_the_bundle():
    found = {(Path(file).name, folder) for file, folder in contents.licenses(["jax", "scipy", "not-installed"])}
    assert {("LICENSE", "licenses/jax"), ("LGPL-3.0.txt", "licenses/qt")} <= found
    assert "licenses/scipy" not in {folder for _, folder in found}


def test_packages_of_a_lock_file(tmp_path):
    lock = tmp_path / "a.lock"
    lock.write_text("jax==0.1 \\\n    --hash=sha256:00\ndm-haiku==2 ; python_version > '3' \\\n    --hash=x\n")
    assert contents.locked(lock) == ["jax", "dm-haiku"]


PLUGINS = "PySide6/Qt/plugins"
COLLECTED = [
    (f"{PLUGINS}/platforms/libqxcb.so", "/qt/libqxcb.so", "BINARY"),
    (f"{PLUGINS}/platformthemes/libqgtk3.so", "/qt/libqgtk3.so", "BINARY"),
    ("PySide6/QtCore.abi3.so", "/qt/QtCore.so", "EXTENSION"),
    ("PySide6/Qt/lib/libQt6Core.so.6", "/qt/libQt6Core.so.6", "BINARY"),
    ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
    ("libxcb.so.1", "/usr/libxcb.so.1", "BINARY"),
    ("libXau.so.6", "/usr/libXau.so.6", "BINARY"),
    ("libgtk-3.so.0", "/usr/libgtk-3.so.0", "BINARY"),
    ("libcairo.so.2", "/usr/libcairo.so.2", "BINARY"),
    ("libpython3.11.so.1.0", "/usr/libpython3.11.so.1.0", "BINARY"),
]
LINKS = {
    "/qt/libqxcb.so": ["libQt6Core.so.6", "libxcb.so.1"],
    "/qt/libqgtk3.so": ["libgtk-3.so.0"],
    "/usr/libxcb.so.1": ["libXau.so.6", "libc.so.6"],
    "/usr/libgtk-3.so.0": ["libcairo.so.2", "libxcb.so.1"],
}


def test_libraries_of_an_unwanted_plugin_go_with_it():
    kept = libraries.still_needed(contents.without_unwanted(COLLECTED), lambda file: LINKS.get(file, []))
    gone = [place for place, _, _ in COLLECTED if place not in {entry[0] for entry in kept}]
    assert gone == [f"{PLUGINS}/platformthemes/libqgtk3.so", "libgtk-3.so.0", "libcairo.so.2"]


def test_missing_plugin_is_noticed():
    assert "libqwayland.so" in contents.missing_plugins(COLLECTED)
    assert "libqxcb.so" not in contents.missing_plugins(COLLECTED)


@pytest.mark.parametrize(
    ("version", "numbers"), [("1.2.3", (1, 2, 3, 0)), ("1.2", (1, 2, 0, 0)), ("1.10.0rc1", (1, 10, 0, 0))]
)
def test_windows_shows_the_version(version, numbers):
    text = version_resource(version, "racer-desktop")
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert f"filevers={numbers}" in text
    assert f"'ProductVersion', '{version}'" in text


def test_archive_unpacks_to_the_same_program(tmp_path):
    folder = tmp_path / "racer-desktop"
    (folder / "_internal").mkdir(parents=True)
    (folder / "racer-desktop").write_text("program")
    (folder / "racer-desktop").chmod(0o755)
    (folder / "link").symlink_to("_internal")
    path = release.archive(folder, "1.2.3")
    with tarfile.open(path) as tar:
        if hasattr(tarfile, "data_filter"):  # not in Debian 12's Python 3.11.2
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(tmp_path / "there")
    there = tmp_path / "there" / "racer-desktop-1.2.3"
    assert (there / "racer-desktop").stat().st_mode & 0o111
    assert (there / "racer-desktop").read_text() == "program"
    assert (there / "link").readlink() == Path("_internal")
