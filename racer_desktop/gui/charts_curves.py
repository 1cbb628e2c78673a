"""What a chart draws: curves over growing series, and the item of the drawing library that each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from racer_desktop.gui.charts_axes import Scale
from racer_desktop.gui.charts_series import Cut, Series
from racer_desktop.gui.theme import with_alpha

Look = Literal["range", "line", "strong line", "steps", "dots"]

_PENS = {
    "range": (0.34, 1.0),
    "line": (0.95, 1.3),
    "strong line": (1.0, 2.0),
    "steps": (1.0, 1.5),
    "dots": (1.0, 1.0),
}  # opacity, width in px
_DOTS = {"range": 0.5, "line": 0.9, "strong line": 0.9, "steps": 0.9, "dots": 0.9}  # opacity
_FEW = 300  # up to this many numbers a range is drawn as one dot each
_STEPPED_BACK = 0.3  # opacity of the others while one curve is emphasised


@dataclass(frozen=True)
class Curve:
    """One column of a series and how it is drawn.

    Attributes:
        name: what the legend calls it; curves of one name are switched together.
        series: where its numbers are.
        column: which of the series' columns.
        look: "range" is a faint zigzag from minimum to maximum (dots while they are few), "line" the mean,
            "steps" the minimum until the next number, "dots" single numbers.
        dashed: tells it apart from another curve of the same colour.
    """

    name: str
    series: Series
    column: int = 0
    look: Look = "line"
    dashed: bool = False


class CurveItem:
    """A curve on the screen."""

    def __init__(self, curve: Curve, scale: Scale) -> None:
        self.curve = curve
        self._scale = scale
        self._line: Any = pg.PlotCurveItem(antialias=curve.look != "range")  # a dense zigzag gains nothing
        self._dots: Any = pg.ScatterPlotItem(pxMode=True, size=5 if curve.look == "dots" else 3, pen=pg.mkPen(None))

    @property
    def items(self) -> tuple[Any, ...]:
        """What is to be added to the plot."""
        return self._line, self._dots

    def hide(self) -> None:
        """Takes it off the screen."""
        for item in self.items:
            item.setVisible(False)

    def draw(self, cut: Cut) -> tuple[float, float] | None:
        """Takes its points from a cut of its series; returns lowest and highest place, None if there is nothing."""
        place, column, look = self._scale.place, self.curve.column, self.curve.look
        dotted = look == "dots" or (look == "range" and cut.exact and len(cut.x) <= _FEW)
        self._dots.setVisible(dotted)
        self._line.setVisible(not dotted)
        if dotted:
            heights = place(cut.low[:, column])
            there = np.isfinite(heights)
            self._dots.setData(cut.x[there], heights[there])
        elif look == "range":
            heights = place(np.stack([cut.low[:, column], cut.high[:, column]], 1).ravel())
            self._line.setData(np.repeat(cut.x, 2), heights, connect="finite")
        elif look == "steps":
            heights = place(cut.low[:, column])
            self._line.setData(np.repeat(cut.x, 2)[1:], np.repeat(heights, 2)[:-1], connect="finite")
        else:
            heights = place(cut.mean[:, column])
            # Stroked as one path, a broad line that goes to and fro takes three times as long as piece by piece; few
            # pieces would show their joints.
            self._line.setSegmentedLineMode("off" if cut.exact else "on")
            self._line.setData(cut.x, heights, connect="finite")
        heights = heights[np.isfinite(heights)]
        return (float(heights.min()), float(heights.max())) if len(heights) else None

    def set_colour(self, colour: QColor, *, stepped_back: bool = False) -> None:
        """Takes a colour, fainter while another curve is emphasised."""
        share = _STEPPED_BACK if stepped_back else 1.0
        opacity, width = _PENS[self.curve.look]
        style = Qt.PenStyle.DashLine if self.curve.dashed else Qt.PenStyle.SolidLine
        self._line.setPen(pg.mkPen(with_alpha(colour, opacity * share), width=width, style=style))
        self._dots.setBrush(with_alpha(colour, _DOTS[self.curve.look] * share))
