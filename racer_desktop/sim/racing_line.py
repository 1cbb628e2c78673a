"""The fastest flying lap of a track: the reference that every lap is measured against.

A point mass with the car's own limits (friction circle, engine, brakes, drag, top speed; see `point_mass`) is driven
round at the offsets and speeds that take the least time (see `interior_point`). Obstacles are left out. It bounds
what the car of `vehicle.drive` can do, which in addition has to turn its wheels.

Tried first and given up: descent by gradients (Adam) through a forward-backward speed profile over spline
coefficients of the line. The profile's lap time depends on the sharpest points alone, and the descent stalled 1.3 to
4.6% above optimal control after a second; Newton's method with a barrier arrives within 0.1% in a fifth of that.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.sim.interior_point import minimise
from racer_desktop.sim.point_mass import Limits, Stations
from racer_desktop.sim.spline import ClosedSpline
from racer_desktop.sim.track import Track, curvature

SPACING = 2.0  # m between stations at most: the lap time is then within 0.1% of its limit
STATIONS = (256, 8192)  # powers of two in this range, so that few programs are compiled
BEGIN = 0.25  # of the lateral grip in the sharpest bend, and of the top speed squared: where the search begins


class RacingLineError(ValueError):
    """No fastest lap can be found for a track and a car; the message says why."""


class RacingLine(NamedTuple):
    """The fastest flying lap, given at the N points of its track.

    Attributes:
        line: [N, 2] m.
        offset: [N] of the line from the centre line, m, positive to the left.
        speed: [N] m/s.
        lap_time: s.
    """

    line: np.ndarray
    offset: np.ndarray
    speed: np.ndarray
    lap_time: float


def fastest(track: Track, car: CarConfig) -> RacingLine:
    """The fastest flying lap of a car on a track, its middle never nearer than `car.half_width` to an edge.

    Args:
        track: obstacles are left out.
        car: all but its wheelbase, steering and radius matters.

    Raises:
        RacingLineError: if the track is too narrow for the car.
    """
    spline = ClosedSpline(track.centre)
    number = STATIONS[0]
    while number < STATIONS[1] and spline.length / number > SPACING:
        number *= 2
    arc = spline.stations(number)
    centre = spline.at(arc)
    room = spline.between(np.asarray(track.half_width, np.float64), arc) - car.half_width
    narrowest = int(np.argmin(room))
    if room[narrowest] <= 0.0:
        raise RacingLineError(
            f"The track is {2 * (room[narrowest] + car.half_width):.1f} m wide {arc[narrowest]:.0f} m from its start, "
            f"too narrow for a car {2 * car.half_width:.1f} m wide; make the track wider or the car narrower."
        )
    limits = Limits.of(car)
    sharpest = np.abs(curvature(centre)).max()
    begin = BEGIN * min(limits.top, car.grip / max(sharpest, 1e-9))
    # Newton's equations need more digits than float32 has. On the CPU whatever else computes: this is small work.
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[-1]):
        found = minimise(limits, _stations(centre, room), begin)
    if not found.arrived:
        raise RacingLineError("The fastest lap of this track and car was not found; check the car's settings.")
    offset = np.interp(spline.arc, arc, found.offset, period=spline.length)
    speed = np.interp(spline.arc, arc + 0.5 * spline.length / number, np.sqrt(found.energy), period=spline.length)
    tangents = track.tangents
    normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
    return RacingLine(
        line=(track.centre + offset[:, None] * normals).astype(np.float32),
        offset=offset.astype(np.float32),
        speed=speed.astype(np.float32),
        lap_time=float(found.time),
    )


def reference_lap(track: Track, car: CarConfig) -> float:
    """The lap time of `fastest`, s.

    Raises:
        RacingLineError: if the track is too narrow for the car.
    """
    return fastest(track, car).lap_time


def _stations(centre: np.ndarray, room: np.ndarray) -> Stations:
    ahead = np.roll(centre, -1, 0) - centre
    behind = np.roll(ahead, 1, 0)
    tangent = ahead + behind
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / np.linalg.norm(tangent, axis=1, keepdims=True)
    normals = np.stack([np.roll(normal, 1, 0), normal, np.roll(normal, -1, 0)], axis=1)
    return Stations(behind, ahead, normals, room)
