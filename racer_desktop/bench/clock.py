"""A clock of learning alone: it stands still while JAX compiles and while a driver is examined."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax

COMPILING = "/jax/core/compile/"  # what JAX calls tracing, lowering and compiling when it reports their durations


class Clock:
    """Runs within `with`; `held` stops it meanwhile.

    Attributes:
        compile_s: seconds of compilation while it ran.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._learned = 0.0
        self._since: float | None = None
        self._spans: list[tuple[float, float]] = []
        self.compile_s = 0.0

    def __enter__(self) -> Clock:
        jax.monitoring.register_event_duration_secs_listener(self._heard)
        self.go_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold()
        jax.monitoring.unregister_event_duration_listener(self._heard)

    @property
    def seconds(self) -> float:
        """Of learning so far."""
        if self._since is None:
            return self._learned
        return self._learned + self._now() - self._since - self._compiling

    def go_on(self) -> None:
        """Runs again."""
        self._since = self._now()

    def hold(self) -> None:
        """Stands still."""
        self._learned = self.seconds
        self.compile_s += self._compiling
        self._spans.clear()
        self._since = None

    def compiled(self, seconds: float) -> None:
        """Takes in that a piece of compilation that took so long has just ended; pieces may hold one another."""
        if self._since is None:
            return
        end = self._now()
        begin = max(end - seconds, self._since)
        while self._spans and self._spans[-1][0] >= begin:
            self._spans.pop()
        if self._spans:
            begin = max(begin, self._spans[-1][1])
        self._spans.append((begin, end))

    @property
    def _compiling(self) -> float:
        return sum(end - begin for begin, end in self._spans)

    def _heard(self, event: str, duration_secs: float, **_: Any) -> None:
        if event.startswith(COMPILING):
            self.compiled(duration_secs)
