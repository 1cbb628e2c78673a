"""How far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Progress:
    """Written to standard error, so that results can be piped.

    Args:
        total: what is to be done.
        unit: of it.
    """

    def __init__(self, total: float, unit: str) -> None:
        self._total = total
        self._unit = unit
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread of its own
            form = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
            self._bar = tqdm(total=self._total, unit=self._unit, bar_format=form, dynamic_ncols=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def at(self, done: float, text: str) -> None:
        """Moves the bar; without a terminal nothing is said."""
        if self._bar is not None:
            self._bar.set_description(text, refresh=False)
            self._bar.update(min(done, self._total) - self._bar.n)

    def say(self, line: str) -> None:
        """A line that stays."""
        if self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        elif sys.stderr is not None:
            sys.stderr.write(line + "\n")
