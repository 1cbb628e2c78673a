"""Laps are kept between runs, per track and car, and shown side by side."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.lap_book import MOST_TRACKS, LapBook, LapRow, track_key
from racer_desktop.gui.laps_panel import LapsPanel
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.training.snapshot import Mode


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "laps.json"


def test_best_and_last_lap_survive_a_restart(path: Path) -> None:
    book = LapBook(path)
    for seconds in (31.5, 30.25, 33.0):
        book.record("42", Mode.AI, seconds)
    book.record("42", Mode.MANUAL, 40.0)
    book.record("7", Mode.AI, 28.0)
    book.save()
    assert LapBook(path).rows("42") == [LapRow(Mode.AI, 30.25, 33.0, 3), LapRow(Mode.MANUAL, 40.0, 40.0, 1)]
    assert LapBook(path).rows("7")[1] == LapRow(Mode.MANUAL)
    assert [p.name for p in path.parent.iterdir()] == ["laps.json"]


def test_another_car_or_width_is_another_race() -> None:
    config = Config()
    keys = {
        track_key(config),
        track_key(config.replace(track__seed=7)),
        track_key(config.replace(track__half_width=7.0)),
        track_key(config.replace(car__grip=12.0)),
    }
    assert len(keys) == 4
    assert track_key(config.replace(training__seed=5, track__random_tracks=True, race__laps=9)) == track_key(config)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_a_broken_file_is_put_aside_and_nothing_lost(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    before = path.read_bytes()
    book = LapBook(path)
    assert book.rows("42") == [LapRow(Mode.AI), LapRow(Mode.MANUAL)]
    assert path.with_suffix(".unreadable.json").read_bytes() == before
    book.record("42", Mode.AI, 30.0)
    book.save()
    assert LapBook(path).rows("42")[0].best == 30.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_times_are_refused(path: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="positive number of seconds"):
        LapBook(path).record("42", Mode.AI, seconds)


def test_a_folder_that_cannot_be_written_is_a_line_in_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = LapBook(path.parent / "missing" / "laps.json")
    book.record("42", Mode.AI, 30.0)
    with caplog.at_level(logging.WARNING):
        book.save()
    assert "could not be kept" in caplog.text


def test_tracks_driven_longest_ago_are_forgotten(path: Path) -> None:
    book = LapBook(path)
    for track in range(MOST_TRACKS + 3):
        book.record(str(track), Mode.AI, 30.0)
        book.record("0", Mode.AI, 31.0)
    assert book.rows("1")[0].laps == 0
    assert book.rows("0")[0].laps > 0


@pytest.fixture
def panel(qtbot: QtBot) -> LapsPanel:
    panel = LapsPanel(dark_theme())
    qtbot.addWidget(panel)
    panel.resize(320, 240)
    panel.show()
    return panel


def test_empty_panel_says_what_to_do(panel: LapsPanel) -> None:
    panel.set_laps([LapRow(Mode.AI), LapRow(Mode.MANUAL)], "Track 42")
    assert panel._empty.isVisible()
    assert panel._empty.text().startswith("Complete a lap")


def test_laps_side_by_side(panel: LapsPanel) -> None:
    panel.set_laps([LapRow(Mode.AI, 30.0, 31.0, 4), LapRow(Mode.MANUAL, 32.5, 40.0, 2)], "Track 42")
    assert not panel._empty.isVisible()
    assert [panel.text_at(1, c) for c in range(4)] == ["AI", "30.00", "31.00", "best"]
    assert [panel.text_at(2, c) for c in range(4)] == ["You", "32.50", "40.00", "+2.50"]
    assert not panel._cells[1, 4].isVisible(), "nothing to compare with"


def test_ratio_to_the_fastest_possible(panel: LapsPanel) -> None:
    panel.set_laps([LapRow(Mode.AI, 30.0, 31.0, 4), LapRow(Mode.MANUAL)], reference=25.0)
    assert panel.text_at(1, 4) == "1.20 x"
    assert panel.text_at(2, 4) == "\N{EN DASH}"
    assert panel._fastest.text() == "Fastest possible: 25.00 s"


def test_appearance_can_change(panel: LapsPanel) -> None:
    panel.set_laps([LapRow(Mode.AI, 30.0, 31.0, 4), LapRow(Mode.MANUAL)])
    panel.set_theme(light_theme())
    assert panel._dots[0].pixmap().toImage().pixelColor(6, 6) == light_theme().hero
