"""Showing a whole track as large as possible without its lying under the displays painted over it; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SCALES = 24  # tried, each a little smaller than the one before
SHRINK = 0.975
PLACES = 7  # tried along each direction for each scale


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle on the screen, logical pixels."""

    left: float
    top: float
    right: float
    bottom: float


def best_framing(
    outline: np.ndarray, width: float, height: float, margin: float, covered: list[Rectangle]
) -> tuple[float, float, float]:
    """The largest view of an outline whose points are all inside and under none of the covered places.

    Args:
        outline: [N, 2] points in metres, y up.
        width, height: of the view, logical pixels.
        margin: that stays free at each border, logical pixels.
        covered: what lies over the view.

    Returns:
        scale in pixels per metre, and the (x, y) in metres that belongs in the middle of the view. If no
        place is free, the largest view in the middle.
    """
    low, high = outline.min(0), outline.max(0)
    span = np.maximum(high - low, 1.0)
    room = np.maximum(np.array((width, height)) - 2 * margin, 16.0)
    largest = float((room / span).min())
    middle = (low + high) / 2
    for scale in largest * SHRINK ** np.arange(SCALES):
        slack = (room - span * scale) / 2
        shifts = [s * np.linspace(-1, 1, PLACES) for s in slack]
        places = np.stack(np.meshgrid(*shifts, indexing="ij"), -1).reshape(-1, 2)
        places = places[np.argsort((places**2).sum(1), kind="stable")]  # the middle first
        relative = (outline - middle) * scale * np.array((1.0, -1.0)) + np.array((width, height)) / 2
        free = [place for place in places if not _any_covered(relative + place, covered)]
        if free:
            shift = free[0] / scale * np.array((1.0, -1.0))
            x, y = middle - shift
            return float(scale), float(x), float(y)
    return largest, float(middle[0]), float(middle[1])


def _any_covered(points: np.ndarray, covered: list[Rectangle]) -> bool:
    x, y = points[:, 0], points[:, 1]
    return any(bool(np.any((x > r.left) & (x < r.right) & (y > r.top) & (y < r.bottom))) for r in covered)
