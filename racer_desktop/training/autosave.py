"""Automatic checkpoints: when an experiment is kept without anybody asking for it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from racer_desktop import paths
from racer_desktop.training import checkpoint, saved
from racer_desktop.training.checkpoint import CheckpointInfo
from racer_desktop.training.experiment import Experiment
from racer_desktop.training.keeper import Keeper
from racer_desktop.training.snapshot import Activity

log = logging.getLogger(__name__)


class Autosave:
    """Keeps the brain at every milestone, and everything every so often; never holds up the race.

    Args:
        folder: where the files go; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._keeper = Keeper(folder)
        self.begin()

    def begin(self) -> None:
        """Another experiment: what was due of the one before is not kept."""
        self._due: list[tuple[str, str]] = []
        self._last = time.monotonic()

    def celebrate(self, experiment: Experiment, gates: int, lap: float | None) -> None:
        """Makes due what the AI reached.

        Args:
            experiment: whose brain it was.
            gates: reached since the start line.
            lap: time of a lap that was completed just now, s.
        """
        if lap is not None:
            experiment.metrics.record_lap(experiment.learner.updates, lap)
        self._due += [("milestone", title) for title in experiment.milestones.reached(gates, lap)]

    def poll(self, experiment: Experiment) -> None:
        """Looks what is due; what it keeps is written in a thread."""
        learner = experiment.learner
        now = time.monotonic()
        if now - self._last >= experiment.config.training.autosave_s:
            self._last = now
            if experiment.unsaved and learner.activity is Activity.LEARNING:
                self._due.append(("autosave", f"Autosave, {learner.updates:,} updates"))
        if self._due:
            self._keep(experiment)

    def checkpoints(self) -> list[CheckpointInfo]:
        """What was kept, newest first."""
        return checkpoint.checkpoints(self._keeper.folder) if self._keeper.folder else []

    def close(self) -> None:
        """Waits until everything is written."""
        self._keeper.close()

    def _keep(self, experiment: Experiment) -> None:
        """Hands a copy of the experiment to the keeper once nothing is queued; nobody waits for that."""
        learner = experiment.learner
        learner.held = True
        if not learner.at_rest:
            return
        learner.held = False
        kind, title = self._due.pop(0)
        if self._keeper.folder is not None:
            content = saved.content(experiment, brain_only=kind == "milestone")
            self._keeper.keep(content, kind, title, experiment.config.training.keep_checkpoints)


def checkpoint_place() -> Path | None:
    """The program's own folder for automatic checkpoints; None, and a line in the log, where nothing may be written."""
    try:
        return paths.checkpoint_folder()
    except OSError as error:
        log.warning("No automatic checkpoints are kept: %s", error)
        return None
