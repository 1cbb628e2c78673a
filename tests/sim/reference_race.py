"""The race once more, from its definition: one car, float64, plain NumPy, sharing nothing but the settings.

Nothing here is fast or clever: every ray meets every edge segment and every disc, the nearest point is looked
for on the whole centre line, and each tick of each car is computed on its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim.track import Track


@dataclass(frozen=True)
class Car:
    """One car in its episode: position and heading, speed, steering angle; way and clocks; SI units."""

    x: float
    y: float
    heading: float
    speed: float
    steering: float
    arc: float
    travelled: float = 0.0
    furthest: float = 0.0
    gates: int = 0
    time: float = 0.0
    stalled: float = 0.0
    gate_time: float = 0.0


@dataclass(frozen=True)
class Result:
    """What one environment step gave: the reward's terms by name and how the episode ended, if it did.

    `margin` is the smallest distance that any yes-or-no decision of the step was from going the other way,
    in m or s: float32 may decide otherwise where it is tiny.
    """

    terms: dict[str, float]
    crashed: bool
    stalled: bool
    truncated: bool
    margin: float


class ReferenceRace:
    """The environment for one car on one track."""

    def __init__(self, config: Config, track: Track) -> None:
        self.config = config
        self.centre = track.centre.astype(float)
        self.width = track.half_width.astype(float)
        self.length = float(track.length)
        self.discs = [(float(x), float(y)) for x, y in track.obstacles]
        self.disc_radius = float(track.obstacle_radius)
        n = len(self.centre)
        left, right = [], []
        for k in range(n):
            ahead = self.centre[(k + 1) % n] - self.centre[k - 1]
            normal = np.array([-ahead[1], ahead[0]]) / math.hypot(*ahead)
            left.append(self.centre[k] + self.width[k] * normal)
            right.append(self.centre[k] - self.width[k] * normal)
        self.left, self.right = np.array(left), np.array(right)

    def locate(self, x: float, y: float) -> tuple[float, float, float]:
        """Arc, signed offset (left positive) and half width at the nearest point of the whole centre line."""
        start, end = self.centre, np.roll(self.centre, -1, axis=0)
        along, to_car = end - start, np.array([x, y]) - start
        share = np.clip((to_car * along).sum(1) / (along**2).sum(1), 0.0, 1.0)
        gap = to_car - share[:, None] * along
        distance = np.hypot(gap[:, 0], gap[:, 1])
        k = int(np.argmin(distance))
        side = math.copysign(1.0, along[k, 0] * to_car[k, 1] - along[k, 1] * to_car[k, 0])
        width = (1 - share[k]) * self.width[k] + share[k] * self.width[(k + 1) % len(self.width)]
        # The points of a track are equally far apart: so many of them are so many metres.
        return (k + share[k]) / len(start) * self.length, side * distance[k], width

    def rays(self, x: float, y: float, heading: float) -> np.ndarray:
        """Distances to the first edge or disc in every direction, m."""
        sensors = self.config.sensors
        distances = []
        for angle in sensors.ray_angles_deg:
            direction = heading + math.radians(angle)
            d = np.array([math.cos(direction), math.sin(direction)])
            hits = [sensors.ray_range]
            for edge in (self.left, self.right):
                a, b = edge - (x, y), np.roll(edge, -1, axis=0) - (x, y)
                # origin + t d = a + u (b - a), solved by Cramer's rule
                s = b - a
                with np.errstate(divide="ignore", invalid="ignore"):
                    det = s[:, 0] * d[1] - s[:, 1] * d[0]
                    t = (s[:, 0] * a[:, 1] - s[:, 1] * a[:, 0]) / det
                    u = (d[0] * a[:, 1] - d[1] * a[:, 0]) / det
                hits += t[(det != 0) & (t >= 0) & (u >= 0) & (u <= 1)].tolist()
            for cx, cy in self.discs:
                # |t d - c|^2 = r^2
                b, c = d[0] * (cx - x) + d[1] * (cy - y), (cx - x) ** 2 + (cy - y) ** 2 - self.disc_radius**2
                if b**2 > c and (hit := b - math.sqrt(b**2 - c)) >= 0:
                    hits.append(hit)
            distances.append(min(hits))
        return np.array(distances)

    def drive(self, car: Car, steering: float, throttle: float) -> Car:
        """One physics tick of the bicycle in its friction circle."""
        c, dt = self.config.car, self.config.race.tick
        steering, throttle = min(max(steering, -1.0), 1.0), min(max(throttle, -1.0), 1.0)
        wanted = steering * c.max_steering
        most = c.steering_rate * dt
        angle = car.steering + min(max(wanted - car.steering, -most), most)

        if throttle > 0:
            power_limit = c.engine_power / car.speed if car.speed > 0.1 else math.inf
            tyres = throttle * min(c.engine_acceleration, power_limit)
        else:
            tyres = throttle * c.braking
        tyres = min(max(tyres, -c.grip), c.grip)
        speed = car.speed + (tyres - c.drag * car.speed**2) * dt
        speed = min(max(speed, 0.0), c.max_speed)

        cornering = math.sqrt(c.grip**2 - tyres**2)
        lateral = speed**2 * math.tan(angle) / c.wheelbase
        lateral = min(max(lateral, -cornering), cornering)
        turned = lateral / speed * dt if speed > 0.1 else 0.0
        heading = car.heading + turned / 2
        return replace(
            car,
            x=car.x + speed * math.cos(heading) * dt,
            y=car.y + speed * math.sin(heading) * dt,
            heading=car.heading + turned,
            speed=speed,
            steering=angle,
        )

    def step(self, car: Car, steering: float, throttle: float) -> tuple[Car, Result]:
        """One decision held for its ticks; a car that crashes stays where it crashed."""
        race, weights, top = self.config.race, self.config.reward, self.config.car.max_speed
        before, crashed, margins = car, False, []
        for _ in range(race.ticks_per_step):
            car = self.drive(car, steering, throttle)
            arc, offset, width = self.locate(car.x, car.y)
            way = arc - car.arc
            way -= self.length * round(way / self.length)
            travelled, dt = car.travelled + way, race.tick
            progress = travelled - (car.furthest + 3.0)
            car = replace(
                car,
                arc=arc,
                travelled=travelled,
                furthest=travelled if progress >= 0 else car.furthest,
                time=car.time + dt,
                stalled=0.0 if progress >= 0 else car.stalled + dt,
                gate_time=car.gate_time + dt,
            )
            to_edge = width - self.config.car.half_width - abs(offset)
            to_discs = [
                math.hypot(cx - car.x, cy - car.y) - self.disc_radius - self.config.car.radius for cx, cy in self.discs
            ]
            margins += [abs(progress), abs(to_edge), *map(abs, to_discs)]
            if to_edge < 0 or any(d < 0 for d in to_discs):
                crashed = True
                break

        spacing = self.length / weights.gates
        gates = max(car.gates, math.floor(car.travelled / spacing))
        nearest = round(car.travelled / spacing)
        margins.append(abs(car.travelled - nearest * spacing) if nearest > before.gates else math.inf)
        margins += [abs(car.stalled - race.stall_time), abs(car.time - race.time_limit)]
        reached = 0 if crashed else gates - car.gates
        stalled = not crashed and car.stalled >= race.stall_time
        ended = crashed or stalled
        pace = min(1.0, spacing * reached / car.gate_time / top)
        terms = {
            "speed": weights.speed * (car.travelled - before.travelled) / top,
            "gate": weights.gate * reached,
            "time_bonus": weights.time_bonus * reached * pace,
            "survival": 0.0 if ended else weights.survival,
            "crash": weights.crash if ended else 0.0,
        }
        truncated = not ended and car.time >= race.time_limit
        car = replace(car, gates=gates, gate_time=0.0 if reached else car.gate_time)
        return car, Result(terms, crashed, stalled, truncated, min(margins))
