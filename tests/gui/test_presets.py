"""Presets: those that come with the program, the person's own, and what happens to a damaged file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QLineEdit, QListWidget, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import preset_control
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preset_dialogs import PresetsDialog
from racer_desktop.gui.presets import Preset, PresetError, PresetShelf, shipped_presets
from racer_desktop.gui.settings_history import differences
from racer_desktop.training import structure
from tests.gui.conftest import Opener, child

MINE = Config().replace(track__seed=11, car__grip=14.0, agent__units=64, training__seed=3, race__laps=7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "presets.json"


@pytest.fixture
def shelf(file: Path) -> PresetShelf:
    return PresetShelf(file)


def named(name: str) -> Preset:
    return next(preset for preset in shipped_presets() if preset.name == name)


def test_shipped_ones_can_be_used_and_leave_track_and_car() -> None:
    names = [preset.name for preset in shipped_presets()]
    assert names == ["Seed Project's Values", "Fast Learning", "Careful", "Research Size"]
    for preset in shipped_presets():
        config = preset.applied(MINE)
        assert (config.track, config.car, config.training.seed, config.race.laps) == (MINE.track, MINE.car, 3, 7)
        assert preset.help
        assert preset.applied(config) == config
    assert named("Fast Learning").applied(Config()) == Config()
    seed = named("Seed Project's Values").applied(Config())
    assert seed.agent.groups * seed.agent.classes == 32
    assert (seed.reward.gate, seed.reward.survival, seed.reward.crash) == (5.0, 0.1, -10.0)
    research = named("Research Size").applied(Config())
    assert structure.brain(research) != structure.brain(Config())
    # So small a learning rate that fell as soon as the default's does would end before it began.
    assert research.agent.rate_decay > 1e9


@pytest.mark.parametrize("preset", shipped_presets(), ids=lambda preset: preset.name)
def test_a_shipped_preset_names_only_what_it_changes(preset: Preset) -> None:
    """A default that moved onto a preset's value would make its sentence a hollow one."""
    changed = {about.name for _, about, _, _ in differences(Config(), preset.applied(Config()))}
    assert (
        changed
        >= {
            "Seed Project's Values": {"Speed", "Gate", "Time bonus", "Survival", "Crash", "Exploration memory"},
            "Fast Learning": set(),
            "Careful": {"Learning rate", "Warm-up", "Weight average", "Crash"},
            "Research Size": {"Deterministic state", "Discount horizon", "Learning rate", "Rate decay", "Sequence"},
        }[preset.name]
    )
    assert bool(changed) is (preset.name != "Fast Learning")


def test_own_ones_are_kept_renamed_and_deleted(file: Path, shelf: PresetShelf) -> None:
    shelf.add("  Rainy   Sunday ", MINE)
    again = PresetShelf(file)
    assert [preset.name for preset in again.own] == ["Rainy Sunday"]
    assert again.own[0].applied(Config()) == MINE.replace(track__seed=42, training__seed=0)
    again.rename("Rainy Sunday", "Sunny")
    again.add("Aquaplaning", Config())
    assert [preset.name for preset in PresetShelf(file).own] == ["Aquaplaning", "Sunny"]
    again.delete("Sunny")
    assert [preset.name for preset in PresetShelf(file).own] == ["Aquaplaning"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "A preset needs a name."),
        ("x" * 61, "A preset's name has at most 60 letters."),
        ("careful", "There is a preset called “careful” already; choose another name."),
        ("Mine", "There is a preset called “Mine” already; choose another name."),
    ],
)
def test_names_that_cannot_be_used(shelf: PresetShelf, name: str, sentence: str) -> None:
    shelf.add("Mine", MINE)
    with pytest.raises(PresetError, match=sentence):
        shelf.add(name, MINE)
    shelf.add("Other", MINE)
    with pytest.raises(PresetError):
        shelf.rename("Other", name)
    assert [preset.name for preset in shelf.own] == ["Mine", "Other"]


def test_a_folder_that_cannot_be_written_is_told_and_nothing_changes(tmp_path: Path) -> None:
    shelf = PresetShelf(tmp_path / "no such folder" / "presets.json")
    with pytest.raises(PresetError, match=r"could not be kept in .*no such folder"):
        shelf.add("Mine", MINE)
    assert shelf.own == []


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"format": 99, "presets": {}}', '{"format": 1, "presets": {"a": {"car": 3}}}', "\0"]
)
def test_a_damaged_file_is_one_sentence_and_put_aside(file: Path, text: str) -> None:
    file.write_text(text)
    shelf = PresetShelf(file)
    assert shelf.own == []
    assert shelf.problem == "Your presets could not be read; the damaged file is kept as presets.unreadable.json."
    assert (file.parent / "presets.unreadable.json").read_text() == text
    shelf.add("Mine", MINE)
    assert PresetShelf(file).problem == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["format", "presets", "car", "grip", "a"]), x), max_leaves=8))  # fmt: skip
def test_any_json_is_read_or_put_aside(tmp_path: Path, data: object) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(data))
    for preset in PresetShelf(file).own:
        with contextlib.suppress(PresetError):
            assert isinstance(preset.applied(Config()), Config)


