"""Numbers behind a chart: growing series that can be drawn at any zoom for the same small price.

A chart of a few hundred pixels cannot show 500,000 points, so each series keeps, beside the numbers themselves,
the minimum, maximum and mean of every 4, 16, 64 ... neighbours. New numbers cost only themselves; a drawing costs
about as many points as the chart has pixels, whatever was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FACTOR = 4  # neighbours that are merged from one level to the next
_WITNESSES = 64  # samples compared to see whether a longer array continues the known one


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to be drawn of a series.

    Attributes:
        x: [n] place of each bin (the place of its first number).
        low, high, mean: [n, C] of each bin; nan where no number is finite.
        exact: True if every bin is one recorded number.
    """

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    exact: bool


class GrowingArray:
    """Rows that are appended in amortised constant time and read as one array."""

    def __init__(self, columns: int) -> None:
        self._rows = np.empty((64, columns), np.float32)
        self._count = 0

    def append(self, rows: np.ndarray) -> None:
        """Appends [n, columns]."""
        needed = self._count + len(rows)
        if needed > len(self._rows):
            larger = np.empty((max(needed, 2 * len(self._rows)), self._rows.shape[1]), np.float32)
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger
        self._rows[self._count : needed] = rows
        self._count = needed

    @property
    def rows(self) -> np.ndarray:
        """[count, columns] all rows so far."""
        return self._rows[: self._count]


class _Level:
    """Minimum, maximum and mean of every full group of FACTOR bins of the level below."""

    def __init__(self, columns: int) -> None:
        self.low, self.high, self.mean = (GrowingArray(columns) for _ in range(3))

    @property
    def count(self) -> int:
        return len(self.low.rows)

    def extend(self, low: np.ndarray, high: np.ndarray, mean: np.ndarray) -> None:
        """Takes in what is new in the bins below, all of which are given: [n, C] each."""
        done, groups = self.count, len(low) // FACTOR
        if groups > done:
            part = slice(done * FACTOR, groups * FACTOR)
            self.append(merged(*(a[part].reshape(groups - done, FACTOR, -1) for a in (low, high, mean))))

    def append(self, bins: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """Appends minimum, maximum and mean of new bins: [n, C] each."""
        for store, rows in zip((self.low, self.high, self.mean), bins, strict=True):
            store.append(rows)


class Series:
    """One or more curves over a shared, rising x that grow as recording goes on.

    Attributes:
        x: [N] places.
        y: [N, C] the recorded numbers, as they came.
        generation: rises whenever the recording is another one instead of a longer one.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self.x = np.zeros(0)
        self.y = np.zeros((0, 0), np.float32)
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return len(self.x)

    def set_data(self, x: np.ndarray, y: np.ndarray) -> bool:
        """Takes the recording as it is now; only what is new since the last call is worked on.

        Args:
            x: [N] places, rising.
            y: [N] or [N, C] numbers; the same arrays as before with more at the end, or something else entirely.

        Returns:
            Whether there is anything new to draw.
        """
        y = y[:, None] if y.ndim == 1 else y
        known = len(self.x)
        if not self._continues(x, y):
            self.clear()
            self.generation += 1
        elif len(x) == known:
            return False
        self.x, self.y = x, y
        self._extend_levels()
        return True

    def cut(self, first: float, last: float, bins: int) -> Cut:
        """What lies between two places (and the neighbours just outside) in at most about `bins` bins."""
        start = max(int(np.searchsorted(self.x, first)) - 1, 0)
        stop = min(int(np.searchsorted(self.x, last, side="right")) + 1, len(self.x))
        level, size = 0, 1
        while (stop - start) / size > max(bins, 2) and level < len(self._levels):
            level, size = level + 1, size * FACTOR
        if level == 0:
            y = finite(self.y[start:stop])
            return Cut(self.x[start:stop], y, y, y, exact=True)
        return self._cut_level(self._levels[level - 1], size, start, stop)

    def _cut_level(self, level: _Level, size: int, start: int, stop: int) -> Cut:
        begin, end = start // size, -(-stop // size)
        full = min(end, level.count)
        low, high, mean = (store.rows[begin:full] for store in (level.low, level.high, level.mean))
        if end > full:  # the newest bin is not full yet
            rest = finite(self.y[full * size :])[None]
            low, high, mean = (
                np.concatenate(pair) for pair in zip((low, high, mean), merged(rest, rest, rest), strict=True)
            )
        return Cut(self.x[begin * size : end * size : size], low, high, mean, exact=False)

    def _continues(self, x: np.ndarray, y: np.ndarray) -> bool:
        known = len(self.x)
        if known == 0 or len(x) < known or y.shape[1] != self.y.shape[1]:
            return False
        rows = np.unique(np.linspace(0, known - 1, _WITNESSES).astype(np.int64))
        return np.array_equal(x[rows], self.x[rows]) and np.array_equal(y[rows], self.y[rows], equal_nan=True)

    def _extend_levels(self) -> None:
        columns = self.y.shape[1]
        done = self._levels[0].count * FACTOR if self._levels else 0
        fresh = finite(self.y[done:])  # never the whole recording again
        groups = len(fresh) // FACTOR
        if groups == 0:
            return
        if not self._levels:
            self._levels.append(_Level(columns))
        below = self._levels[0]
        grouped = fresh[: groups * FACTOR].reshape(groups, FACTOR, columns)
        below.append(merged(grouped, grouped, grouped))
        for index in range(1, 32):
            if below.count < FACTOR:
                return
            if index == len(self._levels):
                self._levels.append(_Level(columns))
            self._levels[index].extend(below.low.rows, below.high.rows, below.mean.rows)
            below = self._levels[index]


class RollingMean:
    """The mean of the last `window` numbers at every number, extended as numbers arrive."""

    def __init__(self, window: int = 100) -> None:
        self._window = window
        self._means = GrowingArray(1)

    def extend(self, values: np.ndarray) -> np.ndarray:
        """Takes all numbers so far, [N], works on the new ones and returns all means, [N]."""
        done = len(self._means.rows)
        if len(values) < done:
            raise ValueError("a rolling mean cannot forget: make a new one")
        if len(values) > done:
            start = max(done - self._window + 1, 0)
            total = np.concatenate([[0.0], np.cumsum(values[start:], dtype=np.float64)])
            ends = np.arange(done + 1, len(values) + 1) - start
            begins = np.maximum(ends - self._window, 0)
            self._means.append(((total[ends] - total[begins]) / (ends - begins))[:, None])
        return self._means.rows[:, 0]


def finite(values: np.ndarray) -> np.ndarray:
    """The numbers with everything that is not finite replaced by nan, which is drawn as a gap."""
    return np.where(np.isfinite(values), values, np.nan)


def merged(low: np.ndarray, high: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """[n, k, C] bins merged over k to [n, C]; nan counts for nothing unless there is nothing else."""
    there = np.isfinite(mean)
    count = there.sum(1)
    total = np.where(there, mean, 0.0).sum(1)
    average = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return np.fmin.reduce(low, axis=1), np.fmax.reduce(high, axis=1), average
