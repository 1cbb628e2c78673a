"""What the race on the screen is for, and the way back from it to what was before."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from racer_desktop.training.arena import Arena
from racer_desktop.training.duel import Duel
from racer_desktop.training.snapshot import Mode, Occasion


class Before(NamedTuple):
    """What is to be as it was: who had the wheel, and whether learning was on."""

    mode: Mode
    learn: bool


class Occasions:
    """Learning and watching, driving freely, racing: one of them at a time.

    Attributes:
        current: the present one.
        duel: the race under way, or None.
    """

    def __init__(self) -> None:
        self.current = Occasion.WATCH
        self.duel: Duel | None = None
        self._before = Before(Mode.AI, True)

    def change(self, occasion: Occasion, arena: Arena, learn: bool, race: Callable[[], Duel]) -> bool:
        """Goes over to an occasion; a race or a free drive that is under way begins anew.

        Args:
            occasion: the new one.
            arena: the race on the screen.
            learn: whether learning is switched on.
            race: makes a race; called with the person at the wheel.

        Returns:
            Whether learning is to be switched on now.
        """
        if self.current is Occasion.WATCH:
            self._before = Before(arena.mode, learn)
        if occasion is self.current is Occasion.WATCH:
            return learn
        if self.current is Occasion.FREE:
            learn = self._before.learn
        self.duel = None
        self.current = occasion
        arena.rescues = False
        arena.experience.kept = occasion is not Occasion.FREE
        arena.set_mode(self._before.mode if occasion is Occasion.WATCH else Mode.MANUAL)
        arena.reset()
        if occasion is Occasion.RACE:
            self.duel = race()
        return learn and occasion is not Occasion.FREE

    def tick(self, arena: Arena) -> float | None:
        """One physics tick of whatever is on; see `Arena.tick`."""
        return arena.tick() if self.duel is None else self.duel.tick()

    def reset(self, arena: Arena) -> None:
        """Puts the hero on the start line, or in a race back on the track."""
        if self.duel is None:
            arena.reset()
        else:
            self.duel.rescue()
