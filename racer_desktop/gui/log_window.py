"""The log window: the end of the log file, to read, copy or find on disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QFontDatabase,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from racer_desktop.gui.panel_parts import SMALL, words
from racer_desktop.gui.theme import GRID
from racer_desktop.paths import log_file

TAIL_BYTES = 256 * 1024  # what is shown: the newest part
_FOLLOW_MS = 1000
_FONT = 12  # px


class LogWindow(QWidget):
    """The newest part of a log file, in a window of its own.

    Args:
        path: the file; None for the program's own.
        parent: the window it belongs to.
    """

    def __init__(self, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("log_window")
        self.setWindowTitle(self.tr("Racer Desktop Log"))
        self.resize(900, 520)
        self._path = log_file() if path is None else path
        self._seen: tuple[int, int] | None = None
        self._text, self._where = QPlainTextEdit(), words(str(self._path), SMALL)
        self._follow = QCheckBox(self.tr("&Follow"))
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._look)
        self._build()

    @Slot()
    def refresh(self) -> None:
        """Reads the end of the file again."""
        self._seen = self._state()
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        before = bar.value()
        self._text.setPlainText(self._tail())
        bar.setValue(bar.maximum() if at_end or self._follow.isChecked() else before)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        """Shows what is newest, and keeps looking."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Stops looking."""
        super().hideEvent(event)
        self._timer.stop()

    def _state(self) -> tuple[int, int] | None:
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_size, about.st_mtime_ns

    def _tail(self) -> str:
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - TAIL_BYTES))
                data = file.read()
        except FileNotFoundError:
            return self.tr("Nothing has been written to the log yet.")
        except OSError as error:
            return self.tr("The log could not be read: {reason}.").format(reason=error.strerror or error)
        if size > TAIL_BYTES:
            data = data.partition(b"\n")[2]  # the first line is cut off
        return data.decode("utf-8", errors="replace")

    @Slot()
    def _look(self) -> None:
        if self._follow.isChecked() and self._state() != self._seen:
            self.refresh()

    @Slot()
    def _copy(self) -> None:
        chosen = self._text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self.text)

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))

    def _build(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(_FONT)
        self._text.setFont(font)
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName(self.tr("Log"))
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._where.setAccessibleName(self.tr("Where the log lies"))
        self._follow.setChecked(True)
        self._follow.setToolTip(self.tr("Show new lines as they are written"))
        row = QHBoxLayout()
        row.addWidget(self._where, 1)
        row.addWidget(self._follow)
        for text, tip, act in (
            (self.tr("&Refresh"), self.tr("Read the log again (F5)"), self.refresh),
            (self.tr("&Copy"), self.tr("Copy what is selected, or everything"), self._copy),
            (self.tr("&Open Folder"), self.tr("Show the file among its neighbours"), self._open_folder),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._text, 1)
        column.addLayout(row)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self).activated.connect(self.refresh)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.close)
