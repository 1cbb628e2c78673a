"""A race on the screen: the hero against other cars of the same world, which nobody can touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.training.arena import Arena
from racer_desktop.training.compute import Device
from racer_desktop.training.contest import Contest, ContestView, Phase, Racer
from racer_desktop.training.fastest_lap import LineGhost
from racer_desktop.training.snapshot import CarState, FastestLap, Ghost

GRID_SHARE = 0.35  # of the half width: how far from the middle the cars stand on the grid


class Opponent(Protocol):
    """A car that races by itself: an Arena of its own with a brain at the wheel, or a ghost on rails."""

    def tick(self) -> object:
        """One physics tick."""
        ...

    @property
    def travelled(self) -> float:
        """Way since the start, m."""
        ...

    @property
    def hero(self) -> CarState:
        """The car now."""
        ...


@dataclass(frozen=True)
class Entry:
    """An opponent and who it is."""

    racer: Racer
    opponent: Opponent


class Duel:
    """The hero, driven by the person, against opponents.

    Args:
        hero: the race on the screen, the person at the wheel; it is put on the grid.
        entries: the opponents; Arenas among them are put beside the hero.
        tick: s.
        laps: in the race.
    """

    def __init__(self, hero: Arena, entries: Sequence[Entry], tick: float, laps: int) -> None:
        self._hero, self._entries = hero, tuple(entries)
        aside = GRID_SHARE * float(hero.track.half_width[0])
        for arena, side in ((hero, -aside), *((e.opponent, aside) for e in entries)):
            if isinstance(arena, Arena):
                arena.rescues = True
                arena.reset()
                arena.stand(0, side)
        racers = [Racer.YOU, *(e.racer for e in entries)]
        self._contest = Contest(racers, float(hero.track.length), tick, laps)

    def tick(self) -> float | None:
        """One physics tick; returns the hero's lap time if a lap was completed in it."""
        if self._contest.phase is Phase.LIGHTS:
            self._contest.wait()
            return None
        lap = self._hero.tick()
        for entry in self._entries:
            entry.opponent.tick()
        self._contest.advance([self._hero.travelled, *(e.opponent.travelled for e in self._entries)])
        return lap

    def rescue(self) -> None:
        """Puts the hero back on the track where it is, once the race is on."""
        if self._contest.phase is not Phase.LIGHTS:
            self._hero.rescue()

    def view(self) -> ContestView:
        """The race as it stands."""
        return self._contest.view()

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """The opponents' cars."""
        return tuple(Ghost(entry.racer, entry.opponent.hero) for entry in self._entries)


def line_up(config: Config, device: Device, hero: Arena, policy: Policy | None, fastest: FastestLap | None) -> Duel:
    """A race against a brain as it is now and against the fastest lap, as far as there are such.

    Args:
        config: the settings in force.
        device: where the brain's car runs.
        hero: the race on the screen, the person at the wheel.
        policy: the brain.
        fastest: the fastest lap of the hero's track.
    """
    entries = []
    if policy is not None:
        rival = Arena(config, device, hero.track)
        rival.experience.kept = False
        rival.set_policy(policy)
        entries.append(Entry(Racer.AI, rival))
    if fastest is not None:
        entries.append(Entry(Racer.FASTEST, LineGhost(fastest, hero.track, config.car, config.race.tick)))
    return Duel(hero, entries, config.race.tick, config.race.laps)
