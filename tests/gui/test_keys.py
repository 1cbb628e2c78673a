"""Keys, wheel and pedal."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt

from racer_desktop.gui.keys import DriveKey, KeyDriver, PressedKeys

TICK = 1 / 60


def test_two_keys_for_the_same_thing_count_each() -> None:
    keys = PressedKeys()
    keys.press(Qt.Key.Key_A)
    keys.press(Qt.Key.Key_Left)
    keys.release(Qt.Key.Key_A)
    assert keys.state == DriveKey.LEFT
    keys.release(Qt.Key.Key_Left)
    assert keys.state == DriveKey.NONE


def test_first_tick_already_steers_and_full_lock_takes_a_quarter_second() -> None:
    driver = KeyDriver()
    steering, throttle = driver.step(DriveKey.LEFT | DriveKey.FASTER, TICK)
    assert steering > 0.05
    assert throttle > 0.15
    course = [driver.step(DriveKey.LEFT, TICK)[0] for _ in range(14)]
    assert course == sorted(course)
    assert max(b - a for a, b in itertools.pairwise(course)) < 0.1
    assert course[-1] == 1.0


def test_letting_go_centres_the_wheel() -> None:
    driver = KeyDriver()
    for _ in range(30):
        driver.step(DriveKey.RIGHT, TICK)
    assert driver.steering == -1.0
    for _ in range(8):
        driver.step(DriveKey.NONE, TICK)
    assert driver.steering == 0.0


@pytest.mark.parametrize(("keys", "pedal"), [
    (DriveKey.FASTER, 1.0), (DriveKey.SLOWER, -1.0), (DriveKey.FASTER | DriveKey.SLOWER, -1.0), (DriveKey.NONE, 0.0),
])  # fmt: skip
def test_pedal(keys: DriveKey, pedal: float) -> None:
    driver = KeyDriver()
    for _ in range(20):
        driver.step(keys, TICK)
    assert driver.throttle == pedal


def test_left_and_right_together_go_straight() -> None:
    driver = KeyDriver()
    for _ in range(20):
        driver.step(DriveKey.LEFT | DriveKey.RIGHT, TICK)
    assert driver.steering == 0.0
