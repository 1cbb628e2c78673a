"""Kinds of values on the command line: what is one, and the sentence for what is not."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from racer_desktop.commands.values import (
    assignment,
    count,
    counts,
    names,
    output,
    positive,
    seconds,
    tracks,
    whole_numbers,
)


def test_tracks() -> None:
    assert tracks("9000:9016") == range(9000, 9016)
    assert tracks("7") == range(7, 8)


def test_numbers() -> None:
    assert positive("0.5") == 0.5
    assert count("12") == 12
    assert counts("1,16, 256") == [1, 16, 256]
    assert whole_numbers("0, 3") == [0, 3]
    assert seconds("60,0.5") == [60.0, 0.5]


def test_assignments() -> None:
    assert assignment("track.difficulty=0.8") == ("track__difficulty", 0.8)
    assert assignment("sensors.ray_angles_deg=[-30, 0, 30]") == ("sensors__ray_angles_deg", [-30, 0, 30])


def test_names() -> None:
    assert names(("sac", "tqc"))("tqc, sac") == ["tqc", "sac"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (tracks, "a:b", "'a:b' is no range"),
        (tracks, "5:5", "holds no track"),
        (tracks, "-2:3", "holds no track"),
        (positive, "0", "above zero"),
        (positive, "nan", "above zero"),
        (positive, "inf", "above zero"),
        (positive, "soon", "'soon' is no number"),
        (count, "0", "above zero"),
        (count, "1.5", "no whole number"),
        (count, "-1", "no whole number"),
        (counts, "1,0", "'0' is no whole number"),
        (whole_numbers, "1,-2", "no list of whole numbers"),
        (whole_numbers, "1,,2", "no list of whole numbers"),
        (seconds, "60,0", "above zero"),
        (assignment, "difficulty=1", "'difficulty=1' is no setting such as track.difficulty=0.8"),
        (assignment, "track.difficulty", "no setting"),
        (assignment, "track.random_tracks=yes", "no setting"),
        (names(("sac", "tqc")), "sac,ppo", "'ppo' is none of sac, tqc"),
    ],
)
def test_what_is_none_is_said(kind: type, text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        kind(text)


def test_an_output_needs_a_folder_that_is_there(tmp_path: Path) -> None:
    assert output(str(tmp_path / "a.json")) == tmp_path / "a.json"
    assert not list(tmp_path.iterdir()), "trying to write leaves nothing behind"
    with pytest.raises(argparse.ArgumentTypeError, match="is a folder"):
        output(str(tmp_path))
    with pytest.raises(argparse.ArgumentTypeError, match="does not exist"):
        output(str(tmp_path / "no" / "a.json"))
