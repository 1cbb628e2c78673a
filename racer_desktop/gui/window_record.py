"""What happened to a window under load, and when; and the figures that are made of it. No Qt."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

NEVER = float("nan")
LEAST_BIN_S = 1.0  # frames are counted in bins of about this length; the median is taken over them

Span = tuple[float, float]
Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key that was pressed.

    Attributes:
        at: when it was due, s; what it waits until the window can take it belongs to the delay.
        until: when the first picture was painted that shows the car obey; or, if it did not, when the key came up.
        answered: whether it obeyed.
    """

    at: float
    until: float
    answered: bool = True


@dataclass(slots=True)
class WindowRecord:
    """Times of one run of the window, all of one clock, s; nan for what did not happen.

    Attributes:
        born: the process was started.
        shown: the first picture was on the screen.
        drivable: the first picture of a race that obeys the keys was painted.
        started: Start was pressed.
        learned: the first update was seen to be made.
        driven: the first and the last moment of the drive by keys, under full load: what is measured.
        paints: [n] beginning and end of each painting of the track view.
        presses: of keys, in the order of their answers.
        updates: [n] when the learner's count was seen, and the count.
        resident_mb: memory of the process at the end of the drive.
        threads_left: what still ran when the window was closed.
        place: words about where it was: Qt's platform, the window's size, the learner's device.
    """

    born: float
    shown: float = NEVER
    drivable: float = NEVER
    started: float = NEVER
    learned: float = NEVER
    driven: Span = (NEVER, NEVER)
    paints: list[Span] = field(default_factory=list)
    presses: list[KeyPress] = field(default_factory=list)
    updates: list[tuple[float, int]] = field(default_factory=list)
    resident_mb: float = NEVER
    threads_left: list[str] = field(default_factory=list)
    place: dict[str, str] = field(default_factory=dict)

    def figures(self) -> Figures:
        """The figures by name, units in the names; None for what there is no number of."""
        begin, end = self.driven
        paints = np.array(self.paints, float).reshape(-1, 2)
        driven = within(paints, begin, end)
        gaps = 1e3 * np.diff(driven[:, 0])
        compiling = 1e3 * np.diff(within(paints, self.started, self.learned)[:, 0])
        took = 1e3 * (driven[:, 1] - driven[:, 0])
        delays = 1e3 * np.array([press.until - press.at for press in self.presses])
        figures = {
            "fps_median": frames_per_s(driven[:, 0], begin, end),
            "frame_gap_ms_median": at_share(gaps, 50),
            "frame_gap_ms_p95": at_share(gaps, 95),
            "frame_gap_ms_p99": at_share(gaps, 99),
            "frame_gap_ms_max": at_share(gaps, 100),
            "key_to_frame_ms_median": at_share(delays, 50),
            "key_to_frame_ms_p95": at_share(delays, 95),
            "key_to_frame_ms_max": at_share(delays, 100),
            "keys": len(self.presses),
            "keys_unanswered": sum(not press.answered for press in self.presses),
            "paint_ms_median": at_share(took, 50),
            "paint_ms_p95": at_share(took, 95),
            "window_shown_s": self.shown - self.born,
            "drivable_s": self.drivable - self.born,
            "learning_s": self.learned - self.started,
            "compiling_frame_gap_ms_p99": at_share(compiling, 99),
            "compiling_frame_gap_ms_max": at_share(compiling, 100),
            "updates_per_s": speed(self.updates, begin, end),
            "rss_mb": self.resident_mb,
            "seconds": end - begin,
        }
        return {name: rounded(value) for name, value in figures.items()} | {
            "threads_left": ", ".join(self.threads_left),
            **self.place,
        }


def within(paints: np.ndarray, begin: float, end: float) -> np.ndarray:
    """Those of the [n, 2] paintings that began in a span; none if it has no begin or end."""
    return paints[(paints[:, 0] >= begin) & (paints[:, 0] <= end)]


def at_share(values: np.ndarray, percent: float) -> float:
    """The percentile of values; nan of none."""
    return float(np.percentile(values, percent)) if len(values) else NEVER


def frames_per_s(began: np.ndarray, begin: float, end: float) -> float:
    """The median, over the seconds of a span, of how many frames began in each; nan without a span.

    A median over the gaps would not see that every third frame is missing, and a mean hides a bad second.
    """
    if not end > begin:
        return NEVER
    bins = max(1, int((end - begin) / LEAST_BIN_S))
    counts, _ = np.histogram(began, bins, (begin, end))
    return float(np.median(counts)) * bins / (end - begin)


def speed(counts: list[tuple[float, int]], begin: float, end: float) -> float:
    """How fast a count rises within a span, between its first and last change there; nan if it changes less often.

    Args:
        counts: when it was looked at, s, and what it was.
        begin: of the span, s.
        end: of the span, s.
    """
    changes = [
        (when, count)
        for (_, before), (when, count) in itertools.pairwise(counts)
        if count != before and begin <= when <= end
    ]
    if len(changes) < 2:
        return NEVER
    (first, low), (last, high) = changes[0], changes[-1]
    return (high - low) / (last - first)


def rounded(value: float) -> float | None:
    """To three places, which is finer than anything here is known; None instead of nan, which JSON does not have."""
    return None if value != value else round(value, 3)
