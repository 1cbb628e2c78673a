"""Ctrl+C as a wish that is asked about, for commands that have something to keep."""

from __future__ import annotations

import os
import signal
import sys


class Interrupt:
    """While it lasts, Ctrl+C and a polite kill ask for an end; the second time they end the process at once.

    Args:
        answer: what the person is told the first time.

    Attributes:
        asked: whether an end was asked for.
    """

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self.asked = False

    def __enter__(self) -> Interrupt:
        self._before = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, *_: object) -> None:
        if self.asked:
            os._exit(130)  # a compilation under way could not be broken off in any other way
        self.asked = True
        sys.stderr.write(f"\n{self._answer}\n")
