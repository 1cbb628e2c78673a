"""A spin box for whole and real numbers of any size that never changes a number nobody touched."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from racer_desktop.configuration_guide import number_text, unit_of, value_text

SETTLE_MS = 400  # after the last step of arrows or wheel a number counts as chosen

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


class NumberBox(QAbstractSpinBox):
    """A number with a unit, steps that suit its size, and text that may be typed freely.

    What is typed is checked when editing is finished, not while typing, and by the owner, who can say in a
    sentence what is wrong with it.

    Signals:
        chosen: a number (int or float) was entered, by typing and Enter, by leaving the field, or by steps.
        unreadable: what was typed is no number; carries the text.
    """

    chosen = Signal(object)
    unreadable = Signal(str)

    def __init__(
        self, low: float, high: float, unit: str = "", *, whole: bool = False, parent: QWidget | None = None
    ) -> None:
        """A box; `low` and `high` only limit the steps, typed numbers beyond them are the owner's to refuse."""
        super().__init__(parent)
        self._low, self._high, self._unit, self._whole = low, high, unit, whole
        self._value: float = 0
        self._told = False  # whether the owner has heard of a text that is not the value's own
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.commit)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccelerated(True)
        self.editingFinished.connect(self.commit)
        self.lineEdit().setClearButtonEnabled(False)
        self._show()

    @property
    def value(self) -> float:
        """The number last set or chosen, exactly as it was given."""
        return self._value

    def set_value(self, value: float) -> None:
        """Shows a number; nothing is emitted."""
        self._value, self._told = value, False
        self._settle.stop()
        self._show()

    def value_text(self, value: float) -> str:
        """The number as the box shows it."""
        return value_text(value, self._unit)

    @Slot()
    def commit(self) -> None:
        """Finishes editing: emits `chosen` if there is another number, or `unreadable`."""
        self._settle.stop()
        text = self.lineEdit().text()
        number = self._value if text == self.value_text(self._value) else self._number(text)
        if number is None:
            self._told = True
            self.unreadable.emit(text)
        elif number != self._value:
            self._told = True
            self.chosen.emit(number)
        elif self._told:
            self._take_back()
        else:
            self._show()

    # What QAbstractSpinBox asks for

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's names from here on
        """Goes on by a tenth of the number's power of ten, or by 1, within the limits."""
        number = self._number(self.lineEdit().text())
        number = self._value if number is None else number
        for _ in range(abs(steps)):
            number = self._stepped(number, up=steps > 0)
        self.lineEdit().setText(self.value_text(number))
        self.lineEdit().setSelection(0, len(number_text(number)))
        self._settle.start()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:  # noqa: N802
        """No step leads beyond the limits."""
        number = self._number(self.lineEdit().text())
        number = self._value if number is None else number
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if number < self._high:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if number > self._low:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return enabled

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Lets everything be typed."""
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Steps only while the box has the focus: scrolling a panel must not change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A menu of its own does not finish editing: it holds Undo, and a question asked now would close it."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape returns to the number as it was."""
        if event.key() == Qt.Key.Key_Escape and self.lineEdit().text() != self.value_text(self._value):
            self._take_back()
            event.accept()
            return
        super().keyPressEvent(event)

    def _take_back(self) -> None:
        """Returns to the number as it was, and lets the owner take back what it said about the text."""
        self.set_value(self._value)
        self.chosen.emit(self._value)

    def _show(self) -> None:
        self.lineEdit().setText(self.value_text(self._value))
        self.lineEdit().setCursorPosition(0)

    def _stepped(self, number: float, *, up: bool) -> float:
        size = max(abs(number), 1e-9)
        power = math.floor(math.log10(size) + 1e-9)
        if (number > 0) != up and math.isclose(size, 10.0**power, rel_tol=1e-9):
            power -= 1  # from 1 down to 0.9, not to 0
        step = 10.0 ** (power - 1) if number else 0.1
        if self._whole:
            step = max(1.0, 10.0 ** (power - 1) if abs(number) >= 100 else 1.0)
        stepped = number + (step if up else -step)
        digits = max(0, 1 - math.floor(math.log10(step)))
        stepped = min(max(round(stepped, digits), self._low), self._high)
        return int(stepped) if self._whole else stepped

    def _number(self, text: str) -> float | None:
        text = text.strip()
        one = unit_of(1, self._unit)
        text = text.removesuffix(self._unit if text.endswith(self._unit) else one).strip()
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        text = text.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace(" ", "")
        try:
            number = float(text)
        except ValueError:
            return None
        if not math.isfinite(number):
            return None
        # A number with a fraction stays one, so that the owner can say that a whole number is wanted.
        return int(number) if self._whole and number == int(number) else number
