"""Automatic checkpoints: milestones and autosaves, written in a thread, a bounded number kept."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import queue
import re
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from racer_desktop.training import checkpoint
from racer_desktop.training.checkpoint import SUFFIX, Checkpoint, CheckpointError

log = logging.getLogger(__name__)


class Keeper:
    """Writes checkpoints to a folder, one after the other, without holding up the race.

    Args:
        folder: where they go; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._queue: queue.SimpleQueue[tuple[Checkpoint, int] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def folder(self) -> Path | None:
        """Where checkpoints go."""
        return self._folder

    def keep(self, content: Checkpoint, kind: str, title: str, limit: int) -> None:
        """Writes a checkpoint soon and deletes the oldest of its kind beyond `limit`.

        Args:
            content: what to write; its arrays must be copies.
            kind: "milestone" or "autosave".
            title: for the list.
            limit: how many of this kind stay.
        """
        if self._folder is None:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="checkpoint keeper", daemon=True)
            self._thread.start()
        self._queue.put((replace(content, kind=kind, title=title, made=time.time()), limit))

    def close(self) -> None:
        """Waits until everything is written."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            self._write(*item)
            del item  # the copy is large, and the next one may be minutes away
            _return_memory()

    def _write(self, content: Checkpoint, limit: int) -> None:
        assert self._folder is not None
        try:
            checkpoint.write(self._folder / _file_name(content), content)
            checkpoint.prune(self._folder, content.kind, limit)
        except CheckpointError as error:
            # The person did not ask for this file: the log is the place to say so.
            log.warning("An automatic checkpoint was not written: %s", error)
        except Exception:
            log.exception("An automatic checkpoint was not written.")


def _return_memory() -> None:
    """Gives the copies' memory back to the system; glibc would keep it for the next one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such function
            ctypes.CDLL(None).malloc_trim(0)


def _file_name(content: Checkpoint) -> str:
    title = re.sub(r"[^a-z0-9.]+", "-", content.title.lower()).strip("-")
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(content.made))
    return f"{stamp}-{int(content.made * 1000) % 1000:03d}-{title}{SUFFIX}"
