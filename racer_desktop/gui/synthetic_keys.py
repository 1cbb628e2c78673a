"""Keys pressed by nobody, at times drawn beforehand; and how long it takes until the car is seen to obey."""

from __future__ import annotations

import math
import random
import time
from collections import deque
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent

from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.window_record import KeyPress
from racer_desktop.training.snapshot import Frame

LEFT, RIGHT, FASTER = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up
STEERING = (0.2, 0.5), (0.3, 0.7)  # s that a steering key is down, and up; the wheel is straight again by then
PEDAL = (0.5, 1.5), (0.25, 0.6)
OBEYED = 1e-3  # rad of steering, or share of the pedal, that tells a command from none

Range = tuple[float, float]


class KeyEvent(NamedTuple):
    """A key that goes down or up.

    Attributes:
        at: seconds after the begin.
        key: which.
        down: or up.
    """

    at: float
    key: Qt.Key
    down: bool


def key_plan(seconds: float, seed: int) -> list[KeyEvent]:
    """Keys at irregular times, the same for the same seed, in order; all are up again in the end.

    Args:
        seconds: how long.
        seed: of the times and keys.
    """
    draw = random.Random(seed)
    events = _presses(seconds, draw, (LEFT, RIGHT), *STEERING) + _presses(seconds, draw, (FASTER,), *PEDAL)
    return sorted(events)


def _presses(seconds: float, draw: random.Random, keys: tuple[Qt.Key, ...], down: Range, up: Range) -> list[KeyEvent]:
    """Presses one after the other, each of one of the keys."""
    events: list[KeyEvent] = []
    at = draw.uniform(*up)
    while at + down[0] <= seconds:
        key, released = draw.choice(keys), min(at + draw.uniform(*down), seconds)
        events += [KeyEvent(at, key, True), KeyEvent(released, key, False)]
        at = released + draw.uniform(*up)
    return events


class SyntheticKeys(QObject):
    """Posts the events of a plan to a track view that a person drives.

    Attributes:
        presses: what became of each, filled as `painted` is told of frames.
    """

    def __init__(self, view: TrackView, plan: list[KeyEvent], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.presses: list[KeyPress] = []
        self._view, self._plan = view, deque(plan)
        self._began = 0.0
        self._waiting: dict[Qt.Key, tuple[float, float]] = {}  # by key: when it was due, and what was commanded then
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._play)

    def begin(self) -> None:
        """From now on the plan is played."""
        self._began = time.perf_counter()
        self._play()

    def painted(self, ended: float) -> None:
        """Takes notice of a painting of the view that has just ended, s."""
        frame = self._view.newest_frame
        if frame is None:
            return
        if frame.halted:
            self._waiting.clear()  # what was pressed shortly before a crash says nothing of the window
        for key, (at, before) in list(self._waiting.items()):
            if _commanded(frame, key) > before + OBEYED:
                del self._waiting[key]
                self.presses.append(KeyPress(at, ended))

    @Slot()
    def _play(self) -> None:
        while self._plan and self._began + self._plan[0].at <= time.perf_counter():
            self._post(self._plan.popleft())
        if self._plan:
            early = self._began + self._plan[0].at - time.perf_counter()
            self._timer.start(max(0, math.ceil(1e3 * early)))

    def _post(self, event: KeyEvent) -> None:
        at = self._began + event.at
        kind = QEvent.Type.KeyPress if event.down else QEvent.Type.KeyRelease
        QCoreApplication.postEvent(self._view, QKeyEvent(kind, event.key, Qt.KeyboardModifier.NoModifier))
        frame = self._view.newest_frame
        if event.down and frame is not None and not frame.halted:
            self._waiting[event.key] = (at, _commanded(frame, event.key))
        elif not event.down and event.key in self._waiting:
            due, _ = self._waiting.pop(event.key)
            self.presses.append(KeyPress(due, at, answered=False))


def _commanded(frame: Frame, key: Qt.Key) -> float:
    """How much of what a key asks for the car does in a frame."""
    hero = frame.hero
    return {LEFT: hero.steering, RIGHT: -hero.steering, FASTER: hero.throttle}[key]
