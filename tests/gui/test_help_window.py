"""Every page can be read, and one finds the way about in it; the keyboard map names every shortcut."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.help_pages import PAGES, headings, page_text, title
from racer_desktop.gui.help_window import HelpWindow
from racer_desktop.gui.theme import Theme, dark_theme, light_theme


@pytest.fixture
def window(qtbot: QtBot) -> HelpWindow:
    window = HelpWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def tree(window: HelpWindow) -> QTreeWidget:
    found = window.findChild(QTreeWidget)
    assert found is not None
    return found


def entry(window: HelpWindow, text: str) -> QTreeWidgetItem:
    return tree(window).findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_one_title_and_fits_its_window(name: str) -> None:
    text = page_text(name)
    assert [h.level for h in headings(text)].count(1) == 1
    assert text.startswith(f"# {title(text)}")
    in_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        assert not in_code or len(line) <= 84, f"{name}: {line}"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("theme", [dark_theme(), light_theme()], ids=["dark", "light"])
def test_pages_can_be_read_in_both_appearances(window: HelpWindow, name: str, theme: Theme) -> None:
    window.show_page(name)
    window.set_theme(theme)
    assert window.browser.page == name
    assert title(page_text(name)) in window.browser.toPlainText()
    image = window.browser.viewport().grab().toImage()
    assert image.pixelColor(4, 4) == theme.panel


def test_contents_lead_to_pages_and_sections(qtbot: QtBot, window: HelpWindow) -> None:
    tree(window).setCurrentItem(entry(window, "Operations"))
    assert window.browser.page == "operations"
    item = entry(window, "Troubleshooting")
    tree(window).scrollToItem(item)
    place = tree(window).visualItemRect(item).center()
    qtbot.mouseClick(tree(window).viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.browser.verticalScrollBar().value() > 200
    assert window.browser.textCursor().block().text() == "Troubleshooting"


def test_page_shown_from_outside_is_marked_in_the_contents(window: HelpWindow) -> None:
    window.show_page("files")
    current = tree(window).currentItem()
    assert current is not None
    assert current.text(0) == "File formats"
    assert current.isExpanded()


def test_links_back_and_forward(qtbot: QtBot, window: HelpWindow) -> None:
    window.show_page("guide")
    window.browser.anchorClicked.emit(QUrl("configuration.md#reward"))
    assert window.browser.page == "configuration"
    assert window.browser.textCursor().block().text() == "Reward"
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.browser.page == "guide"
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.browser.page == "configuration"
    assert window.browser.verticalScrollBar().value() > 0, "where it was left"
    assert not window.browser.can_go_forward


def test_going_elsewhere_forgets_the_way_forward(window: HelpWindow) -> None:
    for name in ("keyboard", "files"):
        window.show_page(name)
    window.browser.go_back()
    window.show_page("operations")
    assert not window.browser.can_go_forward
    window.browser.go_back()
    assert window.browser.page == "keyboard"


def test_a_real_click_on_a_link(qtbot: QtBot, window: HelpWindow) -> None:
    window.show_page("guide")
    assert window.browser.find_words("Keyboard map")
    rect = window.browser.cursorRect()
    qtbot.mouseClick(window.browser.viewport(), Qt.MouseButton.LeftButton, pos=rect.center() - QPoint(8, 0))
    assert window.browser.page == "keyboard"


def test_links_out_go_to_the_browser(window: HelpWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    window.browser.anchorClicked.emit(QUrl("https://arxiv.org/abs/2301.04104"))
    window.browser.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert opened == ["https://arxiv.org/abs/2301.04104"]
    assert window.browser.page == PAGES[0]


def test_find_goes_round(window: HelpWindow) -> None:
    window.show_page("guide")
    line = next(w for w in window.findChildren(QLineEdit) if w.accessibleName() == "Find on this page")
    line.setFocus()
    QTest.keyClicks(line, "exploration")
    places = set()
    for _ in range(40):
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert window.browser.textCursor().selectedText().lower() == "exploration"
        places.add(window.browser.textCursor().position())
    assert 3 < len(places) < 40
    line.setText("no such words here")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window._told.text() == "Not on this page"


def test_every_button_has_an_accessible_name(window: HelpWindow) -> None:
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and not isinstance(button.parentWidget(), QLineEdit):
            assert button.accessibleName() or button.text(), button


def test_keyboard_map_names_every_shortcut(qtbot: QtBot) -> None:
    window, track = QWidget(), QWidget()
    qtbot.addWidget(window)
    qtbot.addWidget(track)
    page = page_text("keyboard")
    for action in Actions(dark_theme(), window, track).all:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.PortableText)
        assert not keys or re.search(rf"(?<![\w+]){re.escape(keys)}(?![\w+])", page), f"{action.text()}: {keys}"


def test_missing_page_says_so(window: HelpWindow) -> None:
    window.browser.show_page("nowhere")
    assert "resources/help/nowhere.md is missing" in window.browser.toPlainText()
