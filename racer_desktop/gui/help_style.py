"""Dresses a Markdown document in the theme: headings, code, tables and room to breathe."""

from __future__ import annotations

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from racer_desktop.gui.theme import GRID, Theme, blend

BODY = 14  # px
_HEADINGS = {1: 26, 2: 19, 3: 16}  # px by level
_CODE = 13  # px
_LONG_CELL = 36  # characters: longer cells of a table wrap
_LINE = 140.0  # percent of the font's height


def dress(document: QTextDocument, theme: Theme) -> None:
    """Gives a document that was read from Markdown its look."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(BODY)
    document.setDefaultFont(font)
    tables: dict[int, QTextTable] = {}
    whole = QTextCursor(document)
    whole.beginEditBlock()  # laid out once at the end, not after every change
    block = document.begin()
    while block.isValid():
        table = QTextCursor(block).currentTable()
        if table is not None:
            tables[table.objectIndex()] = table
        _dress_block(block, theme, in_table=table is not None)
        block = block.next()
    for table in tables.values():
        _dress_table(table, theme)
    whole.endEditBlock()


def _dress_block(block: QTextBlock, theme: Theme, *, in_table: bool) -> None:
    shape = block.blockFormat()
    cursor = QTextCursor(block)
    if shape.hasProperty(QTextFormat.Property.BlockCodeFence) or shape.nonBreakableLines():
        _dress_code(block, cursor, theme)
        return
    level = shape.headingLevel()
    if level:
        shape.setTopMargin(0 if level == 1 else 3 * GRID)
        shape.setBottomMargin(2 * GRID if level == 1 else GRID)
    elif in_table:
        shape.setTopMargin(0)
        shape.setBottomMargin(0)
    elif block.textList() is not None:
        shape.setTopMargin(2)
        shape.setBottomMargin(2)
    else:
        after_list = block.previous().isValid() and block.previous().textList() is not None
        shape.setTopMargin(1.25 * GRID if after_list else 0)
        shape.setBottomMargin(1.25 * GRID)
    if not level and not any(look.isImageFormat() for _, _, look in _fragments(block)):
        shape.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.setBlockFormat(shape)
    for start, length, words in _fragments(block):
        change = QTextCharFormat()
        if level:
            change.setProperty(QTextFormat.Property.FontPixelSize, _HEADINGS.get(level, BODY))
            change.clearProperty(QTextFormat.Property.FontSizeAdjustment)
            change.setFontWeight(QFont.Weight.DemiBold)
        if words.fontFixedPitch() and not words.isAnchor():
            change.setFont(_code_font(_HEADINGS.get(level, _CODE) if level else _CODE))
            change.setBackground(_code_ground(theme))
        if words.isAnchor():
            change.setForeground(link_colour(theme))
            change.setFontUnderline(False)
        _merge(cursor, start, length, change)


def _dress_code(block: QTextBlock, cursor: QTextCursor, theme: Theme) -> None:
    shape = block.blockFormat()
    shape.setBackground(_code_ground(theme))
    shape.setTextIndent(1.5 * GRID)  # code never wraps, so this is a margin inside the ground
    first, last = _is_not_code(block.previous()), _is_not_code(block.next())
    shape.setTopMargin(GRID if first else 0)
    shape.setBottomMargin(1.5 * GRID if last else 0)
    cursor.setBlockFormat(shape)
    change = QTextCharFormat()
    change.setFont(_code_font(_CODE))
    change.setForeground(theme.text)
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    cursor.mergeCharFormat(change)


def _dress_table(table: QTextTable, theme: Theme) -> None:
    shape = table.format()
    shape.setBorder(1)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(theme.border)
    shape.setBorderCollapse(True)
    shape.setCellPadding(GRID * 0.75)
    shape.setCellSpacing(0)
    shape.setTopMargin(GRID)
    shape.setBottomMargin(2 * GRID)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shape.setColumnWidthConstraints(_column_widths(table))
    table.setFormat(shape)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        look = cell.format()
        look.setBackground(_code_ground(theme))
        look.setFontWeight(QFont.Weight.DemiBold)
        cell.setFormat(look)


def _column_widths(table: QTextTable) -> list[QTextLength]:
    """Shares of the width by what stands in the columns: no long word is broken, no long text is squeezed."""
    weights = []
    for column in range(table.columns()):
        texts = [table.cellAt(row, column).firstCursorPosition().block().text() for row in range(table.rows())]
        word = max((len(w) for text in texts for w in text.split()), default=1)
        line = max((len(text) for text in texts), default=1)
        weights.append(max(word, min(line, _LONG_CELL)) + 4)
    total = sum(weights)
    return [QTextLength(QTextLength.Type.PercentageLength, 100 * weight / total) for weight in weights]


def pictures(document: QTextDocument) -> set[str]:
    """Names of the pictures in a document."""
    found = set()
    block = document.begin()
    while block.isValid():
        found |= {look.toImageFormat().name() for _, _, look in _fragments(block) if look.isImageFormat()}
        block = block.next()
    return found


def link_colour(theme: Theme) -> QColor:
    """The accent, moved towards the text until it can be read well."""
    return blend(theme.accent, theme.text, 0.25)


def _code_ground(theme: Theme) -> QColor:
    return blend(theme.panel, theme.text, 0.07)


def _code_font(pixels: int) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    return font


def _is_not_code(block: QTextBlock) -> bool:
    return not block.isValid() or not block.blockFormat().nonBreakableLines()


def _fragments(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Pieces of equal look as (position, length, look); collected first, for a change would upset the walk."""
    found = []
    walk = block.begin()
    while not walk.atEnd():
        piece = walk.fragment()
        if piece.isValid():
            found.append((piece.position(), piece.length(), QTextCharFormat(piece.charFormat())))
        walk += 1
    return found


def _merge(cursor: QTextCursor, start: int, length: int, change: QTextCharFormat) -> None:
    cursor.setPosition(start)
    cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(change)
