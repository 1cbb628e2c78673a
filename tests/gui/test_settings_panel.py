"""Every setting can be found, changed, refused and reset, by mouse and by keyboard."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop import config as config_module
from racer_desktop.config import Config, Section, setting
from racer_desktop.gui.setting_row import SettingRow
from racer_desktop.gui.settings_panel import SettingsPanel


@pytest.fixture
def panel(qtbot: QtBot) -> SettingsPanel:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.resize(340, 640)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def heard_from(panel: SettingsPanel) -> list[Config]:
    heard: list[Config] = []
    panel.changed.connect(heard.append)
    return heard


def line_of(row: SettingRow) -> QLineEdit:
    control = row.editor.control
    line = control if isinstance(control, QLineEdit) else control.findChild(QLineEdit)
    assert line is not None
    return line


def type_into(row: SettingRow, text: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
    line = line_of(row)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    if key is not None:
        QTest.keyClick(line, key)


def reset_button(row: SettingRow) -> QToolButton:
    return next(b for b in row.findChildren(QToolButton) if b.text() == "↺")


def unfold(panel: SettingsPanel, name: str) -> None:
    next(g for g in panel.groups if g.name == name).set_unfolded(True)


def test_there_is_a_row_for_every_setting(panel: SettingsPanel) -> None:
    for section, group in Config().sections():
        for name, about, _ in group.settings():
            row = panel.row(section, name)
            assert row.editor.control.accessibleName() == about.name
            assert about.help in row.editor.control.toolTip()


def test_every_control_has_an_accessible_name(panel: SettingsPanel) -> None:
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)
    inside = (QAbstractSpinBox, QComboBox, QLineEdit)  # a spin box's line and a line's clear button are part of it
    for widget in panel.findChildren(QWidget):
        if isinstance(widget, kinds) and not isinstance(widget.parentWidget(), inside):
            assert widget.accessibleName(), widget


def test_typing_and_enter_emits_one_whole_config(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    type_into(panel.row("track", "half_width"), "7.5")
    assert heard == [Config().replace(track__half_width=7.5)]


def test_nothing_is_emitted_before_editing_is_finished(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    type_into(panel.row("track", "seed"), "77", key=None)
    assert heard == []
    QTest.keyClick(line_of(panel.row("track", "seed")), Qt.Key.Key_Tab)
    assert heard == [Config().replace(track__seed=77)]


def test_check_box_is_clicked(qtbot: QtBot, panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    box = panel.row("track", "random_tracks").editor.control
    assert isinstance(box, QCheckBox)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert heard == [Config().replace(track__random_tracks=True)]


def test_value_beyond_its_limits_is_refused_in_words(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    row = panel.row("track", "obstacles")
    type_into(row, "99")
    assert heard == []
    assert row.problem == f"track.obstacles must be a whole number from 0 to {row.about.high:g}, not 99."
    assert panel.config == Config()
    type_into(row, "9")
    assert row.problem == ""
    assert heard == [Config().replace(track__obstacles=9)]


def test_refusal_is_taken_back_by_escape(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    row = panel.row("track", "obstacles")
    type_into(row, "99")
    QTest.keyClick(line_of(row), Qt.Key.Key_Escape)
    assert row.problem == ""
    assert line_of(row).text() == "5"
    assert heard == [], "nothing has changed"


def test_settings_that_do_not_go_together_are_refused(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    unfold(panel, "training")
    row = panel.row("training", "exploration_floor")
    type_into(row, "1.5")
    assert heard == []
    assert "must not be above training.exploration" in row.problem


@pytest.mark.parametrize(
    ("text", "angles"), [("-30, 0, 30", (-30.0, 0.0, 30.0)), ("-30 0 30", (-30.0, 0.0, 30.0)), ("0", (0.0,))]
)
def test_list_of_numbers(panel: SettingsPanel, text: str, angles: tuple[float, ...]) -> None:
    heard = heard_from(panel)
    unfold(panel, "sensors")
    type_into(panel.row("sensors", "ray_angles_deg"), text)
    assert heard == [Config().replace(sensors__ray_angles_deg=angles)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("left", "Write numbers with commas between them, such as -45, 0, 45."),
        ("-500", "ray_angles_deg must be a number from -180 to 180 deg, not -500.0."),
        ("", "ray_angles_deg must be a list of numbers, not ()."),
    ],
)
def test_wrong_list_is_refused_in_words(panel: SettingsPanel, text: str, sentence: str) -> None:
    heard = heard_from(panel)
    unfold(panel, "sensors")
    row = panel.row("sensors", "ray_angles_deg")
    line = line_of(row)
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert heard == []
    assert row.problem.endswith(sentence)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert row.problem == ""


def test_reset_of_one_setting(qtbot: QtBot, panel: SettingsPanel) -> None:
    row = panel.row("track", "seed")
    assert not reset_button(row).isEnabled()
    type_into(row, "7")
    heard = heard_from(panel)
    assert reset_button(row).isVisible()
    qtbot.mouseClick(reset_button(row), Qt.MouseButton.LeftButton)
    assert heard == [Config()]
    assert not reset_button(row).isEnabled()


def test_reset_of_a_group_leaves_the_others(qtbot: QtBot, panel: SettingsPanel) -> None:
    panel.set_config(Config().replace(track__seed=7, track__obstacles=2, car__grip=12.0))
    heard = heard_from(panel)
    button = next(b for b in panel.groups[0].findChildren(QToolButton) if b.text() == "Reset")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == [Config().replace(car__grip=12.0)]


def test_reset_of_everything(qtbot: QtBot, panel: SettingsPanel) -> None:
    panel.set_config(Config().replace(track__seed=7, car__grip=12.0))
    heard = heard_from(panel)
    button = next(b for b in panel.findChildren(QAbstractButton) if b.text() == "Reset &All")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == [Config()]
    assert not button.isEnabled()


def test_set_config_shows_it_and_emits_nothing(panel: SettingsPanel) -> None:
    heard = heard_from(panel)
    config = Config().replace(track__seed=1234, race__tick=1 / 50, track__random_tracks=True)
    panel.set_config(config)
    panel.finish_edits()
    assert heard == []
    assert line_of(panel.row("track", "seed")).text() == "1,234"
    assert panel.config == config


def test_unfinished_edit_survives_a_change_elsewhere(panel: SettingsPanel) -> None:
    type_into(panel.row("track", "seed"), "77", key=None)
    panel.set_config(Config().replace(car__grip=12.0))
    assert line_of(panel.row("track", "seed")).text() == "77"


def test_filter_finds_by_name_and_help_and_unfolds(qtbot: QtBot, panel: SettingsPanel) -> None:
    search = next(w for w in panel.findChildren(QLineEdit) if w.accessibleName() == "Find a setting")
    QTest.keyClicks(search, "steering rate")
    assert panel.row("car", "steering_rate").isVisible()
    assert not panel.row("car", "grip").isVisible()
    assert not panel.row("track", "seed").isVisible()
    search.clear()
    assert panel.row("track", "seed").isVisible()
    assert not panel.row("car", "steering_rate").isVisible(), "the group is folded as before"
    QTest.keyClicks(search, "no such thing")
    assert any("No setting matches" in w.text() for w in panel.findChildren(type(panel._nothing)) if w.isVisible())


def test_settings_that_need_a_new_brain_say_so(panel: SettingsPanel) -> None:
    for section, group in Config().sections():
        for name, about, _ in group.settings():
            told = "Needs a new brain" in panel.row(section, name).editor.control.accessibleDescription()
            assert told is not about.live
    unfold(panel, "agent")
    agent = next(g for g in panel.groups if g.name == "agent")
    assert agent._new_brain.isVisible()
    assert agent._new_brain.text() == "Need a new brain"


def test_groups_fold_by_keyboard(panel: SettingsPanel) -> None:
    heading = next(b for b in panel.groups[1].findChildren(QToolButton) if b.isCheckable())
    heading.setFocus()
    QTest.keyClick(heading, Qt.Key.Key_Space)
    assert panel.row("car", "grip").isVisible()
    QTest.keyClick(heading, Qt.Key.Key_Space)
    assert not panel.row("car", "grip").isVisible()


@dataclass(frozen=True)
class WeatherConfig(Section):
    """What falls from the sky."""

    rain: float = setting(0.0, "Rain", "How much.", low=0.0, high=1.0, unit="mm/s")
    kind: str = setting("rain", "Kind", "What falls.", choices=("rain", "snow"), live=False)


@dataclass(frozen=True)
class WetConfig(Config):
    """A Config with one more section."""

    weather: WeatherConfig = field(default_factory=WeatherConfig)


def test_a_new_field_needs_no_code(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for f in fields(WeatherConfig):
        monkeypatch.setitem(config_module._KINDS, f"WeatherConfig.{f.name}", type(f.default))
    panel = SettingsPanel(WetConfig())
    qtbot.addWidget(panel)
    heard = heard_from(panel)
    unfold(panel, "weather")
    panel.show()
    type_into(panel.row("weather", "rain"), "0.5")
    combo = panel.row("weather", "kind").editor.control
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert [dataclasses.astuple(c.weather) for c in heard if isinstance(c, WetConfig)] == [(0.5, "rain"), (0.5, "snow")]
