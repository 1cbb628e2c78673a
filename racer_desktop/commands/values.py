"""Kinds of values on the command line, each with a sentence for what is not one."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def tracks(text: str) -> range:
    """`9000:9016` as a range of track seeds, or one seed."""
    first, colon, last = text.partition(":")
    try:
        begin = int(first)
        seeds = range(begin, int(last) if colon else begin + 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no range of tracks such as 9000:9016") from None
    if not seeds or begin < 0:
        raise argparse.ArgumentTypeError(f"{text!r} holds no track; write FIRST:LAST+1 such as 9000:9016")
    return seeds


def positive(text: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above zero")
    return value


def count(text: str) -> int:
    """A whole number above zero."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def whole_numbers(text: str) -> list[int]:
    """`0,1,2` as whole numbers of which none is negative."""
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of whole numbers such as 0,1,2")
    return [int(part) for part in parts]


def counts(text: str) -> list[int]:
    """`1,16,256` as whole numbers above zero."""
    return [count(part.strip()) for part in text.split(",")]


def seconds(text: str) -> list[float]:
    """`60,180` as numbers above zero."""
    return [positive(part) for part in text.split(",")]


def names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """A kind of value: some of the known names, such as `sac,tqc`."""

    def chosen(text: str) -> list[str]:
        parts = [part.strip() for part in text.split(",")]
        for part in parts:
            if part not in known:
                raise argparse.ArgumentTypeError(f"{part!r} is none of {', '.join(known)}")
        return parts

    return chosen


def assignment(text: str) -> tuple[str, Any]:
    """`track.difficulty=0.8` as the setting's name and its value, in JSON."""
    name, equals, value = text.partition("=")
    section, dot, field = name.strip().partition(".")
    try:
        if not (equals and dot and section and field):
            raise ValueError
        return f"{section}__{field}", json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no setting such as track.difficulty=0.8") from None


def output(text: str) -> Path:
    """A file to be written: its folder must be there and open to writing."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"the folder {str(path.absolute().parent)!r} does not exist; make it first")
    try:
        # Tried now, because after hours of learning is too late to find out.
        with tempfile.TemporaryFile(dir=path.absolute().parent):
            pass
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"the folder {str(path.absolute().parent)!r} cannot be written: {error.strerror}"
        ) from None
    return path
