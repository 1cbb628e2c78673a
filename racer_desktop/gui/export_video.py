"""Makes a film: painted picture by picture between the window's own frames, packed in a thread of its own."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from racer_desktop.gui.film import Film, film_colours
from racer_desktop.gui.job import Job, Told
from racer_desktop.gui.theme import Theme
from racer_desktop.gui.video_file import Format, Kind, VideoError, write_video

PAUSE_MS = 8  # at least, between two pictures; as long as the last one took, so that the window gets half of the time
AHEAD = 8  # pictures painted and not yet packed
POLL_S = 0.1


class CancelledError(Exception):
    """The person does not want the film any more."""


class VideoExport(QObject):
    """One film on its way to a file.

    Args:
        film: what to write.
        path: the file.
        kind: of file.
        size: width and height, pixels.
        theme: whose colours the film has.
        window: whose progress window it is.

    Signals:
        done: the path; not emitted after a cancel or a failure.
        ended: nothing runs any more.
    """

    done = Signal(object)
    ended = Signal()

    def __init__(
        self, film: Film, path: Path, kind: Kind, size: tuple[int, int], theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._film, self._path, self._format = film, path, Format(kind, size, film_colours(theme))
        self._painted = 0
        self._pictures: queue.Queue[bytes] = queue.Queue(AHEAD)
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._paint)
        self._job = Job(self.tr("Exporting {0}…").format(path.name), self._write, (VideoError,), window)
        self._job.ended.connect(self._end)
        self._job.done.connect(self.done)

    def start(self) -> None:
        """Begins."""
        self._timer.start()
        self._job.start()

    def close(self, seconds: float) -> None:
        """Leaves off, and waits for that at most so long."""
        self._timer.stop()
        self._job.cancel()
        self._job.wait(seconds)

    @Slot()
    def _paint(self) -> None:
        if self._painted == self._film.pictures:
            self._timer.stop()
        elif not self._pictures.full():  # only this thread puts
            began = time.perf_counter()
            self._pictures.put(self._film.paint())
            self._painted += 1
            self._timer.setInterval(max(PAUSE_MS, round(1000 * (time.perf_counter() - began))))

    def _write(self, told: Told) -> Path | None:
        """In the job's thread."""
        try:
            write_video(self._path, self._taken(told), self._format)
        except CancelledError:
            return None
        return self._path

    def _taken(self, told: Told) -> Iterator[bytes]:
        for number in range(self._film.pictures):
            picture = None
            while picture is None:
                if not told(number / self._film.pictures):
                    raise CancelledError
                try:
                    picture = self._pictures.get(timeout=POLL_S)
                except queue.Empty:
                    continue
            yield picture

    @Slot()
    def _end(self) -> None:
        self._timer.stop()
        self._film.close()
        self.ended.emit()
        self.deleteLater()
