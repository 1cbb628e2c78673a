"""What ships is found, and folders of the person are made when asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from racer_desktop import paths


def test_help_page_is_found_in_this_checkout() -> None:
    assert paths.resource("help/guide.md").read_text(encoding="utf-8").startswith("# ")


def test_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"resources/help/nowhere\.md is missing"):
        paths.resource("help/nowhere.md")


@pytest.mark.parametrize("inside_package", [False, True], ids=["beside the package", "inside the package"])
def test_resource_is_found_wherever_the_package_was_put(tmp_path: Path, inside_package: bool) -> None:
    package = tmp_path / "somewhere else" / "racer_desktop"
    shutil.copytree(
        Path(paths.__file__).parent, package, ignore=lambda folder, names: [n for n in names if n != "paths.py"]
    )
    (package / "__init__.py").touch()
    page = (package if inside_package else package.parent) / "resources" / "help" / "only-here.md"
    page.parent.mkdir(parents=True)
    page.write_text("here")
    code = "from racer_desktop.paths import resource; print(resource('help/only-here.md').read_text())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "here"


def test_everything_of_the_person_lies_in_the_folder_they_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.OWN_FOLDER, str(tmp_path / "stick"))
    for folder in (paths.data_folder(), paths.checkpoint_folder(), paths.config_folder()):
        assert folder.is_dir()
        assert folder.is_relative_to(tmp_path / "stick")
    monkeypatch.setenv(paths.OWN_FOLDER, "")
    assert paths.own_folder() is None
    assert not paths.data_folder().is_relative_to(tmp_path / "stick")


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(paths.OWN_FOLDER, str(tmp_path / "file" / "below"))
    with pytest.raises(paths.FolderError) as refused:
        paths.data_folder()
    assert str(refused.value).startswith(f"The folder “{tmp_path / 'file' / 'below'}” cannot be made: Not a directory")


def test_own_folders_are_made_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    assert paths.data_folder().is_dir()
    assert paths.cache_folder().is_dir()
    assert paths.log_file().parent.is_dir()
