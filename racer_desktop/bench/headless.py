"""How fast is learned without a window: what the window's learner is held against."""

from __future__ import annotations

import time
from collections.abc import Callable

from racer_desktop.bench import BenchError
from racer_desktop.config import Config
from racer_desktop.training.session import Session
from racer_desktop.training.snapshot import Stats

SETTLE_S = 2.0  # of learning that are not counted


def updates_per_s(config: Config, seconds: float, device: str, going_on: Callable[[], bool] = lambda: True) -> float:
    """The learner's speed as `racer-desktop train` has it, compilation and the first moments not counted.

    Args:
        config: all settings.
        seconds: how long to measure at least.
        device: "auto", "cpu" or "gpu".
        going_on: asked after each chunk; it ends when this returns False.

    Raises:
        BenchError: if the learner failed, or was ended before there was anything to measure.
        DeviceError: if the device is not there.
    """
    counts: list[tuple[float, int]] = []
    settled = 0.0

    def told(stats: Stats) -> bool:
        nonlocal settled
        now = time.perf_counter()
        if stats.updates == 0:
            return going_on()
        settled = settled or now + SETTLE_S
        if now >= settled:
            counts.append((now, stats.updates))
        return going_on() and (len(counts) < 2 or now - counts[0][0] < seconds)

    session = Session(config, device=device, live=False)
    try:
        session.train(told=told)
        message = session.stats().message
    finally:
        session.close()
    if len(counts) < 2:
        raise BenchError(message or "The learner was stopped before its speed could be measured.")
    (first, low), (last, high) = counts[0], counts[-1]
    return (high - low) / (last - first)
