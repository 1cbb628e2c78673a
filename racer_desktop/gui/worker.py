"""The thread that drives a Session: one explicit loop, and the only place that touches the Session.

Towards the window go frozen snapshots through newest-wins slots, with one wake-up signal while any is pending;
from the window come requests through a queue and the pressed keys through a slot of their own.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from racer_desktop import paths
from racer_desktop.config import Config, ConfigError
from racer_desktop.gui.keys import DriveKey
from racer_desktop.gui.latest import LatestSlot
from racer_desktop.gui.session_driver import SessionDriver
from racer_desktop.gui.session_port import Failure, OpenSession, Outcome, SessionPort, Wish
from racer_desktop.sim.circuits import CircuitError
from racer_desktop.sim.track import TrackError
from racer_desktop.training.checkpoint import SUFFIX, CheckpointError, CheckpointInfo
from racer_desktop.training.snapshot import Activity, Frame, Mode, Occasion, Stats

STATS_PERIOD = 0.1  # s
PAUSED_POLL = 0.5  # s; while paused, how often the learner is asked whether it has come to rest

_log = logging.getLogger(__name__)


def open_session(config: Config, *, device: str = "auto") -> SessionPort:
    """Makes the real Session. Imports JAX, so it must only be called in the worker's thread."""
    from racer_desktop.training.session import Session

    return Session(config, device=device)


