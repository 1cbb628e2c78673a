"""A saved brain, judged: loaded from a file, driven over tracks, each lap beside the fastest possible one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax

from racer_desktop.sim import circuits, sensors
from racer_desktop.sim.course import courses
from racer_desktop.sim.racing_line import reference_lap
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track, generate
from racer_desktop.training import compute, saved
from racer_desktop.training.evaluation import Evaluation
from racer_desktop.training.programs import new_dreamer


def judge(
    path: Path,
    *,
    seeds: Sequence[int],
    circuit: Path | None = None,
    obstacles: int | None = None,
    laps: int = 2,
    device: str = "auto",
) -> list[dict[str, Any]]:
    """Drives the best brain of a file over tracks.

    Args:
        path: the `.racer` file.
        seeds: of generated tracks.
        circuit: a circuit file to drive instead.
        obstacles: discs on each generated track; None for the file's own setting.
        laps: to drive, the first from a standing start.
        device: "auto", "cpu" or "gpu".

    Returns:
        One row for each track: track, finished, lap_time_s, flying_lap_s, reference_lap_s, ratio; None where
        there is no such number.

    Raises:
        CheckpointError, CircuitError, ConfigError, TrackError: if a file or setting is wrong.
    """
    compute.prepare()
    place = compute.learner_device(device)
    config, policy = saved.driver(path)
    if obstacles is not None:
        config = config.replace(track__obstacles=obstacles)
    named: list[tuple[str | int, Track]]
    if circuit is not None:
        named = [(circuit.name, circuits.read(circuit, half_width=config.track.half_width))]
    else:
        named = [(seed, generate(seed, config.track, config.car.half_width)) for seed in seeds]
    tracks = [track for _, track in named]
    reach = max(sensors.reach(len(t.centre), float(t.length) / len(t.centre), config.sensors.ray_range) for t in tracks)
    evaluation = Evaluation(config, new_dreamer(config), laps, reach=reach)
    drives = evaluation(*jax.device_put((Rules.of(config), courses(tracks), policy), place))
    rows = []
    for (name, track), drive in zip(named, drives, strict=True):
        reference = reference_lap(track, config.car)
        flying = _known(drive.flying_lap)
        rows.append(
            {
                "track": name,
                "finished": drive.finished,
                "lap_time_s": _known(drive.lap_time),
                "flying_lap_s": flying,
                "reference_lap_s": reference,
                "ratio": None if flying is None else flying / reference,
            }
        )
    return rows


def _known(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) else None
