"""Shows one help page: links between pages, back and forward, find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QPalette, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from racer_desktop.gui import help_style
from racer_desktop.gui.help_pages import PAGES, anchor_of, page_text
from racer_desktop.gui.help_pictures import picture
from racer_desktop.gui.theme import GRID, Theme

_COLUMN = 96 * GRID  # px: longer lines are hard to read


@dataclass
class _Visit:
    """A page that was shown, and how far down it was read."""

    page: str
    scrolled: int = 0


class HelpBrowser(QTextBrowser):
    """A reader for the pages in `resources/help`.

    Signals:
        page_changed: name of the page that is shown now.
        history_changed: what `can_go_back` and `can_go_forward` say may have changed.
    """

    page_changed = Signal(str)
    history_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._visits: list[_Visit] = []
        self._at = -1
        self._room = 0  # px, that the pictures shown were made for
        self.setOpenLinks(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName(self.tr("Help page"))
        self.anchorClicked.connect(self._follow)

    @property
    def page(self) -> str:
        """Name of the page that is shown; "" before the first."""
        return self._visits[self._at].page if self._visits else ""

    @property
    def can_go_back(self) -> bool:
        """Whether another page was shown before."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether one has gone back."""
        return self._at + 1 < len(self._visits)

    def show_page(self, name: str, anchor: str = "") -> None:
        """Shows a page from its beginning or from a heading on."""
        if name != self.page:
            self._leave()
            del self._visits[self._at + 1 :]
            self._visits.append(_Visit(name))
            self._at += 1
            self._load()
        if anchor:
            self.scroll_to(anchor)
        else:
            self.verticalScrollBar().setValue(0)
        self.history_changed.emit()

    def scroll_to(self, anchor: str) -> bool:
        """Brings a heading to the top; returns whether there is one of this name."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(max(0, round(top) - GRID))
                self.setTextCursor(QTextCursor(block))
                return True
            block = block.next()
        return False

    @Slot()
    def go_back(self) -> None:
        """Shows the page before, where it was left."""
        self._go(-1)

    @Slot()
    def go_forward(self) -> None:
        """Undoes going back."""
        self._go(1)

    def find_words(self, words: str, *, backward: bool = False) -> bool:
        """Selects the next place of the words, from the other end when there is none further on."""
        flags = QTextDocument.FindFlag.FindBackward if backward else QTextDocument.FindFlag(0)
        if self.find(words, flags):
            return True
        before = self.textCursor()
        end = QTextCursor.MoveOperation.End if backward else QTextCursor.MoveOperation.Start
        cursor = QTextCursor(self.document())
        cursor.movePosition(end)
        self.setTextCursor(cursor)
        if self.find(words, flags):
            return True
        self.setTextCursor(before)
        return False

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        palette = self.palette()
        for role, colour in ((QPalette.ColorRole.Base, theme.panel), (QPalette.ColorRole.Text, theme.text)):
            palette.setColor(role, colour)
        self.setPalette(palette)
        if self._visits:
            scrolled = self.verticalScrollBar().value()
            self._load()
            self.verticalScrollBar().setValue(scrolled)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keeps lines short enough to read, in the middle of the window."""
        super().resizeEvent(event)
        self._set_margins()
        self._fit_pictures()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Reads a page's picture; nothing else is ever loaded, least of all from elsewhere."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        return picture(QUrl(name).toString(), self._theme, self._column, self.devicePixelRatioF())

    @property
    def _side(self) -> int:
        """Margin at each side of the text, px."""
        return max(3 * GRID, (self.width() - _COLUMN) // 2)

    @property
    def _column(self) -> int:
        """Width of the text, px."""
        return self.viewport().width() - 2 * self._side

    def _fit_pictures(self) -> None:
        """Makes the pictures anew if there is another width for them."""
        if self._room == self._column:
            return
        self._room, document = self._column, self.document()
        for name in help_style.pictures(document):
            shown = picture(name, self._theme, self._room, self.devicePixelRatioF())
            document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), shown)
        document.markContentsDirty(0, document.characterCount())

    def _set_margins(self) -> None:
        side = self._side
        frame = self.document().rootFrame()
        shape = frame.frameFormat()
        shape.setMargin(0)
        shape.setLeftMargin(side)
        shape.setRightMargin(side)
        shape.setTopMargin(3 * GRID)
        shape.setBottomMargin(6 * GRID)
        frame.setFrameFormat(shape)

    def _load(self) -> None:
        try:
            text = page_text(self.page)
        except FileNotFoundError as error:
            text = self.tr("# Page not found\n\n{reason}").format(reason=error)
        self._room = self._column
        self.setMarkdown(text)
        help_style.dress(self.document(), self._theme)
        self._set_margins()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.page_changed.emit(self.page)

    def _leave(self) -> None:
        if self._visits:
            self._visits[self._at].scrolled = self.verticalScrollBar().value()

    def _go(self, steps: int) -> None:
        if not 0 <= self._at + steps < len(self._visits):
            return
        self._leave()
        self._at += steps
        self._load()
        self.verticalScrollBar().setValue(self._visits[self._at].scrolled)
        self.history_changed.emit()

    @Slot(QUrl)
    def _follow(self, url: QUrl) -> None:
        name = url.path().removesuffix(".md")
        if not url.scheme() and (name in PAGES or not name):
            self.show_page(name or self.page, url.fragment())
        elif url.scheme() in ("http", "https", "mailto"):
            QDesktopServices.openUrl(url)
