"""The window as a program: QApplication, crash handling, files opened from outside, and how it ends."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QMessageLogContext, QObject, QTimer, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from racer_desktop import __version__
from racer_desktop.config import Config
from racer_desktop.gui.appearance import Appearance, apply_appearance
from racer_desktop.gui.beginning import Beginning
from racer_desktop.gui.dialogs import show_failure
from racer_desktop.gui.icons import app_icon
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.recovery import RunMark
from racer_desktop.gui.script import Script
from racer_desktop.gui.start_log import StartLog
from racer_desktop.gui.worker import open_session

SWITCH_S = 0.001  # how long one Python thread may keep the other waiting; 5 ms by default, a third of a frame
NO_WINDOW = "Learn without a window with `racer-desktop train`, or give it a virtual display with Xvfb."

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("racer_desktop.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Application(QApplication):
    """Tells when the system asks to open a file.

    Signals:
        file_opened: the path as text, as by a double click on a file on macOS.
    """

    file_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Takes the system's wish to open a file."""
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class CrashHandler(QObject):
    """Shows an unexpected exception, from whatever thread, in a dialog, and writes it to the log."""

    _caught = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._showing = False
        self._seen: set[str] = set()
        self._caught.connect(self._show)
        sys.excepthook = self.handle
        threading.excepthook = self._handle_thread

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Takes an exception that nobody caught."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        if details in self._seen:  # a failure that comes again with every frame is told once
            return
        self._seen.add(details)
        _log.critical("unexpected failure", exc_info=(kind, error, trace))
        self._caught.emit(str(error) or kind.__name__, details)

    def _handle_thread(self, about: threading.ExceptHookArgs) -> None:
        if about.exc_value is not None:
            self.handle(about.exc_type, about.exc_value, about.exc_traceback)

    @Slot(str, str)
    def _show(self, error: str, details: str) -> None:
        if self._showing:  # the others are in the log
            return
        self._showing = True
        try:
            sentence = self.tr("Something unexpected happened: {0}").format(error)
            show_failure(QApplication.activeWindow(), sentence, details)
        finally:
            self._showing = False


def make_application(arguments: list[str]) -> Application:
    """The QApplication with its names and icon."""
    # Qt would share out every large shape among threads of its own and wait for them, while the learner has every core:
    # a picture costs a third less without, and does not wait for whoever comes last.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    application = Application(arguments)
    application.setOrganizationName("Racer Desktop")
    application.setApplicationName("racer-desktop")
    application.setApplicationDisplayName("Racer Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("racer-desktop")
    application.setWindowIcon(app_icon())
    return application


def run_window(
    config: Config,
    file: Path | None = None,
    *,
    device: str = "auto",
    script: Callable[[MainWindow], Script] | None = None,
) -> int:
    """Opens the window and returns the exit status when it was closed.

    Args:
        config: the settings to begin with.
        file: a `.racer` file to open; it may be wrong, the window says so then.
        device: "auto", "cpu" or "gpu", for the learner.
        script: uses the window in a person's place, and decides the status; there is no welcome then.
    """
    sys.setswitchinterval(SWITCH_S)
    qInstallMessageHandler(QtLog())
    application = make_application(sys.argv[:1])
    CrashHandler(application)
    preferences = Preferences()
    apply_appearance(_appearance(preferences))
    mark = RunMark()
    crashed = None if script else mark.take()
    window = MainWindow(config, preferences, opener=partial(open_session, device=device))
    application.setQuitOnLastWindowClosed(False)  # the window is hidden before the worker has ended
    StartLog(window)
    window.closed.connect(application.quit)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close_now))
    application.file_opened.connect(_opener(window))
    finish: Callable[[], int] = lambda: 0  # noqa: E731 - a name for what a script replaces
    if script is not None:
        finish = script(window).result
    else:
        Beginning(window, preferences, file, crashed)
    window.show()
    status = application.exec() or finish()
    mark.clear()
    leave(window, status)
    return status


def leave(window: MainWindow, status: int) -> None:
    """Ends the process at once if a thread is left that cannot be interrupted.

    JAX compiles in native code for up to 20 s, and neither Python nor Qt can stop that: a normal exit would
    wait for it with the window already gone, or crash when the QThread is destroyed under it. By now the
    window has asked about unsaved work and saved it, and Qt's event loop has ended, so nothing is lost.
    """
    busy = still_running(window)
    if busy:
        _log.info("left while these were busy: %s", ", ".join(busy))
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def still_running(window: MainWindow) -> list[str]:
    """Names of the threads that would keep the process from ending."""
    worker = ["the worker"] if window.worker is not None and window.worker.isRunning() else []
    return worker + [t.name for t in threading.enumerate() if t is not threading.current_thread() and not t.daemon]


class QtLog:
    """Writes what Qt says to the log instead of the terminal.

    After a fatal message Qt aborts without a word and with a core dump; here the process ends with a sentence.
    Only a display that cannot be used is known to do that.
    """

    def __init__(self) -> None:
        self._warnings: list[str] = []

    def __call__(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        """Takes a message of Qt."""
        _qt_log.log(_LEVELS.get(kind, logging.INFO), "%s", message)
        if kind is QtMsgType.QtWarningMsg and not self._warnings:
            self._warnings.append(message)
        if kind is QtMsgType.QtFatalMsg:
            reason = (self._warnings or message.splitlines())[0].rstrip(".")
            logging.shutdown()
            sys.stderr.write(
                f"racer-desktop: the window cannot be opened: {reason}. Set DISPLAY, or learn without a window with "
                "`racer-desktop train`.\n"
            )
            sys.stderr.flush()
            os._exit(2)


def _appearance(preferences: Preferences) -> Appearance:
    try:
        return Appearance(preferences.appearance)
    except ValueError:
        return Appearance.SYSTEM


def _opener(window: MainWindow) -> Callable[[str], None]:
    def open_file(name: str) -> None:
        window.open_file(Path(name))

    return open_file
