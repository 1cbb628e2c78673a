"""What each chart shows of the history: its curves, its words and its table. No widgets."""

from __future__ import annotations

import abc

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from racer_desktop.gui.charts_axes import LinearScale, Scale, SignedLogScale, short_number
from racer_desktop.gui.charts_curves import Curve
from racer_desktop.gui.charts_series import GrowingArray, RollingMean, Series
from racer_desktop.gui.theme import Theme
from racer_desktop.training.snapshot import NO_LOSSES, History

MEAN_OVER = 100  # episodes
PART_COLOURS = 6  # parts of the loss with a colour of their own; later ones are dashed

Table = list[tuple[str, np.ndarray]]


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Charts", text)


class ChartSource(abc.ABC):
    """One chart's view of the history.

    Attributes:
        key: name for files and settings, never translated.
        title: heading, with the unit of the heights.
        counted: what is counted along x, in the plural.
        empty: what to do to see something here.
        scale: of the heights.
        always: heights that are always within sight.
        curves: what is drawn, the last on top.
        reference: a number worth comparing with, drawn as a dashed line.
        legend: whether the curves need a legend.
        hidden_at_first: names of the curves that are switched off until the person wants them.
    """

    key: str
    title: str
    counted: str
    empty: str
    scale: Scale = LinearScale()
    always: tuple[float, ...] = ()
    reference: float | None = None
    legend: bool = False

    def __init__(self) -> None:
        self.series = Series()
        self.curves: list[Curve] = []
        self.hidden_at_first: set[str] = set()

    @abc.abstractmethod
    def feed(self, history: History) -> bool:
        """Takes in what is new; returns whether there is anything new to draw."""

    @abc.abstractmethod
    def value_text(self) -> str:
        """The current value in a few characters; "" before the first."""

    @abc.abstractmethod
    def text_at(self, row: int) -> str:
        """The values at one row of the series, in a few characters."""

    @abc.abstractmethod
    def colours(self, theme: Theme) -> dict[str, QColor]:
        """The colour of each curve by its name."""

    @abc.abstractmethod
    def table(self) -> Table:
        """All that is recorded: (name, [N]) each."""

    def reading(self, at: float) -> str:
        """What was recorded nearest to a place along x."""
        x = self.series.x
        if len(x) == 0:
            return ""
        row = int(np.clip(np.searchsorted(x, at), 0, len(x) - 1))
        if row > 0 and at - x[row - 1] < x[row] - at:
            row -= 1
        return f"{int(x[row]):,}:  {self.text_at(row)}"


class RewardSource(ChartSource):
    """The reward of every training episode and its mean over the last hundred."""

    key = "reward"

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("Episode reward")
        self.counted = tr("episodes")
        self.empty = tr("Press Start: each finished episode becomes a point here.")
        self._each, self._mean = tr("each"), tr("mean of 100")
        self._rolling = RollingMean(MEAN_OVER)
        self._means = Series()
        self._steps = np.zeros(0, np.int64)
        self.curves = [
            Curve(self._each, self.series, look="range"),
            Curve(self._mean, self._means, look="strong line"),
        ]

    def feed(self, history: History) -> bool:
        """Takes in new episodes."""
        rewards = history.episode_reward
        x = np.arange(1, len(rewards) + 1)
        generation = self.series.generation
        if not self.series.set_data(x, rewards):
            return False
        if self.series.generation != generation:
            self._rolling = RollingMean(MEAN_OVER)
        self._means.set_data(x, self._rolling.extend(rewards))
        self._steps = history.episode_step
        return True

    def value_text(self) -> str:
        """The newest mean."""
        if not len(self._means):
            return ""
        return tr("mean {value}").format(value=f"{self._means.y[-1, 0]:+.1f}")

    def text_at(self, row: int) -> str:
        """Reward and mean."""
        return f"{self.series.y[row, 0]:+.1f}   " + tr("mean {value}").format(value=f"{self._means.y[row, 0]:+.1f}")

    def colours(self, theme: Theme) -> dict[str, QColor]:
        """Both in the colour of the AI's car."""
        return {self._each: theme.series[0], self._mean: theme.series[0]}

    def table(self) -> Table:
        """Episode, environment steps, reward, mean."""
        rewards, means = self.series.y[:, 0:1].ravel(), self._means.y[:, 0:1].ravel()
        return [
            ("episode", self.series.x),
            ("env_steps", self._steps),
            ("reward", rewards),
            ("reward_mean_100", means),
        ]


