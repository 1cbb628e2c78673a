"""How a person moves about in a chart: wheel, drag, keys, double click, and a reading line under the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea

from racer_desktop.gui.charts_axes import Scale
from racer_desktop.gui.charts_plot import PlotArea
from racer_desktop.gui.theme import Theme

_ZOOM = 0.8  # of what was shown, for one notch of the wheel or one key
_PAN = 0.1  # of what is shown, for one key


class NavigablePlot(PlotArea):
    """A drawing area that can be moved, zoomed and read.

    Signals:
        reading: place under the pointer, or None when it has left.
        menu_wanted: a context menu was asked for, at this global position.
    """

    reading = Signal(object)
    menu_wanted = Signal(object)

    def __init__(self, scale: Scale, counted: str, always: tuple[float, ...], theme: Theme) -> None:
        super().__init__(scale, counted, always, theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)

    def zoom(self, factor: float, centre: float | None = None) -> None:
        """Shows `factor` times as much along x, around a place or the middle."""
        first, last = self.view.viewRange()[0]
        centre = (first + last) / 2 if centre is None else centre
        self.show_range(centre + (first - centre) * factor, centre + (last - centre) * factor)

    def pan(self, share: float) -> None:
        """Moves along x by a share of what is shown."""
        first, last = self.view.viewRange()[0]
        self.show_range(first + share * (last - first), last + share * (last - first))

    def wheelEvent(self, ev: QWheelEvent) -> None:  # noqa: N802 - Qt's names from here on
        """Zooms around the pointer; in a panel that can scroll, only after a click or with Ctrl."""
        if not self._may_take_wheel(ev):
            ev.ignore()
            return
        self.zoom(_ZOOM ** (ev.angleDelta().y() / 120), self.place_under(ev.position()))
        ev.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Returns to the whole recording."""
        self.show_all()
        event.accept()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:  # noqa: N802
        """Moves the reading line."""
        super().mouseMoveEvent(ev)
        place = self.place_under(ev.position())
        self.mark(place)
        self.reading.emit(place)

    def leaveEvent(self, ev: QEvent) -> None:  # noqa: N802
        """Takes the reading line away."""
        super().leaveEvent(ev)
        self.mark(None)
        self.reading.emit(None)

    def mousePressEvent(self, ev: QMouseEvent) -> None:  # noqa: N802
        """Leaves the right button to the menu."""
        if ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            return
        super().mousePressEvent(ev)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Asks the chart for its menu."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:  # noqa: N802
        """Left and Right move, plus and minus zoom, Home shows everything."""
        act = self._acts().get(ev.key())
        if act is None or self.extent is None:
            ev.ignore()
            return
        act()
        ev.accept()

    def _acts(self) -> dict[int, Callable[[], None]]:
        keys = Qt.Key
        return {
            keys.Key_Left: lambda: self.pan(-_PAN),
            keys.Key_Right: lambda: self.pan(_PAN),
            keys.Key_Plus: lambda: self.zoom(_ZOOM),
            keys.Key_Equal: lambda: self.zoom(_ZOOM),
            keys.Key_Minus: lambda: self.zoom(1 / _ZOOM),
            keys.Key_Home: self.show_all,
            keys.Key_0: self.show_all,
        }

    def _may_take_wheel(self, event: QWheelEvent) -> bool:
        if self.extent is None:
            return False
        if self.hasFocus() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return True
        parent = self.parentWidget()
        while parent is not None:
            if isinstance(parent, QAbstractScrollArea):
                return parent.verticalScrollBar().maximum() == 0
            parent = parent.parentWidget()
        return True
