"""After a crash of the program: notices that the last run did not end cleanly, and finds what it saved by itself."""

from __future__ import annotations

import contextlib
import logging
import uuid
from pathlib import Path

from PySide6.QtCore import QLockFile

from racer_desktop import paths
from racer_desktop.training import checkpoint
from racer_desktop.training.checkpoint import SUFFIX, CheckpointInfo

_MARKS = "running"
_ENDING = ".lock"

log = logging.getLogger(__name__)


class RunMark:
    """A file that is there while the program runs, and that a clean exit removes.

    Each window has a mark of its own. One whose process is gone tells of a crash: Qt's lock file knows that.

    Args:
        folder: where marks lie; None for the program's own place.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = paths.data_folder() / _MARKS if folder is None else folder
        self._lock: QLockFile | None = None

    def take(self) -> float | None:
        """Sets the mark of this run.

        Returns:
            When the earliest run that ended by a crash had begun, POSIX s; None if none did.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            crashed = [began for mark in self._folder.glob(f"*{_ENDING}") if (began := _left_behind(mark)) is not None]
        except OSError as error:  # no reason not to race
            log.warning("No mark of this run can be set: %s", error)
            return None
        self._lock = _lock(self._folder / f"{uuid.uuid4().hex}{_ENDING}")
        if not self._lock.tryLock(0):
            log.warning("No mark of this run could be set in %s", self._folder)
        return min(crashed, default=None)

    def clear(self) -> None:
        """Removes the mark: the program ends as it should."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None


def newest_since(began: float, folders: list[Path] | None = None) -> CheckpointInfo | None:
    """What the program saved by itself last, at or after a time: an autosave, else a milestone.

    Args:
        began: POSIX s.
        folders: where to look; None for the program's own places.
    """
    places = folders if folders is not None else [paths.checkpoint_folder(), paths.data_folder()]
    found = [info for place in places for path in place.glob(f"*{SUFFIX}") if (info := checkpoint.info(path))]
    found = [info for info in found if info.time >= began]
    whole = [info for info in found if info.kind != "milestone"]
    return max(whole or found, key=lambda info: info.time, default=None)


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)  # however long it runs, a run that runs is no crash
    return lock


def _left_behind(mark: Path) -> float | None:
    """When the run had begun whose process is gone; None if it still runs."""
    began = mark.stat().st_mtime
    lock = _lock(mark)
    if not lock.tryLock(0):
        return None
    lock.unlock()
    with contextlib.suppress(OSError):
        mark.unlink(missing_ok=True)
    return began
