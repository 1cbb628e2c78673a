"""Trials of brains in a thread of their own: begun, looked at, and broken off by the window without ever waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from racer_desktop.gui.latest import LatestSlot
from racer_desktop.training.checkpoint import CheckpointError
from racer_desktop.training.trial import Broken, Choice, Phase, Progress, TrackResult, Trial

Told = Callable[[Progress], bool]
Judge = Callable[[Path, Trial, Choice, Told], tuple[TrackResult, ...]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Brain:
    """A brain to be tried.

    Attributes:
        name: for people.
        path: the `.racer` file that it is in; None for the session's own brain, which is lent when the trial begins.
        choice: which of the file's brains.
    """

    name: str
    path: Path | None = None
    choice: Choice = Choice.BEST


@dataclass(frozen=True)
class RunState:
    """How far a run is.

    Attributes:
        brain: index of the brain that is tried now.
        progress: of its trial.
        results: for each brain, what is known so far; empty for those whose turn has not come.
        errors: for each brain, why it could not be tried, or "".
        over: whether nothing more will come.
    """

    brain: int
    progress: Progress
    results: tuple[tuple[TrackResult, ...], ...]
    errors: tuple[str, ...]
    over: bool = False


def judge_file(path: Path, trial: Trial, choice: Choice, told: Told) -> tuple[TrackResult, ...]:
    """The real thing. Imports JAX, so it must only be called in the run's thread."""
    from racer_desktop.training.judge import judge

    return judge(path, trial, choice, told)


class TrialRun:
    """Tries brains one after the other.

    The thread ends by itself soon after `stop`; a compilation cannot be broken off, so that may take some seconds, for
    which nobody needs to wait.

    Args:
        brains: to be tried; each has a path.
        trial: what they are to drive.
        judge: what tries one.
    """

    def __init__(self, brains: Sequence[Brain], trial: Trial, judge: Judge = judge_file) -> None:
        self._brains, self._trial, self._judge = list(brains), trial, judge
        self._stopping = threading.Event()
        self._slot: LatestSlot[RunState] = LatestSlot()
        self._state = RunState(0, Progress(Phase.LOADING), ((),) * len(brains), ("",) * len(brains))
        self._thread = threading.Thread(target=self._run, name="trial of brains")
        self._thread.start()

    def take(self) -> RunState | None:
        """How far it is; None if that was already taken."""
        return self._slot.take()

    def stop(self) -> None:
        """Asks it to leave off; returns at once."""
        self._stopping.set()

    @property
    def busy(self) -> bool:
        """Whether its thread is still at work."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            for index in range(len(self._brains)):
                self._try(index)
        except Broken:
            _log.info("a trial of brains was broken off")
        self._publish(replace(self._state, over=True))

    def _try(self, index: int) -> None:
        brain = self._brains[index]

        def told(progress: Progress) -> bool:
            self._publish(self._with(index, progress))
            return not self._stopping.is_set()

        try:
            assert brain.path is not None, "the session's own brain is lent before the run begins"
            results = self._judge(brain.path, self._trial, brain.choice, told)
        except Broken:
            raise
        except (CheckpointError, ValueError) as error:  # what a person can put right
            _log.warning("%s was not tried: %s", brain.name, error)
            self._refuse(index, str(error))
        except Exception as error:
            _log.exception("%s was not tried", brain.name)
            self._refuse(index, f"This brain could not be tried: {error}. The log has the details.")
        else:
            self._publish(self._with(index, Progress(Phase.MEASURING, 1.0, results)))

    def _with(self, index: int, progress: Progress) -> RunState:
        results = list(self._state.results)
        results[index] = progress.results
        return replace(self._state, brain=index, progress=progress, results=tuple(results))

    def _refuse(self, index: int, sentence: str) -> None:
        errors, results = list(self._state.errors), list(self._state.results)
        errors[index], results[index] = sentence, ()
        self._publish(replace(self._state, errors=tuple(errors), results=tuple(results)))

    def _publish(self, state: RunState) -> None:
        self._state = state
        self._slot.put(state)
