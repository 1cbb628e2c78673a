"""The person's hand on the race: start and pause, wheel, keys, tracks; and the view's words about all that."""

from __future__ import annotations

import random

from PySide6.QtCore import QObject, Signal, Slot

from racer_desktop.config import TrackConfig
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.dialogs import ask_seed
from racer_desktop.gui.keys import DriveKey
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.snapshot import Activity, Frame, Mode, Stats

TRAINING_TRACKS = 8000  # seeds below this are for training; higher ones stay unseen, for honest tests

_BUSY = (Activity.COMPILING, Activity.LEARNING)


class RaceControl(QObject):
    """Connects actions and keys with the worker, and keeps both looking as the Session says it is.

    Attributes:
        track: the settings of the present track.

    Signals:
        seed_wanted: the person asked for the track of a seed (an int that fits 31 bits).
    """

    seed_wanted = Signal(int)

    def __init__(self, actions: Actions, view: TrackView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions, self._view = actions, view
        self._worker: SessionWorker | None = None
        self._mode: Mode | None = None
        self._wanted: Mode | None = None  # asked for, perhaps not yet seen in a frame
        self.track = TrackConfig()
        self._fleet_tip = actions.fleet.statusTip()
        self._stats = Stats(Activity.LOADING)
        self._paused = False
        actions.run.triggered.connect(self._run)
        actions.reset.triggered.connect(self._reset)
        actions.control.triggered.connect(self._toggle_control)
        actions.learn.triggered.connect(self._learn)
        actions.fleet.triggered.connect(self._fleet)
        actions.new_track.triggered.connect(self._new_track)
        actions.seed.triggered.connect(self._ask_seed)
        view.keys_changed.connect(self._keys)
        self._set_ready(False)

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        self._mode = self._wanted = None
        self._paused = False
        self._stats = Stats(Activity.LOADING)
        self._set_ready(False)
        self._advise()

    def set_track(self, track: TrackConfig) -> None:
        """Takes the settings of the present track; the fleet can be seen only where it drives."""
        self.track = track
        fleet, elsewhere = self._actions.fleet, track.random_tracks
        if fleet.isEnabled() is elsewhere:
            fleet.setEnabled(not elsewhere)
            self._actions.set_tip(
                fleet,
                self.tr(
                    "The learning cars drive on other tracks than this one while Random Tracks is on in the settings"
                )
                if elsewhere
                else self._fleet_tip,
            )

    def session_ready(self) -> None:
        """The Session exists: everything can be used now."""
        self._set_ready(True)
        if self._worker is not None and not self._actions.fleet.isChecked():
            self._worker.set_fleet(False)

    def show_frame(self, frame: Frame) -> None:
        """Follows who has the wheel."""
        if frame.mode is self._mode:
            return
        before, self._mode, self._wanted = self._mode, frame.mode, frame.mode
        self._actions.control.setChecked(frame.mode is Mode.MANUAL)
        if before is not None:
            self._view.announce(
                self.tr("You drive: arrow keys or W A S D. Space gives the wheel back to the AI.")
                if frame.mode is Mode.MANUAL
                else self.tr("The AI is at the wheel. Space or a driving key takes it back.")
            )

    def show_stats(self, stats: Stats) -> None:
        """Follows what the learner does."""
        self._stats = stats
        self._actions.learn.setChecked(stats.learn)
        self._show_run()
        self._advise()

    def hear(self, outcome: Outcome) -> None:
        """Follows requests that let the clock of the race run again."""
        if outcome.error is None and outcome.wish in (Wish.NEW, Wish.OPEN, Wish.NEW_TRACK):
            self._paused = False
            self._show_run()
            self._advise()

    @property
    def stats(self) -> Stats:
        """The newest statistics."""
        return self._stats

    def _set_ready(self, ready: bool) -> None:
        a = self._actions
        for action in (a.run, a.reset, a.control, a.learn, a.new_track, a.seed):
            action.setEnabled(ready)
        self._show_run()

    def _show_run(self) -> None:
        action, activity = self._actions.run, self._stats.activity
        if activity in _BUSY and not self._paused:
            text, icon, tip = self.tr("&Pause"), "pause", self.tr("Pause the race and the learning")
        elif activity is Activity.PAUSED or self._paused:
            text, icon, tip = self.tr("&Resume"), "start", self.tr("Go on learning")
        else:
            text, icon, tip = self.tr("&Start"), "start", self.tr("Let the car learn")
        if action.text() != text:
            action.setText(text)
            self._actions.set_tip(action, tip)
            self._actions.set_icon(action, icon)

    def _advise(self) -> None:
        activity = self._stats.activity
        if activity is Activity.LOADING and self._worker is not None:
            text = self.tr("Loading the learner. You can drive in a moment.")
        elif self._paused:
            text = self.tr("Paused. Press P to go on.")
        elif activity is Activity.IDLE and self._mode is not Mode.MANUAL:
            text = self.tr("Press Start and watch the car learn, or drive it with the arrow keys.")
        elif activity is Activity.FAILED:
            text = self._stats.message
        else:
            text = ""
        self._view.set_advice(text)

    @Slot()
    def _run(self) -> None:
        if self._worker is None:
            return
        self._paused = self._stats.activity in _BUSY and not self._paused
        if self._paused:
            self._worker.pause()
        else:
            if not self._stats.learn:
                self._worker.set_learn(True)  # who presses Start wants it to learn
            self._worker.start_learning()
        self._show_run()
        self._advise()

    @Slot()
    def _reset(self) -> None:
        if self._worker is not None:
            self._paused = False
            self._worker.reset_car()

    @Slot()
    def _toggle_control(self) -> None:
        self._give_wheel(Mode.MANUAL if self._wanted is Mode.AI else Mode.AI)

    def _give_wheel(self, mode: Mode) -> None:
        if self._worker is not None:
            self._paused = False
            self._wanted = mode
            self._worker.set_mode(mode)
            self._view.setFocus()

    @Slot(bool)
    def _learn(self, on: bool) -> None:
        if self._worker is not None:
            self._worker.set_learn(on)

    @Slot(bool)
    def _fleet(self, on: bool) -> None:
        if self._worker is not None:
            self._worker.set_fleet(on)

    @Slot()
    def _new_track(self) -> None:
        self.seed_wanted.emit(random.randrange(TRAINING_TRACKS))

    @Slot()
    def _ask_seed(self) -> None:
        limits = next(about for name, about, _ in self.track.settings() if name == "seed")
        seed = ask_seed(self._view.window(), self.track.seed, int(limits.low), int(limits.high))
        self._view.setFocus()
        if seed is not None:
            self.seed_wanted.emit(seed)

    @Slot(object)
    def _keys(self, keys: DriveKey) -> None:
        if self._worker is None:
            return
        self._worker.hold_keys(keys)
        drives = self._wanted is Mode.MANUAL and not self._paused
        if keys is not DriveKey.NONE and self._mode is not None and not drives:
            self._give_wheel(Mode.MANUAL)  # who touches the wheel wants to drive
