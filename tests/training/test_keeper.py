"""Automatic checkpoints: a bounded number, the oldest first to go, and never a file of the person's."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from racer_desktop.config import Config
from racer_desktop.training.checkpoint import Checkpoint, checkpoints, prune, read, write
from racer_desktop.training.keeper import Keeper

CONTENT = Checkpoint(Config(), {"updates": 1}, {"w": np.zeros(3, np.float32)})


@pytest.fixture
def keeper(tmp_path):
    made = Keeper(tmp_path)
    yield made
    made.close()


def test_oldest_of_its_kind_go_first(keeper, tmp_path):
    for k in range(5):
        keeper.keep(CONTENT, "milestone", f"Best lap {40 - k}.00 s", limit=3)
        keeper.keep(CONTENT, "autosave", f"Autosave, {k} updates", limit=2)
    keeper.close()
    titles = [found.title for found in checkpoints(tmp_path)]
    assert [title for title in titles if "lap" in title] == [f"Best lap {40 - k}.00 s" for k in (4, 3, 2)]
    assert [title for title in titles if "Auto" in title] == [f"Autosave, {k} updates" for k in (4, 3)]


def test_newest_first(keeper, tmp_path):
    for k in range(4):
        keeper.keep(CONTENT, "milestone", str(k), limit=10)
    keeper.close()
    found = checkpoints(tmp_path)
    assert [c.title for c in found] == ["3", "2", "1", "0"]
    assert [c.time for c in found] == sorted((c.time for c in found), reverse=True)
    assert read(found[0].path).counters == {"updates": 1}


def test_files_of_the_person_are_never_touched(keeper, tmp_path):
    write(tmp_path / "mine.racer", CONTENT)
    (tmp_path / "notes.racer").write_text("no checkpoint at all")
    for k in range(4):
        keeper.keep(CONTENT, "milestone", str(k), limit=1)
    keeper.close()
    prune(tmp_path, "user", 0)
    assert (tmp_path / "mine.racer").exists()
    assert (tmp_path / "notes.racer").exists()
    assert [c.title for c in checkpoints(tmp_path)] == ["3"]


def test_thread_ends_with_close(keeper):
    keeper.keep(CONTENT, "milestone", "one", limit=1)
    assert any(thread.name == "checkpoint keeper" for thread in threading.enumerate())
    keeper.close()
    assert not any(thread.name == "checkpoint keeper" for thread in threading.enumerate())
    keeper.close()  # a second time does nothing


def test_folder_that_cannot_be_written_is_no_failure(tmp_path, caplog):
    keeper = Keeper(tmp_path / "gone")
    keeper.keep(CONTENT, "milestone", "one", limit=1)
    keeper.keep(CONTENT, "milestone", "two", limit=1)
    keeper.close()
    assert caplog.text.count("An automatic checkpoint was not written") == 2


def test_without_a_folder_nothing_is_kept():
    keeper = Keeper(None)
    keeper.keep(CONTENT, "milestone", "one", limit=1)
    keeper.close()


def test_strange_title_is_a_safe_file_name(keeper, tmp_path):
    keeper.keep(CONTENT, "milestone", "../../Ärger / 1:30", limit=1)
    keeper.close()
    (found,) = checkpoints(tmp_path)
    assert found.title == "../../Ärger / 1:30"
    assert found.path.parent == tmp_path
