"""Work that takes a while, in a thread of its own, with its progress in a small window and a way to leave off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from racer_desktop.gui.dialogs import show_failure

PATIENCE_MS = 600  # work that is done sooner needs no window
STEPS = 1000  # of the progress bar

Told = Callable[[float], bool]  # takes the share done; returns False to leave off

log = logging.getLogger(__name__)


class Job(QObject):
    """One piece of work. Window and race go on while it is done.

    Args:
        words: what is being done, for the progress window.
        work: called in the thread with a function to tell the share done, which returns False once the person wants
            no more of it. Returns the result.
        refusals: exceptions whose message is a sentence for the person.
        window: whose progress window it is.

    Signals:
        done: the work's result; not emitted after a cancel or a failure.
        ended: nothing runs any more, whatever came of it.
    """

    done = Signal(object)
    ended = Signal()
    _told = Signal(float)
    _over = Signal(object)

    def __init__(
        self, words: str, work: Callable[[Told], Any], refusals: tuple[type[Exception], ...], window: QWidget
    ) -> None:
        super().__init__(window)
        self._work, self._refusals, self._window = work, refusals, window
        self._cancelled = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)
        self._dialog = QProgressDialog(words, self.tr("Cancel"), 0, STEPS, window)
        self._dialog.setObjectName("job_progress")
        self._dialog.setWindowTitle(self.tr("Racer Desktop"))
        self._dialog.setWindowModality(Qt.WindowModality.NonModal)
        self._dialog.setMinimumDuration(PATIENCE_MS)
        self._dialog.setAutoReset(False)
        self._dialog.setAutoClose(False)
        self._dialog.canceled.connect(self.cancel)
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._over.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begins."""
        self._dialog.setValue(0)
        self._thread.start()

    @Slot()
    def cancel(self) -> None:
        """Asks the work to leave off."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Waits for the thread's end, at most so long."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        result = None
        try:
            result = self._work(self._tell)
        except Exception as error:
            self._error = error
        self._over.emit(result)

    def _tell(self, share: float) -> bool:
        self._told.emit(share)
        return not self._cancelled.is_set()

    @Slot(float)
    def _show(self, share: float) -> None:
        if not self._cancelled.is_set():
            self._dialog.setValue(min(round(STEPS * share), STEPS - 1))

    @Slot(object)
    def _end(self, result: object) -> None:
        self._dialog.canceled.disconnect(self.cancel)
        self._dialog.close()
        self._dialog.deleteLater()
        self.ended.emit()
        if self._error is not None and not self._cancelled.is_set():
            self._refuse(self._error)
        elif not self._cancelled.is_set():
            self.done.emit(result)
        self.deleteLater()

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, self._refusals):
            show_failure(self._window, str(error))
            return
        log.error("work in the background failed", exc_info=error)
        show_failure(self._window, self.tr("This could not be done: {0}").format(error), repr(error))
