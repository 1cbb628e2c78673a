"""Evaluate, Compare and Restore Best in the Training menu. The dialogs are made when they are first asked for."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from racer_desktop.config import Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.compare_dialog import CompareDialog
from racer_desktop.gui.evaluate_dialog import EvaluateDialog
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.gui.trial_run import Judge, judge_file
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.checkpoint import SUFFIX


class TrialControl(QObject):
    """Lends the session's brain to the dialogs, as a file of which the race takes no further notice.

    Signals:
        told: a sentence for the status bar.
    """

    told = Signal(str)

    def __init__(self, actions: Actions, window: QWidget, judge: Judge = judge_file) -> None:
        super().__init__(window)
        self._actions, self._window, self._judge = actions, window, judge
        self._worker: SessionWorker | None = None
        self._config = Config()
        self._evaluate: EvaluateDialog | None = None
        self._compare: CompareDialog | None = None
        self._lent = 0
        # A trial that was broken off may still be reading while the program ends.
        self._folder = tempfile.TemporaryDirectory(prefix="racer-desktop-trial-", ignore_cleanup_errors=True)
        actions.evaluate.triggered.connect(self._show_evaluate)
        actions.compare.triggered.connect(self._show_compare)
        actions.restore_best.triggered.connect(self._restore_best)

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        for dialog in self._dialogs:
            if worker is None and dialog.waiting:
                dialog.refuse(self.tr("There is no brain to try at the moment."))

    def set_ready(self, ready: bool) -> None:
        """Whether there is a Session."""
        for action in (self._actions.evaluate, self._actions.compare, self._actions.restore_best):
            action.setEnabled(ready)

    def set_config(self, config: Config) -> None:
        """The settings in force: unseen tracks are made like the present one."""
        changed = config.track != self._config.track
        self._config = config
        for dialog in self._dialogs if changed else []:
            dialog.set_tracks(config.track)

    def hear(self, outcome: Outcome) -> None:
        """Takes the worker's answer to a request."""
        if outcome.wish is Wish.RESTORE_BEST and outcome.error is None:
            self.told.emit(self.tr("The best brain is at the wheel again"))
        if outcome.wish is not Wish.LEND_BRAIN:
            return
        for dialog in self._dialogs:
            if not dialog.waiting:
                continue
            if outcome.error is not None or outcome.path is None:
                dialog.refuse(outcome.error or "")
            else:
                dialog.begin(outcome.path)

    def close(self) -> None:
        """Ends every trial without waiting for it; the window is about to go."""
        for dialog in self._dialogs:
            dialog.close()
        self._folder.cleanup()

    @property
    def _dialogs(self) -> list[TrialDialog]:
        return [dialog for dialog in (self._evaluate, self._compare) if dialog is not None]

    @Slot()
    def _show_evaluate(self) -> None:
        if self._evaluate is None:
            self._evaluate = EvaluateDialog(self._window, self._judge)
            self._adopt(self._evaluate)
        _bring(self._evaluate)

    @Slot()
    def _show_compare(self) -> None:
        if self._compare is None:
            self._compare = CompareDialog(self._window, self._judge)
            self._adopt(self._compare)
        _bring(self._compare)

    def _adopt(self, dialog: TrialDialog) -> None:
        dialog.set_tracks(self._config.track)
        dialog.begin_wanted.connect(self._lend)

    @Slot()
    def _lend(self) -> None:
        dialog = self.sender()
        if self._worker is not None and self._worker.is_ready:
            self._lent += 1
            self._worker.lend_brain(Path(self._folder.name) / f"lent-{self._lent}{SUFFIX}")
        elif isinstance(dialog, TrialDialog):
            dialog.refuse(self.tr("There is no brain to try at the moment."))

    @Slot()
    def _restore_best(self) -> None:
        if self._worker is not None:
            self._worker.restore_best()


def _bring(dialog: TrialDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
