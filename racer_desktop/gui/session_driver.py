"""Drives a Session by the clock: which ticks are due, at what pace, with whose hands at the wheel; no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable

from racer_desktop.gui.keys import DriveKey, KeyDriver
from racer_desktop.gui.session_port import SessionPort
from racer_desktop.training.checkpoint import CheckpointError
from racer_desktop.training.snapshot import Mode

CATCH_UP = 4  # ticks made up for at once after a delay; what is older is dropped, so that lateness never builds up


class SessionDriver:
    """Used by the one thread that the Session belongs to.

    Args:
        session: to be driven.

    Attributes:
        session: the one that is driven now.
        paused: whether the clock of the race stands still.
        pace: ticks in the time of one; 1 while the person drives.
    """

    def __init__(self, session: SessionPort) -> None:
        self.session = session
        self.paused = False
        self.pace = 1
        self._hands = KeyDriver()
        self._show_fleet = True
        self._want_values = False

    def advance(self, due: float, keys: DriveKey) -> float:
        """Makes the ticks that are due.

        Args:
            due: when the next one was, s of `time.perf_counter`.
            keys: the driving keys that are down.

        Returns:
            When the next one will be due.
        """
        tick = self.session.config.race.tick
        late = time.perf_counter() - due
        ticks = 1 + int(max(late, 0.0) / tick)
        # A race that runs faster has its own way of being late: it is slower then, not more jerky.
        for _ in range(max(min(ticks * self.pace, CATCH_UP), self.pace)):
            self.session.control(*self._hands.step(keys, tick))
            self.session.tick()
        if ticks > CATCH_UP:
            return time.perf_counter() + tick
        return due + ticks * tick

    def start(self) -> None:
        """Starts or resumes learning, and the race if it was paused."""
        self.paused = False
        self.session.start()

    def pause(self) -> None:
        """Pauses learning and stops the clock of the race."""
        self.paused = True
        self.session.stop()

    def in_race(self, request: Callable[[SessionPort], None]) -> None:
        """Does something about who drives or where: the hands leave the keys, and the clock runs."""
        request(self.session)
        if self.session.frame().mode is Mode.MANUAL:
            self.pace = 1  # nobody drives faster than the clock
        self._take_wheel()

    def set_pace(self, pace: int) -> None:
        """Makes so many ticks in the time of one, as long as nobody drives."""
        self.pace = 1 if self.session.frame().mode is Mode.MANUAL else pace

    def set_fleet(self, on: bool) -> None:
        """Switches on or off that frames carry the learning cars, also those of later Sessions."""
        self._show_fleet = on
        self.session.set_fleet(on)

    def set_values(self, on: bool) -> None:
        """Switches on or off that frames carry the critic's values, also those of later Sessions."""
        self._want_values = on
        self.session.set_values(on)

    def replace(self, session: SessionPort) -> None:
        """Drives another Session from now on; the one before is closed."""
        self.session.close()
        self.session = session
        session.set_fleet(self._show_fleet)
        session.set_values(self._want_values)
        self._take_wheel()

    def restore_best(self) -> None:
        """Goes on from the best brain.

        Raises:
            CheckpointError: if there is none yet.
        """
        if not self.session.restore_best():
            raise CheckpointError(
                "There is no best brain yet: the first is kept when the brain has driven the validation tracks."
            )

    def _take_wheel(self) -> None:
        self.paused = False  # who drives or moves the car wants the clock to run
        self._hands.release()
