"""Makes `resources/circuits`: circuits of our own design. `python -m racer_desktop.shipped_circuits` writes them.

Each is drawn as straights that meet in corners, and a radius that rounds off each corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from racer_desktop import paths
from racer_desktop.sim import circuits
from racer_desktop.sim.track import Track, resample

STEP = 2.9  # m between two points of a file: within what a circuit file keeps as it is
GENTLE = 13.0  # m over which the line is evened out, so that bends begin gently
FINE = math.radians(3.0)  # of an arc between two of its points


@dataclass(frozen=True)
class Design:
    """A circuit as it is drawn.

    Attributes:
        name: of its file.
        half_width: m.
        start: (x, y) of the start line, m, on the straight to the first corner.
        corners: (x, y, radius) in driving direction, m.
    """

    name: str
    half_width: float
    start: tuple[float, float]
    corners: tuple[tuple[float, float, float], ...]


DESIGNS = (
    Design(
        "Sparrow Kart Track",
        4.0,
        (20, 0),
        (
            (150, 0, 18), (160, 52, 14), (84, 44, 13), (70, 92, 14), (190, 96, 16), (188, 150, 20), (120, 140, 40),
            (20, 168, 30), (-30, 120, 14), (10, 84, 12), (20, 44, 14), (-50, 50, 14), (-54, 0, 16),
        ),
    ),
    Design(
        "Harbour Ring",
        6.5,
        (80, 0),
        (
            (520, 0, 40), (560, 120, 30), (430, 150, 24), (440, 250, 28), (700, 270, 45), (720, 430, 60),
            (600, 450, 16), (560, 330, 18), (420, 340, 35), (400, 520, 45), (220, 560, 70), (110, 470, 30),
            (230, 380, 22), (180, 250, 40), (30, 300, 20), (-60, 210, 35), (30, 110, 22), (-90, 90, 24), (-110, 0, 34),
        ),
    ),
    Design(
        "Larch Forest Grand Prix",
        7.0,
        (250, 0),
        (
            (930, 0, 34), (950, 120, 30), (820, 170, 45), (900, 300, 70), (1240, 230, 60), (1330, 420, 120),
            (1150, 660, 80), (960, 600, 18), (1040, 430, 24), (800, 400, 60), (700, 560, 90), (800, 740, 40),
            (640, 860, 75), (500, 700, 28), (590, 560, 30), (480, 400, 80), (250, 460, 50), (250, 640, 22),
            (160, 650, 22), (140, 800, 60), (-120, 780, 90), (-150, 560, 25), (40, 500, 20), (20, 400, 26),
            (-240, 420, 110), (-420, 250, 60), (-330, 130, 16), (-230, 190, 18), (-90, 150, 40), (-120, 0, 22),
        ),
    ),
)  # fmt: skip


def drawn(design: Design) -> Track:
    """The track of a design, with points at equal arc length, the first on the start line."""
    line = np.vstack([np.array([design.start], float), _rounded(np.array(design.corners, float))])
    length = float(np.linalg.norm(np.roll(line, -1, 0) - line, axis=1).sum())
    points = round(length / STEP)
    line = resample(line, points)
    reach = round(GENTLE / STEP) // 2
    line = resample(np.mean([np.roll(line, k, axis=0) for k in range(-reach, reach + 1)], axis=0), points)
    closing = np.linalg.norm(line - np.roll(line, 1, 0), axis=1)
    return Track(
        centre=line.astype(np.float32),
        half_width=np.full(points, design.half_width, np.float32),
        obstacles=np.zeros((0, 2), np.float32),
        obstacle_radius=np.array(1.5, np.float32),
        length=np.array(closing.sum(), np.float32),
    )


def main(folder: Path | None = None) -> None:
    """Writes the circuits."""
    folder = paths.resource("circuits") if folder is None else folder
    for design in DESIGNS:
        circuits.write(folder / f"{design.name}.csv", drawn(design))


def _rounded(corners: np.ndarray) -> np.ndarray:
    """Corners [C, 3] of x, y, radius as the arcs [M, 2] that round them off, in order.

    Raises:
        ValueError: if two arcs want the same piece of a straight.
    """
    places, radii = corners[:, :2], corners[:, 2]
    ahead = np.roll(places, -1, 0) - places
    straights = np.linalg.norm(ahead, axis=1)
    ahead /= straights[:, None]
    behind = np.roll(ahead, 1, 0)
    cross = behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0]
    turns = np.arctan2(cross, np.sum(behind * ahead, axis=1))
    cut = radii * np.tan(np.abs(turns) / 2)  # of the straights before and after a corner
    short = cut + np.roll(cut, -1) > straights
    if short.any():
        raise ValueError(f"the straight from {places[short][0].tolist()} is too short for the radii at its ends")
    arcs = []
    for place, way, turn, radius, taken in zip(places, behind, turns, radii, cut, strict=True):
        side = math.copysign(1.0, turn)
        middle = place - taken * way + side * radius * np.array([-way[1], way[0]])
        begin = math.atan2(way[1], way[0]) - side * math.pi / 2
        angles = begin + np.linspace(0.0, turn, max(2, math.ceil(abs(turn) / FINE)))
        arcs.append(middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return np.vstack(arcs)


if __name__ == "__main__":
    main()
