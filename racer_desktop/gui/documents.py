"""The person's file: new, open, save, recent files, milestones, and never losing work without asking."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from racer_desktop import paths
from racer_desktop.config import Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.chrome import Menus
from racer_desktop.gui.dialogs import Answer, ask_to_save, show_failure
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.checkpoint import SUFFIX, CheckpointInfo


class Documents(QObject):
    """What the File menu does.

    Signals:
        changed: the file's name or whether it holds everything changed.
        told: a sentence for the status bar.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(self, actions: Actions, menus: Menus, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._actions, self._menus, self._preferences, self._window = actions, menus, preferences, window
        self._worker: SessionWorker | None = None
        self._config = Config()
        self._after_save: Callable[[], None] | None = None
        self._refused: Path | None = None
        self.path: Path | None = None
        self.unsaved = False
        actions.new.triggered.connect(self._new)
        actions.open.triggered.connect(self._open)
        actions.save.triggered.connect(self._save)
        actions.save_as.triggered.connect(self._save_as)
        actions.save_brain.triggered.connect(self._save_brain)
        actions.clear_recent.triggered.connect(self._clear_recent)
        menus.recent.aboutToShow.connect(self._fill_recent)
        menus.milestones.aboutToShow.connect(self._ask_milestones)
        self._fill_recent()
        self._fill_milestones(())

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        self.set_ready(False)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a Session to save from and load into."""
        a = self._actions
        for action in (a.new, a.open, a.save, a.save_as, a.save_brain):
            action.setEnabled(ready)
        self._menus.recent.setEnabled(ready)
        self._menus.milestones.setEnabled(ready)
        if ready and self._worker is not None:
            self._worker.list_milestones()

    def set_config(self, config: Config) -> None:
        """The settings that a new experiment begins with."""
        self._config = config

    def set_unsaved(self, unsaved: bool) -> None:
        """Whether there is something that the file does not hold."""
        if unsaved != self.unsaved:
            self.unsaved = unsaved
            self.changed.emit()

    @property
    def name(self) -> str:
        """What to call the file in titles and questions."""
        return self.path.name if self.path is not None else self.tr("Untitled")

    def open_path(self, path: Path) -> None:
        """Opens a file, after asking what to do with unsaved work."""
        self.secure(lambda: self._load(path))

    def secure(self, proceed: Callable[[], None]) -> None:
        """Goes on once nothing unsaved can be lost: at once, after a save, or not at all."""
        if not self.unsaved or self._worker is None:
            proceed()
            return
        answer = ask_to_save(self._window, self.name)
        if answer is Answer.DISCARD:
            proceed()
        elif answer is Answer.SAVE:
            self._after_save = proceed
            self._save()

    def close(self) -> None:
        """The window goes: what was to follow a save that is still under way does not."""
        self._after_save = None

    def hear(self, outcome: Outcome) -> None:
        """Takes the worker's answer to a request."""
        if outcome.wish in (Wish.SAVE, Wish.SAVE_BRAIN):
            self._saved(outcome)
        elif outcome.wish is Wish.OPEN:
            self._opened(outcome)
        elif outcome.wish is Wish.NEW and outcome.error is None:
            self._set_path(None)
        elif outcome.wish is Wish.MILESTONES:
            self._fill_milestones(outcome.milestones)

    @Slot()
    def _new(self) -> None:
        self.secure(self._begin_new)

    def _begin_new(self) -> None:
        if self._worker is not None:
            self._worker.new_experiment(self._config)

    @Slot()
    def _open(self) -> None:
        self.secure(self._choose_and_load)

    def _choose_and_load(self) -> None:
        path = self._choose(_Purpose.OPEN)
        if path is not None:
            self._load(path)

    def _load(self, path: Path) -> None:
        if self._worker is not None:
            self.told.emit(self.tr("Opening {0}…").format(path.name))
            self._worker.load(path)

    @Slot()
    def _save(self) -> None:
        if self.path is None:
            self._save_as()
        elif self._worker is not None:
            self._worker.save(self.path)

    @Slot()
    def _save_as(self) -> None:
        path = self._choose(_Purpose.SAVE)
        if path is None or self._worker is None:
            self._after_save = None  # who cancels here does not want to lose anything either
        else:
            self._worker.save(path)

    @Slot()
    def _save_brain(self) -> None:
        path = self._choose(_Purpose.SAVE_BRAIN)
        if path is not None and self._worker is not None:
            self._worker.save(path, brain_only=True)

    def _saved(self, outcome: Outcome) -> None:
        proceed = None
        if outcome.wish is Wish.SAVE:  # a brain saved on the way says nothing about the rest
            proceed, self._after_save = self._after_save, None
        if outcome.error is not None or outcome.path is None:
            show_failure(self._window, outcome.error or "")
            return
        self._preferences.note_recent(outcome.path)
        self._preferences.folder = outcome.path.parent
        if outcome.wish is Wish.SAVE:
            self._set_path(outcome.path)
        self.told.emit(self.tr("Saved {0}").format(outcome.path.name))
        if proceed is not None:
            proceed()

    def _opened(self, outcome: Outcome) -> None:
        path = outcome.path
        if outcome.error is not None or path is None:
            if path is not None and not path.exists():
                self._preferences.forget_recent(path)
            show_failure(self._window, outcome.error or "")
            return
        if path.parent in (paths.checkpoint_folder(), paths.data_folder()) or paths.is_shipped(path):
            self._set_path(None)  # what the program saved by itself stays as it is: Save asks for another file
        else:
            self._preferences.note_recent(path)
            self._preferences.folder = path.parent
            self._set_path(path)
        self.told.emit(self.tr("Opened {0}").format(path.name))

    def _set_path(self, path: Path | None) -> None:
        self.path = path
        self.changed.emit()

    def _choose(self, purpose: _Purpose) -> Path | None:
        dialog = QFileDialog(self._window)
        dialog.setObjectName("file_dialog")
        dialog.setNameFilter(self.tr("Racer Desktop files (*{0})").format(SUFFIX))
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        folder = self.path.parent if self.path is not None else self._preferences.folder or Path.home()
        dialog.setDirectory(str(folder))
        if purpose is _Purpose.OPEN:
            dialog.setWindowTitle(self.tr("Open"))
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setWindowTitle(self.tr("Save") if purpose is _Purpose.SAVE else self.tr("Save Brain Only"))
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            suggestion = self.path.stem if self.path is not None else self.tr("untitled")
            ending = self.tr(" brain") if purpose is _Purpose.SAVE_BRAIN else ""
            dialog.selectFile(f"{suggestion}{ending}{SUFFIX}")
        accepted = bool(dialog.exec())
        chosen = dialog.selectedFiles()
        dialog.deleteLater()
        return Path(chosen[0]) if accepted and chosen else None

    @Slot()
    def _fill_recent(self) -> None:
        menu = self._menus.recent
        _clear(menu, keep=self._actions.clear_recent)
        recent = self._preferences.recent
        for number, path in enumerate(recent, start=1):
            action = self._entry(menu, f"&{number % 10}  {path.name.replace('&', '&&')}", path)
            action.setStatusTip(str(path))
        if recent:
            menu.addSeparator()
            menu.addAction(self._actions.clear_recent)
        else:
            self._nothing(menu, self.tr("Files you open or save appear here"))

    @Slot()
    def _clear_recent(self) -> None:
        self._preferences.forget_recent()
        self._fill_recent()

    @Slot()
    def _ask_milestones(self) -> None:
        if self._worker is not None:
            self._worker.list_milestones()

    def _fill_milestones(self, found: tuple[CheckpointInfo, ...]) -> None:
        menu = self._menus.milestones
        _clear(menu)
        for info in found:
            when = datetime.fromtimestamp(info.time).astimezone()
            action = self._entry(menu, f"{info.title}\t{when:%H:%M}", info.path)
            action.setStatusTip(self.tr("Saved by itself on {0}").format(f"{when:%Y-%m-%d %H:%M}"))
        if not found:
            self._nothing(menu, self.tr("The first gate, the first lap and every better lap appear here"))

    def _entry(self, menu: QMenu, text: str, path: Path) -> QAction:
        action = menu.addAction(text)
        action.setData(str(path))
        action.triggered.connect(self._open_entry)
        return action

    def _nothing(self, menu: QMenu, text: str) -> None:
        menu.addAction(text).setEnabled(False)

    @Slot()
    def _open_entry(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_path(Path(action.data()))


class _Purpose(enum.Enum):
    OPEN = enum.auto()
    SAVE = enum.auto()
    SAVE_BRAIN = enum.auto()


def _clear(menu: QMenu, keep: QAction | None = None) -> None:
    for action in menu.actions():
        menu.removeAction(action)
        if action is not keep:
            action.deleteLater()
