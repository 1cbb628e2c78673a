"""The simulator of one car on one track: compiled programs with all that they are given, on a device of their own."""

from __future__ import annotations

from typing import NamedTuple

import jax
import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim import sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.grid import standing
from racer_desktop.training.race_programs import RacePrograms


class Sensed(NamedTuple):
    """One tick's numbers on the host.

    Attributes:
        pose: [5] x, y, heading, speed, steering.
        travelled: m along the track since the start.
        off: whether the car left the track or hit a disc.
        rays: [R] m.
        observation: [R + 1] what the agent sees.
    """

    pose: np.ndarray
    travelled: float
    off: bool
    rays: np.ndarray
    observation: np.ndarray


class Settled(NamedTuple):
    """What an environment step came to, on the host.

    Attributes:
        reward: earned in it.
        gates: reached since the start.
        stalled: whether the car stood too long.
        terms: [T] of the reward.
    """

    reward: float
    gates: int
    stalled: bool
    terms: np.ndarray


class Simulator:
    """Carries states on; keeps none but the one on the start line.

    Args:
        programs: of the configuration's structure.
        config: all settings.
        device: where it runs.
        track: the track to drive.

    Attributes:
        track: as given.
        length: of the track, m.
        reach: segments on each side of a car that its rays are met with, see `sight.reach`.
        start: state of a car on the start line.
        first_sight: what is sensed there.
        blank: the latent state of a driver who has seen nothing.
    """

    def __init__(self, programs: RacePrograms, config: Config, device: compute.Device, track: Track) -> None:
        self._programs = programs
        self._device = device
        self._rays = len(config.sensors.ray_angles_deg)
        self.track = track
        self.length = float(track.length)
        # Generated tracks all need the same reach: only another kind of track compiles again.
        self.reach = max(structure.looked_at(config), sight.reach_on(track, config.sensors.ray_range))
        self.set_rules(config)
        with jax.default_device(device):
            self._course = jax.device_put(courses([track]), device)
            self.start, first_sight, self.blank = programs.line_up(self._rules, self._course, looked_at=self.reach)
        self.first_sight = self._unpacked(first_sight)
        # Once for nothing: what has to be compiled is compiled before the race, not in it.
        self.tick(self.start, np.zeros((1, 2), np.float32))
        self.settle(self.start, self.start, off=False)

    def set_rules(self, config: Config) -> None:
        """Takes changed live settings."""
        self._rules = jax.device_put(Rules.of(config), self._device)

    def tick(self, state: RaceState, action: np.ndarray) -> tuple[RaceState, Sensed]:
        """One physics tick under an action [1, 2]."""
        state, packed = self._programs.tick(self._rules, self._course, state, action, looked_at=self.reach)
        return state, self._unpacked(packed)

    def settle(self, before: RaceState, after: RaceState, *, off: bool) -> tuple[RaceState, Settled]:
        """Takes reward and gates of the step between two states; see `race.settle`."""
        state, packed = self._programs.settle(self._rules, self._course, before, after, np.array([off]))
        reward, gates, stalled, *terms = np.asarray(packed)
        return state, Settled(float(reward), int(gates), bool(stalled), np.array(terms))

    def stand(self, state: RaceState, point: int, aside: float) -> tuple[RaceState, Sensed]:
        """Puts the car down, standing; see `grid.standing`."""
        placed = jax.device_put(standing(state, self.track, point, aside), self._device)
        # A tick without pedals moves nothing and shows what is to be seen from there.
        return self.tick(placed, np.zeros((1, 2), np.float32))

    def _unpacked(self, packed: jax.Array) -> Sensed:
        values, rays = np.asarray(packed), self._rays
        return Sensed(values[:5], float(values[5]), bool(values[6]), values[7 : 7 + rays], values[7 + rays :])