class LossSource(ChartSource):
    """The losses of every update: their total and each by itself."""

    key = "loss"
    legend = True

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("Loss")
        self.counted = tr("updates")
        self.empty = tr("Press Start: the losses appear with the first updates.")
        self.scale = SignedLogScale()
        self._total = tr("total")
        self._totals, self._sums = Series(), GrowingArray(1)
        self._names: tuple[str, ...] = ()
        self._summed: list[int] = []

    def feed(self, history: History) -> bool:
        """Takes in new updates."""
        if history.loss_names != self._names:
            self._set_names(history.loss_names)
        generation = self.series.generation
        if not self.series.set_data(history.loss_update, history.loss):
            return False
        if self.series.generation != generation:
            self._sums = GrowingArray(1)
        fresh = history.loss[len(self._sums.rows) :, self._summed]
        self._sums.append(fresh.sum(axis=1, keepdims=True))
        self._totals.set_data(history.loss_update, self._sums.rows)
        return True

    def _set_names(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._summed = [i for i, name in enumerate(names) if name not in NO_LOSSES]
        self.hidden_at_first = {name for name in names if name in NO_LOSSES}
        parts = [Curve(name, self.series, i, "line", dashed=i >= PART_COLOURS) for i, name in enumerate(names)]
        total = [Curve(self._total, self._totals, 0, look) for look in ("range", "strong line")]
        self.curves = [total[0], *parts, total[1]] if names else []

    def value_text(self) -> str:
        """The newest total."""
        return self.text_at(-1) if len(self.series) else ""

    def text_at(self, row: int) -> str:
        """The total."""
        return f"{self._total} {short_number(float(self._totals.y[row, 0]))}"

    def colours(self, theme: Theme) -> dict[str, QColor]:
        """The total in the first colour, its parts in the others."""
        others = theme.series[1 : 1 + PART_COLOURS]
        parts = {name: others[i % len(others)] for i, name in enumerate(self._names)}
        return {self._total: theme.series[0]} | parts

    def table(self) -> Table:
        """Update, total and every loss."""
        columns = [(name.replace(" ", "_"), self.series.y[:, i]) for i, name in enumerate(self._names)]
        return [("update", self.series.x), ("total", self._totals.y[:, 0:1].ravel()), *columns]


class ExplorationSource(ChartSource):
    """The exploration rate."""

    key = "exploration"

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("Exploration rate")
        self.counted = tr("updates")
        self.empty = tr("Press Start: the rate falls from here as the driver learns.")
        self.always = (0.0,)
        self.curves = [Curve(self.title, self.series, look="strong line")]

    def feed(self, history: History) -> bool:
        """Takes in new updates."""
        return self.series.set_data(history.loss_update, history.exploration)

    def value_text(self) -> str:
        """The newest rate."""
        return self.text_at(-1) if len(self.series) else ""

    def text_at(self, row: int) -> str:
        """The rate."""
        return f"{self.series.y[row, 0]:.2f}"

    def colours(self, theme: Theme) -> dict[str, QColor]:
        """Orange."""
        return {self.title: theme.series[1]}

    def table(self) -> Table:
        """Update and rate."""
        return [("update", self.series.x), ("exploration", self.series.y[:, 0:1].ravel())]


class LapSource(ChartSource):
    """The lap times of the AI in the Arena, and the best so far."""

    key = "laps"

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("Lap time (s)")
        self.counted = tr("updates")
        self.empty = tr("The first lap that the AI completes becomes a point here.")
        self._each, self._best = tr("each lap"), tr("best so far")
        self._bests = Series()
        self.curves = [
            Curve(self._each, self.series, look="dots"),
            Curve(self._best, self._bests, look="steps"),
        ]

    def feed(self, history: History) -> bool:
        """Takes in new laps."""
        if not self.series.set_data(history.lap_update, history.lap_time):
            return False
        self._bests.set_data(history.lap_update, np.fmin.accumulate(history.lap_time))
        return True

    def value_text(self) -> str:
        """The last and the best lap."""
        return self.text_at(-1) if len(self.series) else ""

    def text_at(self, row: int) -> str:
        """That lap and the best until then."""
        lap, best = self.series.y[row, 0], self._bests.y[row, 0]
        return tr("{lap} s   best {best} s").format(lap=f"{lap:.2f}", best=f"{best:.2f}")

    def colours(self, theme: Theme) -> dict[str, QColor]:
        """Both in the colour of the AI's car."""
        return {self._each: theme.series[0], self._best: theme.series[0]}

    def table(self) -> Table:
        """Update, lap time, best so far."""
        laps, bests = self.series.y[:, 0:1].ravel(), self._bests.y[:, 0:1].ravel()
        return [("update", self.series.x), ("lap_time_s", laps), ("best_lap_s", bests)]


class ValidationSource(ChartSource):
    """The share of validation tracks finished."""

    key = "validation"

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("Test drives finished")
        self.counted = tr("updates")
        self.empty = tr("The first test drive becomes a point here.")
        self.scale = LinearScale(percent=True)
        self.always = (0.0, 1.0)
        self.curves = [
            Curve(self.title, self.series, look="range"),
            Curve(self.title, self.series, look="strong line"),
        ]

    def feed(self, history: History) -> bool:
        """Takes in new drives."""
        return self.series.set_data(history.validation_update, history.validation_finished)

    def value_text(self) -> str:
        """The newest share."""
        return self.text_at(-1) if len(self.series) else ""

    def text_at(self, row: int) -> str:
        """The share."""
        return f"{self.series.y[row, 0]:.0%}"

    def colours(self, theme: Theme) -> dict[str, QColor]:
        """Green."""
        return {self.title: theme.series[2]}

    def table(self) -> Table:
        """Update and share."""
        return [("update", self.series.x), ("validation_finished", self.series.y[:, 0:1].ravel())]
