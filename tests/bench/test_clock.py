"""The clock of learning: compilation and examinations do not count, and nothing is taken off twice."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import pytest

from racer_desktop.bench.clock import Clock


class Time:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_stands_still_while_held() -> None:
    time = Time()
    with Clock(time) as clock:
        time.now += 2.0
        clock.hold()
        time.now += 50.0
        assert clock.seconds == 2.0
        clock.go_on()
        time.now += 3.0
        assert clock.seconds == 5.0


def test_compilation_does_not_count() -> None:
    time = Time()
    with Clock(time) as clock:
        time.now += 3.0
        clock.compiled(2.0)
        assert clock.seconds == pytest.approx(1.0)
        time.now += 1.0
        assert clock.seconds == pytest.approx(2.0)
    assert clock.compile_s == pytest.approx(2.0)


def test_what_was_compiled_within_something_else_is_taken_off_once() -> None:
    time = Time()
    with Clock(time) as clock:
        time.now += 4.0
        clock.compiled(1.0)  # from 3 to 4
        time.now += 2.0
        clock.compiled(5.0)  # from 1 to 6, the first within
        time.now += 1.0
        clock.compiled(3.0)  # says from 4 to 7: only the last second is new
        assert clock.seconds == pytest.approx(1.0)


def test_what_was_compiled_while_held_is_not_taken_off() -> None:
    time = Time()
    with Clock(time) as clock:
        time.now += 2.0
        clock.hold()
        time.now += 5.0
        clock.compiled(5.0)
        clock.go_on()
        time.now += 1.0
        clock.compiled(4.0)  # begun before the clock went on
        assert clock.seconds == pytest.approx(2.0)


def test_it_hears_of_jaxs_compilations() -> None:
    with Clock() as clock:
        jax.jit(lambda x: jnp.sin(x) * 2.34567)(1.0).block_until_ready()
    assert clock.compile_s > 0.0
    heard = clock.compile_s
    jax.jit(lambda x: jnp.cos(x) * 3.45678)(1.0).block_until_ready()
    assert clock.compile_s == heard, "after the end it listens no more"
