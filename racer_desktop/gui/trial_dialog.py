"""What the dialogs that try brains have in common: a run that is polled, progress, Cancel, and the table as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from racer_desktop.config import MOST_OBSTACLES, TrackConfig
from racer_desktop.gui.dialogs import show_failure
from racer_desktop.gui.panel_parts import colour_words, words
from racer_desktop.gui.theme import GRID, current_theme
from racer_desktop.gui.trial_run import Brain, Judge, RunState, TrialRun, judge_file
from racer_desktop.training.trial import TEST_SEEDS, Phase, TrackResult, Trial, write_csv

POLL_MS = 100
MOST_TRACKS = 64
_STEPS = 1000  # of the progress bar


class TrialDialog(QDialog):
    """Asks for brains to be tried, shows how far that is, and ends it when it is closed.

    Signals:
        begin_wanted: the person wants the trial; whoever owns the dialog answers with `begin` or `refuse`.
    """

    begin_wanted = Signal()

    def __init__(self, parent: QWidget | None, judge: Judge = judge_file) -> None:
        super().__init__(parent)
        self._judge = judge
        self._run: TrialRun | None = None
        self._waiting = False
        self._tracks = TrackConfig()
        self._state: RunState | None = None
        self._brains: list[Brain] = []
        self._failed = False
        self._first = _number(TEST_SEEDS.start, 0, 2**31 - 1 - MOST_TRACKS, self.tr("Number of the first track"))
        self._count = _number(len(TEST_SEEDS), 1, MOST_TRACKS, self.tr("How many tracks"))
        self._obstacles = _number(self._tracks.obstacles, 0, MOST_OBSTACLES, self.tr("Obstacles on each track"))
        self._go = QPushButton()
        self._go.setDefault(True)
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(GRID)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._words = words()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        self._export = buttons.addButton(self.tr("Save Table as &CSV…"), QDialogButtonBox.ButtonRole.ActionRole)
        self._export.setAutoDefault(False)
        self._export.setEnabled(False)
        self._export.clicked.connect(self._save_table)
        self._buttons = buttons
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._go.clicked.connect(self._go_or_cancel)

    # What the owner says.

    def set_tracks(self, tracks: TrackConfig) -> None:
        """How the tracks are to be made; the number of obstacles is the person's to change."""
        self._tracks = tracks
        self._obstacles.setValue(tracks.obstacles)

    def begin(self, own: Path) -> None:
        """Begins with the session's own brain in a file."""
        self._waiting = False
        brains = [Brain(b.name, own if b.path is None else b.path, b.choice) for b in self._brains]
        self._run = TrialRun(brains, self._trial(), self._judge)
        self._timer.start()

    def refuse(self, sentence: str) -> None:
        """Nothing can be tried; says why."""
        self._waiting = False
        self.show_idle(sentence, failed=True)

    @property
    def waiting(self) -> bool:
        """Whether `begin_wanted` was not answered yet."""
        return self._waiting

    @property
    def running(self) -> bool:
        """Whether a run is under way that was not broken off."""
        return self._run is not None

    # What the two dialogs say differently.

    def brains(self) -> list[Brain]:
        """What is to be tried."""
        raise NotImplementedError

    def show_state(self, state: RunState) -> None:
        """Shows what is known so far."""
        raise NotImplementedError

    def show_again(self) -> None:
        """Shows what is known in other colours."""
        raise NotImplementedError

    def summary(self, state: RunState) -> str:
        """One sentence about a run that is over."""
        raise NotImplementedError

    # The parts that both lay out.

    def track_choices(self) -> QHBoxLayout:
        """The row of controls that says which tracks, and the button that begins."""
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for text, box in (
            (self.tr("&Tracks from number"), self._first),
            (self.tr("&how many"), self._count),
            (self.tr("&obstacles"), self._obstacles),
        ):
            label = QLabel(text)
            label.setBuddy(box)
            label.setMinimumWidth(label.sizeHint().width() + GRID // 2)  # some fonts draw past the width they claim
            row.addWidget(label)
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(self._go)
        return row

    def foot(self) -> QVBoxLayout:
        """Progress, the sentence and the buttons."""
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addWidget(self._bar)
        column.addWidget(self._words)
        column.addWidget(self._buttons)
        return column

    def show_idle(self, sentence: str, *, failed: bool = False) -> None:
        """Nothing is under way."""
        self._go.setText(self.tr("&Begin"))
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(_STEPS if sentence and not failed else 0)
        self._say(sentence, failed=failed)
        self._allow(True)

    # How it goes.

    @Slot()
    def _go_or_cancel(self) -> None:
        if self._run is not None or self._waiting:
            self._cancel()
            return
        self._brains = self.brains()
        self._waiting = True
        self._state = None
        self._export.setEnabled(False)
        self._go.setText(self.tr("&Cancel"))
        self._allow(False)
        self._bar.setRange(0, 0)
        self._say(self.tr("Loading the brain"))
        self.begin_wanted.emit()

    @Slot()
    def _poll(self) -> None:
        state = self._run.take() if self._run is not None else None
        if state is None:
            return
        self._state = state
        self.show_state(state)
        if not state.over:
            self._show_progress(state)
            return
        self._leave_off()
        errors = [error for error in state.errors if error]
        done = [results for results in state.results if results]
        self.show_idle(" ".join([*([self.summary(state)] if done else []), *errors]), failed=not done)
        self._export.setEnabled(bool(done))

    def _show_progress(self, state: RunState) -> None:
        phase, share = state.progress.phase, state.progress.share
        known = phase in (Phase.DRIVING, Phase.MEASURING)
        done = (0.7 * share if phase is Phase.DRIVING else 0.7 + 0.3 * share) if known else 0.0
        brains = len(self._brains)
        self._bar.setRange(0, _STEPS if known else 0)
        self._bar.setValue(round(_STEPS * (state.brain + done) / brains))
        doing = {
            Phase.LOADING: self.tr("Loading the brain"),
            Phase.COMPILING: self.tr("Compiling the drive; the first time this takes a while"),
            Phase.DRIVING: self.tr("Driving all tracks side by side"),
            Phase.MEASURING: self.tr("Computing the fastest possible laps"),
        }[phase]
        which = self.tr("{0} of {1}, {2}: ").format(state.brain + 1, brains, self._brains[state.brain].name)
        self._say((which if brains > 1 else "") + doing)

    def _cancel(self) -> None:
        if self._run is not None or self._waiting:
            self._leave_off()
            self.show_idle(self.tr("Cancelled."), failed=True)

    def _leave_off(self) -> None:
        self._waiting = False
        self._timer.stop()
        if self._run is not None:
            self._run.stop()
            self._run = None

    def _trial(self) -> Trial:
        begin = self._first.value()
        return Trial(
            seeds=range(begin, begin + self._count.value()), obstacles=self._obstacles.value(), tracks=self._tracks
        )

    def _allow(self, free: bool) -> None:
        for box in (self._first, self._count, self._obstacles):
            box.setEnabled(free)

    def _say(self, sentence: str, *, failed: bool = False) -> None:
        self._failed = failed
        self._colour()
        self._words.setText(sentence or self.tr("No training and no validation drives on tracks from 9000 on."))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
            self.show_again()

    def _colour(self) -> None:
        theme = current_theme()
        colour_words(theme.muted if not self._failed else theme.text, self._words)

    def done(self, result: int) -> None:
        """Goes away, however it is closed, and ends a run that is under way without waiting for it."""
        self._cancel()
        super().done(result)

    # The table as a file.

    def tables(self) -> Sequence[tuple[str, tuple[TrackResult, ...]]]:
        """(name, results) of every brain that was tried."""
        results = self._state.results if self._state is not None else ()
        return [(b.name, r) for b, r in zip(self._brains, results, strict=False) if r]

    @Slot()
    def _save_table(self) -> None:
        dialog = QFileDialog(self)
        dialog.setObjectName("table_file_dialog")
        dialog.setWindowTitle(self.tr("Save Table"))
        dialog.setNameFilter(self.tr("Tables (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self.tr("unseen tracks.csv"))
        accepted, chosen = bool(dialog.exec()), dialog.selectedFiles()
        dialog.deleteLater()
        if accepted and chosen:
            self.save_table(Path(chosen[0]))

    def save_table(self, path: Path) -> None:
        """Writes the table as CSV; says so in a dialog if that fails."""
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, self.tables())
        except OSError as error:
            sentence = self.tr("“{0}” could not be saved: {1}. Choose a folder that you may write to.")
            show_failure(self, sentence.format(path.name, error.strerror or error))
        else:
            self._say(self.tr("Saved {0}").format(path.name))


def _number(value: int, low: int, high: int, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box
