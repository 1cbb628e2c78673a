"""Several learners with several seeds, one after the other, under one examination."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from racer_desktop.bench import curves as curves_of
from racer_desktop.bench import ours, peers
from racer_desktop.bench.curves import Curve, Point
from racer_desktop.bench.examination import Examination
from racer_desktop.config import Config
from racer_desktop.training import compute

# Told the curve under way, the seconds learned, and a point when there is a new one; returns whether to go on.
FollowCurve = Callable[[Curve, float, Point | None], bool]


class Study:
    """What is compared, and what was measured of it so far.

    Args:
        config: the race and the program's own learner.
        agents: names, "dreamer" and those of `peers.PEERS`.
        seeds: of the learners and of the order of their tracks.
        minutes: of learning for each.
        every: seconds between examinations.
        marks: seconds of learning at which `summary` sums up; those after the end are left out.
        tracks: seeds of the examination's tracks.
        device: where is learned.

    Attributes:
        runs: agent and seed of every curve, in the order of measurement.
        curves: so far, the one under way included.

    Raises:
        TrackError: if the settings allow no drivable track.
    """

    def __init__(
        self,
        config: Config,
        *,
        agents: Sequence[str],
        seeds: Sequence[int],
        minutes: float,
        every: float,
        marks: Sequence[float],
        tracks: Sequence[int],
        device: compute.Device,
    ) -> None:
        self._config = config
        self._minutes = minutes
        self._marks = [mark for mark in sorted(marks) if mark <= 60.0 * minutes] or [60.0 * minutes]
        self._times = curves_of.times(minutes, every, self._marks)
        self._tracks = list(tracks)
        self._device = device
        # Seeds outside, agents inside: who stops early has still compared like with like.
        self.runs = [(agent, seed) for seed, agent in itertools.product(seeds, agents)]
        self.curves: list[Curve] = []
        self._examination = Examination(config, tracks, device)

    def measured(self, follow: FollowCurve) -> Iterator[Curve]:
        """Measures one curve after the other; each is handed out when it is complete or was ended by `follow`."""
        for agent, seed in self.runs:
            curve = Curve(agent, seed)
            self.curves.append(curve)
            config = self._config.replace(training__seed=seed)

            def told(learned: float, point: Point | None, curve: Curve = curve) -> bool:
                return follow(curve, learned, point)

            if agent == ours.NAME:
                ours.learn(config, self._examination, self._times, self._device, curve, told)
            else:
                peers.learn(agent, config, self._examination, self._times, self._device, curve, told)
            gc.collect()  # a peer's model and its memory hold each other in a circle
            yield curve

    def summary(self) -> list[dict[str, Any]]:
        """See `curves.summary`."""
        return curves_of.summary(self.curves, self._marks)

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        return {
            "device": compute.device_name(self._device),
            "minutes": self._minutes,
            "marks_s": self._marks,
            "tracks": self._tracks,
            "obstacles": self._config.track.obstacles,
            "curves": curves_of.as_json(self.curves),
            "summary": self.summary(),
        }
