"""What the operating system has to bring: found by `ldd`, named as packages, installed or put in one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from launcher import system
from launcher.messages import LaunchError

from tests.packaging.conftest import script

LDD = """\
/x/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffd4d7f2000)
\tlibQt6XcbQpa.so.6 => /x/PySide6/Qt/plugins/platforms/../../lib/libQt6XcbQpa.so.6 (0x00007f3f1c600000)
\tlibxcb-cursor.so.0 => not found
\tlibEGL.so.1 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3f1c000000)
/x/PySide6/QtTest.abi3.so:
\tlibEGL.so.1 => not found
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="shared libraries of Linux")


def test_unresolved_libraries_are_each_named_once():
    assert system.unresolved(LDD) == ["libxcb-cursor.so.0", "libEGL.so.1"]


def test_complete_output_misses_nothing():
    assert system.unresolved("\tlibc.so.6 => /lib/libc.so.6 (0x0)\n\tlinux-vdso.so.1 (0x0)\n") == []


@linux_only
def test_library_that_is_not_there_is_found_missing(tmp_path, monkeypatch):
    script(tmp_path / "bin" / "ldd", f"#!/bin/sh\ncat <<'END'\n{LDD}END\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert system.missing_libraries(tmp_path, "xcb") == ["libxcb-cursor.so.0", "libEGL.so.1"]


@linux_only
@pytest.mark.parametrize("plugin", ["xcb", "wayland", "offscreen"])
def test_table_names_every_library_that_qt_links_to(plugin):
    pyside = Path(pytest.importorskip("PySide6").__file__).parent
    files = [pyside / name for name in system.MODULES]
    files += (pyside / "Qt" / "plugins" / "platforms").glob(f"libq{plugin}*.so")
    assert len(files) > len(system.MODULES)
    needed = links_of_qt_itself(files)
    base = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1"}
    assert needed - base - set(system.PLUGIN_LIBRARIES[plugin]) == set()


def links_of_qt_itself(files: list[Path]) -> set[str]:
    """The libraries of the system that the files, or Qt's libraries behind them, link to directly."""
    if not shutil.which("readelf"):
        pytest.skip("readelf comes with the C compiler")
    todo, seen, outside = list(files), set(), set()
    while todo:
        file = todo.pop()
        listed = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
        inside = {line.split(" => ")[0].strip(): Path(line.split()[2]) for line in ldd(file) if "PySide6" in line}
        inside |= {line.split(" => ")[0].strip(): Path(line.split()[2]) for line in ldd(file) if "shiboken6" in line}
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", listed):
            if name not in inside:
                outside.add(name)
            elif name not in seen:
                seen.add(name)
                todo.append(inside[name])
    return {name for name in outside if not name.startswith("ld-linux")}


def ldd(file: Path) -> list[str]:
    output = subprocess.run(["ldd", file], capture_output=True, text=True, check=True).stdout
    return [line for line in output.splitlines() if " => /" in line]


@pytest.mark.parametrize(
    ("variables", "plugins"),
    [
        ({}, []),
        ({"DISPLAY": ":0"}, ["xcb"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["wayland", "xcb"]),
        ({"DISPLAY": ""}, []),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, ["offscreen"]),
        ({"QT_QPA_PLATFORM": "wayland;xcb:size=1"}, ["wayland", "xcb"]),
    ],
)
def test_plugin_follows_the_display(variables, plugins):
    assert system.platform_plugins(variables) == plugins


@linux_only
def test_without_root_there_is_one_line_to_copy(monkeypatch, tmp_path):
    script(tmp_path / "apt-get", "#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LaunchError) as failure:
        system.provide(["a C compiler"], ["libEGL.so.1"], ["libegl1", "gcc", "gcc"])
    sentence, line = str(failure.value).split("\n")
    assert sentence.startswith("This system lacks a C compiler and what Qt needs (libEGL.so.1).")
    assert line == "sudo apt-get install -y gcc libegl1"


@linux_only
def test_many_missing_libraries_are_counted(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LaunchError, match=r"lacks what Qt needs \(a\.so, b\.so, c\.so and 2 more libraries\)\."):
        system.provide([], ["a.so", "b.so", "c.so", "d.so", "e.so"], [])


@linux_only
def test_root_installs_what_is_missing(monkeypatch, tmp_path):
    script(tmp_path / "apt-get", f'#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> "{tmp_path}/calls"\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    system.provide([], ["libEGL.so.1"], ["libegl1"])
    assert (tmp_path / "calls").read_text(encoding="utf-8").splitlines() == [
        "noninteractive update -q",
        "noninteractive install -y -q --no-install-recommends libegl1",
    ]


@linux_only
def test_root_without_network_gets_apts_words(monkeypatch, tmp_path):
    script(tmp_path / "apt-get", "#!/bin/sh\necho E: no network\nexit 100\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(LaunchError, match=r"E: no network\nInstalling what Qt needs \(libEGL.so.1\) failed"):
        system.provide([], ["libEGL.so.1"], ["libegl1"])


def test_other_systems_get_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LaunchError, match=r"^This system lacks a C compiler\. Install"):
        system.provide(["a C compiler"], [], ["gcc"])


def test_missing_compiler_headers_and_venv_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    monkeypatch.setattr(system.importlib.util, "find_spec", lambda _name: None)
    packages = [name for names in system.build_packages("3.11").values() for name in names]
    assert packages == ["python3.11-venv", "python3.11-dev", "gcc", "libc6-dev"]
