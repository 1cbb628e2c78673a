"""Does it help to show the learner how to drive? The same learner twice: with nothing shown, and with some laps.

The laps are driven by a script in a person's place: in the Arena, by steering and pedals, and what the car lives
through goes to the replay as it does from the window, before the first update.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from racer_desktop.bench import BenchError
from racer_desktop.bench import curves as curves_of
from racer_desktop.bench.curves import Curve, Point
from racer_desktop.bench.examination import Examination
from racer_desktop.bench.ours import examined
from racer_desktop.bench.scripted_driver import ScriptedDriver
from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.racing_line import reference_lap
from racer_desktop.training import compute
from racer_desktop.training.arena import Arena
from racer_desktop.training.learner import Learner
from racer_desktop.training.metrics import Metrics
from racer_desktop.training.programs import programs
from racer_desktop.training.snapshot import Activity, Mode

PACE = (0.7, 0.8)  # of the fastest speeds, in the first lap and in the last: a person gets faster on the way
PATIENCE = 2.0  # a lap that takes so many times as long as it should will not be completed
WITHOUT, WITH = "none", "shown"

# Told the curve under way, the share of it that is done, and a point when there is a new one; whether to go on.
FollowCurve = Callable[[Curve, float, Point | None], bool]


@dataclass(frozen=True)
class Demonstration:
    """Laps that were driven for the learner.

    Attributes:
        rows: [N, W] what the car lived through, as `Experience.take` gives it.
        lap_times: s, the first from a standing start.
        reference: the fastest possible flying lap, s.
    """

    rows: np.ndarray
    lap_times: tuple[float, ...]
    reference: float


def demonstrate(config: Config, laps: int, told: Callable[[int], bool] = lambda done: True) -> Demonstration | None:
    """Drives laps on the hero's track, the discs on it included.

    Args:
        config: all settings.
        laps: to drive.
        told: called with the laps driven, after each; the drive ends when it returns False.

    Returns:
        What was driven, or None if it was ended early.

    Raises:
        BenchError: if the script cannot lap this track.
        TrackError: if the settings allow no drivable track.
    """
    track = chosen_track(config)
    driver = ScriptedDriver(track, config.car)
    arena = Arena(config, compute.arena_device(), track)
    arena.set_mode(Mode.MANUAL)
    rows: list[np.ndarray] = []
    times: list[float] = []
    for pace in np.linspace(*PACE, laps):
        most = round(PATIENCE * driver.lap_time / pace / config.race.tick)
        lap = None
        for _ in range(most):
            arena.control(*driver(arena.hero, float(pace)))
            lap = arena.tick()
            if lap is not None or arena.crashes:
                break
        if lap is None:
            raise BenchError(
                f"The script cannot drive {laps} laps of track {config.track.seed}: it "
                f"{'crashed' if arena.crashes else 'came to a halt'} in lap {len(times) + 1}."
            )
        rows.append(arena.experience.take())
        times.append(lap)
        if not told(len(times)):
            return None
    return Demonstration(np.concatenate(rows), tuple(times), reference_lap(track, config.car))


class Comparison:
    """With and without demonstrations, for several seeds, under one examination.

    Args:
        config: the race and the learner.
        shown: what one of the two learners is shown.
        seeds: of the learners.
        updates: for each; None for as many as the one without makes in `minutes`.
        minutes: of learning, if `updates` is None.
        every: updates between two examinations.
        tracks: seeds of the examination's tracks.
        device: where is learned.

    Attributes:
        runs: agent and seed of every curve, in the order of measurement.
        curves: so far, the one under way included.
        kept: rows of the demonstration that the replay has room for: the newest.

    Raises:
        TrackError: if the settings allow no drivable track.
    """

    def __init__(
        self,
        config: Config,
        shown: Demonstration,
        *,
        seeds: Sequence[int],
        updates: int | None,
        minutes: float | None = None,
        every: int,
        tracks: Sequence[int],
        device: compute.Device,
    ) -> None:
        self._config = config
        self._shown = shown
        self._updates, self._minutes, self._every = updates, minutes, every
        self._tracks = list(tracks)
        self._device = device
        self._examination = Examination(config, tracks, device)
        # Seeds outside: who stops early has still compared like with like.
        self.runs = [(agent, seed) for seed in seeds for agent in (WITHOUT, WITH)]
        self.curves: list[Curve] = []
        self.kept = min(len(shown.rows), config.training.guest_steps)

    def measured(self, follow: FollowCurve) -> Iterator[Curve]:
        """Measures one curve after the other; each is handed out when it is complete or was ended by `follow`."""
        for agent, seed in self.runs:
            rows, updates = self._shown.rows, self._updates
            if agent == WITHOUT:
                rows = rows[:0]
            elif updates is None and self.curves[-1].points:
                updates = self.curves[-1].points[-1].updates  # as many as its twin made in its minutes
            self.curves.append(Curve(agent, seed))
            self._learn(self.curves[-1], rows, updates, follow)
            yield self.curves[-1]

    def _learn(self, curve: Curve, rows: np.ndarray, updates: int | None, follow: FollowCurve) -> None:
        config = self._config.replace(training__seed=curve.seed)
        end = math.inf if updates is None else updates
        end_s = 60.0 * self._minutes if updates is None and self._minutes else math.inf
        evaluation = programs(config, self._device).evaluation
        metrics = Metrics()
        learner = Learner(config, self._device, metrics)

        def goes_on(point: Point | None = None) -> bool:
            """Whether it is well and wanted."""
            curve.compile_s = learner.preparation.compile_s
            share = max(learner.updates / end, learner.logbook.wall_s / end_s)
            failed = learner.activity is Activity.FAILED
            if failed or not follow(curve, min(share, 1.0), point):
                curve.note = learner.message if failed else "stopped"
            return not curve.note

        try:
            learner.held = True
            learner.start()
            while not learner.accepts_rows:
                learner.poll(wait=True)
                if not goes_on():
                    return
            learner.add_rows(rows)
            learner.held = False
            while learner.updates < end and learner.logbook.wall_s < end_s:
                mark = min(learner.updates + self._every, end)
                learner.start()
                while learner.updates < mark and learner.logbook.wall_s < end_s:
                    learner.poll(wait=True, until=mark)
                    if not goes_on():
                        return
                learner.stop()
                learner.drain()
                curve.points.append(examined(learner, metrics, self._examination, evaluation))
                if not goes_on(curve.points[-1]):
                    return
        finally:
            learner.close()

    def summary(self) -> list[dict[str, Any]]:
        """For each number of updates that all curves have: median and worst seed of finish rate, of both learners."""
        by_updates = [{point.updates: point.grade.finish_rate for point in curve.points} for curve in self.curves]
        common = sorted(set.intersection(*map(set, by_updates))) if by_updates else []
        rows = []
        for updates in common:
            for agent in (WITHOUT, WITH):
                rates = [r[updates] for r, c in zip(by_updates, self.curves, strict=True) if c.agent == agent]
                if rates:
                    median, worst = statistics.median(rates), min(rates)
                    row = {"updates": updates, "agent": agent, "seeds": len(rates)}
                    rows.append(row | {"finish_rate_median": median, "finish_rate_worst": worst})
        return rows

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        shown, track = self._shown, self._config.track
        return {
            "device": compute.device_name(self._device),
            "demonstration": {
                "track": track.seed,
                "lap_times_s": [round(time, 3) for time in shown.lap_times],
                "reference_s": round(shown.reference, 3),
                "rows": len(shown.rows),
                "rows_kept": self.kept,
            },
            "tracks": self._tracks,
            "obstacles": track.obstacles,
            "curves": curves_of.as_json(self.curves),
            "summary": self.summary(),
        }
