"""Notices completed laps in the frames that pass."""

from __future__ import annotations

from racer_desktop.training.snapshot import Frame, Mode


class LapWatch:
    """Sees each completed lap once, also if frames in between were never seen."""

    def __init__(self) -> None:
        self._before: Frame | None = None

    def feed(self, frame: Frame) -> tuple[Mode, float] | None:
        """Takes each frame that arrives; the driver and the time, s, if a lap was completed since the last one."""
        before, self._before = self._before, frame
        if before is None or before.track is not frame.track or before.mode is not frame.mode:
            return None
        if frame.lap <= before.lap or frame.last_lap is None:
            return None
        return frame.mode, frame.last_lap
