"""How densely cars crashed around each place, as a small picture; no Qt."""

from __future__ import annotations

import numpy as np

from racer_desktop.gui.camera import Bounds

SPREAD = 3.0  # m: a crash glows about so far around its place
HALF_TICKS = 60.0 * 60  # until a crash glows half as much
MOST_CELLS = 256  # of the picture along its longer side
LEAST_CELL = 1.0  # m
FULL = 5.0  # fresh crashes in one place that glow at about two thirds of the full strength


def heat(places: np.ndarray, tick: float, bounds: Bounds) -> np.ndarray:
    """The glow over a rectangle of ground.

    Args:
        places: [C, 3] x, y in m and the tick of each crash.
        tick: now; older crashes glow less.
        bounds: of the rectangle.

    Returns:
        [rows, columns] from 0 to 1, the first row at the top.
    """
    span = np.array((bounds.right - bounds.left, bounds.top - bounds.bottom))
    cell = max(LEAST_CELL, span.max() / MOST_CELLS)
    columns, rows = (max(int(np.ceil(s / cell)), 1) for s in span)
    weight = 0.5 ** (np.maximum(tick - places[:, 2], 0.0) / HALF_TICKS)
    density, _, _ = np.histogram2d(
        bounds.top - places[:, 1], places[:, 0] - bounds.left,
        bins=(rows, columns), range=((0, rows * cell), (0, columns * cell)), weights=weight,
    )  # fmt: skip
    reach = max(int(np.ceil(2.5 * SPREAD / cell)), 1)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * cell / SPREAD) ** 2)
    for axis in (0, 1):
        density = _blurred(density, bell, axis)
    return 1.0 - np.exp(-density / FULL)


def _blurred(density: np.ndarray, bell: np.ndarray, axis: int) -> np.ndarray:
    reach = len(bell) // 2
    wide = np.pad(density, [(reach, reach) if k == axis else (0, 0) for k in (0, 1)])
    length = density.shape[axis]
    total = np.zeros_like(density)
    for shift, share in enumerate(bell):
        total += share * np.take(wide, range(shift, shift + length), axis)
    return total
