"""Circuit files in and out: CSV with `# x_m,y_m,w_tr_right_m,w_tr_left_m`, metres, the first point not repeated.

The widths lie to the right and left of each point in driving direction, which is the order of the points. Obstacles
are comments, `# obstacle x_m,y_m,radius_m`, so that other programs read the file too. The format is that of
https://github.com/TUMFTM/racetrack-database. No JAX: a circuit can be shown before it is loaded.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from racer_desktop.config import MOST_OBSTACLES, Circuit, TrackConfig
from racer_desktop.files import replacing
from racer_desktop.sim.circuit_text import CircuitError, CircuitText, Disc, decode, parse
from racer_desktop.sim.spline import ClosedSpline
from racer_desktop.sim.track import Track, curvature

SUFFIX = ".csv"
HEADER = "# x_m,y_m,w_tr_right_m,w_tr_left_m"
LEAST_ROWS = 8
LENGTHS = (50.0, 100_000.0)  # m
HALF_WIDTHS = (1.5, 50.0)  # m
POINTS = (64, 4096)  # of a track
STEP = 3.0  # m between two points of a track at most, if nothing else is asked for and `POINTS` allow it
STEPS = (1.5, 4.0)  # m: equal steps in this range stay as they are
EVEN = 0.03  # relative difference up to which steps count as equal
NARROWED = 0.9  # curvature times half width in a bend that was narrowed
TIGHTEST = 5.0  # m: radius of a bend that is worth narrowing; the car's own turning circle is hardly smaller
TAPER = 0.15  # m of half width per m of track, on both sides of a bend that was narrowed
SAME_PLACE = 0.01  # m
SHARPEST = 100.0  # degrees at one point: beyond, the line turns back on itself
LEAST_GAP = 2.0  # m that a disc leaves free on one side at least
FAR_FROM_ORIGIN = 10_000.0  # m: beyond, float32 would cost centimetres, and the circuit is moved to the origin


def opened(path: Path | str, *, half_width: float = 6.0) -> tuple[Circuit, str]:
    """The circuit in a file, ready to be kept with an experiment.

    Args:
        path: the file.
        half_width: where the file gives no widths, m.

    Returns:
        The circuit under its file's name, and a sentence about what had to be changed to drive it, or "".

    Raises:
        CircuitError: what is wrong, in which line, and what would be right.
    """
    track, remark = _read(Path(path), None, half_width)
    return Circuit(Path(path).stem, text_of(track)), remark


def read(path: Path | str, *, points: int | None = None, half_width: float = 6.0) -> Track:
    """The circuit in a file.

    Args:
        path: the file.
        points: number of points of the track; None chooses steps of 1.5 to 3 m.
        half_width: where the file gives no widths, m.

    Returns:
        The track with points at equal arc length. Where the widths to the right and left differ, its centre line
        lies in their middle. Circuits far from the origin are moved there. A bend that is tighter than its track is
        wide is narrowed.

    Raises:
        CircuitError: what is wrong, in which line, and what would be right.
    """
    return _read(Path(path), points, half_width)[0]


@functools.lru_cache(maxsize=16)
def track_of(circuit: Circuit) -> Track:
    """The track of a circuit that was kept; the same object for the same circuit.

    Raises:
        CircuitError: if its text was changed by somebody; see `opened`.
    """
    try:
        text = parse(circuit.text)
        return _track(text, len(text.rows), TrackConfig().half_width)[0]
    except CircuitError as error:
        raise CircuitError(f"The circuit {circuit.name}: {error}") from None


def text_of(track: Track) -> str:
    """A track as a circuit file's text, to the micrometre."""
    lines = [HEADER]
    lines += [f"# obstacle {x:.6f},{y:.6f},{track.obstacle_radius:.6f}" for x, y in track.obstacles]
    lines += [f"{x:.6f},{y:.6f},{w:.6f},{w:.6f}" for (x, y), w in zip(track.centre, track.half_width, strict=True)]
    return "\n".join(lines) + "\n"


