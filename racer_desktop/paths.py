"""Where files lie: what ships with the program, and what belongs to the person who uses it.

The same call works from a checkout, from an installed wheel and from a frozen bundle: what ships lies beside the
package in a checkout and in a bundle, and inside the package in a wheel. No other module does path arithmetic.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "racer-desktop"
OWN_FOLDER = "RACER_DESKTOP_FOLDER"  # a variable of the environment: everything of the person's lies in this folder
SHIPPED_DRIVER = "driver.racer"  # under `models/`: trained by this program

_PACKAGE = Path(__file__).resolve().parent


class FolderError(OSError):
    """A folder of the person's cannot be made; the message says which one, why, and what to do."""

    def __init__(self, folder: Path, cause: OSError) -> None:
        sentence = f"The folder “{folder}” cannot be made: {cause.strerror}. Let {OWN_FOLDER} name another place."
        super().__init__(cause.errno, sentence)

    def __str__(self) -> str:
        return str(self.strerror)


def resource(name: str) -> Path:
    """The path of a shipped file or folder under `resources/`, such as "help/guide.md".

    Raises:
        FileNotFoundError: if it was not shipped; the message names it.
    """
    return _shipped("resources", name)


def model(name: str) -> Path:
    """The path of a shipped brain under `models/`, such as "driver.racer".

    Raises:
        FileNotFoundError: if it was not shipped; the message names it.
    """
    return _shipped("models", name)


def is_shipped(path: Path) -> bool:
    """Whether a file came with the program: it is nobody's to write over."""
    return path.resolve().parent in (_PACKAGE / "models", _PACKAGE.parent / "models")


def own_folder() -> Path | None:
    """The folder that the person keeps everything in instead of the system's places; None without such a wish."""
    named = os.environ.get(OWN_FOLDER)
    return Path(named).absolute() if named else None


def data_folder() -> Path:
    """The person's own folder for checkpoints and records; made if it is not there yet."""
    return _made(own_folder() or platformdirs.user_data_path(APP_NAME, appauthor=False))


def checkpoint_folder() -> Path:
    """Where automatic checkpoints go: `models/` in a checkout, the data folder of an installed program."""
    checkout = _PACKAGE.parent
    if own_folder() is None and (checkout / "pyproject.toml").is_file():
        return _made(checkout / "models")
    return _made(data_folder() / "models")


def config_folder() -> Path:
    """The person's own folder for settings of theirs; made if it is not there yet."""
    own = own_folder()
    return _made(own / "settings" if own is not None else platformdirs.user_config_path(APP_NAME, appauthor=False))


def cache_folder() -> Path:
    """The person's private folder for what can be computed again; made if it is not there yet."""
    return _made(platformdirs.user_cache_path(APP_NAME, appauthor=False))


def log_file() -> Path:
    """The file that the log is written to; its folder is made if it is not there yet."""
    return _made(platformdirs.user_log_path(APP_NAME, appauthor=False)) / "racer-desktop.log"


def crash_file() -> Path:
    """The file, beside the log, for where each thread was when the process broke down in native code."""
    return log_file().with_name("racer-desktop-crash.log")


def _shipped(kind: str, name: str) -> Path:
    places = [_PACKAGE / kind, _PACKAGE.parent / kind]
    for place in places:
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"{kind}/{name} is missing from this installation; it was looked for in {places[1]}.")


def _made(folder: Path) -> Path:
    # Private to the person: checkpoints and compiled code are read back as trusted input.
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(folder, error) from error
    return folder
