"""A driver who knows the way: a stand-in for a person, for measurements only.

It plans the fastest line through what the discs leave free of the track, and follows it below the speed of the fastest
lap, by what a person has: a place, a speed, a wheel and two pedals, sixty times a second.
"""

from __future__ import annotations

import math

import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.sim.racing_line import fastest
from racer_desktop.sim.track import Track
from racer_desktop.training.snapshot import CarState

MARGIN = 0.7  # m that the plan stays away from edges and discs beyond what is needed: nobody drives to the centimetre
BESIDE = 5.0  # m along the track on both sides of a disc where the way stays as narrow as beside it
APPROACH = 25.0  # m along the track on both sides of a disc where the way begins to narrow
SPACING = 0.5  # m between the plan's points
LOOK_AHEAD = (3.0, 0.3)  # m, and m for each m/s: the point that is steered at
FORESIGHT = 0.3  # s ahead, at which the plan's speed is wanted now
PEDAL = 0.6  # throttle for each m/s that is missing


class ScriptedDriver:
    """Follows its plan for one track.

    Args:
        track: the track; its discs are driven round.
        car: the car.

    Attributes:
        lap_time: of the plan at its full speed, s.

    Raises:
        RacingLineError: if edges and discs leave no way.
    """

    def __init__(self, track: Track, car: CarConfig) -> None:
        self._car = car
        plan = fastest(free_way(track, car), car)
        chords = np.linalg.norm(np.roll(plan.line, -1, 0) - plan.line, axis=1)
        arc = np.concatenate([[0.0], np.cumsum(chords[:-1])])
        length = float(chords.sum())
        points = round(length / SPACING)
        at = length * np.arange(points) / points
        self._step = length / points
        self.line = np.stack([np.interp(at, arc, plan.line[:, k], period=length) for k in range(2)], axis=1)
        self._speed = np.interp(at, arc, plan.speed, period=length)
        self.lap_time = plan.lap_time

    def __call__(self, car: CarState, pace: float) -> tuple[float, float]:
        """Steering and throttle in [-1, 1] at a share `pace` of the plan's speed."""
        x, y = self.line[:, 0] - car.x, self.line[:, 1] - car.y
        nearest = int(np.argmin(x**2 + y**2))
        goal = self._ahead(nearest, LOOK_AHEAD[0] + LOOK_AHEAD[1] * car.speed)
        # Pure pursuit (R. C. Coulter, 1992): the circle through the goal that begins in the direction of the car.
        bearing = math.atan2(y[goal], x[goal]) - car.heading
        curvature = 2.0 * math.sin(bearing) / math.hypot(x[goal], y[goal])
        steering = math.atan(self._car.wheelbase * curvature) / self._car.max_steering
        wanted = pace * self._speed[self._ahead(nearest, FORESIGHT * car.speed)]
        return float(np.clip(steering, -1.0, 1.0)), float(np.clip(PEDAL * (wanted - car.speed), -1.0, 1.0))

    def _ahead(self, point: int, way: float) -> int:
        return (point + round(way / self._step)) % len(self.line)


def free_way(track: Track, car: CarConfig) -> Track:
    """The track without discs that lies between its edges and beside its discs, `MARGIN` narrower on both sides.

    Where a disc is, the edge on its side is drawn in until a car that keeps to it passes the disc.
    """
    centre = track.centre.astype(np.float64)
    tangents = track.tangents
    normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
    arc = float(track.length) * np.arange(len(centre)) / len(centre)
    open_to = track.half_width - MARGIN
    left, right = open_to.copy(), open_to.copy()  # from the centre line
    for disc in track.obstacles:
        at = int(np.argmin(np.linalg.norm(centre - disc, axis=1)))
        aside = float((disc - centre[at]) @ normals[at])
        side = left if aside > 0.0 else right
        edge = abs(aside) - float(track.obstacle_radius) - car.radius - MARGIN + car.half_width
        away = np.abs(arc - arc[at])
        away = np.minimum(away, float(track.length) - away)
        share = 0.5 + 0.5 * np.cos(np.pi * np.clip((away - BESIDE) / (APPROACH - BESIDE), 0.0, 1.0))
        np.minimum(side, open_to + share * np.minimum(edge - open_to, 0.0), out=side)
    middle = centre + (0.5 * (left - right))[:, None] * normals
    length = np.linalg.norm(np.roll(middle, -1, 0) - middle, axis=1).sum()
    return Track(
        centre=middle.astype(np.float32),
        half_width=(0.5 * (left + right)).astype(np.float32),
        obstacles=np.zeros((0, 2), np.float32),
        obstacle_radius=track.obstacle_radius,
        length=np.array(length, np.float32),
    )