class SessionWorker(QThread):
    """Runs a Session at 60 physics ticks a second. Public methods may be called from the window's thread.

    Signals (all queued to the window's thread):
        ready: the Session exists; the car can be driven.
        frame_ready: there is a frame to be taken with `take_frame`.
        stats_ready: there are statistics to be taken with `take_stats`.
        answered: `Outcome` of a request.
        failed: `Failure`; the thread ends after it.
    """

    ready = Signal()
    frame_ready = Signal()
    stats_ready = Signal()
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, config: Config, *, opener: OpenSession = open_session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._opener = opener
        self._driving: SessionDriver | None = None  # the worker's thread only, as everything from here to _wake
        self._stats_due = 0.0
        self._activity = Activity.LOADING
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._keys = DriveKey.NONE  # newest wins: one reference, replaced as a whole
        self._frames: LatestSlot[Frame] = LatestSlot()
        self._stats: LatestSlot[Stats] = LatestSlot()

    # What the window's thread calls.

    @property
    def is_ready(self) -> bool:
        """Whether the Session exists."""
        return self._driving is not None

    def take_frame(self) -> Frame | None:
        """The newest frame, or None if it was already taken."""
        return self._frames.take()

    def take_stats(self) -> Stats | None:
        """The newest statistics, or None if they were already taken."""
        return self._stats.take()

    def hold_keys(self, keys: DriveKey) -> None:
        """Tells which driving keys are down now; takes effect with the next tick."""
        self._keys = keys

    def start_learning(self) -> None:
        """Starts or resumes learning, and the race if it was paused."""
        self._ask(lambda: self._driver.start())

    def pause(self) -> None:
        """Pauses learning and stops the clock of the race."""
        self._ask(lambda: self._driver.pause())

    def reset_car(self) -> None:
        """Puts the hero back to the start line."""
        self._ask(lambda: self._driver.in_race(lambda s: s.reset()))

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or to the person."""
        self._ask(lambda: self._driver.in_race(lambda s: s.set_mode(mode)))

    def set_occasion(self, occasion: Occasion) -> None:
        """Goes over to learning and watching, free driving, or a race; one that is under way begins anew."""
        self._ask(lambda: self._driver.in_race(lambda s: s.set_occasion(occasion)))

    def set_pace(self, pace: int) -> None:
        """Makes so many ticks in the time of one, as long as nobody drives."""
        self._ask(lambda: self._driver.set_pace(pace))

    def set_values(self, on: bool) -> None:
        """Switches on or off that frames carry the critic's values along the track."""
        self._ask(lambda: self._driver.set_values(on))

    def set_learn(self, on: bool) -> None:
        """Switches learning on or off while the race goes on."""
        self._ask(lambda: self._session.set_learn(on))

    def set_fleet(self, on: bool) -> None:
        """Switches on or off that frames carry the learning cars."""
        self._ask(lambda: self._driver.set_fleet(on))

    def new_experiment(self, config: Config) -> None:
        """Begins again with an empty brain; answered as `Wish.NEW`."""
        self._ask_answered(Wish.NEW, lambda: self._driver.replace(self._opener(config)))

    def configure(self, config: Config) -> None:
        """Takes changed settings; answered as `Wish.CONFIGURE`."""
        self._ask_answered(Wish.CONFIGURE, lambda: self._session.configure(config))

    def new_track(self, seed: int) -> None:
        """Changes the track; answered as `Wish.NEW_TRACK`."""
        self._ask_answered(Wish.NEW_TRACK, lambda: self._driver.in_race(lambda s: s.new_track(seed)))

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Saves to a file; answered as `Wish.SAVE` or `Wish.SAVE_BRAIN`."""
        wish = Wish.SAVE_BRAIN if brain_only else Wish.SAVE
        self._ask_answered(wish, lambda: self._session.save(path, brain_only=brain_only), path)

    def load(self, path: Path) -> None:
        """Loads a file; answered as `Wish.OPEN`. If that fails, everything goes on as it was."""
        self._ask_answered(Wish.OPEN, lambda: self._driver.in_race(lambda s: s.load(path)), path)

    def lend_brain(self, path: Path) -> None:
        """Writes the present brain to a file for a while, which is no save; answered as `Wish.LEND_BRAIN`."""
        self._ask_answered(Wish.LEND_BRAIN, lambda: self._session.save(path, brain_only=True), path)

    def restore_best(self) -> None:
        """Goes on from the best brain; answered as `Wish.RESTORE_BEST`."""
        self._ask_answered(Wish.RESTORE_BEST, lambda: self._driver.restore_best())

    def list_milestones(self) -> None:
        """Asks for the automatic checkpoints; answered as `Wish.MILESTONES`."""
        self._ask(self._do_list_milestones)

    def ask_telemetry(self) -> None:
        """Asks for what the hero did lately; answered as `Wish.TELEMETRY`."""
        self._ask(self._do_ask_telemetry)

    def stop(self) -> None:
        """Asks the loop to end; `wait` for it afterwards. Requests made before are still carried out."""
        self._stopping.set()
        self._wake.set()

    def _ask(self, request: Callable[[], None]) -> None:
        self._requests.put(request)
        self._wake.set()

    def _ask_answered(self, wish: Wish, request: Callable[[], None], path: Path | None = None) -> None:
        self._ask(lambda: self._answer(wish, request, path))

    # What runs in the worker's own thread.

    def run(self) -> None:
        """The thread's work: makes the Session, drives it until `stop`, closes it. Called by Qt."""
        try:
            if self._stopping.is_set():
                return
            self._driving = SessionDriver(self._opener(self._config))
            self._publish(force=True)
            self.ready.emit()
            self._loop()
        except Exception as error:
            _log.exception("the session ended by a failure")
            self.failed.emit(self._failure(error))
        finally:
            self._close()

    def _loop(self) -> None:
        due = time.perf_counter()
        while True:
            self._wake.clear()
            self._carry_out()
            if self._stopping.is_set():
                return
            if self._driver.paused:
                settled = self._activity not in (Activity.COMPILING, Activity.LEARNING)
                self._wake.wait(None if settled else PAUSED_POLL)
                self._publish(force=True)
                due = time.perf_counter()
                continue
            early = due - time.perf_counter()
            if early > 0.0:
                self._wake.wait(early)
                if self._wake.is_set():
                    continue  # a request is carried out at once, not with the next tick
            due = self._driver.advance(due, self._keys)
            self._publish()

    def _carry_out(self) -> None:
        while True:
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                return
            request()

    def _publish(self, *, force: bool = False) -> None:
        session = self._session
        if self._frames.put(session.frame()):
            self.frame_ready.emit()
        now = time.perf_counter()
        if force or now >= self._stats_due:
            self._stats_due = now + STATS_PERIOD
            stats = session.stats()
            self._activity = stats.activity
            if self._stats.put(stats):
                self.stats_ready.emit()

    @property
    def _driver(self) -> SessionDriver:
        assert self._driving is not None, "requests are carried out by the loop, which runs only with a Session"
        return self._driving

    @property
    def _session(self) -> SessionPort:
        return self._driver.session

    def _do_list_milestones(self) -> None:
        found: tuple[CheckpointInfo, ...] = tuple(self._session.list_checkpoints())
        self.answered.emit(Outcome(Wish.MILESTONES, self._session.config, milestones=found))

    def _do_ask_telemetry(self) -> None:
        telemetry = self._session.telemetry()
        self.answered.emit(Outcome(Wish.TELEMETRY, self._session.config, telemetry=telemetry))

    def _answer(self, wish: Wish, request: Callable[[], None], path: Path | None) -> None:
        error = None
        try:
            request()
        except (CheckpointError, CircuitError, ConfigError, TrackError) as problem:
            _log.warning("%s was refused: %s", wish.value, problem)
            error = str(problem)
        self._publish(force=True)  # before the answer, so that the window shows the new state when it hears it
        self.answered.emit(Outcome(wish, self._session.config, path, error))

    def _failure(self, error: Exception) -> Failure:
        details = "".join(traceback.format_exception(error))
        config = self._config if self._driving is None else self._session.config
        if self._driving is None:
            sentence = f"The session could not be started: {error}"
        else:
            sentence = f"The session stopped because of an error: {error}"
        return Failure(sentence, details, config, self._rescue())

    def _rescue(self) -> Path | None:
        """Saves what there is to a file of its own, never over one of the person's."""
        if self._driving is None:
            return None
        path = paths.data_folder() / f"rescued-{time.strftime('%Y%m%d-%H%M%S')}{SUFFIX}"
        try:
            self._session.save(path)
        except Exception:
            _log.exception("the state could not be rescued to %s", path)
            return None
        return path

    def _close(self) -> None:
        if self._driving is None:
            return
        try:
            self._session.close()
        except Exception:
            _log.exception("the session did not close cleanly")
