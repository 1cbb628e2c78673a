"""The Presets menu and the reset of all settings: many settings at a stroke, after saying what it costs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from racer_desktop.config import Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.dialogs import show_failure
from racer_desktop.gui.preset_dialogs import PresetsDialog, ask_change
from racer_desktop.gui.presets import Preset, PresetError, PresetShelf, shipped_presets
from racer_desktop.training import structure


class PresetControl(QObject):
    """Fills the Presets menu and does what it offers.

    Signals:
        wanted: (Config, title): the person wants these settings in force and knows what that costs.
        told: a sentence for the status bar.
    """

    wanted = Signal(object, str)
    told = Signal(str)

    def __init__(self, actions: Actions, menu: QMenu, window: QWidget, shelf: PresetShelf | None = None) -> None:
        super().__init__(window)
        self._actions, self._menu, self._window = actions, menu, window
        self._shelf = shelf
        self._config = Config()
        self._learned = False
        self._ready = False
        self._entries: list[QAction] = []
        menu.aboutToShow.connect(self._fill)
        actions.reset_settings.triggered.connect(self._reset_all)
        actions.save_preset.triggered.connect(self._save)
        actions.manage_presets.triggered.connect(self._manage)
        self._fill()

    @property
    def shelf(self) -> PresetShelf:
        """The person's own presets, read when they are first needed."""
        if self._shelf is None:
            self._shelf = PresetShelf()
        return self._shelf

    def set_config(self, config: Config) -> None:
        """The settings in force."""
        self._config = config
        self._actions.reset_settings.setEnabled(self._ready and config != type(config)())

    def set_learned(self, learned: bool) -> None:
        """Whether there is a brain that has learned something."""
        self._learned = learned

    def set_ready(self, ready: bool) -> None:
        """Whether there is somebody to put settings into force."""
        self._ready = ready
        for entry in self._entries:
            entry.setEnabled(ready)
        self.set_config(self._config)

    def apply(self, preset: Preset) -> None:
        """Puts a preset's settings in force, after asking if they need a new brain."""
        try:
            config = preset.applied(self._config)
        except PresetError as error:
            show_failure(self._window, str(error))
            return
        if config == self._config:
            self.told.emit(self.tr("“{0}” is in force already").format(preset.name))
        else:
            self._want(config, self.tr("Preset “{0}”").format(preset.name))

    @Slot()
    def _reset_all(self) -> None:
        self._want(type(self._config)(), self.tr("Reset of All Settings"))

    def _want(self, config: Config, title: str) -> None:
        needs = structure.brain(config) != structure.brain(self._config)
        if not needs or ask_change(self._window, title, self._config, config, learned=self._learned):
            self.wanted.emit(config, title)

    @Slot()
    def _fill(self) -> None:
        menu, a = self._menu, self._actions
        menu.clear()
        for old in self._entries:
            old.deleteLater()
        self._entries = [self._entry(preset) for preset in shipped_presets()]
        menu.addActions(self._entries)
        menu.addSeparator()
        own = [self._entry(preset) for preset in self.shelf.own]
        menu.addActions(own)
        self._entries += own
        if self.shelf.problem:
            note = QAction(self.shelf.problem, self)
            note.setEnabled(False)
            menu.addAction(note)
        menu.addSeparator()
        menu.addActions([a.save_preset, a.manage_presets])
        a.manage_presets.setEnabled(bool(own))

    def _entry(self, preset: Preset) -> QAction:
        action = QAction(preset.name.replace("&", "&&"), self)
        action.setData(preset)
        action.setStatusTip(preset.help or self.tr("Put these settings in force"))
        action.setEnabled(self._ready)
        action.triggered.connect(self._apply_entry)
        return action

    @Slot()
    def _apply_entry(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.apply(action.data())

    @Slot()
    def _save(self) -> None:
        dialog = QInputDialog(self._window)
        dialog.setObjectName("ask_preset_name")
        dialog.setWindowTitle(self.tr("Save Preset"))
        dialog.setLabelText(self.tr("Name for the present settings:"))
        accepted, name = bool(dialog.exec()), dialog.textValue()
        dialog.deleteLater()
        if not accepted:
            return
        try:
            kept = self.shelf.add(name, self._config)
        except PresetError as error:
            show_failure(self._window, str(error))
        else:
            self.told.emit(self.tr("Kept as preset “{0}”").format(kept.name))
            self._fill()

    @Slot()
    def _manage(self) -> None:
        dialog = PresetsDialog(self.shelf, self._window)
        dialog.exec()
        dialog.deleteLater()
        self._fill()
