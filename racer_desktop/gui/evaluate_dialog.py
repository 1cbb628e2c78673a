"""Evaluate on unseen tracks: the present brain driven where it never learned, track by track."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from racer_desktop.gui.panel_parts import words
from racer_desktop.gui.theme import GRID, Theme, current_theme
from racer_desktop.gui.track_picture import Line, Thumbnails, TrackPicture
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.gui.trial_run import Brain, Judge, RunState, judge_file
from racer_desktop.gui.trial_table import NOTHING, PICTURE, PICTURE_ROW, Cell, TrialTable
from racer_desktop.training.trial import Choice, Summary, TrackResult


class EvaluateDialog(TrialDialog):
    """The table of one brain, and the chosen track beside it."""

    def __init__(self, parent: QWidget | None = None, judge: Judge = judge_file) -> None:
        super().__init__(parent, judge)
        self.setObjectName("evaluate_dialog")
        self.setWindowTitle(self.tr("Evaluate on Unseen Tracks"))
        self.resize(112 * GRID, 68 * GRID)
        self._which = QComboBox()
        self._which.addItem(self.tr("best so far"), Choice.BEST)
        self._which.addItem(self.tr("newest"), Choice.NEWEST)
        self._which.setAccessibleName(self.tr("Which brain"))
        self._which.setToolTip(self.tr("The best brain of all validations, or the one that is learning now"))
        self._table = TrialTable(self.tr("Results by track"))
        self._picture = TrackPicture()
        self._about = words()
        self._shown: tuple[TrackResult, ...] = ()
        self._thumbnails = Thumbnails()
        self._lay_out()
        self._table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._show_results(())
        self.show_idle("")

    def brains(self) -> list[Brain]:
        """The session's own, best or newest."""
        return [Brain(self.tr("this brain"), None, self._which.currentData())]

    def _allow(self, free: bool) -> None:
        super()._allow(free)
        self._which.setEnabled(free)

    def show_state(self, state: RunState) -> None:
        """Fills the table as far as it is known."""
        self._show_results(state.results[0])

    def show_again(self) -> None:
        """Paints lines and small pictures anew."""
        self._show_results(self._shown)

    def summary(self, state: RunState) -> str:
        """How many tracks were finished, and how fast."""
        overall = Summary.of(state.results[0])
        sentence = self.tr("{0} of {1} tracks finished.").format(overall.finished, overall.tracks)
        if overall.median_ratio is not None:
            sentence += " " + self.tr("The median flying lap takes {0} x the fastest possible one.").format(
                f"{overall.median_ratio:.2f}"
            )
        return sentence

    def _show_results(self, results: tuple[TrackResult, ...]) -> None:
        theme = current_theme()
        first = len(results) != len(self._shown)
        if first:
            self._thumbnails.clear()
        self._shown = results
        headings = [
            (self.tr("Track"), self.tr("Its number, and the line that was driven")),
            (self.tr("Finished"), self.tr("Whether two laps were driven; otherwise how far the car came")),
            (self.tr("Lap (s)"), self.tr("The first lap, from a standing start")),
            (self.tr("Flying lap (s)"), self.tr("The second lap")),
            (self.tr("Fastest (s)"), self.tr("The fastest possible lap of this track and car")),
            (self.tr("x fastest"), self.tr("The flying lap over the fastest possible one")),
        ]
        rows = [
            [
                self._track_cell(index, result, theme),
                finished_cell(result, self.tr("yes"), self.tr("no,")),
                Cell.figure(result.lap_time_s),
                Cell.figure(result.flying_lap_s),
                Cell.figure(result.reference_lap_s),
                Cell.figure(result.ratio, bold=True),
            ]
            for index, result in enumerate(results)
        ]
        self._table.cells.show_rows(headings, rows)
        if first:
            self._table.fit(PICTURE_ROW)
            if results:
                self._table.choose(0)
        self._show_chosen()

    def _track_cell(self, index: int, result: TrackResult, theme: Theme) -> Cell:
        lines, ratio = [Line.of(result, theme.hero)], self.devicePixelRatioF()
        picture = self._thumbnails.of(index, PICTURE, ratio, result.course, lines, theme)
        return Cell(str(result.track), result.track, picture)

    @Slot()
    def _show_chosen(self) -> None:
        row = self._table.chosen
        result = self._shown[row] if row is not None and row < len(self._shown) else None
        if result is None:
            self._picture.show_track(None)
            self._about.setText(self.tr("Press Begin: the car drives two laps on each track, without learning."))
            return
        self._picture.show_track(result.course, [Line.of(result, current_theme().hero)])
        self._about.setText(
            self.tr("Track {0}, {1} m").format(result.track, f"{float(result.course.length):.0f}")
            if result.finished or not result.ended
            else self.tr("Track {0}, {1} m: the drive ended after {2} of a lap.").format(
                result.track, f"{float(result.course.length):.0f}", f"{result.distance:.0%}"
            )
        )

    def _lay_out(self) -> None:
        label = QLabel(self.tr("B&rain"))
        label.setBuddy(self._which)
        choices = self.track_choices()
        choices.insertWidget(0, label)
        choices.insertWidget(1, self._which)
        beside = QVBoxLayout()
        beside.setSpacing(GRID)
        beside.addWidget(self._picture, 1)
        beside.addWidget(self._about)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addWidget(self._table, 9)
        middle.addLayout(beside, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(choices)
        column.addLayout(middle, 1)
        column.addLayout(self.foot())


def finished_cell(result: TrackResult, yes: str, no: str) -> Cell:
    """Whether all laps were driven; otherwise how far the car came, in laps."""
    if result.finished:
        return Cell(yes, 1e9)
    if not result.ended:
        return Cell(NOTHING if not len(result.line) else f"{result.distance:.0%}", result.distance)
    return Cell(f"{no} {result.distance:.0%}", result.distance)
