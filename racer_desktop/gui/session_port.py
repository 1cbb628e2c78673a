"""What the window asks of a Session, and what comes back; no Qt and no JAX, so both sides can be tested alone."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from racer_desktop.config import Config
from racer_desktop.training.checkpoint import CheckpointInfo
from racer_desktop.training.snapshot import Frame, Mode, Stats


class SessionPort(Protocol):
    """The part of `training.session.Session` that the window uses; only the worker's thread calls it."""

    @property
    def config(self) -> Config: ...
    def tick(self) -> None: ...
    def frame(self) -> Frame: ...
    def stats(self) -> Stats: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def reset(self) -> None: ...
    def toggle_control(self) -> None: ...
    def set_mode(self, mode: Mode) -> None: ...
    def control(self, steering: float, throttle: float) -> None: ...
    def set_learn(self, on: bool) -> None: ...
    def set_fleet(self, on: bool) -> None: ...
    def configure(self, config: Config) -> None: ...
    def new_track(self, seed: int) -> None: ...
    def save(self, path: Path, *, brain_only: bool = False) -> None: ...
    def load(self, path: Path) -> None: ...
    def list_checkpoints(self) -> list[CheckpointInfo]: ...
    def close(self) -> None: ...


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended.

    Attributes:
        wish: what was asked for.
        config: the settings in force afterwards.
        path: the file it was about, if any.
        error: None if it was done; otherwise one sentence that says why not. Nothing was changed then.
        milestones: the automatic checkpoints, newest first, after `Wish.MILESTONES`.
    """

    wish: Wish
    config: Config
    path: Path | None = None
    error: str | None = None
    milestones: tuple[CheckpointInfo, ...] = ()


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
