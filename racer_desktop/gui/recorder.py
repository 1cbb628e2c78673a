"""Keeps the newest stretch of the race, so that it can be made into a film afterwards. No widgets."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from racer_desktop.training.snapshot import Frame

EVERY_TICKS = 2  # a film shows 30 pictures a second
MOST_FRAMES = 12_000  # 400 s, about 25 MB
FLEET_KEPT = 64  # faint cars; more say nothing more


class Recorder:
    """The frames of one track, at most `most` of them, oldest first.

    Args:
        most: frames kept.
    """

    def __init__(self, most: int = MOST_FRAMES) -> None:
        self._frames: deque[Frame] = deque(maxlen=most)

    def feed(self, frame: Frame) -> None:
        """Takes each frame that arrives; another track begins anew."""
        if self._frames:
            newest = self._frames[-1]
            if newest.track is not frame.track or frame.tick < newest.tick:
                self._frames.clear()
            elif frame.tick < newest.tick + EVERY_TICKS and frame.lap == newest.lap:
                return
        if len(frame.fleet) > FLEET_KEPT:
            frame = replace(frame, fleet=np.array(frame.fleet[:FLEET_KEPT]))
        self._frames.append(frame)

    def seconds(self, tick: float) -> float:
        """Length of what is recorded, s; `tick` is the length of a tick, s."""
        return (self._frames[-1].tick - self._frames[0].tick) * tick if self._frames else 0.0

    def last(self, seconds: float, tick: float) -> list[Frame]:
        """The frames of the newest so many seconds."""
        frames = list(self._frames)
        return [f for f in frames if f.tick > frames[-1].tick - seconds / tick - 0.5] if frames else []

    def newest_lap(self) -> list[Frame]:
        """The frames of the newest lap that was driven to its end and recorded from its begin; empty without one."""
        frames = list(self._frames)
        for end in range(len(frames) - 1, 0, -1):
            if frames[end].lap == frames[end - 1].lap + 1 and frames[end].mode is frames[end - 1].mode:
                begin = _began(frames, end - 1)
                if begin is not None:
                    return frames[begin : end + 1]
        return []


def _began(frames: list[Frame], at: int) -> int | None:
    """The first frame of the lap that is under way in frame `at`, or None if that was not recorded."""
    lap = frames[at].lap
    while at > 0 and frames[at - 1].lap == lap and frames[at - 1].lap_time <= frames[at].lap_time:
        at -= 1
    before = at - 1
    began_at_line = before >= 0 and (frames[before].lap != lap or frames[before].lap_time > frames[at].lap_time)
    return at if began_at_line or frames[at].lap_time < 0.1 else None
