"""Wheel and source archive: they build, hold what the program needs, and work away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

import racer_desktop

ROOT = Path(__file__).resolve().parents[2]
VERSION = racer_desktop.__version__
PAGES = sorted(path.name for path in (ROOT / "resources" / "help").glob("*.md"))
LOOK = """
from pathlib import Path
import racer_desktop
from racer_desktop import cli, paths
print(Path(racer_desktop.__file__).parent)
print(*sorted(path.name for path in paths.resource("help").glob("*.md")))
print(paths.model("driver.racer").read_text())
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the source archive of a checkout that holds the driver and another brain."""
    checkout = tmp_path_factory.mktemp("checkout")
    spare = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("racer_desktop", "resources", "packaging", "tests"):
        shutil.copytree(ROOT / name, checkout / name, ignore=spare)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore"):
        shutil.copy(ROOT / name, checkout)
    (checkout / "models").mkdir()
    (checkout / "models" / "driver.racer").write_text("a driver")
    (checkout / "models" / "mine.racer").write_text("somebody's own")
    target = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "-d", str(target)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def wheel(built) -> zipfile.ZipFile:
    return zipfile.ZipFile(built / f"racer_desktop-{VERSION}-py3-none-any.whl")


def test_wheel_carries_the_resources_and_the_driver_inside_the_package(wheel):
    names = set(wheel.namelist())
    assert {f"racer_desktop/resources/help/{page}" for page in PAGES} <= names
    assert {"racer_desktop/resources/icons/icon.svg", "racer_desktop/models/driver.racer"} <= names
    assert "racer_desktop/resources/help/pictures/rays.png" in names
    assert "racer_desktop/py.typed" in names


def test_wheel_carries_nothing_else(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"racer_desktop", f"racer_desktop-{VERSION}.dist-info"}
    assert "racer_desktop/models/mine.racer" not in wheel.namelist()
    assert not [name for name in wheel.namelist() if name.startswith("racer_desktop/resources/pictures")]


def test_wheel_says_what_it_is(wheel):
    about = HeaderParser().parsestr(wheel.read(f"racer_desktop-{VERSION}.dist-info/METADATA").decode())
    assert about["Version"] == VERSION
    assert about["Description-Content-Type"] == "text/markdown"
    assert about.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
    scripts = wheel.read(f"racer_desktop-{VERSION}.dist-info/entry_points.txt").decode()
    assert "racer-desktop = racer_desktop.cli:main" in scripts


def test_source_archive_can_be_built_and_tested_from(built):
    with tarfile.open(built / f"racer_desktop-{VERSION}.tar.gz") as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "packaging/launch.py", "models/driver.racer"}
    assert wanted <= names
    assert {"packaging/requirements.lock", "packaging/racer_desktop.spec", "tests/test_cli.py"} <= names
    assert "models/mine.racer" not in names
    assert not [name for name in names if name.startswith((".venv", "build/", "dist/"))]


def test_installed_program_finds_what_ships_with_it(built, tmp_path):
    (file,) = built.glob("*.whl")
    place, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index", "-q"]
    subprocess.run([*pip, "--target", str(place), str(file)], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(place)}
    command = [sys.executable, "-P", "-c", LOOK]
    done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(place / "racer_desktop"), " ".join(PAGES), "a driver"]
