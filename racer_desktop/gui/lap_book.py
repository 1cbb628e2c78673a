"""The lap times of person and AI on every track, kept between runs as JSON. No widgets."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from racer_desktop import paths
from racer_desktop.config import Config
from racer_desktop.files import replace_text
from racer_desktop.training.snapshot import Mode

FORMAT = 1
MOST_TRACKS = 500  # the ones driven longest ago are forgotten

log = logging.getLogger(__name__)


_OF_LEARNING = ("random_tracks", "pool", "refresh_updates", "curriculum")  # they leave the hero's track as it is


@dataclass(frozen=True)
class LapRow:
    """One driver's laps on one track.

    Attributes:
        driver: who.
        best, last: lap times, s; None before the first lap.
        laps: laps completed.
    """

    driver: Mode
    best: float | None = None
    last: float | None = None
    laps: int = 0

    def with_lap(self, seconds: float) -> LapRow:
        """The row after one more lap."""
        best = seconds if self.best is None else min(self.best, seconds)
        return replace(self, best=best, last=seconds, laps=self.laps + 1)


def track_key(config: Config) -> str:
    """What laps are kept under: the track's number or name, and a mark of everything that makes it another race."""
    about = dict(config.sections())
    shape: Any = {name: value for name, _, value in about["track"].settings() if name not in _OF_LEARNING}
    name = str(config.track.seed)
    if config.circuit is not None:
        shape, name = config.circuit.text, config.circuit.name
    car = {name: value for name, _, value in about["car"].settings()}
    mark = hashlib.sha256(json.dumps([shape, car], sort_keys=True).encode()).hexdigest()[:10]
    return f"{name}-{mark}"


class LapBook:
    """Lap times by track, in a file of the person's own.

    A file that cannot be read is put aside, never overwritten; one that cannot be written is a line in the log:
    lap times are no reason to stop a race.

    Args:
        path: the file; None for the program's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = paths.data_folder() / "laps.json" if path is None else path
        self._tracks: dict[str, dict[Mode, LapRow]] = {}
        self._changed = False
        self._read()

    def record(self, track: str, driver: Mode, seconds: float) -> None:
        """Adds a completed lap.

        Raises:
            ValueError: if the time is no positive number.
        """
        if not (math.isfinite(seconds) and seconds > 0):
            raise ValueError(f"A lap time must be a positive number of seconds, not {seconds!r}.")
        rows = self._tracks.pop(track, {})
        rows[driver] = rows.get(driver, LapRow(driver)).with_lap(seconds)
        self._tracks[track] = rows  # at the end: driven last
        while len(self._tracks) > MOST_TRACKS:
            del self._tracks[next(iter(self._tracks))]
        self._changed = True

    def rows(self, track: str) -> list[LapRow]:
        """One row for each driver, in the order of `Mode`, also for those who have not completed a lap."""
        rows = self._tracks.get(track, {})
        return [rows.get(driver, LapRow(driver)) for driver in Mode]

    def save(self) -> None:
        """Writes the file if there is anything new."""
        if not self._changed:
            return
        tracks = {
            track: {row.driver.name: {"best": row.best, "last": row.last, "laps": row.laps} for row in rows.values()}
            for track, rows in self._tracks.items()
        }
        try:
            replace_text(self._path, json.dumps({"format": FORMAT, "tracks": tracks}, indent=1))
        except OSError as error:
            log.warning("The lap times could not be kept in %s: %s", self._path, error)
        else:
            self._changed = False

    def _read(self) -> None:
        try:
            self._tracks = _understood(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            aside = self._path.with_suffix(".unreadable.json")
            log.warning("The lap times in %s could not be read (%s); the file is now %s", self._path, error, aside.name)
            with contextlib.suppress(OSError):
                self._path.replace(aside)


def _understood(data: Any) -> dict[str, dict[Mode, LapRow]]:
    if data["format"] > FORMAT:
        raise ValueError("written by a newer version")
    return {
        track: {Mode[name]: _row(Mode[name], values) for name, values in rows.items()}
        for track, rows in data["tracks"].items()
    }


def _row(driver: Mode, values: dict[str, Any]) -> LapRow:
    best, last, laps = float(values["best"]), float(values["last"]), int(values["laps"])
    if not (0 < best <= last < math.inf and laps > 0):
        raise ValueError(f"no lap times: {values}")
    return LapRow(driver, best, last, laps)
