"""Cars that glide: the picture between two ticks, so that an uneven thread does not make them stutter."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from racer_desktop.training.snapshot import CarState, Frame, Ghost

JUMP = 6.0  # m in one tick that no car can drive: it was put somewhere else
STRIDE = 2.0  # m in each further tick between two frames: more than any car drives


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be painted now.

    Attributes:
        frame: the newest frame; everything but the moving cars is taken from it.
        hero: the hero car where it is to be painted.
        fleet: [cars, 3] x, y, heading of the fleet where it is to be painted.
        settled: True if the newest tick is on the screen and nothing is left to glide.
        ghosts: the other cars of a race where they are to be painted.
    """

    frame: Frame
    hero: CarState
    fleet: np.ndarray
    settled: bool
    ghosts: tuple[Ghost, ...] = ()


class Glide:
    """Paints the newest tick, or up to one tick before it when frames arrive unevenly.

    A clock of its own counts ticks in the window's time. It is held between the newest tick and the one
    before, so what is shown is never later than one tick and moves evenly however the frames arrive.
    """

    def __init__(self) -> None:
        self._older: Frame | None = None
        self._newer: Frame | None = None
        self._shown_tick = 0.0
        self._shown_at = 0.0

    @property
    def newest(self) -> Frame | None:
        """The newest frame."""
        return self._newer

    def push(self, frame: Frame) -> bool:
        """Takes a new frame; True if the hero jumped instead of driving there."""
        before, self._newer = self._newer, frame
        jumped = before is None or _jumped(before, frame)
        self._older = frame if jumped else before
        if jumped:
            self._shown_tick = float(frame.tick)
        return jumped

    def at(self, now: float, tick: float, pace: int = 1) -> Shown | None:
        """What to paint at the time `now`, s; None before the first frame.

        Args:
            now: the window's time, s.
            tick: length of a tick, s.
            pace: ticks in one frame: the race runs so many times as fast as the clock.
        """
        older, newer = self._older, self._newer
        if older is None or newer is None:
            return None
        clock = self._shown_tick + pace * (now - self._shown_at) / tick
        self._shown_tick = min(max(clock, float(newer.tick - pace)), float(newer.tick))
        self._shown_at = now
        ticks = newer.tick - older.tick
        share = 1.0 if ticks <= 0 else (self._shown_tick - older.tick) / ticks
        if share >= 1.0:
            return Shown(newer, newer.hero, newer.fleet, settled=True, ghosts=newer.ghosts)
        return Shown(
            frame=newer,
            hero=_between(older.hero, newer.hero, share),
            fleet=_fleet_between(older, newer, share),
            settled=False,
            ghosts=_ghosts_between(older.ghosts, newer.ghosts, share),
        )


def _jumped(before: Frame, after: Frame) -> bool:
    ticks = after.tick - before.tick
    far = math.hypot(after.hero.x - before.hero.x, after.hero.y - before.hero.y)
    begun_anew = after.lap <= before.lap and after.lap_time < before.lap_time
    elsewhere = before.track is not after.track or after.crashes != before.crashes or begun_anew
    return elsewhere or ticks < 0 or far > _reach(ticks)


def _reach(ticks: int) -> float:
    """How far a car may have come, m."""
    return JUMP + STRIDE * max(ticks - 1, 0)


def _between(first: CarState, second: CarState, share: float) -> CarState:
    return replace(
        second,
        x=first.x + (second.x - first.x) * share,
        y=first.y + (second.y - first.y) * share,
        heading=first.heading + math.remainder(second.heading - first.heading, math.tau) * share,
    )


def _ghosts_between(first: tuple[Ghost, ...], second: tuple[Ghost, ...], share: float) -> tuple[Ghost, ...]:
    if [ghost.racer for ghost in first] != [ghost.racer for ghost in second]:
        return second
    return tuple(
        b if math.hypot(b.car.x - a.car.x, b.car.y - a.car.y) > JUMP else replace(b, car=_between(a.car, b.car, share))
        for a, b in zip(first, second, strict=True)
    )


def _fleet_between(older: Frame, newer: Frame, share: float) -> np.ndarray:
    first, second = older.fleet, newer.fleet
    if first is second or first.shape != second.shape:
        return second
    step = second - first
    step[:, 2] -= np.round(step[:, 2] / math.tau) * math.tau
    driven = np.hypot(step[:, 0], step[:, 1]) <= _reach(newer.tick - older.tick)
    return np.where(driven[:, None], first + step * share, second)
