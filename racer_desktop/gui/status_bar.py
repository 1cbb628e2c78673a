"""The status bar: what the learner does, how fast, and how smoothly the window paints."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from racer_desktop.gui.theme import GRID, Theme, tabular_font
from racer_desktop.training.snapshot import Activity, Stats

TEXT = 12  # px
PROGRESS_STEPS = 100


class StatusBar(QStatusBar):
    """Shows a `Stats` and the painted frames per second; every number has a place of fixed width."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self._activity_names = {
            Activity.LOADING: self.tr("Loading the learner…"),
            Activity.IDLE: self.tr("Ready on {device}"),
            Activity.COMPILING: self.tr("Compiling for {device}"),
            Activity.LEARNING: self.tr("Learning on {device}"),
            Activity.PAUSED: self.tr("Paused on {device}"),
            Activity.FAILED: self.tr("Stopped by a failure"),
        }
        self._activity = self._label("activity", self.tr("What the learner is doing"), "Compiling for GPU")
        self._progress = QProgressBar()
        self._progress.setObjectName("compile_progress")
        self._progress.setAccessibleName(self.tr("Progress of the compilation"))
        self._progress.setFixedSize(15 * GRID, GRID)
        self._progress.setTextVisible(False)
        self._speed = self._label("updates_per_s", self.tr("Updates per second"), "0,000.0 updates/s")
        self._steps = self._label("env_steps", self.tr("Environment steps"), "000,000,000 steps")
        self._exploration = self._label("exploration", self.tr("Exploration rate"), "exploration 0.00")
        self._frames = self._label("frames_per_s", self.tr("Painted frames per second"), "000 frames/s")
        self._separators = []
        self.addWidget(self._activity)
        self.addWidget(self._progress)
        for label in (self._speed, self._steps, self._exploration):
            line = QFrame()
            line.setFrameShape(QFrame.Shape.VLine)
            line.setFixedHeight(2 * GRID)
            self._separators.append(line)
            self.addWidget(line)
            self.addWidget(label)
        self.addPermanentWidget(self._frames)
        self.setContentsMargins(GRID, 0, GRID, 0)
        self.set_theme(theme)
        self.set_stats(Stats(Activity.LOADING))
        self.set_frames_per_s(0.0)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.setStyleSheet("QStatusBar::item { border: none; }")
        for line in self._separators:
            line.setStyleSheet(f"color: {theme.border.name()};")
        self._progress.setStyleSheet(
            f"QProgressBar {{ background: {theme.border.name()}; border: none; border-radius: {GRID // 2}px; }}"
            f"QProgressBar::chunk {{ background: {theme.accent.name()}; border-radius: {GRID // 2}px; }}"
        )

    def set_stats(self, stats: Stats) -> None:
        """Shows the learner's numbers."""
        text = self._activity_names[stats.activity].format(device=stats.device)
        if stats.activity is Activity.FAILED and stats.message:
            text = stats.message
        self._activity.setText(text)
        self._activity.setToolTip(stats.message or text)
        busy = stats.activity in (Activity.LOADING, Activity.COMPILING)
        # A tip that is being shown has the room to itself; the next statistics bring the bar back.
        self._progress.setVisible(busy and not self.currentMessage())
        if busy:
            known = stats.activity is Activity.COMPILING and stats.compile_progress > 0.0
            self._progress.setRange(0, PROGRESS_STEPS if known else 0)
            self._progress.setValue(round(stats.compile_progress * PROGRESS_STEPS))
        self._speed.setText(self.tr("{0} updates/s").format(f"{stats.updates_per_s:,.1f}"))
        self._steps.setText(self.tr("{0} steps").format(f"{stats.env_steps:,}"))
        self._exploration.setText(self.tr("exploration {0}").format(f"{stats.exploration:.2f}"))

    def set_frames_per_s(self, rate: float) -> None:
        """Shows how many frames per second were painted."""
        self._frames.setText(self.tr("{0} frames/s").format(f"{rate:.0f}"))

    def _label(self, name: str, meaning: str, widest: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setAccessibleName(meaning)
        label.setToolTip(meaning)
        label.setFont(tabular_font(TEXT))
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        return label
