"""Compare brains: several of them on the same unseen tracks, side by side and over all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from racer_desktop.gui.evaluate_dialog import finished_cell
from racer_desktop.gui.icons import swatch
from racer_desktop.gui.panel_parts import words
from racer_desktop.gui.theme import GRID, Theme, current_theme
from racer_desktop.gui.track_picture import Line, Thumbnails, TrackPicture
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.gui.trial_run import Brain, Judge, RunState, judge_file
from racer_desktop.gui.trial_table import NOTHING, PICTURE, PICTURE_ROW, Cell, TrialTable
from racer_desktop.training.checkpoint import SUFFIX
from racer_desktop.training.trial import Choice, Summary, TrackResult

MOST_BRAINS = 6  # as many as there are colours that can be told apart
_WIDEST = 15 * GRID  # px: a long name of a file does not push the figures out of sight

Results = tuple[tuple[TrackResult, ...], ...]


class CompareDialog(TrialDialog):
    """Brains above, tracks below, the chosen track beside them with everybody's line."""

    def __init__(self, parent: QWidget | None = None, judge: Judge = judge_file) -> None:
        super().__init__(parent, judge)
        self.setObjectName("compare_dialog")
        self.setWindowTitle(self.tr("Compare Brains"))
        self.resize(118 * GRID, 74 * GRID)
        self._chosen = [
            Brain(self.tr("this brain, best"), None, Choice.BEST),
            Brain(self.tr("this brain, newest"), None, Choice.NEWEST),
        ]
        self._overall = TrialTable(self.tr("Brains"))
        self._overall.setMinimumHeight(16 * GRID)
        self._table = TrialTable(self.tr("Results by track"))
        self._add = QPushButton(self.tr("&Add File…"))
        self._remove = QPushButton(self.tr("&Remove"))
        for button in (self._add, self._remove):
            button.setAutoDefault(False)
        self._table.horizontalHeader().setMaximumSectionSize(_WIDEST)
        self._thumbnails = Thumbnails()
        self._picture = TrackPicture()
        self._about = words()
        self._results: Results = ()
        self._errors: tuple[str, ...] = ()
        self._lay_out()
        self._add.clicked.connect(self._choose_files)
        self._remove.clicked.connect(self._remove_chosen)
        self._table.selectionModel().selectionChanged.connect(self._show_track)
        self._overall.selectionModel().selectionChanged.connect(self._show_buttons)
        self._show()
        self.show_idle("")

    def brains(self) -> list[Brain]:
        """Those in the list."""
        return list(self._chosen)

    def add_file(self, path: Path) -> None:
        """Takes the best brain of a file into the list; once is enough."""
        if len(self._chosen) < MOST_BRAINS and all(brain.path != path for brain in self._chosen):
            self._chosen.append(Brain(path.stem, path))
            self._forget_results()

    def show_state(self, state: RunState) -> None:
        """Fills the tables as far as they are known."""
        self._results, self._errors = state.results, state.errors
        self._show()

    def show_again(self) -> None:
        """Paints lines, dots and small pictures anew."""
        self._show()

    def summary(self, state: RunState) -> str:
        """Who finished most, and who of those is fastest."""
        ranked = [
            (-overall.finished, overall.median_ratio or float("inf"), brain.name)
            for brain, results in zip(self._brains, state.results, strict=True)
            if results
            for overall in [Summary.of(results)]
        ]
        finished, ratio, name = min(ranked)
        if not finished:
            return self.tr("No brain finished a track.")
        sentence = self.tr("Best: {0}, {1} tracks finished").format(name, -finished)
        return sentence + (self.tr(", {0} x the fastest lap.").format(f"{ratio:.2f}") if ratio < 1e9 else ".")

    def _forget_results(self) -> None:
        self._results, self._errors, self._state = (), (), None
        self._thumbnails.clear()
        self._export.setEnabled(False)
        self._show()
        self.show_idle("")

    def _show(self) -> None:
        theme = current_theme()
        shape = self._overall.cells.rowCount(), self._table.cells.rowCount(), self._table.cells.columnCount()
        self._show_overall(theme)
        self._show_tracks(theme)
        after = self._overall.cells.rowCount(), self._table.cells.rowCount(), self._table.cells.columnCount()
        if after != shape:
            self._overall.stretch_first()
            self._table.fit(PICTURE_ROW)
            if after[1]:
                self._table.choose(0)
        self._overall.fit(3 * GRID)
        self._show_track()
        self._show_buttons()

    def _show_overall(self, theme: Theme) -> None:
        headings = [
            (self.tr("Brain"), self.tr("Its colour in the pictures, and its name")),
            (self.tr("Finished"), self.tr("Tracks on which two laps were driven")),
            (self.tr("x fastest"), self.tr("Median of the flying laps over the fastest possible ones")),
            (self.tr("Flying lap (s)"), self.tr("Mean of the flying laps")),
            (self.tr("Driven (laps)"), self.tr("Mean over all tracks")),
        ]
        rows = []
        for index, brain in enumerate(self._chosen):
            results = self._results[index] if index < len(self._results) else ()
            overall = Summary.of(results)
            error = self._errors[index] if index < len(self._errors) else ""
            done = self.tr("could not be tried") if error else f"{overall.finished} / {overall.tracks}"
            rows.append(
                [
                    Cell(brain.name, brain.name, swatch(_colour(theme, index), 12)),
                    Cell(done if results or error else NOTHING, overall.finish_rate if results else None),
                    Cell.figure(overall.median_ratio),
                    Cell.figure(overall.mean_lap_s),
                    Cell.figure(overall.distance if results else None),
                ]
            )
        self._overall.cells.show_rows(headings, rows)

    def _show_tracks(self, theme: Theme) -> None:
        headings = [(self.tr("Track"), self.tr("Its number, and the lines that were driven"))]
        headings += [
            (brain.name, self.tr("Flying lap over the fastest possible one; otherwise the share of a lap driven"))
            for brain in self._chosen
        ]
        headings.append((self.tr("Fastest (s)"), self.tr("The fastest possible lap of this track and car")))
        rows = []
        for track in range(max(map(len, self._results), default=0)):
            here = [results[track] if results else None for results in self._results]
            known = [result for result in here if result is not None]
            ratios = [result.ratio for result in known if result.ratio is not None]
            ratio, lines = self.devicePixelRatioF(), self._lines(track)
            picture = self._thumbnails.of(track, PICTURE, ratio, known[0].course, lines, theme)
            rows.append(
                [
                    Cell(str(known[0].track), known[0].track, picture),
                    *(_drive_cell(result, min(ratios, default=None)) for result in here),
                    Cell.figure(known[0].reference_lap_s),
                ]
            )
        self._table.cells.show_rows(headings, rows)

    def _lines(self, track: int) -> list[Line]:
        theme = current_theme()
        return [Line.of(r[track], _colour(theme, index)) for index, r in enumerate(self._results) if r]

    @Slot()
    def _show_track(self) -> None:
        row = self._table.chosen
        course = next((r[row] for r in self._results if r), None) if row is not None and self._results else None
        if row is None or course is None:
            self._picture.show_track(None)
            self._about.setText(self.tr("Choose brains and press Begin: all of them drive the same tracks."))
            return
        self._picture.show_track(course.course, self._lines(row))
        length = f"{float(course.course.length):.0f}"
        self._about.setText(self.tr("Track {0}, {1} m").format(course.track, length))

    @Slot()
    def _show_buttons(self) -> None:
        free = not (self.running or self.waiting)
        self._add.setEnabled(free and len(self._chosen) < MOST_BRAINS)
        self._remove.setEnabled(free and len(self._chosen) > 1 and self._overall.chosen is not None)

    def _allow(self, free: bool) -> None:
        super()._allow(free)
        self._show_buttons()

    @Slot()
    def _choose_files(self) -> None:
        dialog = QFileDialog(self)
        dialog.setObjectName("brains_file_dialog")
        dialog.setWindowTitle(self.tr("Add Brains"))
        dialog.setNameFilter(self.tr("Racer Desktop files (*{0})").format(SUFFIX))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        accepted, chosen = bool(dialog.exec()), dialog.selectedFiles()
        dialog.deleteLater()
        for name in chosen if accepted else []:
            self.add_file(Path(name))

    @Slot()
    def _remove_chosen(self) -> None:
        row = self._overall.chosen
        if row is not None and len(self._chosen) > 1:
            del self._chosen[row]
            self._forget_results()

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.addWidget(self._add)
        side.addWidget(self._remove)
        side.addStretch(1)
        above = QWidget()
        upper = QHBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.addWidget(self._overall, 1)
        upper.addLayout(side)
        beside = QVBoxLayout()
        beside.addWidget(self._picture, 1)
        beside.addWidget(self._about)
        below = QWidget()
        lower = QHBoxLayout(below)
        lower.setContentsMargins(0, GRID, 0, 0)
        lower.setSpacing(2 * GRID)
        lower.addWidget(self._table, 7)
        lower.addLayout(beside, 3)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(above)
        halves.addWidget(below)
        halves.setStretchFactor(1, 1)
        halves.setSizes([16 * GRID, 48 * GRID])
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(self.track_choices())
        column.addWidget(halves, 1)
        column.addLayout(self.foot())


def _drive_cell(result: TrackResult | None, best: float | None) -> Cell:
    if result is None:
        return Cell.figure(None)
    if result.ratio is not None:
        return Cell.figure(result.ratio, bold=result.ratio == best)
    return Cell(finished_cell(result, NOTHING, "").text.strip(), None, number=True)


def _colour(theme: Theme, index: int) -> QColor:
    return theme.series[index % len(theme.series)]
