"""The Help menu. Its windows are made when they are first asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.dialogs import show_about

PAGES = ("guide", "architecture", "configuration", "operations", "keyboard", "files")


class HelpControl(QObject):
    """Opens help pages, the log and the about box.

    Attributes:
        device: where the learner runs, for the about box.
    """

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self.device = "CPU"
        self._window = window
        self._help = self._log = None
        self._pages = {getattr(actions, page): page for page in PAGES}
        for action in self._pages:
            action.triggered.connect(self._show_page)
        actions.log.triggered.connect(self._show_log)
        actions.about.triggered.connect(self._show_about)

    @Slot()
    def _show_page(self) -> None:
        if self._help is None:
            from racer_desktop.gui.help_window import HelpWindow

            self._help = HelpWindow(parent=self._window)
        self._help.show_page(self._pages[self.sender()])

    @Slot()
    def _show_log(self) -> None:
        if self._log is None:
            from racer_desktop.gui.log_window import LogWindow

            self._log = LogWindow(parent=self._window)
        self._log.show()
        self._log.raise_()
        self._log.activateWindow()

    @Slot()
    def _show_about(self) -> None:
        show_about(self._window, self.device)
