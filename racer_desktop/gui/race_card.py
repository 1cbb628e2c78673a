"""The card after a race: who won, everybody's times, and whether to race again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from racer_desktop.gui.ghosts import racer_dot, racer_name
from racer_desktop.gui.icons import swatch
from racer_desktop.gui.race_board import gap_text, race_time
from racer_desktop.gui.theme import GRID, Theme, tabular_font
from racer_desktop.training.contest import ContestView, Phase, Racer, Standing
from racer_desktop.training.snapshot import FastestLap

TITLE = 22  # px
FIGURE = 14
_NOTHING = "\N{EN DASH}"


class RaceCard(QFrame):
    """Lies in the middle of its parent while a race is finished.

    Signals:
        again: another race is wanted.
        leave: enough of racing.
    """

    again = Signal()
    leave = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("race_card")
        self.setAccessibleName(self.tr("Result of the race"))
        self._theme = theme
        self._contest: ContestView | None = None
        self._view = parent
        self._title = QLabel()
        self._title.setObjectName("race_title")
        self._title.setFont(tabular_font(TITLE, bold=True))
        self._sub = QLabel()
        self._sub.setFont(tabular_font(FIGURE))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._again = self._button("race_again", self.tr("Race &Again"), self.tr("Enter"))
        self._leave = self._button("race_leave", self.tr("&Leave"), self.tr("Esc"))
        self._again.clicked.connect(self.again)
        self._leave.clicked.connect(self.leave)
        self._build()
        self.set_theme(theme)
        parent.installEventFilter(self)
        self.hide()

    def show_contest(self, contest: ContestView | None, fastest: FastestLap | None) -> None:
        """Shows the result of a finished race, and takes in those who arrive later; hides otherwise."""
        if contest is None or contest.phase is not Phase.FINISHED:
            if self.isVisible():
                self.hide()
            self._contest = None
            return
        before, self._contest = self._contest, contest
        if before is None or [s.time for s in before.standings] != [s.time for s in contest.standings]:
            self._write(contest, fastest)
            self.adjustSize()
            self._centre()
            self.show()
            self.raise_()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        ground, text, muted = theme.hud, theme.hud_text.name(), theme.hud_muted.name()
        self.setStyleSheet(
            f"#race_card {{ background: rgba({ground.red()}, {ground.green()}, {ground.blue()}, 240);"
            f" border: 1px solid {theme.border.name()}; border-radius: {GRID}px; }}"
            f"#race_card QLabel {{ color: {text}; background: transparent; }}"
            f'#race_card QLabel[muted="true"] {{ color: {muted}; }}'
        )
        for (line, column), cell in self._cells.items():
            if column == 1 and line and isinstance(racer := cell.property("racer"), str):
                cell.setPixmap(swatch(racer_dot(Racer(racer), theme), 14))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stays in the middle when the view changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._centre()
        return super().eventFilter(watched, event)

    def text_at(self, line: int, column: int) -> str:
        """What stands in a cell; line 0 is the heading."""
        return self._cells[line, column].text()

    @property
    def title(self) -> str:
        """The headline."""
        return self._title.text()

    @property
    def remark(self) -> str:
        """What stands below it: how long the race was, and how good the person's best lap."""
        return self._sub.text()

    def _write(self, contest: ContestView, fastest: FastestLap | None) -> None:
        self._title.setText(self._headline(contest))
        self._sub.setText(self._remark(contest, fastest))
        for cell in self._cells.values():
            cell.setVisible(False)
        first = contest.standings[0].time
        headings = ["", "", "", self.tr("Time"), self.tr("Gap"), self.tr("Best lap (s)")]
        for column, text in enumerate(headings):
            self._write_cell(0, column, text, muted=True)
        drivers = [*contest.drivers, *(s for s in contest.standings if s.racer is Racer.FASTEST)]
        for line, standing in enumerate(drivers, 1):
            self._write_row(line, standing, first)
        self.setAccessibleDescription(f"{self._title.text()} {self._sub.text()}")

    def _write_row(self, line: int, standing: Standing, first: float | None) -> None:
        ranked = standing.racer is not Racer.FASTEST
        gap = None if standing.time is None or first is None else standing.time - first
        texts = [
            f"{line}." if ranked else "",
            "",
            racer_name(standing.racer),
            self.tr("on its way") if standing.time is None else race_time(standing.time),
            _NOTHING if gap is None or gap == 0.0 else gap_text(gap),
            f"{min(standing.laps):.2f}" if standing.laps else _NOTHING,
        ]
        for column, text in enumerate(texts):
            self._write_cell(line, column, text, muted=not ranked, bold=standing.racer is Racer.YOU)
        dot = self._cells[line, 1]
        dot.setProperty("racer", standing.racer.value)
        dot.setPixmap(swatch(racer_dot(standing.racer, self._theme), 14))

    def _write_cell(self, line: int, column: int, text: str, *, muted: bool = False, bold: bool = False) -> None:
        cell = self._cells.get((line, column))
        if cell is None:
            cell = QLabel()
            side = Qt.AlignmentFlag.AlignRight if column >= 3 else Qt.AlignmentFlag.AlignLeft
            cell.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(cell, line, column)
            self._cells[line, column] = cell
        cell.setFont(tabular_font(FIGURE if line else 12, bold=bold))
        if cell.property("muted") != muted:
            cell.setProperty("muted", muted)
            cell.style().unpolish(cell)
            cell.style().polish(cell)
        cell.setText(text)
        cell.setVisible(True)

    def _headline(self, contest: ContestView) -> str:
        you, others = contest.of(Racer.YOU), [s for s in contest.drivers if s.racer is not Racer.YOU]
        if not others:
            return self.tr("Finished in {0}").format(race_time(you.time or 0.0))
        rival = others[0]
        if contest.place > 1 and rival.time is not None and you.time is not None:
            return self.tr("The AI wins by {0} s").format(f"{you.time - rival.time:.2f}")
        if rival.time is not None and you.time is not None:
            return self.tr("You win by {0} s!").format(f"{rival.time - you.time:.2f}")
        return self.tr("You win!")

    def _remark(self, contest: ContestView, fastest: FastestLap | None) -> str:
        length = self.tr("1 lap") if contest.laps == 1 else self.tr("{0} laps").format(contest.laps)
        laps = contest.of(Racer.YOU).laps
        if fastest is None or not laps:
            return length
        ratio = f"{min(laps) / fastest.lap_time:.2f}"
        return self.tr("{0}  ·  your best: {1} x the fastest possible").format(length, ratio)

    def _button(self, name: str, text: str, key: str) -> QPushButton:
        button = QPushButton(f"{text}  ({key})")
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take the keys from the track
        return button

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        buttons.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        column.addWidget(self._sub)
        column.addLayout(self._grid)
        column.addSpacing(GRID)
        column.addLayout(buttons)
        self.setTabOrder(self._again, self._leave)

    def _centre(self) -> None:
        left, top = self._view.width() - self.width(), self._view.height() - self.height()
        self.move(max(left // 2, 0), max(top // 2, 0))
