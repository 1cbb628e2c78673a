"""Axes of the charts: few, round ticks with short labels, and a scale for numbers over many powers of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike

LINEAR_BELOW = 0.01  # the signed logarithm is linear below this, so that zero and negative losses have a place

_MOST_DIGITS = 2  # after the point, before a prefix
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


class Scale(Protocol):
    """How numbers become heights on the chart, and where the ticks go."""

    def place(self, values: ArrayLike) -> np.ndarray:
        """Heights of the numbers, in the shape of the numbers."""
        ...

    def ticks(self, low: float, high: float, count: int) -> list[tuple[float, str]]:
        """Up to about `count` ticks between two heights: (height, label), lowest first."""
        ...


class LinearScale:
    """Heights are the numbers themselves.

    Args:
        whole: only whole numbers get a tick, as for counters.
        percent: the numbers are shares; 0.25 is labelled "25%".
    """

    def __init__(self, *, whole: bool = False, percent: bool = False) -> None:
        self._whole = whole
        self._percent = percent

    def place(self, values: ArrayLike) -> np.ndarray:
        """Heights of the numbers, in the shape of the numbers."""
        return np.asarray(values)

    def ticks(self, low: float, high: float, count: int) -> list[tuple[float, str]]:
        """Round numbers between the two."""
        places, step = round_numbers(low, high, count, smallest=1.0 if self._whole else 0.0)
        if self._percent:
            return [(p, f"{p:.0%}") for p in places]
        return [(p, short_number(p, step)) for p in places]


class SignedLogScale:
    """Powers of ten are equally far apart on both sides of zero; below `LINEAR_BELOW` the scale is linear."""

    def place(self, values: ArrayLike) -> np.ndarray:
        """Heights of the numbers, in the shape of the numbers."""
        values = np.asarray(values)
        return np.sign(values) * np.log10(1.0 + np.abs(values) / LINEAR_BELOW)

    def value(self, height: float) -> float:
        """The number at a height."""
        return math.copysign(LINEAR_BELOW * (10.0 ** min(abs(height), 300.0) - 1.0), height)

    def ticks(self, low: float, high: float, count: int) -> list[tuple[float, str]]:
        """Powers of ten (with 2 and 5 between them where there is room), or round numbers of a narrow range."""
        least, most = self.value(low), self.value(high)
        for mantissas in ((1, 2, 5), (1, 3), (1,)):
            values = [v for v in self._candidates(mantissas) if least <= v <= most]
            if len(values) <= count:
                break
        else:
            values = values[::-1][:: -(-len(values) // count)][::-1]  # the largest always has its tick
        if len(values) < 2:
            values, step = round_numbers(least, most, count)
            return [(float(self.place(v)), short_number(v, step)) for v in values]
        return [(float(self.place(v)), short_number(v)) for v in values]

    @staticmethod
    def _candidates(mantissas: Sequence[int]) -> list[float]:
        exponents = range(round(math.log10(LINEAR_BELOW)) + 1, 13)  # the linear part is too low for more than zero
        positive = [m * 10.0**e for e in exponents for m in mantissas]
        return [-v for v in reversed(positive)] + [0.0] + positive


class ChartAxis(pg.AxisItem):
    """An axis whose ticks come from a `Scale`."""

    def __init__(self, orientation: str, scale: Scale, pixels_per_tick: int, edges: tuple[int, int]) -> None:
        """An axis.

        Args:
            orientation: "left" or "bottom".
            scale: where the ticks go.
            pixels_per_tick: the least distance between two labels.
            edges: px at the low and the high end in which no tick is set: its label would be cut off, or stand
                on other words.
        """
        super().__init__(orientation, showValues=True)
        self.numbers = scale
        self._pixels_per_tick = pixels_per_tick
        self._edges = edges
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803 - pyqtgraph's names
        """One level of ticks for the range on the screen."""
        if not (math.isfinite(minVal) and math.isfinite(maxVal)) or minVal == maxVal:
            return []
        low, high = sorted((minVal, maxVal))
        ticks = self.numbers.ticks(low, high, max(2, int(size / self._pixels_per_tick)))
        pixel = (high - low) / max(size, 1.0)
        ticks = [t for t in ticks if low + self._edges[0] * pixel <= t[0] <= high - self._edges[1] * pixel]
        self._labels = dict(ticks)
        return [(high - low, [height for height, _ in ticks])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """The labels that belong to `tickValues`."""
        return [self._labels.get(v, "") for v in values]

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        """Leaves the wheel to the chart: an axis zoomed alone by accident is hard to find back from."""
        event.ignore()

    def mouseDragEvent(self, event: Any) -> None:  # noqa: N802
        """Leaves dragging to the chart."""
        event.ignore()


def round_numbers(low: float, high: float, count: int, smallest: float = 0.0) -> tuple[list[float], float]:
    """At most about `count` multiples of 1, 2 or 5 times a power of ten from `low` to `high`, and their step."""
    places, step = _multiples(low, high, max((high - low) / max(count, 1), smallest, np.finfo(float).tiny))
    if not places:  # a step rounded up may reach over a range for few ticks; two fifths of the range never do
        places, step = _multiples(low, high, max((high - low) / 2.5, smallest, np.finfo(float).tiny))
    return places, step


def _multiples(low: float, high: float, least: float) -> tuple[list[float], float]:
    """The multiples, from `low` to `high`, of the smallest round step of at least `least`; and that step."""
    power = 10.0 ** math.floor(math.log10(least))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= least * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)], step


def short_number(value: float, step: float = 0.0) -> str:
    """A number in as few characters as its axis allows: "500k", "1.5M", "0.25", "-3".

    Args:
        value: the number.
        step: distance to the next number that must read differently; 0 if there is none.
    """
    if not math.isfinite(value):
        return "-"
    for size, prefix in _PREFIXES:
        if abs(value) >= size * (1 - 1e-9):
            digits = _digits(step / size) if step else 2
            if digits > _MOST_DIGITS:
                break  # "100,001" is easier to read than "100.001k"
            return _trimmed(f"{value / size:.{digits}f}") + prefix
    if step:
        return _trimmed(f"{value:,.{_digits(step)}f}")
    return _trimmed(f"{value:.3g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.1e}")


def _digits(step: float) -> int:
    return min(max(0, -math.floor(math.log10(step) + 1e-9)), 9)


def _trimmed(text: str) -> str:
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
