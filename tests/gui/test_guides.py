"""What the pages say about the window is true of it: keys, menus, labels; and pictures fit into the help window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMenu
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import help_style
from racer_desktop.gui.charts_panel import ChartsPanel
from racer_desktop.gui.help_pages import PAGES
from racer_desktop.gui.help_pictures import picture
from racer_desktop.gui.help_window import HelpWindow
from racer_desktop.gui.keys import KEYS
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.theme import Theme, dark_theme, light_theme
from tests.documents import Document, documents

GUIDES = {page.path.stem: page for page in documents() if page.path.stem in PAGES}
WINDOW_KEYS = ("Driving", "Learning and tracks", "View", "Files and help")
HAND_WRITTEN = ("guide", "operations", "files", "keyboard")  # of the pages for people who use the program
PATH = re.compile(r"\*{1,2}([A-Z][\w ]+(?: > [A-Z][\w /]+)+)\*{1,2}")
NAMED = re.compile(r"(?<![*\w])\*([A-Z][^*\n]*(?:\n[^*\n]*)?)\*(?!\*)")
ALSO_NAMED = {"Reset All", "Compare Brains"}  # a button of the Settings panel; an action without its dots


def words(text: str) -> str:
    """What stands on a menu or button, without mnemonic and dots."""
    return text.replace("&", "").rstrip("…")


def page_keys(page: Document, heading: str) -> Iterator[QKeySequence]:
    """The keys in the first column of a table."""
    for row in page.rows(heading):
        for key in re.split(r", | \(|\)", row[0]):
            if key:
                yield QKeySequence(key)


@pytest.mark.parametrize("heading", WINDOW_KEYS)
def test_every_key_of_the_window_on_the_keyboard_map_does_something(
    make_window: Callable[[], MainWindow], heading: str
) -> None:
    actions = make_window().actions_.all
    there = {key.toString() for action in actions for key in action.shortcuts()}
    there |= {QKeySequence(key).toString() for key in KEYS}
    there |= {"Enter"}  # the keypad's name for Return
    for key in page_keys(GUIDES["keyboard"], heading):
        assert not key.isEmpty()
        assert key.toString() in there, f"{heading}: {key.toString()}"


def test_every_driving_key_is_on_the_keyboard_map() -> None:
    on_page = {key.toString() for key in page_keys(GUIDES["keyboard"], "Driving")}
    assert {QKeySequence(key).toString() for key in KEYS} <= on_page


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_every_menu_on_the_pages_is_in_the_window(make_window: Callable[[], MainWindow], name: str) -> None:
    paths = {re.sub(r"\s+", " ", path) for path in PATH.findall(GUIDES[name].prose)}
    if not paths:
        return
    bar = make_window().menuBar()
    for path in paths:
        entries: list[QAction] = bar.actions()
        for step in path.split(" > "):
            found = next((action for action in entries if words(action.text()) == step), None)
            assert found is not None, path
            menu = found.menu()
            entries = menu.actions() if isinstance(menu, QMenu) else []


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_every_setting_that_the_pages_name_is_one(make_window: Callable[[], MainWindow], name: str) -> None:
    labels = ALSO_NAMED | {about.name for _, section in Config().sections() for _, about, _ in section.settings()}
    window = make_window()
    labels |= {words(action.text()) for action in window.findChildren(QAction)}
    labels |= {words(dock.windowTitle()) for dock in window.findChildren(QDockWidget)}
    for phrase in NAMED.findall(GUIDES[name].prose):
        phrase = re.sub(r"\s+", " ", phrase)
        if " > " not in phrase and not phrase.endswith("."):
            assert phrase in labels, phrase


def test_the_guide_explains_every_chart(qtbot: QtBot) -> None:
    panel = ChartsPanel(dark_theme())
    qtbot.addWidget(panel)
    section = GUIDES["guide"].text.partition("## Reading the charts")[2].partition("\n## ")[0]
    for chart in panel.charts:
        title = chart.source.title.partition(" (")[0]
        assert f"**{title}.**" in section, title


@pytest.mark.parametrize("theme", [light_theme(), dark_theme()], ids=["light", "dark"])
def test_pictures_are_shown_whole_and_sharp_at_any_width(qtbot: QtBot, theme: Theme) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.set_theme(theme)
    with qtbot.waitExposed(window):
        window.show()
    browser = window.browser
    names = help_style.pictures(browser.document())
    assert names == {target for _, target in GUIDES["guide"].pictures}
    for width in (1200, 640):
        window.resize(width, 700)
        qtbot.waitUntil(lambda: browser.horizontalScrollBar().maximum() == 0)
        for name in names:
            shown = browser.document().resource(2, name)
            assert isinstance(shown, QImage)
            assert 300 < shown.deviceIndependentSize().width() <= browser.viewport().width()
            ground = shown.pixelColor(2, shown.height() - 3)
            assert (ground.lightness() < 128) == theme.dark, name


def test_a_picture_that_is_missing_leaves_the_page_readable() -> None:
    assert picture("pictures/nowhere.png", dark_theme(), 600, 1.0).isNull()


def test_a_picture_is_never_larger_than_it_was_made() -> None:
    image = picture("pictures/rays.png", light_theme(), 5000, 1.0)
    assert image.width() == 720
    sharp = picture("pictures/rays.png", light_theme(), 5000, 2.0)
    assert sharp.width() == 1440
    assert sharp.deviceIndependentSize().width() == 720


def test_pages_load_nothing_from_elsewhere(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    for name in ("file:///etc/hostname", "https://example.org/a.png", "../../LICENSE"):
        loaded = window.browser.loadResource(2, name)
        assert isinstance(loaded, QImage)
        assert loaded.isNull()
