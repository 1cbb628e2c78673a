"""The drawing area of one chart: curves of growing series, pan, zoom and a reading line under the pointer."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QSizePolicy, QWidget

from racer_desktop.gui.charts_axes import ChartAxis, LinearScale, Scale
from racer_desktop.gui.charts_curves import Curve, CurveItem
from racer_desktop.gui.charts_series import Cut
from racer_desktop.gui.theme import GRID, Theme, tabular_font

TICK_FONT = 10  # px
_AXIS_WIDTH = 40  # px: the same for all charts, so that they stand in one column
_X_AXIS_HEIGHT = 18  # px
_PAD = 0.08  # of the height, left free above and below the curves


class _ChartViewBox(pg.ViewBox):
    """A view whose drag moves along x; heights follow the curves by themselves."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0)
        self.setMouseEnabled(x=True, y=False)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802 - pyqtgraph's name
        """Moves with the left button only."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        super().mouseDragEvent(event, axis)


class PlotArea(pg.PlotWidget):
    """The drawing area of one chart.

    Signals:
        following_changed: whether the whole recording is shown (True) or a part chosen by the person.
        reading: place under the pointer, or None when it has left.
        menu_wanted: a context menu was asked for, at this global position.
    """

    following_changed = Signal(bool)
    reading = Signal(object)
    menu_wanted = Signal(object)

    def __init__(self, scale: Scale, counted: str, always: tuple[float, ...], theme: Theme) -> None:
        """A drawing area.

        Args:
            scale: of the heights.
            counted: what is counted along x, in the plural.
            always: heights that are always within sight, such as 0 and 1 for shares.
            theme: colours.
        """
        self._scale = scale
        self._always = always
        counted_label = QLabel(counted)
        counted_label.setFont(tabular_font(TICK_FONT))
        label_width = counted_label.sizeHint().width()
        axes = {
            "left": ChartAxis("left", scale, 20, (5, 5)),
            "bottom": ChartAxis("bottom", LinearScale(whole=True), 56, (0, label_width + 12)),
        }
        super().__init__(viewBox=_ChartViewBox(), axisItems=axes)
        self._items: list[CurveItem] = []
        self._hidden: set[str] = set()
        self._following = True
        self._heights = (0.0, 1.0)
        self._placing = False
        self._redraw_soon = QTimer(self, singleShot=True, interval=0)
        self._redraw_soon.timeout.connect(self.redraw)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._reference = pg.InfiniteLine(angle=0, movable=False)
        self._counted = counted_label
        self._counted.setParent(self)
        self._note = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        for label in (self._note, self._counted):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._build()
        self.set_theme(theme)

    def _build(self) -> None:
        item = self.getPlotItem()
        item.hideButtons()
        item.setContentsMargins(0, GRID // 2, GRID, 0)
        for name, axis in (("left", item.getAxis("left")), ("bottom", item.getAxis("bottom"))):
            axis.setStyle(tickLength=0 if name == "left" else 4, tickTextOffset=4, hideOverlappingLabels=True)
            axis.setTickFont(tabular_font(TICK_FONT))
        item.getAxis("left").setWidth(_AXIS_WIDTH)
        item.getAxis("left").setGrid(255)
        item.getAxis("bottom").setHeight(_X_AXIS_HEIGHT)
        for line in (self._marker, self._reference):
            line.setVisible(False)
            item.addItem(line, ignoreBounds=True)
        self.view = item.getViewBox()
        self.view.disableAutoRange()
        self.view.sigXRangeChanged.connect(self._range_changed)
        self.view.sigRangeChangedManually.connect(self._range_chosen)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(84)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Little: a panel shares out what it has."""
        return QSize(240, 96)

    # What is drawn

    def set_curves(self, curves: list[Curve]) -> None:
        """Replaces all curves; later ones are drawn above earlier ones."""
        for item in self._items:
            for part in item.items:
                self.removeItem(part)
        self._items = [CurveItem(curve, self._scale) for curve in curves]
        for item in self._items:
            for part in item.items:
                self.addItem(part, ignoreBounds=True)

    def set_hidden(self, names: set[str]) -> None:
        """Leaves out the curves with these names."""
        self._hidden = set(names)
        self.redraw()

    def set_colours(self, colours: dict[str, QColor], emphasised: str = "") -> None:
        """Colours of the curves by name; one may be emphasised, the others then step back."""
        for item in self._items:
            name = item.curve.name
            item.set_colour(colours[name], stepped_back=bool(emphasised) and name != emphasised)

    def set_reference(self, height: float | None) -> None:
        """A thin dashed line at a number worth comparing with; None takes it away."""
        self._reference.setVisible(height is not None)
        if height is not None:
            self._reference.setValue(height)

    def set_note(self, text: str) -> None:
        """Words instead of curves, for a chart that has nothing to draw yet."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._counted.setVisible(not text)
        self.getPlotItem().setVisible(not text)

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self.setBackground(theme.chart_background)
        item = self.getPlotItem()
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setTextPen(theme.muted)
            axis.setTickPen(theme.chart_grid)
            axis.setPen(theme.chart_grid if name == "bottom" else pg.mkPen(None))
        self._marker.setPen(pg.mkPen(theme.muted, width=1))
        self._reference.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        for label in (self._note, self._counted):
            palette = label.palette()
            palette.setColor(palette.ColorRole.WindowText, theme.muted)
            label.setPalette(palette)

    def redraw(self) -> None:
        """Draws what the series hold now; costs about as many points as the area has pixels."""
        extent = self._extent()
        if extent is None:
            return
        if self._following:
            self._place_x(*extent)
        first, last = self.view.viewRange()[0]
        bins = max(int(self.view.width()), 64)
        cuts: dict[int, Cut] = {}
        heights = list(self._always)
        for item in self._items:
            series = item.curve.series
            if item.curve.name in self._hidden or len(series) == 0:
                item.hide()
                continue
            if id(series) not in cuts:
                cuts[id(series)] = series.cut(first, last, bins)
            heights += item.draw(cuts[id(series)]) or ()
        if heights:
            self._place_y(min(heights), max(heights))

    def _extent(self) -> tuple[float, float] | None:
        ends = [(i.curve.series.x[0], i.curve.series.x[-1]) for i in self._items if len(i.curve.series)]
        if not ends:
            return None
        first, last = float(min(e[0] for e in ends)), float(max(e[1] for e in ends))
        return first, max(last, first + 1.0)

    def _place_x(self, first: float, last: float) -> None:
        self._placing = True
        self.view.setXRange(first, last, padding=0)
        self.view.setLimits(xMin=first - (last - first), xMax=last + (last - first))
        self._placing = False

    def _place_y(self, low: float, high: float) -> None:
        """Heights grow at once but shrink only when much room is left over, so that the picture stays calm."""
        span = max(high - low, 1e-3 * max(abs(low), abs(high)), 1e-6)
        bottom, top = self._heights
        if low < bottom or high > top or (top - bottom) > 1.6 * span * (1 + 2 * _PAD):
            self._heights = (low - _PAD * span, low + (1 + _PAD) * span)
        self.view.setYRange(*self._heights, padding=0)

    # What the person does

    @property
    def following(self) -> bool:
        """Whether the whole recording is shown, whatever is added to it."""
        return self._following

    def show_all(self) -> None:
        """Returns to the whole recording."""
        self._set_following(True)
        self.redraw()

    def zoom(self, factor: float, centre: float | None = None) -> None:
        """Shows `factor` times as much along x, around a place or the middle."""
        first, last = self.view.viewRange()[0]
        centre = (first + last) / 2 if centre is None else centre
        self._set_following(False)
        self.view.setXRange(centre + (first - centre) * factor, centre + (last - centre) * factor, padding=0)

    def pan(self, share: float) -> None:
        """Moves along x by a share of what is shown."""
        first, last = self.view.viewRange()[0]
        self._set_following(False)
        self.view.setXRange(first + share * (last - first), last + share * (last - first), padding=0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms around the pointer; in a panel that can scroll, only after a click or with Ctrl."""
        if not self._may_take_wheel(event):
            event.ignore()
            return
        at = self.view.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        self.zoom(0.8 ** (event.angleDelta().y() / 120), at)
        event.accept()

    def _may_take_wheel(self, event: QWheelEvent) -> bool:
        if self._extent() is None:
            return False
        if self.hasFocus() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return True
        parent: QWidget | None = self.parentWidget()
        while parent is not None:
            if isinstance(parent, QAbstractScrollArea):
                return parent.verticalScrollBar().maximum() == 0
            parent = parent.parentWidget()
        return True

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Returns to the whole recording."""
        self.show_all()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Moves the reading line."""
        super().mouseMoveEvent(event)
        self._read(event.position())

    def leaveEvent(self, event: Any) -> None:  # noqa: N802
        """Takes the reading line away."""
        super().leaveEvent(event)
        self._marker.setVisible(False)
        self.reading.emit(None)

    def _read(self, position: QPointF) -> None:
        extent = self._extent()
        at = self.view.mapSceneToView(self.mapToScene(position.toPoint())).x()
        inside = self.view.sceneBoundingRect().contains(self.mapToScene(position.toPoint()))
        if extent is None or not inside:
            self._marker.setVisible(False)
            self.reading.emit(None)
            return
        self._marker.setVisible(True)
        self._marker.setValue(at)
        self.reading.emit(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Asks the chart for its menu."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrow keys move, plus and minus zoom, Home shows everything."""
        actions = {
            Qt.Key.Key_Left: lambda: self.pan(-0.1),
            Qt.Key.Key_Right: lambda: self.pan(0.1),
            Qt.Key.Key_Plus: lambda: self.zoom(0.8),
            Qt.Key.Key_Equal: lambda: self.zoom(0.8),
            Qt.Key.Key_Minus: lambda: self.zoom(1.25),
            Qt.Key.Key_Home: self.show_all,
            Qt.Key.Key_0: self.show_all,
        }
        act = actions.get(Qt.Key(event.key()))
        if act is None or self._extent() is None:
            event.ignore()
            return
        act()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Draws again with as many points as there are pixels now."""
        super().resizeEvent(event)
        if hasattr(self, "_note"):  # Qt resizes once before the constructor is through
            self._place_words()
            self._redraw_soon.start()

    def _place_words(self) -> None:
        self._note.setGeometry(self.rect().adjusted(2 * GRID, GRID, -2 * GRID, -GRID))
        size = self._counted.sizeHint()
        self._counted.move(self.width() - size.width() - GRID, self.height() - size.height() - 2)

    def _range_changed(self) -> None:
        if not self._placing:
            self._redraw_soon.start()

    def _range_chosen(self) -> None:
        self._set_following(False)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)
