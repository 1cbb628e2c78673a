"""Settings that hold for every test: no display, no files of the person who runs them, no thread left behind."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# Before anything imports Qt or asks where files lie.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")  # as the program has it
# Before anything imports JAX: a queue for the race and one for the learner, as the program has them.
os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # compiling takes longer than all the tests run
_HOME = tempfile.TemporaryDirectory(prefix="racer-desktop-tests-")
for _kind in ("CONFIG", "DATA", "CACHE", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = os.path.join(_HOME.name, _kind.lower())  # noqa: PTH118 - a string is wanted

PATIENCE_MS = 60_000  # of a wait in a test of the window

# The first call of a jitted function compiles; a deadline for each example would blame the first one.
settings.register_profile("racer", deadline=None, print_blob=True)
settings.load_profile("racer")


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """As pytest-qt's, but patient: on a busy machine everything takes many times as long as on a quiet one."""
    for name in ("waitUntil", "waitSignal", "waitActive", "waitExposed"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fails the test that started a Python thread and did not end it."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    # A foreign thread that once ran Python code, such as Qt's or XLA's, stays in the list as a dummy.
    left = [thread for thread in left if not thread.name.startswith("Dummy-")]
    for thread in left:
        thread.join(timeout=5)
    assert not [thread for thread in left if thread.is_alive()]
