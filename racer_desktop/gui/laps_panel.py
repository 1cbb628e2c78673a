"""The Laps panel: person and AI side by side on this track, against the fastest possible lap where it is known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from racer_desktop.gui.icons import swatch
from racer_desktop.gui.lap_book import LapRow
from racer_desktop.gui.panel_parts import SMALL, colour_words, scrolling, words
from racer_desktop.gui.theme import GRID, Theme, current_theme, tabular_font
from racer_desktop.training.snapshot import Mode

LEAST = QSize(240, 120)
_FIGURES = 13  # px
_NOTHING = "\N{EN DASH}"


class LapsPanel(QWidget):
    """Best lap, last lap and gap of each driver on one track.

    The gap is the time from the best lap of all to the driver's own best. The last column is the best lap over
    the fastest possible one, where that is known.
    """

    def __init__(self, theme: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("laps_panel")
        self.setMinimumSize(LEAST)
        self._theme = theme or current_theme()
        self._rows: list[LapRow] = []
        self._reference: float | None = None
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._dots: list[QLabel] = []
        self._build()
        self.set_theme(self._theme)
        self.set_laps([])

    def set_laps(self, rows: Sequence[LapRow], track: str = "", reference: float | None = None) -> None:
        """Shows other laps.

        Args:
            rows: one for each driver.
            track: what the track is called.
            reference: the fastest possible lap, s; None where it is not known.
        """
        self._rows, self._reference = list(rows), reference
        bests = [row.best for row in rows if row.best is not None]
        self._table.setVisible(bool(bests))
        self._empty.setVisible(not bests)
        self._track.setText(track)
        self._track.setVisible(bool(track))
        self._show_reference()
        for index, row in enumerate(self._rows):
            self._show_row(index, row, min(bests, default=None))
        for (line, column), cell in self._cells.items():
            cell.setVisible(line <= len(self._rows) and (column < 4 or reference is not None))
        for index, dot in enumerate(self._dots):
            dot.setVisible(index < len(self._rows))

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        colour_words(theme.muted, self._empty, self._fastest, *(c for (line, _), c in self._cells.items() if line == 0))
        for index, dot in enumerate(self._dots[: len(self._rows)]):
            dot.setPixmap(swatch(self._colour(self._rows[index].driver), 12))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.set_theme(current_theme())

    def text_at(self, line: int, column: int) -> str:
        """What stands in a cell; line 0 is the heading."""
        return self._cells[line, column].text()

    def _show_row(self, index: int, row: LapRow, best_of_all: float | None) -> None:
        line = index + 1
        self._make_line(line)
        gap = None if row.best is None or best_of_all is None else row.best - best_of_all
        ratio = None if row.best is None or not self._reference else row.best / self._reference
        texts = [
            self.tr("You") if row.driver is Mode.MANUAL else self.tr("AI"),
            _NOTHING if row.best is None else f"{row.best:.2f}",
            _NOTHING if row.last is None else f"{row.last:.2f}",
            _NOTHING if gap is None else self.tr("best") if gap == 0 else f"+{gap:.2f}",
            _NOTHING if ratio is None else f"{ratio:.2f} x",
        ]
        for column, text in enumerate(texts):
            cell = self._cells[line, column]
            cell.setText(text)
            cell.setFont(tabular_font(_FIGURES, bold=column == 1 and gap == 0))
            cell.setAccessibleName(f"{texts[0]}, {self._cells[0, column].text()}: {text}")
        self._dots[index].setPixmap(swatch(self._colour(row.driver), 12))

    def _show_reference(self) -> None:
        known = self._reference is not None
        self._fastest.setVisible(known)
        if self._reference is not None:
            self._fastest.setText(self.tr("Fastest possible: {time} s").format(time=f"{self._reference:.2f}"))

    def _colour(self, driver: Mode) -> QColor:
        return self._theme.human if driver is Mode.MANUAL else self._theme.hero

    def _make_line(self, line: int) -> None:
        if (line, 0) in self._cells:
            return
        dot = QLabel()
        name = QLabel()
        who = QWidget()
        row = QHBoxLayout(who)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(dot)
        row.addWidget(name, 1)
        self._grid.addWidget(who, line, 0)
        self._dots.append(dot)
        self._cells[line, 0] = name
        for column in range(1, 5):
            self._cells[line, column] = self._figure(line, column)

    def _figure(self, line: int, column: int) -> QLabel:
        cell = QLabel()
        cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(cell, line, column)
        return cell

    def _build(self) -> None:
        self._track = words(pixels=_FIGURES)
        self._track.setFont(tabular_font(_FIGURES, bold=True))
        self._fastest = words(pixels=SMALL)
        self._empty = words(self.tr("Complete a lap: your best and the AI's stand here side by side."))
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, GRID, 0, GRID)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)
        headings = ["", self.tr("Best (s)"), self.tr("Last (s)"), self.tr("Gap (s)"), self.tr("x fastest")]
        for column, text in enumerate(headings):
            cell = self._figure(0, column)
            cell.setText(text)
            cell.setFont(tabular_font(SMALL))
            self._cells[0, column] = cell
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        for widget in (self._track, self._fastest, self._table, self._empty):
            column.addWidget(widget)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inside))
