"""Work in a thread: begun, asked about, taken; a failure reaches the one who takes it."""

from __future__ import annotations

import threading

import pytest

from racer_desktop.training.background import Background


def test_work_is_done_and_taken():
    done = threading.Event()
    work = Background("test work")
    assert work.taken
    work.start(done.set)
    assert not work.taken
    work.wait()
    assert done.is_set()
    assert not work.busy
    work.take()
    assert work.taken


def test_busy_until_it_ends():
    go_on = threading.Event()
    work = Background("test work")

    def wait() -> None:
        go_on.wait()

    work.start(wait)
    work.wait(0.01)
    assert work.busy
    go_on.set()
    work.wait()
    assert not work.busy


def test_failure_is_raised_once_where_it_is_taken():
    def fail() -> None:
        raise ValueError("no luck")

    work = Background("test work")
    work.start(fail)
    work.wait()
    with pytest.raises(ValueError, match="no luck"):
        work.take()
    work.take()
    work.start(lambda: None)
    work.wait()
    work.take()
