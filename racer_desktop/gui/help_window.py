"""The help window: a list of pages and their sections, the page, and a line to find words with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QToolBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from racer_desktop.gui.help_browser import HelpBrowser
from racer_desktop.gui.help_pages import PAGES, headings, page_text
from racer_desktop.gui.panel_parts import SMALL, colour_words, small_button, words
from racer_desktop.gui.theme import GRID, Theme, current_theme

_PAGE, _ANCHOR = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class HelpWindow(QWidget):
    """The help pages in a window of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("help_window")
        self.setWindowTitle(self.tr("Racer Desktop Help"))
        self.resize(1040, 720)
        self._theme = current_theme()
        self.browser = HelpBrowser(self._theme, self)
        self._contents = QTreeWidget()
        self._search, self._told = QLineEdit(), words(pixels=SMALL)
        self._build()
        self._fill_contents()
        self.browser.page_changed.connect(self._page_changed)
        self.browser.history_changed.connect(self._history_changed)
        self.set_theme(self._theme)
        self.browser.show_page(PAGES[0])

    def show_page(self, name: str) -> None:
        """Brings the window to the front with a page: "guide", "keyboard", "operations", ..."""
        self.browser.show_page(name)
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        self.browser.set_theme(theme)
        colour_words(theme.crash, self._told)
        self._contents.setStyleSheet(
            f"QTreeView {{ padding: 8px 0; background: {theme.window.name()}; color: {theme.text.name()}; }}"
            "QTreeView::item { padding: 4px 2px; }"
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.set_theme(current_theme())

    # Contents

    def _fill_contents(self) -> None:
        for name in PAGES:
            found = headings(page_text(name))
            page = self._entry(found[0].text, name, "")
            self._contents.addTopLevelItem(page)
            for heading in found[1:]:
                if heading.level == 2:
                    page.addChild(self._entry(heading.text, name, heading.anchor))

    @staticmethod
    def _entry(text: str, page: str, anchor: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        item.setToolTip(0, text)
        item.setData(0, _PAGE, page)
        item.setData(0, _ANCHOR, anchor)
        return item

    @Slot()
    def _entry_chosen(self) -> None:
        item = self._contents.currentItem()
        if item is not None:
            self.browser.show_page(item.data(0, _PAGE), item.data(0, _ANCHOR))

    @Slot(str)
    def _page_changed(self, name: str) -> None:
        self._contents.blockSignals(True)
        for index in range(self._contents.topLevelItemCount()):
            page = self._contents.topLevelItem(index)
            assert page is not None
            shown = page.data(0, _PAGE) == name
            page.setExpanded(shown)
            current = self._contents.currentItem()
            if shown and (current is None or current.data(0, _PAGE) != name):
                self._contents.setCurrentItem(page)
        self._contents.blockSignals(False)
        self._told.clear()

    @Slot()
    def _history_changed(self) -> None:
        self._back.setEnabled(self.browser.can_go_back)
        self._forward.setEnabled(self.browser.can_go_forward)

    # Find

    @Slot()
    def _find_next(self) -> None:
        self._find(backward=False)

    @Slot()
    def _find_previous(self) -> None:
        self._find(backward=True)

    def _find(self, *, backward: bool) -> None:
        text = self._search.text()
        found = not text or self.browser.find_words(text, backward=backward)
        self._told.setText("" if found else self.tr("Not on this page"))

    @Slot()
    def _start_search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    @Slot()
    def _escape(self) -> None:
        if self._search.hasFocus():
            self.browser.setFocus()
        else:
            self.close()

    # Building

    def _build(self) -> None:
        self._contents.setHeaderHidden(True)
        self._contents.setMinimumWidth(160)
        self._contents.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._contents.setIndentation(2 * GRID)
        self._contents.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._contents.setAccessibleName(self.tr("Contents"))
        self._contents.currentItemChanged.connect(self._entry_chosen)
        self._contents.itemClicked.connect(self._entry_chosen)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._contents)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        split.setSizes([260, 780])
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addWidget(split, 1)
        for key, act in (
            (QKeySequence.StandardKey.Find, self._start_search),
            (QKeySequence.StandardKey.FindNext, self._find_next),
            (QKeySequence.StandardKey.FindPrevious, self._find_previous),
            (QKeySequence(Qt.Key.Key_Escape), self._escape),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _bar(self) -> QWidget:
        bar = QToolBar()
        bar.setMovable(False)
        self._back = self._action("←", self.tr("Back"), QKeySequence.StandardKey.Back)
        self._forward = self._action("→", self.tr("Forward"), QKeySequence.StandardKey.Forward)
        self._back.triggered.connect(self.browser.go_back)
        self._forward.triggered.connect(self.browser.go_forward)
        bar.addActions([self._back, self._forward])
        find = QWidget()
        row = QHBoxLayout(find)
        row.setContentsMargins(GRID, 0, GRID // 2, 0)
        row.setSpacing(GRID // 2)
        row.addStretch(1)
        row.addWidget(self._told)
        self._told.setWordWrap(False)
        label = QLabel(self.tr("&Find:"))
        label.setBuddy(self._search)
        row.addWidget(label)
        self._search.setClearButtonEnabled(True)
        self._search.setFixedWidth(200)
        self._search.setAccessibleName(self.tr("Find on this page"))
        self._search.returnPressed.connect(self._find_next)
        row.addWidget(self._search)
        for text, tip, act in (
            ("↑", self.tr("Previous place (Shift+F3)"), self._find_previous),
            ("↓", self.tr("Next place (F3)"), self._find_next),
        ):
            button = small_button(text, tip)
            button.clicked.connect(act)
            row.addWidget(button)
        bar.addWidget(find)
        return bar

    def _action(self, sign: str, name: str, key: QKeySequence.StandardKey) -> QAction:
        action = QAction(sign, self)
        action.setShortcuts(key)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{name} ({keys})" if keys else name)
        action.setEnabled(False)
        return action
