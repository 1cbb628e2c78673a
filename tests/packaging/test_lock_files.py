"""The lock files hold what pyproject.toml asks for, with hashes, and name no place to fetch it from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
WANTED = {
    "requirements-build": PROJECT["build-system"]["requires"],
    "requirements": RUNTIME,
    "requirements-test": RUNTIME + PROJECT["project"]["optional-dependencies"]["test"],
    "requirements-bundle": RUNTIME + PROJECT["project"]["optional-dependencies"]["bundle"],
}


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package in the lock file."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / "packaging" / f"{name}.lock").read_text(encoding="utf-8")):
        if not entry.startswith("#"):
            package, _, version = entry.split()[0].partition("==")
            found[canonicalize_name(package)] = version, entry.count("--hash=sha256:")
    return found


@pytest.mark.parametrize("name", WANTED)
def test_lock_holds_what_the_project_asks_for(name):
    locked = pins(name)
    for text in WANTED[name]:
        requirement = Requirement(text)
        version, _ = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text


@pytest.mark.parametrize("name", WANTED)
def test_every_pin_has_hashes(name):
    assert all(count > 0 for _, count in pins(name).values())


@pytest.mark.parametrize("name", WANTED)
def test_lock_names_no_place(name):
    text = (ROOT / "packaging" / f"{name}.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|(?m:^-)", text)


@pytest.mark.parametrize("name", ["requirements-test", "requirements-bundle"])
def test_program_is_tested_and_bundled_with_what_it_runs_with(name):
    program, more = pins("requirements"), pins(name)
    assert {package: more[package] for package in program} == program
