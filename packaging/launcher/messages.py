"""Telling the person what happens and what went wrong, also where no terminal shows it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

TITLE = "Racer Desktop"


class LaunchError(Exception):
    """The program cannot be started; the message is one sentence for the person who tried."""


def log_file() -> Path:
    """Where every message is kept, beside the program's own log."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "racer-desktop" / "Logs" / "launch.log"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "racer-desktop" / "launch.log"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "racer-desktop" / "log" / "launch.log"


def record(text: str) -> None:
    """Appends the text to the log; a log that cannot be written is not worth a failure."""
    try:
        path = log_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        pass


def say(text: str) -> None:
    """One line of progress."""
    record(text)
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def fail(text: str) -> None:
    """One sentence on why it did not start; as a dialog too where nobody reads the terminal."""
    say(text)
    if nobody_reads() and (command := dialog(f"{text}\n\n{log_file()}")):
        # Not waited for: the dialog stays until it is closed, and never holds anything up.
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def nobody_reads() -> bool:
    """Whether the standard error leads nowhere a person looks, as after a double click."""
    if sys.stderr is None:
        return True
    try:
        number = sys.stderr.fileno()
        mode = os.fstat(number).st_mode
    except (OSError, ValueError):
        return True
    return not (os.isatty(number) or stat.S_ISFIFO(mode) or stat.S_ISREG(mode))


def dialog(text: str) -> list[str] | None:
    """The command that shows the text in a window, or None if this desktop has none."""
    on_linux = sys.platform not in ("win32", "darwin")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    choices = {
        "zenity": ["--error", "--no-markup", "--width=480", f"--title={TITLE}", f"--text={text}"],
        "kdialog": ["--title", TITLE, "--error", text],
        "xmessage": ["-center", "-title", TITLE, text],
    }
    for tool, arguments in choices.items():
        if on_linux and (path := shutil.which(tool)):
            return [path, *arguments]
    show = "import sys, tkinter.messagebox as m; r = m.tkinter.Tk(); r.withdraw(); m.showerror(*sys.argv[1:])"
    return [sys.executable, "-c", show, TITLE, text]
