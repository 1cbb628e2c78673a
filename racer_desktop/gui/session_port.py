"""What the window asks of a Session, and what comes back; no Qt and no JAX, so both sides can be tested alone."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from racer_desktop.config import Config
from racer_desktop.training.checkpoint import CheckpointInfo
from racer_desktop.training.snapshot import Frame, Mode, Occasion, Stats
from racer_desktop.training.telemetry import Telemetry


class SessionPort(Protocol):
    """The part of `training.session.Session` that the window uses; only the worker's thread calls it."""

    @property
    def config(self) -> Config:
        """The settings in force."""
        ...

    def tick(self) -> None:
        """Makes one physics tick."""
        ...

    def frame(self) -> Frame:
        """The race as it is now."""
        ...

    def stats(self) -> Stats:
        """The learner as it is now."""
        ...

    def start(self) -> None:
        """Starts or resumes learning."""
        ...

    def stop(self) -> None:
        """Pauses learning."""
        ...

    def reset(self) -> None:
        """Puts the hero back to the start line."""
        ...

    def toggle_control(self) -> None:
        """AI or person."""
        ...

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or the person."""
        ...

    def set_occasion(self, occasion: Occasion) -> None:
        """Goes over to learning and watching, free driving, or a race."""
        ...

    def set_values(self, on: bool) -> None:
        """Switches on or off that frames carry the critic's values."""
        ...

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands, [-1, 1] each."""
        ...

    def set_learn(self, on: bool) -> None:
        """Switches learning on or off."""
        ...

    def set_fleet(self, on: bool) -> None:
        """Switches on or off that frames carry the fleet."""
        ...

    def configure(self, config: Config) -> None:
        """Takes changed settings; raises ConfigError."""
        ...

    def new_track(self, seed: int) -> None:
        """Changes the track; raises TrackError."""
        ...

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Saves to a file; raises CheckpointError."""
        ...

    def load(self, path: Path) -> None:
        """Loads a file; raises CheckpointError and changes nothing then."""
        ...

    def telemetry(self) -> Telemetry:
        """What the hero did lately."""
        ...

    def restore_best(self) -> bool:
        """Goes on from the best brain; returns whether there is one."""
        ...

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """The automatic checkpoints."""
        ...

    def close(self) -> None:
        """Ends its own threads."""
        ...


OpenSession = Callable[[Config], SessionPort]


class Wish(enum.Enum):
    """Requests that are answered with an `Outcome`."""

    NEW = "new"
    OPEN = "open"
    SAVE = "save"
    SAVE_BRAIN = "save brain"
    CONFIGURE = "configure"
    NEW_TRACK = "new track"
    MILESTONES = "milestones"
    TELEMETRY = "telemetry"
    LEND_BRAIN = "lend brain"
    RESTORE_BEST = "restore best"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended.

    Attributes:
        wish: what was asked for.
        config: the settings in force afterwards.
        path: the file it was about, if any.
        error: None if it was done; otherwise one sentence that says why not. Nothing was changed then.
        milestones: the automatic checkpoints, newest first, after `Wish.MILESTONES`.
        telemetry: what the hero did lately, after `Wish.TELEMETRY`.
    """

    wish: Wish
    config: Config
    path: Path | None = None
    error: str | None = None
    milestones: tuple[CheckpointInfo, ...] = ()
    telemetry: Telemetry | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the worker ended although nobody asked it to.

    Attributes:
        sentence: what happened, in plain words.
        details: the traceback, for a report.
        config: the settings that were in force.
        rescued: the file that the state was saved to; None if that failed too or there was nothing to save.
    """

    sentence: str
    details: str
    config: Config
    rescued: Path | None
