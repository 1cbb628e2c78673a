"""What a brain did on unseen tracks: figures, lines, sums over all tracks. Knows no JAX, so the window may use it."""

from __future__ import annotations

import csv
import enum
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from racer_desktop.config import TrackConfig
from racer_desktop.sim.track import Track

COLUMNS = ("track", "finished", "lap_time_s", "flying_lap_s", "reference_lap_s", "ratio")
TEST_SEEDS = range(9000, 9016)  # no training and no validation drives on these tracks


class Broken(Exception):  # noqa: N818 - nothing went wrong
    """A trial was broken off because whoever asked for it no longer wants it."""


class Choice(enum.Enum):
    """Which brain of a file."""

    BEST = "best"  # of all validations; the newest if there was none
    NEWEST = "newest"


class Phase(enum.Enum):
    """What a trial is doing."""

    LOADING = "loading"  # reading the file, making the tracks
    COMPILING = "compiling"
    DRIVING = "driving"
    MEASURING = "measuring"  # the fastest possible laps


@dataclass(frozen=True)
class Trial:
    """What is to be driven.

    Attributes:
        seeds: of generated tracks.
        circuit: a circuit file instead.
        obstacles: discs on each generated track; None for the track settings' own.
        tracks: how tracks are made; None for the settings in the brain's file.
        laps: to drive, the first from a standing start.
        device: "auto", "cpu" or "gpu".
    """

    seeds: Sequence[int] = TEST_SEEDS
    circuit: Path | None = None
    obstacles: int | None = None
    tracks: TrackConfig | None = None
    laps: int = 2
    device: str = "auto"


@dataclass(frozen=True)
class TrackResult:
    """What one brain did on one track.

    Attributes:
        track: seed or name of the circuit.
        course: the track itself.
        ended: whether the drive is over; until then only the line and the distance mean anything.
        finished: whether all laps were driven.
        lap_time_s: of the first lap, from a standing start; None if it was not completed.
        flying_lap_s: the best of the later laps; None without one.
        reference_lap_s: the fastest possible one; None until it is known.
        distance: driven along the track, in laps.
        line: [N, 2] where the car was, one place for each decision, m.
    """

    track: str | int
    course: Track
    ended: bool = False
    finished: bool = False
    lap_time_s: float | None = None
    flying_lap_s: float | None = None
    reference_lap_s: float | None = None
    distance: float = 0.0
    line: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    @property
    def ratio(self) -> float | None:
        """The flying lap over the fastest possible one; None if one is missing."""
        if self.flying_lap_s is None or not self.reference_lap_s:
            return None
        return self.flying_lap_s / self.reference_lap_s

    def figures(self) -> dict[str, Any]:
        """The row of a report: `COLUMNS` by name."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True)
class Progress:
    """A trial under way.

    Attributes:
        phase: what it is doing.
        share: of this phase, 0 to 1.
        results: one for each track as far as they are known; empty until the tracks are made.
    """

    phase: Phase
    share: float = 0.0
    results: tuple[TrackResult, ...] = ()


@dataclass(frozen=True)
class Summary:
    """One brain on all tracks.

    Attributes:
        tracks, finished: how many were driven, and how many of them to the end.
        median_ratio: of flying laps to the fastest possible ones; None without any.
        mean_lap_s: of the flying laps, s; None without any.
        distance: mean, in laps.
    """

    tracks: int
    finished: int
    median_ratio: float | None
    mean_lap_s: float | None
    distance: float

    @classmethod
    def of(cls, results: Sequence[TrackResult]) -> Summary:
        """The sums over some tracks."""
        ratios = [r.ratio for r in results if r.ratio is not None]
        laps = [r.flying_lap_s for r in results if r.flying_lap_s is not None]
        return cls(
            tracks=len(results),
            finished=sum(r.finished for r in results),
            median_ratio=statistics.median(ratios) if ratios else None,
            mean_lap_s=statistics.fmean(laps) if laps else None,
            distance=statistics.fmean(r.distance for r in results) if results else 0.0,
        )

    @property
    def finish_rate(self) -> float:
        """Share of the tracks that were finished."""
        return self.finished / self.tracks if self.tracks else math.nan


def write_csv(file: TextIO, brains: Sequence[tuple[str, Sequence[TrackResult]]]) -> None:
    """Writes one line for each brain and track; what is not known stays empty.

    Args:
        file: opened for text with `newline=""`.
        brains: (name, results) of each; the column of names is left out if there is one brain only.
    """
    several = len(brains) > 1
    writer = csv.writer(file)
    writer.writerow([*(["brain"] if several else []), *COLUMNS])
    for name, results in brains:
        for figures in map(TrackResult.figures, results):
            writer.writerow([*([name] if several else []), *_cells(figures)])


def _cells(figures: dict[str, Any]) -> Iterator[str]:
    for value in figures.values():
        if value is None:
            yield ""
        elif isinstance(value, bool):
            yield "yes" if value else "no"
        else:
            yield f"{value:.3f}" if isinstance(value, float) else str(value)
