"""Handing the newest of many values from one thread to another, without a queue that could grow."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """A place for one value. A newer value replaces an older one that nobody took.

    `put` says whether the receiver has to be woken, which is only once for all values put until it takes
    the newest: however slow the receiver is, there is never more than one value and one wake-up pending.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self._pending = False

    def put(self, value: T) -> bool:
        """Leaves a value; True if the receiver must be woken for it."""
        with self._lock:
            wake = not self._pending
            self._value = value
            self._pending = True
            return wake

    def take(self) -> T | None:
        """The newest value, or None if it was already taken."""
        with self._lock:
            value, self._value = self._value, None
            self._pending = False
            return value
