"""The Charts panel: everything recorded, drawn as it comes in, at a price that does not grow with it."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QElapsedTimer, QSize, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from racer_desktop.gui.charts_chart import Chart
from racer_desktop.gui.charts_sources import (
    ExplorationSource,
    LapSource,
    LossSource,
    RewardSource,
    ValidationSource,
)
from racer_desktop.gui.panel_parts import colour_words, scrolling, words
from racer_desktop.gui.theme import GRID, Theme, current_theme
from racer_desktop.training.snapshot import Activity, Stats

ROUND_MS = 250  # each chart is drawn at most once in this time
TURN_MS = 30  # between two charts of one round: the track view gets its frames in between
LEAST = QSize(240, 160)  # fixed, so that a chart that appears never pushes the window about


class ChartsPanel(QWidget):
    """Reward, loss, exploration rate, lap times and validation, with the training-health line below.

    `set_stats` may be called as often as one likes: it only keeps the newest snapshot. Charts are drawn in turn,
    each at most four times a second, and only while the panel can be seen.
    """

    def __init__(self, theme: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("charts_panel")
        self.setMinimumSize(LEAST)
        self._theme = theme or current_theme()
        self._stats: Stats | None = None
        self._drawn: Stats | None = None
        self._since_round = QElapsedTimer()
        self._due: deque[Chart] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._take_turn)
        self._laps = LapSource()
        sources = (RewardSource(), LossSource(), self._laps, ExplorationSource(), ValidationSource())
        self.charts = [Chart(source, self._theme) for source in sources]
        self._build()
        self.set_theme(self._theme)

    def set_stats(self, stats: Stats) -> None:
        """Takes the newest snapshot; it is drawn when it is time to."""
        self._stats = stats
        if self.isVisible() and not self._turn.isActive():
            self._schedule()

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        for chart in self.charts:
            chart.set_theme(theme)
        self._say_health()

    def set_reference_lap(self, seconds: float | None) -> None:
        """The fastest possible lap of this track, drawn as a line beside the lap times."""
        self._laps.reference = seconds
        self._chart_of("laps").refresh()

    def catch_up(self) -> None:
        """Draws everything that was recorded, also while the panel cannot be seen."""
        if self._stats is not None:
            for chart in self.charts:
                chart.update_from(self._stats.history)
                self._show_once_filled(chart)

    @property
    def sheet(self) -> QWidget:
        """All charts, one below the other."""
        return self._sheet

    @property
    def folded(self) -> list[str]:
        """Keys of the charts of which only the heading is shown."""
        return [c.source.key for c in self.charts if c.collapsed]

    def set_folded(self, keys: list[str]) -> None:
        """Folds these charts and unfolds the others."""
        for chart in self.charts:
            chart.set_collapsed(chart.source.key in keys)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Catches up on what came while nobody looked."""
        super().showEvent(event)
        if self._stats is not None and not self._turn.isActive():
            self._schedule()

    def _schedule(self) -> None:
        waited = self._since_round.elapsed() if self._since_round.isValid() else ROUND_MS
        self._turn.start(max(0, ROUND_MS - waited))

    @Slot()
    def _take_turn(self) -> None:
        """Draws one chart; a round over all of them starts with the newest snapshot."""
        if not self.isVisible() or self._stats is None:
            self._due.clear()
            return
        if not self._due:
            self._since_round.restart()
            self._drawn = self._stats
            self._say_health()
            self._due.extend(self.charts)
        chart = self._due.popleft()
        assert self._drawn is not None
        chart.update_from(self._drawn.history)
        self._show_once_filled(chart)
        if self._due:
            self._turn.start(TURN_MS)
        elif self._stats is not self._drawn:
            self._schedule()

    def _show_once_filled(self, chart: Chart) -> None:
        if chart.source.key in ("laps", "validation"):
            chart.setVisible(len(chart.source.series) > 0)

    def _say_health(self) -> None:
        stats = self._drawn
        words = self._words(stats)
        bad = stats is not None and stats.activity is Activity.FAILED
        colour_words(self._theme.crash if bad else self._theme.text, self._health)
        if words != self._health.text():
            self._health.setText(words)

    def _words(self, stats: Stats | None) -> str:
        if stats is None:
            return self.tr("Nothing is recorded yet.")
        if stats.activity is Activity.FAILED and stats.message:
            return stats.message
        health = stats.health or stats.activity.value
        if stats.episodes == 0:
            return health[:1].upper() + health[1:]
        episodes = self.tr("1 episode") if stats.episodes == 1 else self.tr("{n} episodes")
        episodes = episodes.format(n=f"{stats.episodes:,}")
        return f"{health[:1].upper()}{health[1:]}  ·  {episodes}"

    def _chart_of(self, key: str) -> Chart:
        return next(c for c in self.charts if c.source.key == key)

    def _build(self) -> None:
        inside = self._sheet = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID // 2, 0, 0, GRID // 2)
        column.setSpacing(GRID // 2)
        for chart in self.charts:
            column.addWidget(chart, 5 if chart.source.legend else 4)
            self._show_once_filled(chart)
        column.addStretch(0)
        self._health = words(pixels=12)
        self._health.setMargin(GRID // 2)
        self._health.setAccessibleName(self.tr("Training health"))
        self._health.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolling(inside), 1)
        outer.addWidget(self._health)
