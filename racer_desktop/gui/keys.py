"""Driving by keyboard: which keys drive, and how pressed keys become a smooth steering wheel and pedal."""

from __future__ import annotations

import enum

from PySide6.QtCore import Qt

STEER_PER_S = 4.5  # full lock in about a quarter of a second
CENTRE_PER_S = 8.0  # letting go, or steering the other way, brings the wheel back faster than it turned
PEDAL_PER_S = 12.0  # the pedal is almost a switch; the ramp only takes the jerk out of it


class DriveKey(enum.Flag):
    """What a driving key asks for; several may be down at once."""

    NONE = 0
    LEFT = enum.auto()
    RIGHT = enum.auto()
    FASTER = enum.auto()
    SLOWER = enum.auto()


KEYS: dict[int, DriveKey] = {
    Qt.Key.Key_Left: DriveKey.LEFT,
    Qt.Key.Key_A: DriveKey.LEFT,
    Qt.Key.Key_Right: DriveKey.RIGHT,
    Qt.Key.Key_D: DriveKey.RIGHT,
    Qt.Key.Key_Up: DriveKey.FASTER,
    Qt.Key.Key_W: DriveKey.FASTER,
    Qt.Key.Key_Down: DriveKey.SLOWER,
    Qt.Key.Key_S: DriveKey.SLOWER,
}


class PressedKeys:
    """Which driving keys are down. Each physical key counts by itself, so A and Left may overlap."""

    def __init__(self) -> None:
        self._down: set[int] = set()

    def press(self, key: int) -> None:
        """Notes that one of `KEYS` went down."""
        self._down.add(key)

    def release(self, key: int) -> None:
        """Notes that a key came up."""
        self._down.discard(key)

    def clear(self) -> None:
        """Forgets every key, as when the focus is lost and the releases will never arrive."""
        self._down.clear()

    @property
    def state(self) -> DriveKey:
        """All that the pressed keys ask for."""
        state = DriveKey.NONE
        for key in self._down:
            state |= KEYS[key]
        return state


class KeyDriver:
    """Turns pressed keys into commands, a little at a time, as hands and feet would.

    Attributes:
        steering: in [-1, 1], positive to the left.
        throttle: in [-1, 1], negative brakes.
    """

    def __init__(self) -> None:
        self.steering = 0.0
        self.throttle = 0.0

    def step(self, pressed: DriveKey, seconds: float) -> tuple[float, float]:
        """Moves wheel and pedal towards what the keys ask for and returns (steering, throttle)."""
        turn = float(DriveKey.LEFT in pressed) - float(DriveKey.RIGHT in pressed)
        pedal = float(DriveKey.FASTER in pressed)
        if DriveKey.SLOWER in pressed:
            pedal = -1.0  # who presses both wants to stop
        outwards = turn * self.steering >= 0.0 and turn != 0.0
        self.steering = _towards(self.steering, turn, seconds * (STEER_PER_S if outwards else CENTRE_PER_S))
        self.throttle = _towards(self.throttle, pedal, seconds * PEDAL_PER_S)
        return self.steering, self.throttle

    def release(self) -> None:
        """Hands off: wheel straight and no pedal, at once."""
        self.steering = self.throttle = 0.0


def _towards(value: float, target: float, largest_change: float) -> float:
    return value + max(-largest_change, min(largest_change, target - value))
