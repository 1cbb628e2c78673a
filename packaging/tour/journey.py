"""One start of the program in an empty environment, from its window's opening to its end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path

from tour.desktop import Desktop, TourError, wait

LEARN_PATIENCE = 300.0  # s: compiling on a busy machine
START_BUTTON = 60, 43  # pixels from the window's upper left corner to the first button of the toolbar
CLOSE_BUTTON = 10, 11  # pixels left of the window's upper right corner, and above it, in the frame
LOG = Path(".local", "state", "racer-desktop", "log", "racer-desktop.log")
MOMENTS = {
    "shown": "the window is on the screen",
    "drivable": "the car can be driven",
    "learning": "the first update is done",
}


class Journey:
    """Starts the program; `run` then uses it.

    Attributes:
        program: its process.
    """

    def __init__(self, command: list[str], desktop: Desktop, home: Path) -> None:
        self._desktop, self._home = desktop, home
        self._told = (home / LOG).stat().st_size if (home / LOG).exists() else 0
        self._began = time.time()
        self._clicked = self._began
        variables = {"HOME": str(home), "DISPLAY": desktop.display, "LC_ALL": "C.UTF-8"}
        self._terminal = home / "terminal.txt"
        with self._terminal.open("w") as terminal:
            self.program = subprocess.Popen(command, env=variables, cwd=home, stdout=terminal, stderr=terminal)

    def run(self, file: Path) -> dict[str, float]:
        """Start, drive, save to the file, load it, close.

        Returns:
            Seconds from the program's start until its window was shown and its car could be driven, and from the click
            on Start to the first update.
        """
        desktop = self._desktop
        shown, drivable = self._moment("shown", 60.0), self._moment("drivable", 120.0)
        window = desktop.window("Racer Desktop")
        desktop.picture("ready")
        width, height = desktop.size(window)
        desktop.click(window, *START_BUTTON)
        self._clicked = time.time()
        learning = self._moment("learning", LEARN_PATIENCE)
        time.sleep(5.0)
        desktop.picture("learning")
        desktop.click(window, width // 4, height - 120)
        desktop.do("keydown", "Up")
        time.sleep(1.5)
        desktop.do("keydown", "Left")
        time.sleep(0.3)
        desktop.picture("driving")
        desktop.do("keyup", "Left", "keyup", "Up")
        desktop.click(window, *START_BUTTON)  # it says Pause now
        time.sleep(2.0)
        self._answer("ctrl+s", "^Save$", file)
        wait("the saved file", file.exists, 60.0)
        if updates(file) < 1:
            raise TourError(f"{file.name} holds no learning.")
        desktop.window(f"^{re.escape(file.name)}")
        self._answer("ctrl+o", "^Open$", file)
        time.sleep(3.0)
        desktop.picture("opened")
        desktop.window(f"^{re.escape(file.name)}")
        desktop.click(window, width - CLOSE_BUTTON[0], -CLOSE_BUTTON[1])
        try:
            status = self.program.wait(30.0)
        except subprocess.TimeoutExpired:
            desktop.picture("still-open")
            raise TourError("The window was closed by its frame's button, and the program still runs.") from None
        if status:
            raise TourError(f"The program ended with status {status}.")
        if errors := re.findall(r"^.* (?:ERROR|CRITICAL) .*$", self._log(), re.MULTILINE):
            raise TourError(f"The log holds errors: {errors[0]}")
        if words := self._terminal.read_text(encoding="utf-8", errors="replace"):
            raise TourError(f"The program wrote to the terminal: {words[:300]}")
        return {"shown": shown, "drivable": drivable, "learning": learning}

    def end(self) -> str:
        """Ends the program if it still runs; returns where its threads were then."""
        if self.program.poll() is not None:
            return ""
        self.program.send_signal(signal.SIGABRT)  # its crash file gets every thread's stack
        try:
            self.program.wait(20.0)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        crash = (self._home / LOG).with_name("racer-desktop-crash.log")
        return crash.read_text(encoding="utf-8", errors="replace") if crash.exists() else ""

    def _answer(self, keys: str, title: str, file: Path) -> None:
        """Asks for a file dialog, types the path and presses Enter."""
        self._desktop.do("key", "--clearmodifiers", keys)
        dialog = self._desktop.window(title)
        self._desktop.do("key", "ctrl+a")
        self._desktop.do("type", "--delay", 20, str(file))
        self._desktop.picture("dialog")
        self._desktop.do("key", "Return")
        wait("the dialog to close", lambda: dialog not in self._desktop.do("search", "--onlyvisible", ".*"), 20.0)

    def _moment(self, name: str, patience: float) -> float:
        line = re.compile(rf"^(\S+ \S+) .*{MOMENTS[name]}$", re.MULTILINE)

        def there() -> re.Match[str] | None:
            if self.program.poll() is not None:
                raise TourError(f"The program ended with status {self.program.returncode}, before {MOMENTS[name]}.")
            return line.search(self._log())

        wait(MOMENTS[name], there, patience)
        found = line.search(self._log())
        assert found is not None
        when = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f").astimezone()
        return when.timestamp() - self._clicked

    def _log(self) -> str:
        path = self._home / LOG
        if not path.exists():
            return ""
        with path.open(encoding="utf-8") as log:
            log.seek(self._told)
            return log.read()


def updates(file: Path) -> int:
    """How many updates the brain in a `.racer` file has had, by its header."""
    with file.open("rb") as opened:
        header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
    found = re.search(r'"updates": ?(\d+)', json.dumps(header["__metadata__"]).replace("\\", ""))
    return int(found[1]) if found else 0
