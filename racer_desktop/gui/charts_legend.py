"""The legend under a chart's heading: one small switch for each curve."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from racer_desktop.gui.flow_layout import FlowLayout
from racer_desktop.gui.panel_parts import plain_style
from racer_desktop.gui.theme import Theme, tabular_font

_SWATCH = QSize(12, 10)


class _Switch(QToolButton):
    """Shows or leaves out one curve."""

    hovered = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setAutoRaise(True)
        self.setFont(tabular_font(10))
        self.setIconSize(_SWATCH)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Show the curve {name}").format(name=name))
        self.setToolTip(self.tr("Show or hide “{name}”").format(name=name))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Lets the chart emphasise the curve."""
        super().enterEvent(event)
        self.hovered.emit(self.name)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Ends the emphasis."""
        super().leaveEvent(event)
        self.hovered.emit("")


class Legend(QWidget):
    """A switch for each curve, wrapped over as many lines as needed.

    Signals:
        hidden_changed: the set of names that are switched off.
        hovered: the name under the pointer, or "".
    """

    hidden_changed = Signal(object)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, gap=2)
        self._switches: dict[str, _Switch] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def hidden(self) -> set[str]:
        """Names of the curves that are switched off."""
        return {name for name, switch in self._switches.items() if not switch.isChecked()}

    @property
    def names(self) -> list[str]:
        """Names of all curves, in the order of the switches."""
        return list(self._switches)

    def set_names(self, names: list[str], hidden: set[str]) -> None:
        """Makes one switch for each name, off for those that are hidden."""
        for switch in self._switches.values():
            self._flow.removeWidget(switch)
            switch.deleteLater()
        self._switches = {name: _Switch(name, self) for name in names}
        for name, switch in self._switches.items():
            switch.setChecked(name not in hidden)
            switch.toggled.connect(self._changed)
            switch.hovered.connect(self.hovered)
            self._flow.addWidget(switch)
            switch.show()
        self.updateGeometry()

    def set_colours(self, colours: dict[str, QColor], dashed: set[str], theme: Theme) -> None:
        """Paints the swatches: filled when the curve is shown, in two parts if it is dashed, else an outline."""
        # The pressed look of a checked tool button would say more than the swatch and be louder.
        style = plain_style(theme, padding="0px 2px")
        for name, switch in self._switches.items():
            if switch.styleSheet() != style:
                switch.setStyleSheet(style)
            icon = QIcon()
            icon.addPixmap(self._swatch(colours[name], filled=True, dashed=name in dashed), state=QIcon.State.On)
            icon.addPixmap(self._swatch(theme.muted, filled=False, dashed=False), state=QIcon.State.Off)
            switch.setIcon(icon)

    def _swatch(self, colour: QColor, *, filled: bool, dashed: bool) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(_SWATCH * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, 3, _SWATCH.width() - 3, 4)
        boxes = [box]
        if dashed:
            half = box.width() * 0.4
            boxes = [QRectF(box.left(), box.top(), half, 4), QRectF(box.right() - half, box.top(), half, 4)]
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(colour, 1))
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        for part in boxes:
            painter.drawRoundedRect(part, 2, 2)
        painter.end()
        return pixmap

    def _changed(self) -> None:
        self.hidden_changed.emit(self.hidden)
