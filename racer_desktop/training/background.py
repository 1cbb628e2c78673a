"""Work in a thread of its own, asked about instead of waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """One piece of work at a time, started and taken by the same thread.

    Args:
        name: of its thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    @property
    def taken(self) -> bool:
        """Whether there is no work, or its end was taken notice of."""
        return self._thread is None

    @property
    def busy(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], None]) -> None:
        """Begins; what was begun before must have been taken."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:
                self._error = error

        assert self._thread is None, "one piece of work at a time"
        self._thread = threading.Thread(target=guarded, name=self._name, daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Waits for the end, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def take(self) -> None:
        """Takes notice of the end.

        Raises:
            Exception: what the work failed with.
        """
        assert not self.busy, "the end of work can be taken when it has ended"
        self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error
