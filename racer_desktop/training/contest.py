"""A race against others: the lights, the clock, laps and gaps, and who was first. It knows ways and times, not cars.

The cars stand until the lights go out, so nobody can start too early. Everybody's clock is the same one.
"""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

LIGHTS = 5
LIGHT_S = 0.6  # from one light to the next
HOLD_S = 0.8  # all lights are on for so long before they go out


class Racer(enum.Enum):
    """Who takes part."""

    YOU = "you"
    AI = "ai"
    FASTEST = "fastest"  # the fastest possible lap, driven by nobody: shown beside the others, never ranked


class Phase(enum.Enum):
    """How far a race is."""

    LIGHTS = "lights"
    RUNNING = "running"
    FINISHED = "finished"  # the person has; the others drive on until they have too


@dataclass(frozen=True, slots=True)
class Standing:
    """One racer in the race.

    Attributes:
        racer: who.
        lap: number of the lap under way, or of the last one.
        laps: times of the laps completed, s.
        time: of the whole race, s; None before the finish.
        gap: s that the person is behind (positive) or ahead (negative) of this racer; None for the person, and as
            long as there is nothing to compare.
    """

    racer: Racer
    lap: int
    laps: tuple[float, ...]
    time: float | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class ContestView:
    """A race as it stands.

    Attributes:
        phase: how far it is.
        lights: how many lights are on, of `LIGHTS`.
        clock: since the lights went out, s.
        laps: in the race.
        standings: all racers, the first one first.
    """

    phase: Phase
    lights: int
    clock: float
    laps: int
    standings: tuple[Standing, ...]

    def of(self, racer: Racer) -> Standing:
        """A racer's standing.

        Raises:
            KeyError: if they do not take part.
        """
        for standing in self.standings:
            if standing.racer is racer:
                return standing
        raise KeyError(racer)

    @property
    def drivers(self) -> tuple[Standing, ...]:
        """Those who are ranked, the first one first."""
        return tuple(s for s in self.standings if s.racer is not Racer.FASTEST)

    @property
    def place(self) -> int:
        """The person's place among the drivers, from 1."""
        return [s.racer for s in self.drivers].index(Racer.YOU) + 1


@dataclass
class _Way:
    """What one racer has driven: how far it was when, never falling, and its laps."""

    furthest: list[float] = field(default_factory=lambda: [0.0])
    times: list[float] = field(default_factory=lambda: [0.0])
    laps: list[float] = field(default_factory=list)
    finish: float | None = None

    @property
    def now(self) -> float:
        """How far it came, m."""
        return self.furthest[-1]

    def time_at(self, way: float) -> float:
        """When it had driven so far, s; `way` must not be beyond `now`."""
        after = bisect_left(self.furthest, way)
        if after == 0:
            return self.times[0]
        low, high = self.furthest[after - 1], self.furthest[after]
        share = (way - low) / (high - low)
        return self.times[after - 1] + share * (self.times[after] - self.times[after - 1])


class Contest:
    """A race of some laps.

    Args:
        racers: who takes part, the person among them; in the order of the grid.
        length: of a lap, m.
        tick: time between two calls of `wait` or `advance`, s.
        laps: in the race.

    Raises:
        ValueError: if the person does not take part, or somebody twice, or there is no lap.
    """

    def __init__(self, racers: Sequence[Racer], length: float, tick: float, laps: int) -> None:
        if Racer.YOU not in racers or len(set(racers)) != len(racers):
            raise ValueError(f"A race needs the person and everybody once, not {racers}.")
        if laps < 1 or length <= 0.0:
            raise ValueError(f"A race needs a lap at least, and some way; not {laps} laps of {length} m.")
        self._racers = tuple(racers)
        self._length, self._tick, self._laps = length, tick, laps
        self._ways = [_Way() for _ in racers]
        self._waited = self._ticks = 0
        self._person = self._racers.index(Racer.YOU)

    @property
    def phase(self) -> Phase:
        """How far the race is."""
        if self._waited * self._tick < LIGHTS * LIGHT_S + HOLD_S - 1e-9:
            return Phase.LIGHTS
        return Phase.RUNNING if self._ways[self._person].finish is None else Phase.FINISHED

    @property
    def clock(self) -> float:
        """Since the lights went out, s."""
        return self._ticks * self._tick

    def wait(self) -> None:
        """One tick before the start; everybody stands."""
        self._waited += 1

    def advance(self, travelled: Sequence[float]) -> None:
        """One tick of the race.

        Args:
            travelled: each racer's way since the start, m, in their order; it may fall.
        """
        before, total = self.clock, self._laps * self._length
        self._ticks += 1
        for way, driven in zip(self._ways, travelled, strict=True):
            now = min(driven, total)
            if now <= way.now:
                continue
            while len(way.laps) < self._laps and now >= (len(way.laps) + 1) * self._length:
                line = (len(way.laps) + 1) * self._length
                # Between two ticks; the way beyond the finish counts for when it was crossed.
                share = (line - way.now) / (driven - way.now)
                crossed = before + share * (self.clock - before)
                way.laps.append(crossed - sum(way.laps))
                if len(way.laps) == self._laps:
                    way.finish = crossed
            way.furthest.append(now)
            way.times.append(self.clock if way.finish is None else way.finish)

    @property
    def over(self) -> bool:
        """Whether everybody has finished."""
        return all(way.finish is not None for way in self._ways)

    def view(self) -> ContestView:
        """The race as it stands."""
        order = sorted(range(len(self._racers)), key=self._rank)
        lit = min(LIGHTS, 1 + int(self._waited * self._tick / LIGHT_S)) if self.phase is Phase.LIGHTS else 0
        return ContestView(self.phase, lit, self.clock, self._laps, tuple(self._standing(n) for n in order))

    def _rank(self, n: int) -> tuple[float, float]:
        way = self._ways[n]
        return (0.0, way.finish) if way.finish is not None else (1.0, -way.now)

    def _standing(self, n: int) -> Standing:
        way = self._ways[n]
        lap = min(len(way.laps) + 1, self._laps)
        gap = None if n == self._person else self._gap(self._ways[self._person], way)
        return Standing(self._racers[n], lap, tuple(way.laps), way.finish, gap)

    def _gap(self, mine: _Way, theirs: _Way) -> float | None:
        if mine.now <= 0.0 or theirs.now <= 0.0:
            return None
        if mine.finish is not None and theirs.finish is not None:
            return mine.finish - theirs.finish
        if theirs.now >= mine.now:
            return self.clock - theirs.time_at(mine.now)
        return mine.time_at(theirs.now) - self.clock
