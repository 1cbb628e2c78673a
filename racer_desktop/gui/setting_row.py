"""One setting in the panel: its label, its control, a way back to the default, and a sentence when it is refused."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from racer_desktop.config import Setting
from racer_desktop.configuration_guide import limits_text, value_text
from racer_desktop.gui.panel_parts import SMALL, colour_words, keep_room_when_hidden, small_button, words
from racer_desktop.gui.setting_editors import NumbersEditor, editor_for
from racer_desktop.gui.theme import GRID, Theme


class SettingRow(QWidget):
    """One setting.

    Args:
        section: name of its group.
        field: name of the field.
        about: its metadata.
        default: its default.

    Signals:
        edited: (path, value) of a finished choice; the path is "section__field".
        reset_wanted: path of a setting that is to return to its default.
    """

    edited = Signal(str, object)
    reset_wanted = Signal(str)

    def __init__(self, section: str, field: str, about: Setting, default: Any) -> None:
        super().__init__()
        self.setObjectName(f"setting_{section}_{field}")
        self.path, self.about, self.default = f"{section}__{field}", about, default
        self.value: Any = default
        self.editor = editor_for(about, default)
        self._searched = f" {section} {field} {section}.{field} {about.name} {about.help} {about.unit}".lower()
        self._label = words(self._label_text())
        self._label.setBuddy(self.editor.control)
        self._reset = small_button("↺", "")
        self._problem = words(pixels=SMALL)
        self._describe()
        self._arrange()
        self.editor.chosen.connect(self._chosen)
        self.editor.unreadable.connect(self.show_problem)
        self._reset.clicked.connect(self._reset_clicked)
        self.show_value(default)

    @property
    def changed(self) -> bool:
        """Whether the value is not the default."""
        return self.value != self.default

    @property
    def problem(self) -> str:
        """The sentence that is shown, or ""."""
        return "" if self._problem.isHidden() else self._problem.text()

    def show_value(self, value: Any) -> None:
        """Shows a value that is in force, and takes back what was said about another."""
        self.value = value
        self.editor.show_value(value)
        self._reset.setEnabled(self.changed)
        self._reset.setVisible(self.changed)
        self._problem.hide()

    def refuse(self, sentence: str) -> None:
        """The choice was not taken; says why."""
        self.editor.refused(self.value)
        self.show_problem(sentence)

    @Slot(str)
    def show_problem(self, sentence: str) -> None:
        """Shows a sentence under the control."""
        self._problem.setText(sentence)
        self._problem.show()

    def matches(self, prefixes: list[str]) -> bool:
        """Whether every word begins a word of its names, its help or its unit."""
        return all(f" {word}" in self._searched or f"_{word}" in self._searched for word in prefixes)

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        colour_words(theme.crash, self._problem)

    def _label_text(self) -> str:
        # A list of numbers fills its field; its unit stands with the name.
        unit = f" ({self.about.unit})" if self.about.unit and isinstance(self.editor, NumbersEditor) else ""
        return self.about.name + unit

    def _describe(self) -> None:
        default = value_text(self.default, self.about.unit)
        limits = "" if isinstance(self.default, bool) else limits_text(self.about)
        lines = [f"<b>{self.about.name}</b>", self.about.help]
        if limits:
            lines.append(self.tr("Limits: {limits}").format(limits=limits))
        lines.append(self.tr("Default: {default}").format(default=default))
        if not self.about.live:
            lines.append(self.tr("<i>Needs a new brain.</i>"))
        tip = "<p>" + "<br>".join(lines) + "</p>"
        for widget in (self._label, self.editor.control):
            widget.setToolTip(tip)
        self.editor.control.setAccessibleName(self.about.name)
        self.editor.control.setAccessibleDescription(
            self.about.help if self.about.live else self.tr("{help} Needs a new brain.").format(help=self.about.help)
        )
        self._reset.setToolTip(self.tr("Reset to the default: {default}").format(default=default))
        self._reset.setAccessibleName(self.tr("Reset {name} to its default").format(name=self.about.name))
        self._problem.setAccessibleName(self.tr("Problem with {name}").format(name=self.about.name))

    def _arrange(self) -> None:
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID // 2)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._label, 0, 0)
        if self.editor.wide:
            grid.addWidget(self.editor, 1, 0, 1, 2)
        else:
            grid.addWidget(self.editor, 0, 1)
        grid.addWidget(self._reset, 1 if self.editor.wide else 0, 2)
        grid.addWidget(self._problem, 2, 0, 1, 3)
        keep_room_when_hidden(self._reset)

    @Slot(object)
    def _chosen(self, value: Any) -> None:
        self.edited.emit(self.path, value)

    @Slot()
    def _reset_clicked(self) -> None:
        self.reset_wanted.emit(self.path)
