"""`.racer` files: what is written is read back, and what is wrong with a file is said in one sentence."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import save

from racer_desktop.config import Config
from racer_desktop.training import checkpoint
from racer_desktop.training.checkpoint import BEFORE, FORMAT, Checkpoint, CheckpointError, info, read, write

SMALL = Checkpoint(
    config=Config().replace(track__seed=7, training__cars=3),
    counters={"updates": 12, "best": None},
    tensors={"learner/w": np.arange(6, dtype=np.float32).reshape(2, 3), "learner/steps": np.array(5, np.int32)},
    layout={"observation": 6, "action": 2},
    made=1.5e9,  # always as long when written out: examples point at places in the file
)
TYPES = st.sampled_from([np.float32, np.float64, np.int32, np.int64, np.uint32, np.bool_])
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
TENSORS = st.dictionaries(
    st.text(min_size=1, max_size=20).filter(lambda name: name != "__metadata__"),
    TYPES.flatmap(
        lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5))
    ),
    max_size=4,
)
COUNTERS = st.dictionaries(
    st.text(max_size=10),
    st.none() | st.integers(0, 2**62) | st.floats(allow_nan=False) | st.text(max_size=10),
    max_size=4,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.racer"
    write(path, SMALL)
    return path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for examples that Hypothesis makes."""
    return tmp_path_factory.mktemp("scratch")


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(CheckpointError) as caught:
        read(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def same(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two hold the same, bit for bit."""
    return (
        (one.config, one.counters, one.layout, one.title, one.kind)
        == (other.config, other.counters, other.layout, other.title, other.kind)
        and one.tensors.keys() == other.tensors.keys()
        and all(
            (a := one.tensors[name]).dtype == (b := other.tensors[name]).dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
            for name in one.tensors
        )
    )


def only(folder: Path) -> list[str]:
    """Names of everything in a folder, hidden things included."""
    return sorted(os.listdir(folder))  # noqa: PTH208 - glob would leave hidden files out


@given(TENSORS, COUNTERS, st.integers(0, 2**31 - 1), st.text(max_size=20))
def test_round_trip(scratch, tensors, counters, seed, title):
    content = Checkpoint(Config().replace(track__seed=seed), counters, tensors, title, "milestone", {"action": 2})
    write(scratch / "any.racer", content)
    back = read(scratch / "any.racer")
    assert same(content, back)
    found = info(scratch / "any.racer")
    assert found is not None
    assert (found.title, found.kind, found.time) == (title, "milestone", back.made)


@given(st.data())
def test_file_cut_anywhere_is_refused(scratch, data):
    path = scratch / "cut.racer"
    write(path, SMALL)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert "“cut.racer”" in refusal(path)


@given(st.data())
def test_flipped_byte_never_passes_for_something_else(scratch, data):
    path = scratch / "flipped.racer"
    write(path, SMALL)
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    # Padding of the header may be any white space: nothing that is kept has changed then.
    with contextlib.suppress(CheckpointError):
        assert same(read(path), SMALL)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(scratch, data):
    path = scratch / "foreign.racer"
    path.write_bytes(data)
    refusal(path)
    assert info(path) is None


def test_missing_file(tmp_path):
    assert "does not exist" in refusal(tmp_path / "nowhere.racer")


def test_empty_file(tmp_path):
    (tmp_path / "empty.racer").touch()
    assert "not a Racer Desktop file" in refusal(tmp_path / "empty.racer")


def test_folder_instead_of_file(tmp_path):
    assert "could not be read" in refusal(tmp_path)


def test_endless_device_is_not_read():
    assert "not a Racer Desktop file" in refusal(Path("/dev/zero"))


def test_other_programs_file(tmp_path):
    (tmp_path / "other.racer").write_bytes(save({"w": np.zeros(3)}, metadata={"format": "pt"}))
    assert "was not written by Racer Desktop" in refusal(tmp_path / "other.racer")


def test_file_without_metadata(tmp_path):
    (tmp_path / "bare.racer").write_bytes(save({"w": np.zeros(3)}))
    assert "not a Racer Desktop file" in refusal(tmp_path / "bare.racer")


def test_deeply_nested_header(tmp_path):
    header = b"[" * 100_000
    (tmp_path / "deep.racer").write_bytes(len(header).to_bytes(8, "little") + header)
    assert "not a Racer Desktop file" in refusal(tmp_path / "deep.racer")
    assert info(tmp_path / "deep.racer") is None


def test_huge_header_length_allocates_nothing(tmp_path):
    path = tmp_path / "huge.racer"
    path.write_bytes((2**63).to_bytes(8, "little") + b"{}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(path)
    assert info(path) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_large_foreign_file_is_not_read_whole(tmp_path):
    path = tmp_path / "film.racer"
    with path.open("wb") as film:
        film.truncate(2**40)  # takes no room on the disk
    assert "not a Racer Desktop file" in refusal(path)


def test_newer_format(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", FORMAT + 1)
    write(tmp_path / "newer.racer", SMALL)
    monkeypatch.undo()
    assert "newer version" in refusal(tmp_path / "newer.racer")


def rewritten(path: Path, **changes: Any) -> None:
    """Writes a file whose checksum is right and whose metadata is not."""
    about = {"format": FORMAT, "version": "9", "config": {}, "layout": {}, "counters": {}, "title": "", "kind": "user"}
    text = json.dumps(about | {"made": 1.0} | changes)
    path.write_bytes(
        save(SMALL.tensors, metadata={"racer": text, "checksum": checkpoint._checksum(text, SMALL.tensors)})
    )


@pytest.mark.parametrize(
    "changes", [{"format": "one"}, {"format": None}, {"config": 3}, {"config": {"track": {"flavour": 1}}}], ids=str
)
def test_metadata_that_makes_no_sense(tmp_path, changes):
    rewritten(tmp_path / "odd.racer", **changes)
    refusal(tmp_path / "odd.racer")


def test_setting_of_another_version_is_named(tmp_path):
    rewritten(tmp_path / "other.racer", config={"track": {"flavour": 1}})
    assert "track.flavour" in refusal(tmp_path / "other.racer")


def test_older_brain_keeps_what_it_grew_up_with(tmp_path):
    rewritten(tmp_path / "older.racer", config={"agent": {"deter": 64, "steering_curve": 3.0}})
    agent = read(tmp_path / "older.racer").config.agent
    assert (agent.deter, agent.steering_curve, agent.sensor_scale) == (64, 3.0, BEFORE["sensor_scale"])
    rewritten(tmp_path / "oldest.racer", config={"agent": {}})
    assert read(tmp_path / "oldest.racer").config == Config().replace(**{f"agent__{k}": v for k, v in BEFORE.items()})


@pytest.mark.parametrize(
    "path", [Path("/proc/mine.racer"), Path("/dev/null/mine.racer"), Path("/nowhere/at/all/mine.racer")], ids=str
)
def test_folder_that_cannot_be_written(path):
    with pytest.raises(CheckpointError, match="could not be saved") as caught:
        write(path, SMALL)
    assert str(path.parent) in str(caught.value)


def test_folder_in_place_of_the_file(tmp_path):
    (tmp_path / "taken.racer").mkdir()
    with pytest.raises(CheckpointError, match="could not be saved"):
        write(tmp_path / "taken.racer", SMALL)
    assert only(tmp_path) == ["taken.racer"]


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_full_disk_leaves_the_old_file(file, monkeypatch, step):
    before = file.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if step == "fsync" else Path, step, full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        write(file, Checkpoint(Config(), {}, {"w": np.ones(1000)}))
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert only(file.parent) == ["mine.racer"]


def test_nothing_but_the_file_is_left(file):
    write(file, SMALL)
    assert only(file.parent) == ["mine.racer"]


def test_link_stays_a_link(file, tmp_path):
    link = tmp_path / "link.racer"
    link.symlink_to(file)
    write(link, Checkpoint(Config(), {"updates": 99}, {}))
    assert link.is_symlink()
    assert read(file).counters == {"updates": 99}


def test_rights_of_the_file(file, tmp_path):
    (tmp_path / "usual").touch()
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    file.chmod(0o640)
    write(file, SMALL)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_reading_needs_no_jax():
    code = "import sys, racer_desktop.training.checkpoint; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
