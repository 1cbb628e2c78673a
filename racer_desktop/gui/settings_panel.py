"""The Settings panel, made entirely from the settings' own metadata: a new field needs no code here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from racer_desktop.config import Config, ConfigError
from racer_desktop.gui.panel_parts import SMALL, colour_words, scrolling, words
from racer_desktop.gui.setting_group import SettingGroup
from racer_desktop.gui.setting_row import SettingRow
from racer_desktop.gui.theme import GRID, Theme, current_theme

OF_GENERATED_TRACKS = ("half_width", "obstacles", "obstacle_radius", "difficulty", "points")  # no circuit has them
LEAST = QSize(280, 200)  # fixed, so that a sentence that appears never pushes the window about


class SettingsPanel(QWidget):
    """Every setting of a `Config`, in groups that fold, with a filter.

    A finished edit is checked as part of a whole new Config. If that is refused, the sentence that says why
    stands under the setting and nothing is emitted.

    Signals:
        changed: a new, valid Config.
    """

    changed = Signal(object)

    def __init__(self, config: Config | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_panel")
        self.setMinimumSize(LEAST)
        self._theme = current_theme()
        self._config = Config() if config is None else config
        self.groups: list[SettingGroup] = []
        self._rows: dict[str, SettingRow] = {}
        self._build()
        self._make_groups()
        self.set_config(self._config)

    @property
    def config(self) -> Config:
        """The settings as the panel shows them, without unfinished edits."""
        return self._config

    def set_config(self, config: Config) -> None:
        """Shows other settings; nothing is emitted. Unfinished edits of settings that stay the same are kept."""
        if _layout_of(config) != _layout_of(self._config):
            self._config = config
            self._make_groups()
        self._config = config
        for name, section in config.sections():
            for field, _, value in section.settings():
                row = self._rows[f"{name}__{field}"]
                if row.value != value:
                    row.show_value(value)
        for field in OF_GENERATED_TRACKS:
            if row := self._rows.get(f"track__{field}"):
                row.setEnabled(config.circuit is None or config.track.random_tracks)
        self._count_changes()

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        for group in self.groups:
            group.set_theme(theme)
        colour_words(theme.muted, self._summary, self._nothing)
        colour_words(theme.crash, self._problem)

    def finish_edits(self) -> None:
        """Takes what is being typed as finished."""
        for row in self._rows.values():
            row.editor.finish()

    def row(self, section: str, field: str) -> SettingRow:
        """The row of a setting."""
        return self._rows[f"{section}__{field}"]

    # Edits

    @Slot(str, object)
    def _edited(self, path: str, value: Any) -> None:
        row = self._rows[path]
        try:
            config = self._config.replace(**{path: value})
        except ConfigError as error:
            row.refuse(str(error))
            return
        row.show_value(_value_at(config, path))
        self._take(config)

    @Slot(str)
    def _reset_setting(self, path: str) -> None:
        self._rows[path].editor.control.setFocus()  # the button is about to be disabled
        self._edited(path, self._rows[path].default)

    @Slot(str)
    def _reset_group(self, name: str) -> None:
        section = dict(self._config.sections())[name]
        self._reset(lambda: dataclasses.replace(self._config, **{name: type(section)()}))

    @Slot()
    def _reset_all(self) -> None:
        self._reset(lambda: type(self._config)())

    def _reset(self, make: Callable[[], Config]) -> None:
        try:
            config = make()
        except ConfigError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return
        before = self._config
        for row in self._rows.values():
            row.show_value(_value_at(config, row.path))
        self._config = before
        self._take(config)

    def _take(self, config: Config) -> None:
        self._problem.hide()
        different = config != self._config
        self._config = config
        self._count_changes()
        if different:
            self.changed.emit(config)

    # Filter

    @Slot(str)
    def _filter(self, text: str) -> None:
        found = sum(group.filter(text.lower().split()) for group in self.groups)
        self._nothing.setVisible(found == 0)
        self._nothing.setText(self.tr("No setting matches “{text}”.").format(text=text.strip()))

    def _count_changes(self) -> None:
        count = sum(group.count_changes() for group in self.groups)
        if count == 0:
            self._summary.setText(self.tr("All settings are at their defaults."))
        elif count == 1:
            self._summary.setText(self.tr("1 setting is not at its default."))
        else:
            self._summary.setText(self.tr("{n} settings are not at their defaults.").format(n=count))
        self._all.setEnabled(count > 0)

    # Building

    def _make_groups(self) -> None:
        for group in self.groups:
            self._column.removeWidget(group)
            group.deleteLater()
        self.groups = [SettingGroup(name, type(section)()) for name, section in self._config.sections()]
        self._rows = {row.path: row for group in self.groups for row in group.rows}
        for index, group in enumerate(self.groups):
            self._column.insertWidget(index, group)
            group.reset_wanted.connect(self._reset_group)
        for row in self._rows.values():
            row.edited.connect(self._edited)
            row.reset_wanted.connect(self._reset_setting)
        if self.groups:
            self.groups[0].set_unfolded(True)
        self.set_theme(self._theme)
        self._filter(self._search.text())

    def _build(self) -> None:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Find a setting"))
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName(self.tr("Find a setting"))
        self._search.textChanged.connect(self._filter)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._search.setFocus)
        self._nothing = words()
        self._nothing.hide()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(GRID, 0, GRID, 0)
        self._column.setSpacing(GRID // 2)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        self._problem = words(pixels=SMALL)
        self._problem.hide()
        self._summary = words(pixels=SMALL)
        self._all = QPushButton(self.tr("Reset &All"))
        self._all.setToolTip(self.tr("Reset every setting to its default"))
        self._all.setAccessibleName(self.tr("Reset every setting to its default"))
        self._all.clicked.connect(self._reset_all)
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._all)
        top = QVBoxLayout()
        top.setContentsMargins(GRID, GRID, GRID, GRID // 2)
        top.addWidget(self._search)
        top.addWidget(self._problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(scrolling(inside), 1)
        column.addLayout(foot)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.set_theme(current_theme())


def _layout_of(config: Config) -> list[tuple[str, type]]:
    return [(name, type(section)) for name, section in config.sections()]


def _value_at(config: Config, path: str) -> Any:
    section, _, field = path.partition("__")
    return getattr(getattr(config, section), field)
