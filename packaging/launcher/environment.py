"""The virtual environment `.venv`: made once, filled from the lock files, repaired when an install was cut off."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from launcher.messages import LaunchError, say
from launcher.progress import run

LOCKS = {"program": "requirements.lock", "test": "requirements-test.lock", "bundle": "requirements-bundle.lock"}
BUILD_LOCK = "requirements-build.lock"


class Environment:
    """The virtual environment of one checkout.

    Attributes:
        root: the checkout.
        folder: its `.venv`.
        python: the environment's interpreter.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def pyside(self) -> Path:
        """The folder of the installed Qt."""
        return self._site_packages() / "PySide6"

    def ready(self, kind: str) -> bool:
        """Whether all that a kind of `LOCKS` needs is installed, by the stamp left when it was."""
        try:
            return json.loads(self.stamp(kind).read_text(encoding="utf-8")) == self.state(kind)
        except (OSError, ValueError):
            return False

    def needs_compiler(self) -> bool:
        """Whether the source package is still to be compiled."""
        return not self.python.exists() or not any(self._site_packages().glob("noise-*.dist-info"))

    def prepare(self, kind: str) -> None:
        """Makes the environment ready for `kind`; what is there already stays.

        Raises:
            LaunchError: if the folder cannot be written or a package not be had.
        """
        with self._alone():
            if self.ready(kind):  # another start was faster
                return
            if not os.access(self.root, os.W_OK):
                raise LaunchError(f"The folder {self.root} cannot be written to: put the program into one of your own.")
            try:
                if not self._healthy():
                    self._create()
                self._drop_cut_off()
                say("Installing the packages of the lock file; the first time this downloads them.")
                self._install_locked(BUILD_LOCK)
                # Isolated builds would fetch build tools that no lock pins.
                source = ["--no-build-isolation", "--use-pep517"]
                self._install_locked(LOCKS[kind], *source)
                self._pip("install", "--no-deps", *source, "--editable", str(self.root))
                self.stamp(kind).write_text(json.dumps(self.state(kind)), encoding="utf-8")
            except OSError as error:
                raise LaunchError(f"The folder {self.folder} cannot be set up: {error}.") from error
            say("Ready.")

    def state(self, kind: str) -> dict[str, str]:
        """What the stamp of a finished set-up says.

        Raises:
            OSError: if there is no interpreter, or a file of the checkout is missing.
        """
        files = [self.root / "pyproject.toml", *(self.root / "packaging" / f for f in (BUILD_LOCK, LOCKS[kind]))]
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
        # An interpreter that is gone, or a folder that was moved, makes an installed environment useless.
        return {"files": digest, "python": str(self.python.resolve(strict=True)), "root": str(self.root)}

    def stamp(self, kind: str) -> Path:
        """The file that is written when everything for `kind` is installed."""
        return self.folder / f"{kind}.json"

    def _site_packages(self) -> Path:
        if sys.platform == "win32":
            return self.folder / "Lib" / "site-packages"
        return next(self.folder.glob("lib/python3*/site-packages"), self.folder / "lib" / "site-packages")

    def _healthy(self) -> bool:
        """Whether the interpreter runs, has pip, and looks into the site-packages that are there."""
        ask = "import pip, sysconfig; print(sysconfig.get_paths()['purelib'])"
        try:
            answer = subprocess.run([self.python, "-I", "-c", ask], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        return Path(answer.stdout.strip()).resolve() == self._site_packages().resolve()

    def _create(self) -> None:
        say(f"Making the virtual environment {self.folder}.")
        if self.folder.exists():
            shutil.rmtree(self.folder)
        base = getattr(sys, "_base_executable", None) or sys.executable
        run([base, "-m", "venv", str(self.folder)], "Making the virtual environment")

    def _drop_cut_off(self) -> None:
        """Forgets packages whose installation was interrupted: pip writes INSTALLER when all files are there."""
        for info in self._site_packages().glob("*.dist-info"):
            if not (info / "INSTALLER").exists():
                say(f"Repairing {info.name.removesuffix('.dist-info')}: its installation was interrupted.")
                shutil.rmtree(info)

    def _pip(self, *arguments: str, packages: int = 0) -> None:
        command = [str(self.python), "-I", "-m", "pip", "--disable-pip-version-check", *arguments]
        run(command, "Installing the packages", packages)

    def _install_locked(self, lock: str, *options: str) -> None:
        path = self.root / "packaging" / lock
        packages = path.read_text(encoding="utf-8").count("==")
        self._pip("install", "--require-hashes", *options, "-r", str(path), packages=packages)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starts at once: the second waits until the first has installed."""
        if sys.platform == "win32":
            yield
            return
        import fcntl

        handle = os.open(self.root, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is installing; waiting for it.")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
