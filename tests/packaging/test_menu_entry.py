"""install.sh and uninstall.sh: the menu entry, the icon and the file type in the person's own folder."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bundle import release

ROOT = Path(__file__).resolve().parents[2]
MIME = "application/x-racer-desktop"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="menus of Linux desktops")


@pytest.fixture(params=["Rennen für alle", 'a "quoted" $HOME `ls` 100% \\ folder'])
def program(request, tmp_path: Path) -> Path:
    """A checkout's launcher in a folder whose name is hard to quote; it writes down what it was given."""
    root = tmp_path / request.param
    shutil.copytree(ROOT / "packaging", root / "packaging", ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
    shutil.copytree(ROOT / "resources" / "icons", root / "resources" / "icons")
    (root / "packaging" / "launch.py").write_text("import sys; print(sys.argv)", encoding="utf-8")
    return root / "packaging"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """An unpacked bundle, with a script in the program's place that writes down what it was given."""
    folder = tmp_path / "Rennen für alle" / "racer-desktop"
    shutil.copytree(ROOT / "resources" / "icons", folder / "_internal" / "resources" / "icons")
    release.complete(folder, "1.2.3")
    (folder / "racer-desktop").write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', encoding="utf-8")
    (folder / "racer-desktop").chmod(0o755)
    return folder


def run(script: Path, home: Path) -> Path:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    subprocess.run([script], env=environment, check=True, capture_output=True, cwd="/")
    return home / ".local" / "share"


def entry(data: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] - keys keep their case
    parser.read(data / "applications" / "racer-desktop.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def words_of(exec_line: str) -> list[str]:
    """The words that a desktop makes of an Exec line: string escapes first, then quotes, then % codes."""
    line = exec_line.replace("\\\\", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


def test_entry_starts_the_program_wherever_it_lies(program, tmp_path):
    words = words_of(entry(run(program / "install.sh", tmp_path))["Exec"])
    done = subprocess.run([*words, "a.racer"], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.strip() == str([str(program / "launch.py"), "a.racer"])


def test_entry_of_a_bundle_starts_its_program(bundle, tmp_path):
    data = run(bundle / "install.sh", tmp_path)
    words = words_of(entry(data)["Exec"])
    done = subprocess.run([*words, "a.racer"], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.splitlines() == [str(bundle / "racer-desktop"), "a.racer"]
    run(bundle / "uninstall.sh", tmp_path)
    assert [path for path in data.rglob("*racer-desktop*") if path.is_file()] == []


def test_uninstalling_takes_back_what_opens_the_files(program, tmp_path):
    defaults = tmp_path / ".config" / "mimeapps.list"
    defaults.parent.mkdir()
    defaults.write_text(f"[Default Applications]\n{MIME}=racer-desktop.desktop\ntext/plain=editor.desktop\n")
    run(program / "uninstall.sh", tmp_path)
    assert defaults.read_text() == "[Default Applications]\ntext/plain=editor.desktop\n"


def test_entry_icon_and_file_type_belong_together(program, tmp_path):
    data = run(program / "install.sh", tmp_path)
    lines = entry(data)
    icons = data / "icons" / "hicolor"
    assert (icons / "scalable" / "apps" / f"{lines['Icon']}.svg").exists()
    sizes = {int(file.parts[-3].partition("x")[0]): file for file in icons.glob(f"*/apps/{lines['Icon']}.png")}
    assert {16, 24, 32, 48, 256} <= sizes.keys()
    for size, file in sizes.items():
        assert file.read_bytes()[16:24] == size.to_bytes(4) * 2  # width and height in a PNG's header
    assert lines["MimeType"] == f"{MIME};"
    types = ET.parse(data / "mime" / "packages" / "racer-desktop.xml").getroot()
    (kind,) = types
    assert kind.get("type") == MIME
    assert kind.find("{*}glob").get("pattern") == "*.racer"  # pyright: ignore[reportOptionalMemberAccess]


def test_entry_is_valid(program, tmp_path):
    validator = shutil.which("desktop-file-validate")
    if not validator:
        pytest.skip("desktop-file-utils is not installed")
    data = run(program / "install.sh", tmp_path)
    file = data / "applications" / "racer-desktop.desktop"
    assert subprocess.run([validator, file], capture_output=True, text=True, check=False).stdout == ""


def test_uninstalling_leaves_nothing_of_ours(program, tmp_path):
    run(program / "install.sh", tmp_path)
    data = run(program / "uninstall.sh", tmp_path)
    assert [path for path in data.rglob("*racer-desktop*") if path.is_file()] == []


def test_installing_twice_is_the_same_as_once(program, tmp_path):
    first = dict(entry(run(program / "install.sh", tmp_path)))
    assert dict(entry(run(program / "install.sh", tmp_path))) == first
