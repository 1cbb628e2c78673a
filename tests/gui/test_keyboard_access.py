"""Everything can be done by keyboard alone, and everything has a name that a screen reader can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import dialogs
from racer_desktop.gui.beginning import ask_recover
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preset_dialogs import PresetsDialog, ask_change
from racer_desktop.gui.presets import PresetShelf, shipped_presets
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.training.checkpoint import CheckpointInfo
from tests.fake_judge import FakeJudge

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
    QProgressBar, QTabBar, QTextEdit,
)  # fmt: skip
# Parts of a control that the control itself stands for.
INSIDE = (QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView, QToolBar, QTabBar)


@pytest.fixture
def full_window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    qtbot.waitUntil(lambda: window.findChild(QWidget, "settings_panel") is not None)
    return window


def controls(top: QWidget) -> Iterator[QWidget]:
    """What a hand can use in a window, parts of its title bars and scroll bars left out."""
    for widget in top.findChildren(QWidget):
        own = widget.window() is top.window() and not isinstance(widget, (QScrollBar, QHeaderView, QMenu))
        title = widget.objectName().startswith(("qt_dockwidget", "qt_menubar", "qt_toolbar"))  # Qt's own
        if isinstance(widget, CONTROLS) and own and not title and not isinstance(widget.parentWidget(), INSIDE):
            yield widget


def name_of(widget: QWidget) -> str:
    """What a screen reader says: the name given, the words on it, or its label."""
    spoken = QAccessible.queryAccessibleInterface(widget)
    return spoken.text(QAccessible.Text.Name) if spoken is not None else widget.accessibleName()


def unnamed(top: QWidget) -> list[QWidget]:
    return [widget for widget in controls(top) if not name_of(widget).strip()]


def reached_by_tab(top: QWidget) -> set[QWidget]:
    """All widgets that the Tab key comes by, from the one that has the focus round to it again."""
    seen: list[QWidget] = []
    at = top.nextInFocusChain()
    while at is not None and at is not top and at not in seen:
        seen.append(at)
        at = at.nextInFocusChain()
    tab = Qt.FocusPolicy.TabFocus.value
    return {w for w in seen if w.focusPolicy().value & tab}


def out_of_reach(top: QWidget) -> list[QWidget]:
    """Controls that are neither reached by Tab, nor part of one that is, nor doubled by an action in a menu."""
    reached = reached_by_tab(top)
    lost = []
    for widget in controls(top):
        if isinstance(widget, QProgressBar) or widget in reached or not widget.isEnabled():
            continue
        if isinstance(widget, QToolButton) and widget.defaultAction() is not None:
            continue  # its action is in the menu bar, which another test makes sure of
        if any(child in reached for child in widget.findChildren(QWidget)):
            continue
        lost.append(widget)
    return lost


def in_menus(window: QMainWindow) -> set[QAction]:
    found: set[QAction] = set()
    waiting = [action.menu() for action in window.menuBar().actions()]
    while waiting:
        menu = waiting.pop()
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        for action in menu.actions():
            found.add(action)
            inner = action.menu()
            if inner is not None:
                waiting.append(inner)
    return found


def test_every_action_is_in_the_menus(full_window: MainWindow) -> None:
    a = full_window.actions_
    full_window.documents._preferences.note_recent(Path(__file__))  # the list can be cleared when there is one
    missing = [action.objectName() for action in a.all if action not in in_menus(full_window)]
    assert missing == []


def test_every_menu_is_opened_by_a_letter(full_window: MainWindow) -> None:
    titles = [action.text() for action in full_window.menuBar().actions()]
    letters = [title[title.index("&") + 1].lower() for title in titles]
    assert len(set(letters)) == len(titles), titles


def test_a_letter_in_an_open_menu_is_no_shortcut_of_the_track(qtbot: QtBot, full_window: MainWindow) -> None:
    actions = full_window.actions_
    learn, shown = actions.learn.isChecked(), actions.latent.isChecked()
    menu = full_window.menuBar().findChild(QMenu, "menu_view")
    assert menu is not None
    full_window.menuBar().setFocus()  # as Alt and a letter do
    menu.popup(full_window.mapToGlobal(full_window.rect().topLeft()))
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Qt.Key.Key_L)
    assert not menu.isVisible()
    assert actions.latent.isChecked() is not shown
    assert actions.learn.isChecked() is learn


def test_letters_and_shortcuts_are_unique(full_window: MainWindow) -> None:
    for top in full_window.menuBar().actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        letters = Counter(
            text[text.index("&") + 1].lower()
            for text in (action.text().replace("&&", "") for action in menu.actions())
            if "&" in text
        )
        assert not [letter for letter, times in letters.items() if times > 1], top.text()
    keys = Counter(
        key.toString() for action in full_window.actions_.all for key in action.shortcuts() if not key.isEmpty()
    )
    assert not [key for key, times in keys.items() if times > 1]


def test_every_action_says_what_it_does(full_window: MainWindow) -> None:
    for action in full_window.actions_.all:
        assert action.text().strip("&"), action.objectName()
        assert action.statusTip(), action.objectName()
        assert action.toolTip(), action.objectName()


def test_every_control_of_the_window_has_a_name_and_is_reached(full_window: MainWindow) -> None:
    assert unnamed(full_window) == []
    for dock in full_window.findChildren(QDockWidget):
        dock.raise_()
        assert out_of_reach(full_window) == [], dock.objectName()


def test_the_settings_are_all_reached_when_unfolded(full_window: MainWindow) -> None:
    settings = full_window.panels._settings
    assert settings is not None
    for group in settings.groups:
        group.set_unfolded(True)
    reached = reached_by_tab(full_window)
    for section, group in Config().sections():
        for field, _, _ in group.settings():
            control = settings.row(section, field).editor.control
            inside = {control, *control.findChildren(QWidget)}
            assert inside & reached, f"{section}.{field}"


Opened = Callable[[], object]


def looked_at(open_dialog: Opened) -> list[QWidget]:
    """Opens a modal dialog and returns what is wrong with it."""
    wrong: list[QWidget] = []
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            QTimer.singleShot(20, look)
            return
        seen.append(dialog.objectName())
        wrong.extend(unnamed(dialog) + out_of_reach(dialog))
        dialog.reject()

    QTimer.singleShot(0, look)
    open_dialog()
    assert seen
    assert seen[0], "a dialog has a stable name"
    return wrong


def test_every_question_can_be_answered_by_keyboard(full_window: MainWindow, tmp_path: Path) -> None:
    shelf = PresetShelf(tmp_path / "presets.json")
    shelf.add("Mine", Config())
    config, other = Config(), shipped_presets()[3].applied(Config())
    saved = CheckpointInfo(tmp_path / "x.racer", "Autosave", "autosave", 1.0)
    for ask in (
        lambda: dialogs.show_failure(full_window, "It went wrong.", "details"),
        lambda: dialogs.ask_to_save(full_window, "mine"),
        lambda: dialogs.ask_new_brain(full_window),
        lambda: dialogs.ask_seed(full_window, 1, 0, 9),
        lambda: dialogs.show_about(full_window, "CPU"),
        lambda: ask_change(full_window, "Preset", config, other, learned=True),
        lambda: ask_recover(full_window, saved),
        lambda: PresetsDialog(shelf, full_window).exec(),
        full_window.actions_.save_preset.trigger,
    ):
        assert looked_at(ask) == []


@pytest.mark.parametrize("name", ["evaluate", "compare"])
def test_the_trials_by_keyboard_alone(qtbot: QtBot, full_window: MainWindow, name: str) -> None:
    full_window.tools.trials._judge = FakeJudge()
    getattr(full_window.actions_, name).trigger()
    dialog = full_window.findChild(TrialDialog, f"{name}_dialog")
    assert dialog is not None
    qtbot.waitActive(dialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._export.isEnabled())
    assert unnamed(dialog) == []
    assert out_of_reach(dialog) == []
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("name", ["guide", "log"])
def test_the_windows_of_the_help_menu(full_window: MainWindow, name: str) -> None:
    before = set(QApplication.topLevelWidgets())
    getattr(full_window.actions_, name).trigger()
    (opened,) = [w for w in QApplication.topLevelWidgets() if w not in before and w.isVisible()]
    assert unnamed(opened) == []
    assert out_of_reach(opened) == []
    opened.close()


def test_the_welcome_card(full_window: MainWindow) -> None:
    full_window.actions_.welcome.trigger()
    card = full_window.tools.welcome
    buttons = card.findChildren(QAbstractButton)
    assert len(buttons) == 4
    assert all(button.accessibleName() for button in buttons)
    assert set(buttons) <= reached_by_tab(full_window)
