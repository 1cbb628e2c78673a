"""The virtual environment: when it counts as ready, and how a set-up that was cut off is repaired."""

from __future__ import annotations

import json
import os
import sys

import pytest
from launcher.environment import Environment
from launcher.messages import LaunchError

from tests.packaging.conftest import script

# A stand-in for Python that plays pip: it answers where its packages lie and writes down what it should install.
PIP = """#!/bin/sh
case "$*" in *sysconfig*) echo "{site}";; *pip*) echo "$@" >> "{log}";; esac
"""


@pytest.fixture
def half_installed(installed, tmp_path):
    """An environment that was prepared for nothing yet; pip's calls end up in the file `pip calls`."""
    site = installed.pyside.parent
    script(installed.python, PIP.format(site=site, log=tmp_path / "pip calls"))
    for kind in ("program", "test"):
        installed.stamp(kind).unlink()
    return installed


def calls(tmp_path):
    return (tmp_path / "pip calls").read_text(encoding="utf-8").splitlines()


def test_finished_set_up_is_ready(installed):
    assert installed.ready("program")
    assert installed.ready("test")


@pytest.mark.parametrize("kind", ["program", "test"])
def test_nothing_is_ready_at_first(checkout, kind):
    assert not Environment(checkout).ready(kind)


@pytest.mark.parametrize("file", ["pyproject.toml", "packaging/requirements.lock", "packaging/requirements-build.lock"])
def test_changed_requirements_are_installed_again(installed, file):
    with (installed.root / file).open("a", encoding="utf-8") as changed:
        changed.write("# newer\n")
    assert not installed.ready("program")


def test_tests_tools_do_not_concern_the_program(installed):
    (installed.root / "packaging" / "requirements-test.lock").write_text("newer", encoding="utf-8")
    assert installed.ready("program")
    assert not installed.ready("test")


def test_moved_checkout_is_not_ready(installed, tmp_path):
    moved = installed.root.rename(tmp_path / "elsewhere")
    assert not Environment(moved).ready("program")


def test_interpreter_that_is_gone_is_not_ready(installed):
    installed.python.unlink()
    assert not installed.ready("program")


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_spoiled_stamp_is_not_ready(installed, text):
    installed.stamp("program").write_text(text, encoding="utf-8")
    assert not installed.ready("program")


def test_prepare_installs_from_the_lock_files_with_hashes_and_stamps(half_installed, tmp_path):
    half_installed.prepare("program")
    build, packages, project = calls(tmp_path)
    assert build.endswith("requirements-build.lock")
    assert packages.endswith("requirements.lock")
    assert "--require-hashes" in build
    assert "--require-hashes" in packages
    assert project.endswith(f"--editable {half_installed.root}")
    assert half_installed.ready("program")
    assert not half_installed.ready("test")


def test_prepare_does_nothing_where_all_is_there(installed, tmp_path):
    script(installed.python, PIP.format(site=installed.pyside.parent, log=tmp_path / "pip calls"))
    installed.prepare("program")
    assert not (tmp_path / "pip calls").exists()


def test_package_that_was_cut_off_is_forgotten_and_others_are_kept(half_installed):
    whole = half_installed.pyside.parent / "numpy-2.4.6.dist-info"
    cut_off = half_installed.pyside.parent / "jaxlib-0.10.1.dist-info"
    for info in (whole, cut_off):
        info.mkdir()
        (info / "METADATA").touch()
    (whole / "INSTALLER").write_text("pip\n", encoding="utf-8")
    half_installed.prepare("program")
    assert whole.exists()
    assert not cut_off.exists()


def test_environment_that_does_not_run_is_made_anew(half_installed, monkeypatch, tmp_path):
    script(half_installed.python, "#!/bin/sh\nexit 1\n")
    left_over = half_installed.folder / "left over"
    left_over.touch()
    maker = tmp_path / "maker"
    script(maker, f'#!/bin/sh\nmkdir -p "$3/bin" && cp "{tmp_path}/python" "$3/bin/python"\n')
    script(
        tmp_path / "python", PIP.format(site=half_installed.folder / "lib/site-packages", log=tmp_path / "pip calls")
    )
    monkeypatch.setattr(sys, "_base_executable", str(maker))
    half_installed.prepare("program")
    assert not left_over.exists()
    assert half_installed.ready("program")


def test_failed_install_says_what_to_do_and_is_not_ready(half_installed, tmp_path):
    site = half_installed.pyside.parent
    script(
        half_installed.python, f'#!/bin/sh\ncase "$*" in *sysconfig*) echo "{site}";; *) echo no route; exit 1;; esac\n'
    )
    with pytest.raises(LaunchError, match=r"no route\n.*check the network"):
        half_installed.prepare("program")
    assert not half_installed.ready("program")


def test_folder_that_cannot_be_set_up_is_one_sentence(checkout):
    (checkout / ".venv").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(LaunchError, match=r"cannot be set up"):
        Environment(checkout).prepare("program")


def test_folder_of_someone_else_is_one_sentence(checkout, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _mode: path != checkout)
    with pytest.raises(LaunchError, match=r"cannot be written to: put the program into one of your own\.$"):
        Environment(checkout).prepare("program")
    assert not (checkout / ".venv").exists()


def test_stamp_says_nothing_of_tools_or_time(installed):
    assert set(json.loads(installed.stamp("program").read_text(encoding="utf-8"))) == {"files", "python", "root"}
