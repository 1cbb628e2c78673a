"""The fastest lap by optimal control: an independent formulation, solved by CasADi and IPOPT.

Point mass in curvilinear coordinates along the centre line (arc length s, curvature kappa): offset n, heading xi to
the centre line, speed v; accelerations a_x, a_y of the tyres are the controls (D. Casanova, On minimum time vehicle
manoeuvring, 2000, ch. 3). Trapezoidal collocation on four nodes to each point of the track.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.sim.track import Track

NODES = 4  # to each point of the track


def optimal_lap(track: Track, car: CarConfig) -> float:
    """The lap time, s; needs CasADi."""
    casadi = importlib.import_module("casadi")  # 277 MB, so not part of the test tools
    following = np.roll(np.arange(NODES * len(track.centre)), -1).tolist()

    def after(values: Any) -> Any:
        return values[following]

    bend, arc = _curvature_and_steps(track, NODES)
    nodes = len(bend)
    room = np.interp(np.arange(nodes) / NODES, np.arange(len(track.centre)), track.half_width) - car.half_width
    problem = casadi.Opti()
    offset, heading, speed, along, across = (problem.variable(nodes) for _ in range(5))
    scale = 1 - offset * bend
    pace = scale / (speed * casadi.cos(heading))  # dt/ds
    rates = {
        "offset": (offset, scale * casadi.tan(heading)),
        "heading": (heading, across / speed * pace - bend),
        "speed": (speed, (along - car.drag * speed**2) * pace),
    }
    for state, rate in rates.values():
        problem.subject_to(after(state) - state == arc * (rate + after(rate)) / 2)
    problem.minimize(casadi.sum1(arc * (pace + after(pace)) / 2))
    problem.subject_to(problem.bounded(-room, offset, room))
    problem.subject_to(problem.bounded(1.0, speed, car.max_speed))
    problem.subject_to(problem.bounded(-1.2, heading, 1.2))
    problem.subject_to(along**2 + across**2 <= car.grip**2)
    problem.subject_to(problem.bounded(-car.braking, along, car.engine_acceleration))
    problem.subject_to(along * speed <= car.engine_power)
    problem.set_initial(speed, 8.0)
    problem.solver("ipopt", {"print_time": False}, {"print_level": 0, "sb": "yes", "max_iter": 2000, "tol": 1e-7})
    solution = problem.solve()
    return float(solution.value(problem.f))


def _curvature_and_steps(track: Track, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Curvature at the nodes and arc length to the next, of the trigonometric polynomial through the points."""
    points = len(track.centre)
    frequency = np.fft.fftfreq(points, 1 / points)
    spectrum = np.fft.fft(track.centre[:, 0].astype(float) + 1j * track.centre[:, 1]) / points
    at = np.arange(nodes * points) / (nodes * points)
    first, second = (
        np.exp(2j * np.pi * np.outer(at, frequency)) @ ((2j * np.pi * frequency) ** order * spectrum)
        for order in (1, 2)
    )
    bend = (first.conj() * second).imag / np.abs(first) ** 3
    step = np.abs(first) / len(at)
    return bend, 0.5 * (step + np.roll(step, -1))
