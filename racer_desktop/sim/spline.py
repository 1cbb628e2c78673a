"""A smooth closed line through given points.

Tracks are polygons; between their points this is the curve meant by them. No JAX: circuits are read before
it is loaded.
"""

from __future__ import annotations

import numpy as np

SWEEPS = 60  # Jacobi sweeps: each halves the error, so this is the last bit
PARTS = 16  # chords that measure the arc between two points: relative error below 1e-4 in a half circle of them


class ClosedSpline:
    """The periodic cubic spline over chord length, C. de Boor, A Practical Guide to Splines, ch. IV.

    Args:
        line: [P, 2] points in order, the first not repeated, no two successive ones equal; P >= 3.

    Attributes:
        arc: [P] arc length at which each point lies; the first at 0.
        length: of the closed curve, in the points' unit.
    """

    def __init__(self, line: np.ndarray) -> None:
        line = np.asarray(line, np.float64)
        chords = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
        self._line = np.vstack([line, line[:1]])
        self._chords = chords
        bends = _second_derivatives(line, chords)
        self._bends = np.vstack([bends, bends[:1]])
        self._fine = np.arange(PARTS * len(line) + 1) / PARTS
        dense = self._at_index(self._fine)
        self._fine_arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
        self.arc = self._fine_arc[:-1:PARTS]
        self.length = float(self._fine_arc[-1])

    def stations(self, number: int) -> np.ndarray:
        """[number] arc lengths in equal steps round the curve, from the first point on."""
        return self.length * np.arange(number) / number

    def at(self, arc: np.ndarray) -> np.ndarray:
        """[n, 2] points of the curve at arc lengths [n]."""
        return self._at_index(np.interp(np.mod(arc, self.length), self._fine_arc, self._fine))

    def between(self, values: np.ndarray, arc: np.ndarray) -> np.ndarray:
        """Values [P] given at the points, linearly interpolated at arc lengths [n]."""
        return np.interp(arc, self.arc, values, period=self.length)

    def _at_index(self, index: np.ndarray) -> np.ndarray:
        """Points at fractional indices in [0, P]."""
        i = np.minimum(index.astype(int), len(self._chords) - 1)
        b = (index - i)[:, None]
        a = 1.0 - b
        cubic = (a**3 - a) * self._bends[i] + (b**3 - b) * self._bends[i + 1]
        return a * self._line[i] + b * self._line[i + 1] + cubic * (self._chords[i] ** 2)[:, None] / 6.0


def _second_derivatives(line: np.ndarray, chords: np.ndarray) -> np.ndarray:
    """M [P, 2] that makes the slope continuous at every point.

    h_{i-1} M_{i-1} + 2 (h_{i-1} + h_i) M_i + h_i M_{i+1} = 6 (s_i - s_{i-1}), with chords h and their slopes s.
    """
    slopes = (np.roll(line, -1, 0) - line) / chords[:, None]
    after, before = chords[:, None], np.roll(chords, 1)[:, None]
    wanted = 6.0 * (slopes - np.roll(slopes, 1, 0))
    bends = np.zeros_like(line)
    for _ in range(SWEEPS):
        bends = (wanted - before * np.roll(bends, 1, 0) - after * np.roll(bends, -1, 0)) / (2.0 * (before + after))
    return bends
