"""`.racer` files: one file, one checkpoint, in a safetensors container. Nothing in it is executed.

The metadata holds JSON under the key "racer": format, program version, settings, layout, counters; the
tensors hold what learning changes and the recorded history. A checksum over everything is checked first.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

import racer_desktop
from racer_desktop.config import Config, ConfigError

SUFFIX = ".racer"
FORMAT = 1
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
        _replace(path, data)
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
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CheckpointError(f"“{path}” does not exist; it may have been moved or deleted.") from error
    except OSError as error:
        raise CheckpointError(f"“{path}” could not be read: {error.strerror or error}.") from error
    try:
        metadata = _metadata(data)
        tensors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"“{path.name}” is not a Racer Desktop file or is damaged; nothing was loaded from it."
        ) from error
    if _KEY not in metadata:
        raise CheckpointError(f"“{path.name}” was not written by Racer Desktop; nothing was loaded from it.")
    text = metadata[_KEY]
    if metadata.get(_CHECKSUM) != _checksum(text, tensors):
        raise CheckpointError(f"“{path.name}” is damaged: its checksum does not match; use an older copy.")
    return _understood(path, json.loads(text), tensors)


def _understood(path: Path, about: dict[str, Any], tensors: dict[str, np.ndarray]) -> Checkpoint:
    if about["format"] > FORMAT:
        raise CheckpointError(
            f"“{path.name}” was written by a newer version of Racer Desktop ({about['version']}); update to open it."
        )
    try:
        config = Config.from_json(json.dumps(about["config"]))
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


def info(path: Path) -> CheckpointInfo | None:
    """What a file says of itself, from its header alone; None if it says nothing."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, 50_000_000)))
        about = json.loads(header["__metadata__"][_KEY])
        return CheckpointInfo(path, about["title"], about["kind"], about["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def checkpoints(folder: Path) -> list[CheckpointInfo]:
    """The automatic checkpoints in a folder, newest first."""
    found = [info(path) for path in folder.glob(f"*{SUFFIX}")]
    return sorted((i for i in found if i and i.kind != "user"), key=lambda i: i.time, reverse=True)


def prune(folder: Path, kind: str, keep: int) -> None:
    """Deletes the oldest automatic checkpoints of a kind beyond `keep`."""
    for old in [i for i in checkpoints(folder) if i.kind == kind][keep:]:
        with contextlib.suppress(OSError):
            old.path.unlink()


def _metadata(data: bytes) -> dict[str, str]:
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise ValueError("no header")
    header = json.loads(data[8 : 8 + size])
    metadata = header.get("__metadata__", {})
    if not isinstance(metadata, dict):
        raise TypeError("no metadata")
    return metadata


def _checksum(text: str, tensors: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"{name} {value.dtype.str} {value.shape}".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    if os.name == "posix":  # the new name itself must reach the disk; other systems cannot open a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
