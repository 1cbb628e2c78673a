"""How a start begins: after a crash with an offer to recover, at the very first with the shipped driver and a card."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from racer_desktop import paths
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.recovery import newest_since
from racer_desktop.training.checkpoint import CheckpointInfo

WELCOMED = "welcomed"


class Beginning(QObject):
    """Sees to what is to happen once, when the window has just been opened.

    Args:
        window: not shown yet.
        preferences: they remember whether there was a start before.
        file: what the person wants opened.
        crashed: when the run had begun that ended by a crash, POSIX s; None if the last one ended well.
    """

    def __init__(
        self, window: MainWindow, preferences: Preferences, file: Path | None = None, crashed: float | None = None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._saved = newest_since(crashed) if crashed is not None else None
        self._driver: Path | None = None
        if file is not None:
            window.open_file(file)
        if self._saved is not None:
            window.session_ready.connect(self._offer)
        elif file is None and not preferences.flag(WELCOMED, default=False):
            preferences.set_flag(WELCOMED, True)
            self._driver = shipped_driver()
            if self._driver is not None:
                window.open_file(self._driver)
            window.view.first_painted.connect(self._greet)

    @Slot()
    def _greet(self) -> None:
        self._window.tools.greet(trained=self._driver is not None)

    @Slot()
    def _offer(self) -> None:
        saved, self._saved = self._saved, None
        if saved is not None and ask_recover(self._window, saved):
            self._window.open_file(saved.path)


def shipped_driver() -> Path | None:
    """The trained driver that comes with the program; None if this installation has none."""
    try:
        return paths.model(paths.SHIPPED_DRIVER)
    except FileNotFoundError:
        return None


def ask_recover(parent: QWidget, saved: CheckpointInfo) -> bool:
    """Tells that the last run did not end well, and asks whether to go on from what it had saved."""
    when = datetime.fromtimestamp(saved.time).astimezone()
    box = QMessageBox(parent)
    box.setObjectName("ask_recover")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Racer Desktop"))
    box.setText(_tr("The program did not end as it should last time."))
    box.setInformativeText(
        _tr("The newest it had saved by itself is “{0}” of {1}. Go on from there?").format(
            saved.title or saved.path.stem, f"{when:%Y-%m-%d %H:%M}"
        )
        + "\n\n"
        + _tr("If not, the file stays where it is: {0}").format(saved.path)
    )
    recover = box.addButton(_tr("&Recover"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_tr("&Begin Anew"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(recover)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is recover


def _tr(text: str) -> str:
    return QCoreApplication.translate("Beginning", text)
