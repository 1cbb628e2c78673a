"""`.racer` files: one file, one checkpoint, in a safetensors container. Nothing in it is executed.

The metadata holds JSON under the key "racer": format, program version, settings, layout, counters; the
tensors hold what learning changes and the recorded history. A checksum over everything is checked first.

This module knows files, not what is in them, and imports no JAX: the window lists checkpoints before that is loaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

import racer_desktop
from racer_desktop.config import Config, ConfigError
from racer_desktop.files import replacing

SUFFIX = ".racer"
FORMAT = 1
LONGEST_HEADER = 16_000_000  # bytes; the names and shapes of a few hundred tensors take a hundredth of it
BEFORE = {"sensor_scale": 1.0, "steering_curve": 1.0}  # the agent's, before these were settings
_KEY = "racer"
_CHECKSUM = "checksum"


class CheckpointError(Exception):
    """A checkpoint cannot be written or read; the message is one sentence that says why and what to do."""


@dataclass(frozen=True)
class CheckpointInfo:
    """An automatic checkpoint.

    Attributes:
        path: the file.
        title: what it is, such as "Best lap 31.42 s".
        kind: "milestone" or "autosave".
        time: when it was written, POSIX s.
    """

    path: Path
    title: str
    kind: str
    time: float


@dataclass(frozen=True)
class Checkpoint:
    """The content of a file.

    Attributes:
        config: all settings.
        counters: numbers of the experiment, such as its environment steps.
        tensors: arrays by name.
        title: what it is, for lists.
        kind: "user", "milestone" or "autosave".
        layout: widths of observation and action.
        made: when it was written, POSIX s.
        version: of the program that wrote it.
    """

    config: Config
    counters: dict[str, Any]
    tensors: dict[str, np.ndarray]
    title: str = ""
    kind: str = "user"
    layout: dict[str, int] = field(default_factory=dict)
    made: float = 0.0
    version: str = racer_desktop.__version__


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Writes a file so that at any moment either the old or the whole new one is there.

    Raises:
        CheckpointError: if the folder cannot be written or the disk is full; an older file is left as it was.
    """
    about = {
        "format": FORMAT,
        "version": checkpoint.version,
        "config": json.loads(checkpoint.config.to_json()),
        "layout": checkpoint.layout,
        "counters": checkpoint.counters,
        "title": checkpoint.title,
        "kind": checkpoint.kind,
        "made": checkpoint.made or time.time(),
    }
    text = json.dumps(about)
    tensors = {name: np.asarray(value, order="C") for name, value in checkpoint.tensors.items()}
    data = save(tensors, metadata={_KEY: text, _CHECKSUM: _checksum(text, tensors)})
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise CheckpointError(
            f"“{path.name}” could not be saved in {path.parent}: {error.strerror or error}. "
            "Choose a folder that you may write to and that has room."
        ) from error


def read(path: Path) -> Checkpoint:
    """Reads a file and checks all of it.

    Raises:
        CheckpointError: if it is missing, damaged, of another kind or from a newer program.
    """
    try:
        metadata, data = _content(path)
    except FileNotFoundError as error:
        raise CheckpointError(f"“{path}” does not exist; it may have been moved or deleted.") from error
    except OSError as error:
        raise CheckpointError(f"“{path}” could not be read: {error.strerror or error}.") from error
    except _FOREIGN as error:
        raise CheckpointError(
            f"“{path.name}” is not a Racer Desktop file or is damaged; nothing was loaded from it."
        ) from error
    if _KEY not in metadata:
        raise CheckpointError(f"“{path.name}” was not written by Racer Desktop; nothing was loaded from it.")
    damaged = f"“{path.name}” is damaged: its checksum does not match; use an older copy."
    try:
        tensors = load(data)
        text = metadata[_KEY]
        if metadata.get(_CHECKSUM) != _checksum(text, tensors):
            raise CheckpointError(damaged)
        return _understood(path, json.loads(text), tensors)
    except _FOREIGN as error:
        raise CheckpointError(damaged) from error


def info(path: Path) -> CheckpointInfo | None:
    """What a file says of itself, from its header alone; None if it says nothing."""
    try:
        with path.open("rb") as file:
            about = json.loads(_header(file, path.stat().st_size)[_KEY])
        return CheckpointInfo(path, str(about["title"]), str(about["kind"]), float(about["made"]))
    except (OSError, *_FOREIGN):
        return None


def checkpoints(folder: Path) -> list[CheckpointInfo]:
    """The automatic checkpoints in a folder, newest first."""
    found = [info(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    return sorted((i for i in found if i and i.kind != "user"), key=lambda i: i.time, reverse=True)


def prune(folder: Path, kind: str, keep: int) -> None:
    """Deletes the oldest automatic checkpoints of a kind beyond `keep`."""
    for old in [i for i in checkpoints(folder) if i.kind == kind][keep:]:
        with contextlib.suppress(OSError):
            old.path.unlink()


# What reading strange bytes as safetensors and JSON can end in.
_FOREIGN = (SafetensorError, ValueError, KeyError, TypeError, RecursionError)


def _content(path: Path) -> tuple[dict[str, str], bytes]:
    """A file's metadata and all its bytes; the header is looked at before anything large is read."""
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("no ordinary file")
        metadata = _header(file, about.st_size)
        file.seek(0)
        return metadata, file.read()


def _header(file: BinaryIO, size: int) -> dict[str, str]:
    """The metadata of a safetensors file of `size` bytes."""
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, LONGEST_HEADER):
        raise ValueError("no header")
    metadata = json.loads(file.read(length))["__metadata__"]
    if not isinstance(metadata, dict):
        raise TypeError("no metadata")
    return metadata


def _understood(path: Path, about: dict[str, Any], tensors: dict[str, np.ndarray]) -> Checkpoint:
    if about["format"] > FORMAT:
        raise CheckpointError(
            f"“{path.name}” was written by a newer version of Racer Desktop ({about['version']}); update to open it."
        )
    try:
        config = _settings(about["config"])
    except ConfigError as error:
        raise CheckpointError(f"“{path.name}” holds settings this version does not know: {error}") from error
    return Checkpoint(
        config=config,
        counters=about["counters"],
        tensors=tensors,
        title=about["title"],
        kind=about["kind"],
        layout=about["layout"],
        made=about["made"],
        version=about["version"],
    )


def _settings(stored: Any) -> Config:
    """The settings in a file; for those that it is too old to have, what its brain grew up with."""
    if isinstance(stored, dict) and isinstance(stored.get("agent"), dict):
        stored = stored | {"agent": BEFORE | stored["agent"]}
    return Config.from_json(json.dumps(stored))


def _checksum(text: str, tensors: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        value = np.ascontiguousarray(tensors[name])
        digest.update(f"\n{name} {value.dtype.str} {value.shape}\n".encode())
        digest.update(value.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
