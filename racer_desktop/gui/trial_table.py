"""Tables of results that sort: what is not known stands last, whichever way they are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from racer_desktop.gui.theme import GRID, blend, current_theme, tabular_font
from racer_desktop.gui.track_picture import Thumbnail

PICTURE = QSize(9 * GRID, 6 * GRID)
PICTURE_ROW = PICTURE.height() + GRID // 2
SORTED_BY = Qt.ItemDataRole.UserRole
NOTHING = "\N{EN DASH}"
_FIGURES = 13  # px

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: what is read.
        value: what is sorted by; None stands last.
        picture: beside the text.
        bold: whether it stands out.
        number: whether it is a figure, which stands to the right.
    """

    text: str
    value: float | str | None = None
    picture: QPixmap | Thumbnail | None = None
    bold: bool = False
    number: bool = False

    @classmethod
    def figure(cls, value: float | None, form: str = "{:.2f}", *, bold: bool = False) -> Cell:
        """A number, or a dash where there is none."""
        return cls(NOTHING if value is None else form.format(value), value, bold=bold, number=True)


class CellModel(QAbstractTableModel):
    """Rows of cells under headings."""

    def __init__(self) -> None:
        super().__init__()
        self._headings: list[str] = []
        self._tips: list[str] = []
        self._rows: list[list[Cell]] = []

    def show_rows(self, headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]]) -> None:
        """Shows other cells; the selection stays if the shape of the table does.

        Args:
            headings: (name, tip) of each column.
            rows: the cells.
        """
        same = len(rows) == len(self._rows) and [name for name, _ in headings] == self._headings
        if not same:
            self.beginResetModel()
        self._headings, self._tips = [name for name, _ in headings], [tip for _, tip in headings]
        self._rows = [list(row) for row in rows]
        if not same:
            self.endResetModel()
        elif self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._headings) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's names from here on
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, says and is sorted by."""
        cell = self._rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._headings[index.column()]}: {cell.text}"
            case Qt.ItemDataRole.DecorationRole:
                return cell.picture.pixmap if isinstance(cell.picture, Thumbnail) else cell.picture
            case Qt.ItemDataRole.FontRole:
                return tabular_font(_FIGURES, bold=cell.bold)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(number=cell.number)
            case Qt.ItemDataRole.UserRole:
                return cell.value
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips[section] or None
        if role == Qt.ItemDataRole.TextAlignmentRole:  # a heading stands over its figures
            return _aligned(number=bool(self._rows) and self._rows[0][section].number)
        return None


class UnknownLast(QSortFilterProxyModel):
    """Sorts by value; what has none stands last."""

    def lessThan(self, source_left: Index, source_right: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether the left one stands before the right one."""
        left, right = source_left.data(SORTED_BY), source_right.data(SORTED_BY)
        if left is None or right is None:
            rising = self.sortOrder() is Qt.SortOrder.AscendingOrder
            return (right is None and left is not None) if rising else (left is None and right is not None)
        return left < right


class TrialTable(QTableView):
    """A table that is sorted by a click on a heading, or with Ctrl and the number of its column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.cells = CellModel()
        self._sorted = UnknownLast(self)
        self._sorted.setSourceModel(self.cells)
        self._sorted.setSortRole(SORTED_BY)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setIconSize(PICTURE)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setAccessibleName(name)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setResizeContentsPrecision(0)  # rows out of sight cost nothing
        self._calm()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Sorts by the column whose number is pressed with Ctrl; again turns the order round."""
        column = event.key() - Qt.Key.Key_1
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and 0 <= column < self.model().columnCount():
            header, order = self.horizontalHeader(), Qt.SortOrder
            rising = header.sortIndicatorSection() == column and header.sortIndicatorOrder() is order.AscendingOrder
            self.sortByColumn(column, order.DescendingOrder if rising else order.AscendingOrder)
            return
        super().keyPressEvent(event)

    @property
    def chosen(self) -> int | None:
        """The row that is selected, as it was given to `CellModel.show_rows`; None without one."""
        rows = self.selectionModel().selectedRows()
        return self._sorted.mapToSource(rows[0]).row() if rows else None

    def choose(self, row: int) -> None:
        """Selects a row, as it was given."""
        self.selectRow(self._sorted.mapFromSource(self.cells.index(row, 0)).row())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._calm()

    def _calm(self) -> None:
        """A chosen row is tinted, not filled: the lines in its picture must be seen."""
        theme = current_theme()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, blend(theme.panel, theme.accent, 0.28))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.text)
        self.setPalette(palette)

    def fit(self, height: int) -> None:
        """Makes every column as wide as what is in it, but for one that takes the rest, and every row so high."""
        self.verticalHeader().setDefaultSectionSize(height)
        header = self.horizontalHeader()
        for column in range(self.model().columnCount()):
            if header.sectionResizeMode(column) is not QHeaderView.ResizeMode.Stretch:
                self.resizeColumnToContents(column)

    def stretch_first(self) -> None:
        """The first column takes the room that the others leave."""
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


def _aligned(*, number: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
