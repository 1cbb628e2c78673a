"""What a person does to the view of the track by hand: driving keys, the wheel and a drag of the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from racer_desktop.gui.keys import KEYS, DriveKey, PressedKeys
from racer_desktop.gui.theme import GRID

WHEEL_STEP = 1.2  # zoom for one notch of a mouse wheel
NOTCH = 120.0  # Qt's angle units in one notch


class Hands(QWidget):
    """A widget that is driven in, zoomed, dragged and, by a double click, fitted.

    Signals:
        keys_changed: which driving keys are down now, as a `DriveKey`.
    """

    keys_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keys = PressedKeys()
        self._drag_from: QPointF | None = None

    # What it comes to.

    def zoom_at(self, place: QPointF, factor: float) -> None:
        """Zooms about a place, px."""
        raise NotImplementedError

    def pan(self, moved: QPointF) -> None:
        """Moves the picture, px."""
        raise NotImplementedError

    def fit(self) -> None:
        """Shows everything."""
        raise NotImplementedError

    # How it is asked for.

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms at the cursor."""
        notches = event.angleDelta().y() / NOTCH
        if notches:
            self.zoom_at(event.position(), WHEEL_STEP**notches)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begins a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pans while dragging."""
        if self._drag_from is None:
            return
        moved = event.position() - self._drag_from
        if self.cursor().shape() != Qt.CursorShape.ClosedHandCursor:
            if moved.manhattanLength() < GRID:
                return  # a click that trembles is not a drag
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.pan(moved)
        self._drag_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Ends a drag."""
        self._drag_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Shows the whole track again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Takes a driving key; the repeats of a held key say nothing new."""
        harmless = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.key() not in KEYS or event.modifiers() & ~harmless:  # Ctrl+S saves, it does not brake
            super().keyPressEvent(event)
            return
        self._note(event, self._keys.press)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Lets go of a driving key."""
        if event.key() not in KEYS:
            super().keyReleaseEvent(event)
            return
        self._note(event, self._keys.release)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Lets go of every key: their releases would go to somebody else."""
        self.release_keys()
        super().focusOutEvent(event)

    def _note(self, event: QKeyEvent, note: Callable[[int], None]) -> None:
        if not event.isAutoRepeat():
            note(event.key())
            self.keys_changed.emit(self._keys.state)

    def release_keys(self) -> None:
        """Lets go of every driving key, whether or not its release was seen."""
        if self._keys.state is not DriveKey.NONE:
            self._keys.clear()
            self.keys_changed.emit(DriveKey.NONE)
