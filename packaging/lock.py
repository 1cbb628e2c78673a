"""Makes the lock files anew from pyproject.toml: `python3 packaging/lock.py [PACKAGE ...]` needs `uv` on the path.

Pins stay as they are unless a package is named, or `--all` given, to be upgraded. Every pin carries the hashes of
all its files and holds for Linux, macOS and Windows and every supported Python.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HEADER = "# Made by packaging/lock.py from pyproject.toml. Do not edit.\n"
OLDEST_PYTHON = "3.11"
# `noise` comes as source: its build tool is pinned too, so that a later setuptools cannot break a fresh set-up.
SOURCE_BUILD_TOOLS = ["setuptools>=77", "editables"]


def lock(name: str, requirements: list[str], upgrade: list[str], *agreeing: Path) -> Path:
    """Writes `packaging/<name>.lock` for the requirements, with no pin other than in the agreeing locks.

    Returns:
        The path of the file.

    Raises:
        subprocess.CalledProcessError: if no set of versions fits.
    """
    path = HERE / f"{name}.lock"
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON]
    command += ["--generate-hashes", "--fork-strategy", "fewest", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-config", *upgrade]
    command += [word for other in agreeing for word in ("--constraint", str(other))]
    subprocess.run([*command, "--output-file", str(path), "-"], check=True, text=True, input="\n".join(requirements))
    path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def main(arguments: list[str]) -> None:
    """Writes the lock files; those of the tests and of the bundle hold the program's pins as well."""
    if "--all" in arguments:
        upgrade = ["--upgrade"]
    else:
        upgrade = [word for package in arguments for word in ("--upgrade-package", package)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    build = lock("requirements-build", project["build-system"]["requires"] + SOURCE_BUILD_TOOLS, upgrade)
    program = lock("requirements", runtime, upgrade, build)
    for name in ("test", "bundle"):
        lock(f"requirements-{name}", runtime + extras[name], upgrade, build, program)


if __name__ == "__main__":
    main(sys.argv[1:])
