"""What there must be before anything is learned: the brain is made and the programs are compiled in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.background import Background
from racer_desktop.training.programs import Programs
from racer_desktop.training.trainer import Trainer
from racer_desktop.training.validation import Validation


class Preparation:
    """Makes a Trainer and what validates it, off the loop; used by one thread.

    Its own thread touches nothing that the owner's thread uses before the work is taken.

    Args:
        config: all settings.
        programs: of the configuration's structure.
        rehearse: called in the thread with the brain that knows nothing, before anybody gets it.
        trainer: one that is made already, to go on with.
        compile_s: seconds that compiling took before.

    Attributes:
        trainer: None before it is made.
        validation: likewise.
        first: the brain that knows nothing, once it is made here.
        progress: share of the compilation done.
        compile_s: seconds that compiling took.

    Raises:
        TrackError: if there is a trainer and the settings allow no drivable track.
    """

    def __init__(
        self,
        config: Config,
        programs: Programs,
        rehearse: Callable[[Policy], None],
        trainer: Trainer | None = None,
        compile_s: float = 0.0,
    ) -> None:
        self._config = config
        self._programs = programs
        self._rehearse = rehearse
        self._work = Background("learner preparation")
        self._cancelled = threading.Event()
        at_once = trainer is not None and programs.compiled
        self.trainer = trainer
        self.validation = Validation(config, programs) if at_once else None
        self.first: Policy | None = None
        self.progress = 1.0 if at_once else 0.0
        self.compile_s = compile_s

    @property
    def taken(self) -> bool:
        """Whether there is no work, or its end was taken notice of."""
        return self._work.taken

    @property
    def busy(self) -> bool:
        """Whether the thread is at work."""
        return self._work.busy

    @property
    def done(self) -> bool:
        """Whether there is all that learning needs."""
        return self.taken and self.validation is not None and self._programs.compiled

    def begin(self, *, compiling: bool) -> None:
        """Starts what is missing, if nothing is under way.

        Args:
            compiling: whether the programs are wanted too, or only the brain.
        """
        if not self.taken or self.done:
            return
        if compiling:
            self._work.start(self._compile)
        elif self.trainer is None:
            self._work.start(self._make)

    def wait(self, seconds: float | None = None) -> None:
        """Waits for the thread's end, at most so long."""
        self._work.wait(seconds)

    def take(self) -> None:
        """Takes notice of the thread's end.

        Raises:
            Exception: what it failed with; the next start tries again.
        """
        try:
            self._work.take()
            # The settings may have changed while the thread was at work with those before.
            if self.trainer is not None:
                self.trainer.adopt(self._config)
            if self.validation is not None:
                self.validation.adopt(self._config)
        except Exception:
            self.validation = None
            raise

    def adopt(self, config: Config) -> None:
        """Takes changed live settings, for what is made already and for what will be.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
        """
        if self.validation is not None:
            self.validation.adopt(config)
        if self.trainer is not None:
            self.trainer.adopt(config)
        self._config = config

    def cancel(self) -> None:
        """Breaks off before the next program; one that is being compiled cannot be broken off."""
        self._cancelled.set()

    def _make(self) -> None:
        if self.trainer is None and not self._cancelled.is_set():
            with compute.without_pauses():
                trainer = Trainer(self._config, self._programs)
                first: Policy = compute.copied(trainer.state.agent).average
                self._rehearse(first)
                self.first, self.trainer = first, trainer

    def _compile(self) -> None:
        begin = time.perf_counter()
        self._make()

        def told(share: float) -> None:
            self.progress = share

        self._programs.compile(told, self._cancelled.is_set)
        if self.validation is None and not self._cancelled.is_set():
            self.validation = Validation(self._config, self._programs)
        self.compile_s += time.perf_counter() - begin
