"""The thread that drives a Session."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.keys import DriveKey
from racer_desktop.gui.session_driver import CATCH_UP
from racer_desktop.gui.session_port import Failure, Outcome, Wish
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.snapshot import Mode
from tests.gui.conftest import Opener


class Receiver(QObject):
    """Counts wake-ups, in the window's thread."""

    def __init__(self) -> None:
        super().__init__()
        self.frames = 0
        self.outcomes: list[Outcome] = []

    @Slot()
    def wake(self) -> None:
        self.frames += 1

    @Slot(object)
    def hear(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


@pytest.fixture
def worker(qtbot: QtBot, opener: Opener, nothing_left: None) -> Iterator[SessionWorker]:
    made = SessionWorker(Config(), opener=opener)
    yield made
    made.stop()
    assert made.wait(5000)


def start(qtbot: QtBot, worker: SessionWorker) -> None:
    with qtbot.waitSignal(worker.ready):
        worker.start()


def test_sixty_ticks_a_second(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    began, first = time.perf_counter(), opener.session._tick
    qtbot.waitUntil(lambda: opener.session._tick >= first + 45)
    assert 0.6 < time.perf_counter() - began < 3.0  # 0.75; a busy machine may be late, never early


def test_a_slow_window_has_one_frame_pending(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    receiver = Receiver()
    worker.frame_ready.connect(receiver.wake)
    start(qtbot, worker)
    qtbot.waitUntil(lambda: receiver.frames > 0)
    receiver.frames = 0
    worker.take_frame()
    target = opener.session._tick + 30
    while opener.session._tick < target:  # the window is busy: its event loop does not run
        time.sleep(0.01)
    qtbot.waitUntil(lambda: receiver.frames > 0)
    qtbot.wait(50)
    assert receiver.frames == 1
    frame = worker.take_frame()
    assert frame is not None
    assert frame.tick >= target - 1


def test_after_a_delay_few_ticks_are_made_up_for(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    before = opener.session._tick
    worker._ask(lambda: time.sleep(0.5))
    worker.list_milestones()
    with qtbot.waitSignal(worker.answered):
        pass
    qtbot.wait(20)
    assert opener.session._tick - before <= CATCH_UP + 8


def test_a_key_reaches_the_session_with_the_next_tick(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    worker.set_mode(Mode.MANUAL)
    qtbot.waitUntil(lambda: "set_mode MANUAL" in opener.session.calls)
    worker.hold_keys(DriveKey.FASTER)
    made = len(opener.session.commands)
    qtbot.waitUntil(lambda: len(opener.session.commands) >= made + 2)
    assert opener.session.commands[made + 1][1] > 0.0


def test_requests_keep_their_order_and_are_answered(
    qtbot: QtBot, worker: SessionWorker, opener: Opener, tmp_path: Path
) -> None:
    receiver = Receiver()
    worker.answered.connect(receiver.hear)
    worker.save(tmp_path / "a.racer")  # asked for before there is a Session
    start(qtbot, worker)
    worker.load(tmp_path / "missing.racer")
    worker.new_track(7)
    qtbot.waitUntil(lambda: len(receiver.outcomes) == 3)
    save, load, track = receiver.outcomes
    assert (save.wish, save.error) == (Wish.SAVE, None)
    assert (tmp_path / "a.racer").is_file()
    assert load.error == "There is no file missing.racer."
    assert track.config.track.seed == 7


def test_pause_stops_the_clock_and_start_goes_on(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    worker.start_learning()
    worker.pause()
    qtbot.waitUntil(lambda: "stop" in opener.session.calls)
    tick = opener.session._tick
    qtbot.wait(100)
    assert opener.session._tick == tick
    worker.start_learning()
    qtbot.waitUntil(lambda: opener.session._tick > tick + 5)


def test_new_experiment_closes_the_old_session(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    with qtbot.waitSignal(worker.answered):
        worker.new_experiment(Config().replace(track__seed=3))
    assert opener.sessions[0].closed
    assert opener.session.config.track.seed == 3


def test_a_failure_is_reported_with_what_was_rescued(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    start(qtbot, worker)
    with qtbot.waitSignal(worker.failed) as caught:
        opener.session.fail_next_tick = RuntimeError("the tyres fell off")
    (failure,) = caught.args or (None,)
    assert isinstance(failure, Failure)
    assert "the tyres fell off" in failure.sentence
    assert "RuntimeError" in failure.details
    assert failure.rescued is not None
    assert failure.rescued.is_file()
    qtbot.waitUntil(worker.isFinished)
    assert opener.session.closed


def test_a_session_that_cannot_be_made_is_reported(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    def refuse() -> None:
        raise ImportError("no such library")

    opener.before = refuse
    with qtbot.waitSignal(worker.failed) as caught:
        worker.start()
    (failure,) = caught.args or (None,)
    assert isinstance(failure, Failure)
    assert "no such library" in failure.sentence
    assert failure.rescued is None


def test_stop_while_the_session_is_being_made(qtbot: QtBot, worker: SessionWorker, opener: Opener) -> None:
    entered, gate = threading.Event(), threading.Event()

    def compile_for_long() -> None:
        entered.set()
        gate.wait(10)

    opener.before = compile_for_long
    worker.start()
    qtbot.waitUntil(entered.is_set)
    worker.stop()
    assert not worker.wait(50)
    gate.set()
    assert worker.wait(5000)
    assert opener.session.closed