def write(path: Path | str, track: Track) -> None:
    """Writes a track as a circuit file.

    Raises:
        CircuitError: if the file cannot be written.
    """
    try:
        with replacing(Path(path)) as temporary:
            temporary.write_text(text_of(track), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CircuitError(f"{path} cannot be written: {error.strerror}.") from error


def _read(path: Path, points: int | None, half_width: float) -> tuple[Track, str]:
    try:
        return _track(parse(decode(path.read_bytes())), points, half_width)
    except CircuitError as error:
        raise CircuitError(f"{path.name}: {error}") from None
    except FileNotFoundError:
        raise CircuitError(f"{path} does not exist; choose a circuit file.") from None
    except IsADirectoryError:
        raise CircuitError(f"{path} is a folder; choose a circuit file in it.") from None
    except OSError as error:
        raise CircuitError(f"{path} cannot be read: {error.strerror}.") from error


def _track(text: CircuitText, points: int | None, default: float) -> tuple[Track, str]:
    line, right, left, numbers = _outline(text, default)
    tangent = np.roll(line, -1, 0) - np.roll(line, 1, 0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / np.linalg.norm(tangent, axis=1, keepdims=True)
    middle = line + 0.5 * (left - right)[:, None] * normal
    half_width = 0.5 * (left + right)
    home = middle.mean(axis=0) if np.abs(middle).max() > FAR_FROM_ORIGIN else np.zeros(2)
    centre, half_width, numbers = _evenly(middle - home, half_width, numbers, points)
    half_width, remark = _unfolded(centre, half_width, numbers)
    discs = _discs(text.discs, centre, half_width, home)
    closing = np.linalg.norm(centre - np.roll(centre, 1, 0), axis=1)
    track = Track(
        centre=centre.astype(np.float32),
        half_width=half_width.astype(np.float32),
        obstacles=discs,
        obstacle_radius=np.array(text.discs[0].radius if text.discs else TrackConfig().obstacle_radius, np.float32),
        length=np.array(closing.sum(), np.float32),
    )
    return track, remark


def _outline(text: CircuitText, default: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The file's points [P, 2], the widths to their right and left [P], and their lines [P], all plausible."""
    rows = text.rows
    for row in rows:
        _check_widths(row.line, row.right, row.left)
    line = np.array([(row.x, row.y) for row in rows]).reshape(-1, 2)
    numbers = np.array([row.line for row in rows], int)
    keep = np.ones(len(line), bool)
    if len(line) > 1:
        # The last point may repeat the first, and a recording may repeat a place where it stood still.
        to_next = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
        keep = to_next > SAME_PLACE
        keep[-1] &= to_next[-1] > 0.25 * np.median(to_next)
    line, numbers = line[keep], numbers[keep]
    if len(line) < LEAST_ROWS:
        raise CircuitError(f"it has {len(line)} different points; a circuit needs at least {LEAST_ROWS}.")
    steps = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
    if not LENGTHS[0] <= steps.sum() <= LENGTHS[1]:
        raise CircuitError(
            f"the circuit is {steps.sum():,.4g} m long; coordinates in metres give {LENGTHS[0]:g} m "
            f"to {LENGTHS[1] / 1000:g} km."
        )
    if steps[-1] > max(5.0 * steps[:-1].max(), 50.0):
        raise CircuitError(
            f"line {numbers[-1]}: the last point lies {steps[-1]:,.0f} m from the first; a circuit comes back to "
            f"where it began."
        )
    _check_turns(line, numbers)
    right = np.array([default if row.right is None else row.right for row in rows])[keep]
    left = np.array([default if row.left is None else row.left for row in rows])[keep]
    return line, right, left, numbers


def _check_widths(number: int, right: float | None, left: float | None) -> None:
    if right is None or left is None:
        return
    if min(right, left) < 0.0:
        raise CircuitError(f"line {number}: a width of {min(right, left):g} m is negative; both widths count outwards.")
    if not HALF_WIDTHS[0] <= 0.5 * (right + left) <= HALF_WIDTHS[1]:
        raise CircuitError(
            f"line {number}: a track {right + left:g} m wide is not for cars; {2 * HALF_WIDTHS[0]:g} m to "
            f"{2 * HALF_WIDTHS[1]:g} m are."
        )


def _check_turns(line: np.ndarray, numbers: np.ndarray) -> None:
    before, after = line - np.roll(line, 1, 0), np.roll(line, -1, 0) - line
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.abs(np.rad2deg(np.arctan2(cross, np.sum(before * after, axis=1))))
    worst = int(np.argmax(turn))
    if turn[worst] > SHARPEST:
        raise CircuitError(
            f"line {numbers[worst]}: the circuit turns by {turn[worst]:.0f} degrees at this point; a car needs a bend "
            f"of several points. Is a digit wrong, or a line out of order?"
        )


def _evenly(
    line: np.ndarray, half_width: np.ndarray, numbers: np.ndarray, points: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The line, its widths and the file's lines next to them, at equal arc length."""
    steps = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
    mean = steps.mean()
    even = np.abs(steps / mean - 1.0).max() <= EVEN
    usual = POINTS[0] <= len(line) <= POINTS[1] and STEPS[0] <= mean <= STEPS[1]
    if even and (usual if points is None else len(line) == points):
        return line, half_width, numbers
    spline = ClosedSpline(line)
    if points is None:
        # Doubled from size to size: circuits of about the same length share what was compiled for one of them.
        points = POINTS[0]
        while points < POINTS[1] and spline.length / points > STEP:
            points *= 2
    arc = spline.stations(points)
    nearest = np.searchsorted(spline.arc, arc, side="right") - 1
    return spline.at(arc), spline.between(half_width, arc), numbers[nearest]


def _unfolded(centre: np.ndarray, half_width: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, str]:
    """The half widths with which no edge folds over itself, and a sentence about where they had to be narrowed."""
    bend = np.abs(curvature(centre))
    folded = _folded(centre, half_width, bend)
    if not folded.any():
        return half_width, ""
    worst = int(np.argmax(np.where(folded, bend * half_width, -1.0)))
    radius = 1.0 / max(bend[worst], 1e-9)
    step = float(np.linalg.norm(centre[1] - centre[0]))
    room = np.minimum(half_width, NARROWED / np.maximum(bend, 1e-9))
    narrowed = _tapered(room, TAPER * step)
    if 1.0 / bend[folded].max() < TIGHTEST or _folded(centre, narrowed, bend).any():
        raise CircuitError(
            f"line {numbers[worst]}: the bend has a radius of {radius:.1f} m there and the track half a width of "
            f"{half_width[worst]:.1f} m, so the inner edge folds over itself; make the bend wider or narrow the track."
        )
    return narrowed, (
        f"The track was narrowed where its bends are tighter than it is wide, the most at line {numbers[worst]}: "
        f"from {2 * half_width[worst]:.1f} m to {2 * narrowed[worst]:.1f} m."
    )


def _folded(centre: np.ndarray, half_width: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """[N] where an edge folds over itself: curvature * half width >= 1, or it goes back between two points."""
    ahead = np.roll(centre, -1, 0) - centre
    tangent = ahead + np.roll(ahead, 1, 0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / np.linalg.norm(tangent, axis=1, keepdims=True)
    offset = half_width[:, None] * normal
    forward = [np.sum((np.roll(edge, -1, 0) - edge) * ahead, axis=1) for edge in (centre + offset, centre - offset)]
    return (bend * half_width >= 1.0) | (np.minimum(*forward) <= 0.0)


def _tapered(room: np.ndarray, slope: float) -> np.ndarray:
    """The largest values round a lap that are nowhere above `room` and change by `slope` at most at each step."""
    values = room.copy()
    for order in (range(len(room)), range(len(room) - 1, -1, -1)):
        for i in (*order, *order):  # twice round, because a lap has no end
            before = i - order.step
            values[i] = min(values[i], values[before % len(room)] + slope)
    return values


def _discs(discs: list[Disc], centre: np.ndarray, half_width: np.ndarray, home: np.ndarray) -> np.ndarray:
    """[K, 2] centres of the discs, each of which can be passed."""
    if len(discs) > MOST_OBSTACLES:
        raise CircuitError(f"line {discs[MOST_OBSTACLES].line}: a track has at most {MOST_OBSTACLES} obstacles.")
    ahead = np.roll(centre, -1, 0) - centre
    for disc in discs:
        if disc.radius <= 0.0:
            raise CircuitError(f"line {disc.line}: an obstacle's radius of {disc.radius:g} m is not above 0.")
        if abs(disc.radius - discs[0].radius) > 1e-3:
            raise CircuitError(
                f"line {disc.line}: this obstacle has a radius of {disc.radius:g} m and the one in line "
                f"{discs[0].line} {discs[0].radius:g} m; all of a circuit's need the same."
            )
        to_disc = np.array([disc.x, disc.y]) - home - centre
        share = np.clip(np.sum(to_disc * ahead, axis=1) / np.sum(ahead**2, axis=1), 0.0, 1.0)
        distances = np.linalg.norm(to_disc - share[:, None] * ahead, axis=1)
        nearest = int(np.argmin(distances))
        aside, width = distances[nearest], half_width[nearest]
        if aside > width + disc.radius:
            raise CircuitError(
                f"line {disc.line}: this obstacle lies {aside:,.1f} m from the track's middle, where the edge is at "
                f"{width:.1f} m; put it on the track or leave it out."
            )
        if width + aside - disc.radius < LEAST_GAP:
            raise CircuitError(
                f"line {disc.line}: this obstacle leaves no gap of {LEAST_GAP:g} m beside it; make it smaller or "
                f"move it to one side."
            )
        if np.linalg.norm(to_disc[0]) < disc.radius + LEAST_GAP:
            raise CircuitError(
                f"line {disc.line}: this obstacle lies on the start line, where the car stands; move it."
            )
    return (np.array([(disc.x, disc.y) for disc in discs]).reshape(-1, 2) - home).astype(np.float32)
