"""Where cars crashed lately on the track that is on the screen."""

from __future__ import annotations

import numpy as np

from racer_desktop.config import CarConfig
from racer_desktop.sim.track import Track

MOST = 600  # crashes kept; older ones have faded by then
TOUCH = 0.35  # m beyond what a car can do without crashing: it is noticed at the end of a tick


class CrashLog:
    """The newest crashes of hero and fleet.

    Attributes:
        places: [C, 3] x, y in m and the physics tick of each, oldest first; never written to, another object
            after each change.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another track: no crash."""
        self.places = np.zeros((0, 3))
        self._hero = 0

    def add_hero(self, crashes: int, place: np.ndarray | None, tick: int) -> None:
        """Takes the hero's number of crashes and the place of the newest, as often as one likes."""
        if crashes > self._hero and place is not None:
            self._add(place[None], tick)
        self._hero = crashes

    def add_endings(self, places: np.ndarray, track: Track, car: CarConfig, tick: int) -> None:
        """Takes [E, 2] places where episodes ended; those in the middle of the road ended for another reason."""
        if len(places):
            self._add(places[crashed(places, track, car)], tick)

    def _add(self, places: np.ndarray, tick: int) -> None:
        if len(places):
            rows = np.column_stack([places, np.full(len(places), float(tick))])
            self.places = np.concatenate([self.places, rows])[-MOST:]


def crashed(places: np.ndarray, track: Track, car: CarConfig) -> np.ndarray:
    """[E] whether a car at each of the places [E, 2] touches an edge or a disc of the track."""
    centre, tangents = np.asarray(track.centre), track.tangents
    away = places[:, None] - centre[None]
    nearest = np.argmin((away**2).sum(-1), axis=1)
    rows = np.arange(len(places))
    along = tangents[nearest]
    offset = np.abs(along[:, 0] * away[rows, nearest, 1] - along[:, 1] * away[rows, nearest, 0])
    off = offset > np.asarray(track.half_width)[nearest] - car.half_width - TOUCH
    discs = np.asarray(track.obstacles).reshape(-1, 2)
    reach = float(track.obstacle_radius) + car.radius + TOUCH
    hit = (np.linalg.norm(places[:, None] - discs[None], axis=-1) < reach).any(axis=1)
    return off | hit
