"""The small pictures in the tables of Evaluate and Compare: painted when seen, and again only when they changed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from racer_desktop.gui import track_picture
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.gui.track_picture import Line, Thumbnails
from racer_desktop.gui.trial_table import PICTURE, Cell, TrialTable
from racer_desktop.training.trial import TrackResult
from tests.fakes import oval

RESULT = TrackResult(1, oval(1), line=oval(1).centre)
ROWS = 60


def lines(points: int) -> list[Line]:
    return [Line(RESULT.line[:points], dark_theme().hero, crashed=False)]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one for every picture that is painted."""
    counted: list[int] = []
    real = track_picture.paint_track

    def paint(*args: object) -> None:
        counted.append(1)
        real(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(track_picture, "paint_track", paint)
    return counted


def test_only_rows_in_sight_are_painted(qtbot: QtBot, painted: list[int]) -> None:
    table, thumbnails = TrialTable("tracks"), Thumbnails()
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    pictures = [thumbnails.of(row, PICTURE, 1.0, RESULT.course, lines(9), dark_theme()) for row in range(ROWS)]
    table.cells.show_rows([("Track", "")], [[Cell("1", 1, picture)] for picture in pictures])
    table.fit(PICTURE.height())
    table.grab()
    assert 0 < len(painted) < 10


def test_painted_again_only_when_something_changed(qapp: object, painted: list[int]) -> None:
    thumbnails, dark = Thumbnails(), dark_theme()
    first = thumbnails.of(0, PICTURE, 1.0, RESULT.course, lines(9), dark)
    assert first.pixmap is first.pixmap
    assert thumbnails.of(0, PICTURE, 1.0, RESULT.course, lines(9), dark) is first
    assert len(painted) == 1
    others = [
        thumbnails.of(0, PICTURE, 1.0, RESULT.course, lines(10), dark),
        thumbnails.of(0, PICTURE, 2.0, RESULT.course, lines(10), dark),
        thumbnails.of(0, PICTURE, 2.0, RESULT.course, lines(10), light_theme()),
        thumbnails.of(0, PICTURE, 2.0, oval(2), lines(10), light_theme()),
    ]
    assert len({id(picture) for picture in (first, *others)}) == 5