def test_a_preset_of_another_version_is_refused_in_words(file: Path) -> None:
    file.write_text(json.dumps({"format": 1, "presets": {"Old": {"car": {"wings": 2}}}}))
    (old,) = PresetShelf(file).own
    with pytest.raises(PresetError, match=r"The preset “Old” cannot be used: There is no setting car\.wings"):
        old.applied(Config())


# In the window.


def answer(act: Callable[[object], None]) -> None:
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        QTimer.singleShot(20, look) if dialog is None else act(dialog)

    QTimer.singleShot(0, look)


def test_applied_by_the_menu_and_taken_back(qtbot: QtBot, window: MainWindow, opener: Opener) -> None:
    live = Preset("Slippery", "", {"car": {"grip": 5.0}})
    window.tools.presets.apply(live)
    qtbot.waitUntil(lambda: opener.session.config.car.grip == 5.0)
    qtbot.waitUntil(window.actions_.undo.isEnabled)
    assert window.actions_.undo.text() == "&Undo Preset “Slippery”"
    assert window.actions_.reset_settings.isEnabled()
    window.actions_.reset_settings.trigger()
    qtbot.waitUntil(lambda: opener.session.config == Config())
    qtbot.waitUntil(lambda: not window.actions_.reset_settings.isEnabled())
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: opener.session.config.car.grip == 5.0)


@pytest.mark.parametrize("agree", [True, False])
def test_one_that_needs_a_new_brain_says_so_first(
    qtbot: QtBot, window: MainWindow, opener: Opener, agree: bool
) -> None:
    said: list[str] = []

    def act(box: object) -> None:
        assert isinstance(box, QMessageBox)
        said.append(box.text() + " " + box.informativeText())
        wanted = "Begin With a &New Brain" if agree else "Cancel"
        next(b for b in box.buttons() if b.text().endswith(wanted)).click()

    answer(act)
    menu = window.tools.presets._menu
    next(a for a in menu.actions() if a.text() == "Research Size").trigger()
    assert "“Research Size” needs a new brain." in said[0]
    assert "Agent: Deterministic state  128 → 512" in said[0]
    if agree:
        qtbot.waitUntil(lambda: opener.session.config.agent.deter == 512)
    else:
        qtbot.wait(50)
        assert opener.session.config == Config()


def test_saved_by_the_menu(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    control = window.tools.presets
    control._shelf = PresetShelf(tmp_path / "presets.json")

    def act(dialog: object) -> None:
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue("Monday & more")
        dialog.accept()

    answer(act)
    window.actions_.save_preset.trigger()
    entries = [a.text() for a in control._menu.actions() if not a.isSeparator()]
    assert entries[4] == "Monday && more"
    assert window.actions_.manage_presets.isEnabled()


def test_a_damaged_file_stands_in_the_menu(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "presets.json").write_text("{")
    window.tools.presets._shelf = PresetShelf(tmp_path / "presets.json")
    window.tools.presets._fill()
    assert any("could not be read" in a.text() for a in window.tools.presets._menu.actions())


def test_a_name_that_is_taken_is_told(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(preset_control, "show_failure", lambda parent, text: told.append(text))
    window.tools.presets._shelf = PresetShelf(tmp_path / "presets.json")
    answer(lambda dialog: (dialog.setTextValue("Careful"), dialog.accept()))  # type: ignore[attr-defined]
    window.actions_.save_preset.trigger()
    assert told == ["There is a preset called “Careful” already; choose another name."]


def test_managed_by_keyboard(qtbot: QtBot, shelf: PresetShelf) -> None:
    shelf.add("One", MINE)
    shelf.add("Two", MINE)
    dialog = PresetsDialog(shelf)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    items = child(dialog, QListWidget)
    qtbot.keyClick(items, Qt.Key.Key_F2)
    editor = child(items, QLineEdit)
    qtbot.keyClicks(editor, "Careful")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    told = next(label for label in dialog.findChildren(QLabel) if not label.buddy())
    qtbot.waitUntil(lambda: "already" in told.text() and told.isVisible())
    qtbot.waitUntil(lambda: not items.findChildren(QLineEdit))
    assert [p.name for p in shelf.own] == ["One", "Two"]
    assert items.item(0).text() == "One"
    qtbot.keyClick(items, Qt.Key.Key_F2)
    editor = child(items, QLineEdit)
    qtbot.keyClicks(editor, "Alone")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [p.name for p in shelf.own] == ["Alone", "Two"])
    assert not told.isVisible()
    delete = next(b for b in dialog.findChildren(QPushButton) if b.text() == "&Delete")
    delete.setFocus()
    qtbot.keyClick(delete, Qt.Key.Key_Space)
    assert [p.name for p in shelf.own] == ["Two"]


def test_rename_pressed_again_goes_on_with_the_name(qtbot: QtBot, shelf: PresetShelf) -> None:
    shelf.add("One", MINE)
    dialog = PresetsDialog(shelf)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    rename = next(b for b in dialog.findChildren(QPushButton) if b.text() == "&Rename")
    rename.click()
    qtbot.keyClicks(child(dialog, QLineEdit), "Alone")
    rename.click()  # as by Alt+R, which takes the focus from nobody; Qt would complain of the second editor
    qtbot.keyClick(child(dialog, QLineEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [p.name for p in shelf.own] == ["Alone"])
