"""The control for one setting, chosen by the type of its default and by its metadata alone."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from racer_desktop.config import Setting
from racer_desktop.configuration_guide import number_text
from racer_desktop.gui.number_box import NumberBox
from racer_desktop.gui.toggle_switch import ToggleSwitch

EDITOR_WIDTH = 132  # px


class SettingEditor(QWidget):
    """A control that shows one value and reports another when the person has finished choosing it.

    Signals:
        chosen: the new value, not yet checked against limits.
        unreadable: a sentence about text that is no value at all.
    """

    chosen = Signal(object)
    unreadable = Signal(str)

    def __init__(self, control: QWidget, *, wide: bool = False) -> None:
        """An editor; `wide` if the control wants a line of its own."""
        super().__init__()
        self.control, self.wide = control, wide
        self.setFocusProxy(control)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control)
        across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def show_value(self, value: Any) -> None:
        """Shows a value; nothing is emitted."""
        raise NotImplementedError

    def finish(self) -> None:
        """Reports what was typed but not finished yet."""

    def refused(self, value: Any) -> None:
        """The choice was refused and `value` remains; what was typed stays to be corrected, a click is undone."""


class SwitchEditor(SettingEditor):
    """Yes or no."""

    def __init__(self, about: Setting) -> None:
        self._box = ToggleSwitch()
        super().__init__(self._box)
        self._box.clicked.connect(self._clicked)

    def show_value(self, value: bool) -> None:
        """Sets or clears the mark."""
        self._box.setChecked(value)

    def refused(self, value: bool) -> None:
        """Undoes the click."""
        self.show_value(value)

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.chosen.emit(on)


class NumberEditor(SettingEditor):
    """A whole or a real number."""

    def __init__(self, about: Setting, *, whole: bool) -> None:
        self.box = NumberBox(about.low, about.high, about.unit, whole=whole)
        super().__init__(self.box)
        self._about = about
        self.box.setFixedWidth(EDITOR_WIDTH)
        self.box.chosen.connect(self.chosen)
        self.box.unreadable.connect(self._unreadable)

    def show_value(self, value: float) -> None:
        """Shows the number with its unit."""
        self.box.set_value(value)

    def finish(self) -> None:
        """Reports a number that is still being typed."""
        self.box.commit()

    @Slot(str)
    def _unreadable(self, text: str) -> None:
        self.unreadable.emit(self.tr("“{text}” is not a number.").format(text=text))


class _CalmCombo(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scrolling the panel must not change a choice."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(SettingEditor):
    """One of a few words."""

    def __init__(self, about: Setting) -> None:
        self._combo = _CalmCombo()
        super().__init__(self._combo)
        self._combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._combo.setFixedWidth(EDITOR_WIDTH)
        self._combo.addItems(list(about.choices))
        self._combo.textActivated.connect(self._picked)

    def show_value(self, value: str) -> None:
        """Selects the word."""
        self._combo.setCurrentText(value)

    def refused(self, value: str) -> None:
        """Undoes the choice."""
        self.show_value(value)

    @Slot(str)
    def _picked(self, word: str) -> None:
        self.chosen.emit(word)


class _Line(QLineEdit):
    """A line whose Escape brings back what stood there."""

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape gives up."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.given_up.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class TextEditor(SettingEditor):
    """A text without given choices."""

    def __init__(self, about: Setting) -> None:
        self._line = _Line()
        super().__init__(self._line, wide=True)
        self._value: Any = ""
        self._told = False  # whether the panel has heard of a text that is not the value's own
        self._line.editingFinished.connect(self.finish)
        self._line.given_up.connect(self._give_up)

    def show_value(self, value: Any) -> None:
        """Shows the text."""
        self._value, self._told = value, False
        self._line.setText(self.text_of(value))
        self._line.setCursorPosition(0)

    @Slot()
    def finish(self) -> None:
        """Reports another text."""
        text = self._line.text()
        if text != self.text_of(self._value):
            self._told = True
            self.read(text)
        elif self._told:
            self._give_up()

    def text_of(self, value: Any) -> str:
        """The value as text."""
        return str(value)

    def read(self, text: str) -> None:
        """Reports what the text means."""
        self.chosen.emit(text)

    @Slot()
    def _give_up(self) -> None:
        self.show_value(self._value)
        self.chosen.emit(self._value)


class NumbersEditor(TextEditor):
    """A list of numbers, separated by commas or spaces."""

    def text_of(self, value: tuple[float, ...]) -> str:
        """The numbers with commas between them."""
        return ", ".join(number_text(v).replace(",", "") for v in value)

    def read(self, text: str) -> None:
        """Reports the numbers, or what is not one."""
        words = [w for w in re.split(r"[,;\s]+", text.strip()) if w]
        try:
            numbers = tuple(float(w) for w in words)
        except ValueError:
            self.unreadable.emit(self.tr("Write numbers with commas between them, such as -45, 0, 45."))
            return
        self.chosen.emit(numbers)


def editor_for(about: Setting, default: Any) -> SettingEditor:
    """The control that suits a setting."""
    if isinstance(default, bool):
        return SwitchEditor(about)
    if isinstance(default, int):
        return NumberEditor(about, whole=True)
    if isinstance(default, float):
        return NumberEditor(about, whole=False)
    if isinstance(default, tuple):
        return NumbersEditor(about)
    return ChoiceEditor(about) if about.choices else TextEditor(about)
