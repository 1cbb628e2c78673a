"""Undo and redo for settings: every change that came into force can be taken back, whatever made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from racer_desktop.config import Config, Setting
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.session_port import Outcome, Wish

MOST = 200  # changes that can be taken back


def differences(before: Config, after: Config) -> Iterator[tuple[str, Setting, Any, Any]]:
    """Yields (section, its `Setting`, old value, new value) of every setting that is not the same."""
    old = dict(before.sections())
    for name, section in after.sections():
        for field, about, value in section.settings():
            if getattr(old[name], field) != value:
                yield name, about, getattr(old[name], field), value


class SettingsHistory(QObject):
    """Keeps the settings that were in force, and asks for an earlier or later state of them.

    The worker may refuse what is asked for, and the person may decline it because it costs a brain. So the place in
    the history is always the one whose settings are in force: what was not done is stepped back over in silence.

    Signals:
        wanted: a Config that the person wants back.
    """

    wanted = Signal(object)

    def __init__(self, actions: Actions, config: Config, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._config = config
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(MOST)
        self._next_title = ""
        self._pending: Config | None = None  # asked for, not yet answered
        self._ready = False
        self._stack.indexChanged.connect(self._show)
        actions.undo.triggered.connect(self._undo)
        actions.redo.triggered.connect(self._redo)
        self._show()

    def start_from(self, config: Config) -> None:
        """The settings that are in force at first; nothing before can be taken back."""
        self._config = config
        self._stack.clear()

    def set_ready(self, ready: bool) -> None:
        """Whether there is somebody to put settings into force."""
        self._ready = ready
        self._pending = None
        self._settle()
        self._show()

    def name_next(self, title: str) -> None:
        """Gives the next change a name of its own, such as a preset's."""
        self._next_title = title

    def hear(self, outcome: Outcome) -> None:
        """Takes the worker's answer to a request."""
        if outcome.wish in (Wish.OPEN, Wish.NEW) and outcome.error is None:
            self._config = outcome.config  # another experiment: its settings are not a change of the present ones
            self._pending = None
            self._stack.clear()
        elif outcome.config != self._config:
            if outcome.config == self._pending:
                self._config, self._pending = outcome.config, None
            else:
                self._record(outcome.config)
        elif outcome.error is not None and outcome.wish is Wish.CONFIGURE:
            self.decline()
        self._show()

    @Slot()
    def decline(self) -> None:
        """What was asked for will not come: the person thought better of it, or it was refused."""
        self._next_title = ""
        self._pending = None
        self._settle()
        self._show()

    def _record(self, config: Config) -> None:
        self._settle()
        title, self._next_title = self._next_title or self._title(config), ""
        before, self._config, self._pending = self._config, config, None
        self._stack.push(_Change(title, before, config))

    def _title(self, config: Config) -> str:
        changed = list(differences(self._config, config))
        if len(changed) != 1:
            return self.tr("{0} Settings").format(len(changed))
        ((section, about, _, _),) = changed
        return f"{section.capitalize()}: {about.name}"

    @Slot()
    def _undo(self) -> None:
        self._ask(self._stack.index() - 1, self._stack.undo)

    @Slot()
    def _redo(self) -> None:
        self._ask(self._stack.index() + 1, self._stack.redo)

    def _ask(self, place: int, move: Any) -> None:
        if self._pending is not None or not 0 <= place <= self._stack.count():
            return
        change = self._stack.command(min(place, self._stack.index()))
        if not isinstance(change, _Change):
            return
        self._pending = change.before if place < self._stack.index() else change.after
        move()
        self._show()
        self.wanted.emit(self._pending)

    def _settle(self) -> None:
        """Puts the place in the history where the settings in force are."""
        for place in (self._stack.index(), self._stack.index() + 1, self._stack.index() - 1):
            if 0 <= place <= self._stack.count() and self._state(place) == self._config:
                self._stack.setIndex(place)
                return

    def _state(self, place: int) -> Config | None:
        """The settings at a place of the history."""
        change = self._stack.command(min(place, self._stack.count() - 1))
        if not isinstance(change, _Change):
            return None
        return change.before if place < self._stack.count() else change.after

    @Slot()
    def _show(self) -> None:
        free = self._ready and self._pending is None
        undo, redo, stack = self._actions.undo, self._actions.redo, self._stack
        undo.setEnabled(free and stack.canUndo())
        redo.setEnabled(free and stack.canRedo())
        undo.setText(self.tr("&Undo {0}").format(stack.undoText() or self.tr("Setting")))
        redo.setText(self.tr("Re&do {0}").format(stack.redoText() or self.tr("Setting")))


class _Change(QUndoCommand):
    """A step from one Config to the next; the history itself asks for what it leads to."""

    def __init__(self, title: str, before: Config, after: Config) -> None:
        super().__init__(title.replace("&", "&&"))
        self.before, self.after = before, after
