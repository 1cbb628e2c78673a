"""A screen of its own with a window manager, and a hand on its mouse and keyboard. Needs Xvfb, openbox, xdotool."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

SIZE = (1600, 1000)
TOOLS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick"}  # Debian's packages


class TourError(Exception):
    """Something did not happen that a person would have seen happen; the message says what."""


class Desktop:
    """Made in a `with` statement, which ends everything that it started.

    Attributes:
        display: the value of DISPLAY.
    """

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        self._taken = 0
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Starts the screen and the window manager."""
        reader, writer = os.pipe()
        width, height = SIZE
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        self._running.append(subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL))
        os.close(writer)
        with os.fdopen(reader) as told:
            self.display = f":{told.readline().strip()}"
        if self.display == ":":
            raise TourError("Xvfb did not start.")
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"],
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._running.append(manager)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the window manager and the screen."""
        for process in reversed(self._running):
            process.terminate()
            process.wait()

    def environment(self) -> dict[str, str]:
        """The variables for a tool that uses this screen."""
        return {**os.environ, "DISPLAY": self.display}

    def do(self, *arguments: str | int) -> str:
        """One command of xdotool; returns what it prints."""
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def window(self, title: str, patience: float = 60.0) -> str:
        """Waits for a window by a regular expression for its title; brings it to the front, returns its number."""
        found = wait(f"a window “{title}”", lambda: self.do("search", "--onlyvisible", "--name", title), patience)
        number = str(found).splitlines()[-1]
        self.do("windowactivate", "--sync", number)
        return number

    def size(self, window: str) -> tuple[int, int]:
        """Width and height of a window without its frame."""
        lines = self.do("getwindowgeometry", "--shell", window).splitlines()
        values = {name: value for name, _, value in (line.partition("=") for line in lines)}
        return int(values["WIDTH"]), int(values["HEIGHT"])

    def click(self, window: str, x: int, y: int) -> None:
        """Clicks in a window, by pixels from its upper left corner; the frame's title is above it."""
        self.do("mousemove", "--window", window, x, y)
        time.sleep(0.2)
        self.do("click", 1)

    def picture(self, name: str) -> None:
        """Keeps what is on the screen now."""
        self._taken += 1
        path = self._pictures / f"{self._taken}-{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment(), check=True)


def wait(what: str, there: Callable[[], object], patience: float) -> object:
    """Waits until something is true and returns it.

    Raises:
        TourError: if it does not become true in `patience` seconds.
    """
    due = time.monotonic() + patience
    while not (found := there()):
        if time.monotonic() > due:
            raise TourError(f"Waited {patience:.0f} s in vain for {what}.")
        time.sleep(0.05)
    return found
