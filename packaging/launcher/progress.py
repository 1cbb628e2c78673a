"""How far a long command is: a line that changes in place, or a small window where nobody reads a terminal."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Self

from launcher.messages import TITLE, LaunchError, nobody_reads, record

LAST_LINES = 12


class Progress:
    """A line of text that is replaced by the next; made in a `with` statement, gone after it."""

    def __enter__(self) -> Self:
        """Opens the window if one is wanted and this desktop has the tool for it."""
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._window: subprocess.Popen[str] | None = None
        zenity = shutil.which("zenity")
        if zenity and nobody_reads() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            command = [zenity, "--progress", "--pulsate", "--auto-close", "--no-cancel", "--width=480"]
            command += [f"--title={TITLE}", "--text=Setting up, once"]
            self._window = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Takes the line, or the window, away."""
        if self._on_terminal:
            self._write("\r\033[K")
        if self._window and self._window.stdin:
            with contextlib.suppress(OSError):
                self._window.stdin.close()
            self._window.terminate()
            self._window.wait()

    def show(self, text: str) -> None:
        """Replaces the text; elsewhere than on a terminal or in the window nothing is shown."""
        if self._on_terminal:
            self._write(f"\r\033[K{text[: shutil.get_terminal_size().columns - 1]}")
        elif self._window and self._window.stdin:
            with contextlib.suppress(OSError):  # closed by the person, who does not want to see it
                self._window.stdin.write(f"# {text}\n")
                self._window.stdin.flush()

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


class PipLines:
    """Turns pip's output into a sentence for the person.

    Attributes:
        total: how many packages the lock file holds.
        seen: how many of them pip has come to.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.seen = 0

    def read(self, line: str) -> str | None:
        """What to show for a line of pip's output; None for lines that say nothing new."""
        word, _, rest = line.strip().partition(" ")
        if word in ("Collecting", "Processing") or line.startswith("Requirement already satisfied"):
            self.seen += 1
            return self._package(Path(rest.split()[0]).name) if word != "Requirement" else None
        if word in ("Downloading", "Using"):
            file, _, size = rest.removeprefix("cached ").partition(" ")
            return self._package(f"{file.partition('-')[0]} {size}".rstrip())
        if line.startswith("Building wheel"):
            return "Compiling what comes as source"
        if line.startswith("Installing collected packages"):
            count = rest.count(",") + 1
            return f"Unpacking {count} package{'s' if count > 1 else ''}"
        return None

    def _package(self, name: str) -> str:
        return f"Package {min(self.seen, self.total)} of {self.total}: {name}"


def run(command: list[str], what: str, packages: int = 0) -> None:
    """Runs a command of the set-up; its output goes to the log and, as progress, to the person.

    Args:
        command: the words of it.
        what: what it does, to begin a sentence with.
        packages: how many packages it brings.

    Raises:
        LaunchError: if it fails, with its last lines.
        OSError: if it cannot be started.
    """
    record(" ".join(command))
    lines, last = PipLines(packages), deque[str](maxlen=LAST_LINES)
    with (
        Progress() as progress,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            record(line.rstrip())
            last.append(line.rstrip())
            if text := lines.read(line):
                progress.show(text)
    if child.returncode != 0:
        raise LaunchError(
            "\n".join(last) + f"\n{what} failed, as shown above: check the network and the free disk space, then start "
            "again; what is already there is kept."
        )
