"""The drawing area of one chart: the curves, the axes and the range that is shown."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from racer_desktop.gui.charts_axes import ChartAxis, LinearScale, Scale
from racer_desktop.gui.charts_curves import Curve, CurveItem
from racer_desktop.gui.charts_series import Cut
from racer_desktop.gui.panel_parts import colour_words, words
from racer_desktop.gui.theme import GRID, Theme, tabular_font

TICK_FONT = 10  # px
_Y_AXIS_WIDTH = 40  # px: the same for all charts, so that they stand in one column
_X_AXIS_HEIGHT = 18  # px
_PAD = 0.08  # of the height, left free above and below the curves
_CALM = 1.6  # heights shrink only when this much more is shown than is needed


class PlotArea(pg.PlotWidget):
    """Curves of growing series over a range that follows the recording until the person chooses another.

    Args:
        scale: of the heights.
        counted: what is counted along x, in the plural.
        always: heights that are always within sight, such as 0 and 1 for shares.
        theme: colours.

    Signals:
        following_changed: whether the whole recording is shown (True) or a part chosen by the person.
    """

    following_changed = Signal(bool)

    def __init__(self, scale: Scale, counted: str, always: tuple[float, ...], theme: Theme) -> None:
        label = QLabel(counted)
        label.setFont(tabular_font(TICK_FONT))
        self._axes = (
            ChartAxis("left", scale, 20, (5, 5)),
            ChartAxis("bottom", LinearScale(whole=True), 56, (0, label.sizeHint().width() + 2 * GRID)),
        )
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0)
        super().__init__(viewBox=self.view, axisItems={"left": self._axes[0], "bottom": self._axes[1]})
        self._scale, self._always = scale, always
        self._counted, self._note = label, words()
        self._items: list[CurveItem] = []
        self._hidden: set[str] = set()
        self._reference: float | None = None
        self._following = True
        self._heights = (0.0, 0.0)  # nothing fits into it, so the first drawing chooses
        self._placing = False
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._reference_line = pg.InfiniteLine(angle=0, movable=False)
        self._redraw_soon = QTimer(self)
        self._redraw_soon.setSingleShot(True)
        self._redraw_soon.timeout.connect(self.redraw)
        self._build()
        self.set_theme(theme)

    # What is drawn

    def set_curves(self, curves: list[Curve]) -> None:
        """Replaces all curves; later ones are drawn above earlier ones."""
        for item in self._items:
            for part in item.items:
                self._plot.removeItem(part)
        self._items = [CurveItem(curve, self._scale) for curve in curves]
        for item in self._items:
            for part in item.items:
                self._plot.addItem(part, ignoreBounds=True)

    @Slot(object)
    def set_hidden(self, names: set[str]) -> None:
        """Leaves out the curves with these names."""
        self._hidden = set(names)
        self.redraw()

    def set_colours(self, colours: dict[str, QColor], emphasised: str = "") -> None:
        """Colours of the curves by name; one may be emphasised, the others then step back."""
        for item in self._items:
            name = item.curve.name
            item.set_colour(colours[name], stepped_back=bool(emphasised) and name != emphasised)

    def set_reference(self, number: float | None) -> None:
        """A thin dashed line at a number worth comparing with; None takes it away."""
        self._reference = number
        self._reference_line.setVisible(number is not None)
        if number is not None:
            self._reference_line.setValue(float(self._scale.place(number)))

    def set_note(self, text: str) -> None:
        """Words instead of curves, for a chart that has nothing to draw yet."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._counted.setVisible(not text)
        self._plot.setVisible(not text)

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self.setBackground(theme.chart_background)
        for axis, line in zip(self._axes, (pg.mkPen(None), pg.mkPen(theme.chart_grid)), strict=True):
            axis.setTextPen(theme.muted)
            axis.setTickPen(theme.chart_grid)
            axis.setPen(line)
        self._marker.setPen(pg.mkPen(theme.muted, width=1))
        self._reference_line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        colour_words(theme.muted, self._note, self._counted)

    @Slot()
    def redraw(self) -> None:
        """Draws what the series hold now; costs about as many points as the area has pixels."""
        extent = self.extent
        if extent is None:
            return
        if self._following:
            self._place_x(*extent)
        first, last = self.view.viewRange()[0]
        bins = max(int(self.view.width()), 64)
        cuts: dict[int, Cut] = {}
        heights = list(self._always)
        if self._reference is not None:
            heights.append(float(self._scale.place(self._reference)))
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

    # Which part is shown

    @property
    def extent(self) -> tuple[float, float] | None:
        """First and last place recorded; None if nothing is."""
        ends = [(i.curve.series.x[0], i.curve.series.x[-1]) for i in self._items if len(i.curve.series)]
        if not ends:
            return None
        first, last = float(min(e[0] for e in ends)), float(max(e[1] for e in ends))
        return first, max(last, first + 1.0)

    @property
    def following(self) -> bool:
        """Whether the whole recording is shown, whatever is added to it."""
        return self._following

    @Slot()
    def show_all(self) -> None:
        """Returns to the whole recording."""
        self._set_following(True)
        self.redraw()

    def show_range(self, first: float, last: float) -> None:
        """Shows the part between two places, and stays there."""
        self._set_following(False)
        self.view.setXRange(first, last, padding=0)

    def place_under(self, position: QPointF) -> float | None:
        """The place along x under a point of this widget, or None if no curves are there."""
        at = self.mapToScene(position.toPoint())
        if self.extent is None or not self.view.sceneBoundingRect().contains(at):
            return None
        return self.view.mapSceneToView(at).x()

    def mark(self, place: float | None) -> None:
        """A line from top to bottom at a place; None takes it away."""
        self._marker.setVisible(place is not None)
        if place is not None:
            self._marker.setValue(place)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names from here on
        """Little: a panel shares out what it has."""
        return QSize(240, 96)

    def resizeEvent(self, ev: QResizeEvent) -> None:  # noqa: N802
        """Draws again with as many points as there are pixels now."""
        super().resizeEvent(ev)
        if not hasattr(self, "_redraw_soon"):  # Qt resizes once before the constructor is through
            return
        self._place_words()
        self._redraw_soon.start()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Keeps the words in their places when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_redraw_soon"):
            self._place_words()

    def _build(self) -> None:
        self._plot: Any = self.plotItem
        self._plot.hideButtons()
        self._plot.setContentsMargins(0, GRID // 2, GRID, 0)
        left, bottom = self._axes
        for axis, tick in ((left, 0), (bottom, 4)):
            axis.setStyle(tickLength=tick, tickTextOffset=4, hideOverlappingLabels=True)
            axis.setTickFont(tabular_font(TICK_FONT))
            axis.setZValue(-1)  # its grid lies behind the curves
        left.setWidth(_Y_AXIS_WIDTH)
        left.setGrid(255)
        bottom.setHeight(_X_AXIS_HEIGHT)
        for line in (self._marker, self._reference_line):
            line.setVisible(False)
            self._plot.addItem(line, ignoreBounds=True)
        self.view.disableAutoRange()
        self.view.setMouseEnabled(x=True, y=False)  # heights follow the curves by themselves
        self.view.sigXRangeChanged.connect(self._range_changed)
        self.view.sigRangeChangedManually.connect(self._range_chosen)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._note, self._counted):
            label.setParent(self)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumHeight(84)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def _place_x(self, first: float, last: float) -> None:
        self._placing = True
        span = last - first
        self.view.setLimits(xMin=first - span, xMax=last + span)
        self.view.setXRange(first, last, padding=0)
        self._placing = False

    def _place_y(self, low: float, high: float) -> None:
        """Heights grow at once but shrink only when much room is left over, so that the picture stays calm."""
        span = max(high - low, 1e-3 * max(abs(low), abs(high)), 1e-6)
        bottom, top = self._heights
        if low < bottom or high > top or (top - bottom) > _CALM * span * (1 + 2 * _PAD):
            middle = (low + high) / 2
            self._heights = (middle - (0.5 + _PAD) * span, middle + (0.5 + _PAD) * span)
        self.view.setYRange(*self._heights, padding=0)

    def _place_words(self) -> None:
        self._note.setGeometry(self.rect().adjusted(2 * GRID, GRID, -2 * GRID, -GRID))
        size = self._counted.sizeHint()
        self._counted.setGeometry(
            self.width() - size.width() - GRID, self.height() - size.height() - 2, size.width(), size.height()
        )

    def _range_changed(self) -> None:
        if not self._placing:
            self._redraw_soon.start()

    def _range_chosen(self) -> None:
        self._set_following(False)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)
