"""What the Charts panel costs with a little and with a lot recorded: to take in what is new, and to paint."""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple

import numpy as np
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.charts_panel import ChartsPanel
from racer_desktop.gui.theme import dark_theme
from racer_desktop.training.snapshot import Activity, History, Stats

SIZE = 320, 720  # px: about what the panel has beside the track in a window of 1280 x 800
NEW_UPDATES, NEW_EPISODES = 10, 1  # between two drawings
LOSSES = ("world model", "reward", "continuation", "representation", "dynamics", "actor", "critic", "entropy")


class Recording(NamedTuple):
    """How much was recorded."""

    episodes: int
    updates: int


class Cost(NamedTuple):
    """Medians for one recording.

    Attributes:
        recording: what was recorded at first.
        first_ms: to draw all of it when it is first seen, as when a file was opened.
        update_ms: to take in a few new numbers and place the curves anew, all charts together.
        paint_ms: to paint the whole panel.
    """

    recording: Recording
    first_ms: float
    update_ms: float
    paint_ms: float


def measure(recordings: list[Recording], rounds: int) -> list[Cost]:
    """Draws each recording as it grows, in turns, so that whatever else the machine does falls upon all alike.

    Needs a QApplication; the panels are never on the screen.

    Args:
        recordings: to be compared.
        rounds: how often each is drawn.
    """
    panels = [_Measured(recording, rounds) for recording in recordings]
    for number in range(rounds):
        for panel in panels:
            panel.draw(number)
    costs = [panel.cost() for panel in panels]
    for panel in panels:
        panel.close()
    return costs


class _Measured:
    """A panel, what it shows, and how long that took, s."""

    def __init__(self, recording: Recording, rounds: int) -> None:
        self._recording = recording
        self._whole = history(recording.episodes + rounds * NEW_EPISODES, recording.updates + rounds * NEW_UPDATES)
        self._panel = ChartsPanel(dark_theme())
        self._panel.resize(*SIZE)
        self._panel.show()
        QApplication.processEvents()
        self._updates: list[float] = []
        self._paints: list[float] = []
        self._first = self._update(0)
        self._panel.grab()  # fonts and pens are made once

    def draw(self, number: int) -> None:
        """Lets the recording grow for the `number`th time."""
        self._updates.append(self._update(number + 1))
        began = time.perf_counter()
        self._panel.grab()
        self._paints.append(time.perf_counter() - began)

    def cost(self) -> Cost:
        """What it came to."""
        update, paint = (1e3 * statistics.median(took) for took in (self._updates, self._paints))
        return Cost(self._recording, 1e3 * self._first, update, paint)

    def close(self) -> None:
        """Takes the panel away."""
        self._panel.close()
        self._panel.deleteLater()

    def _update(self, grown: int) -> float:
        episodes = self._recording.episodes + grown * NEW_EPISODES
        updates = self._recording.updates + grown * NEW_UPDATES
        stats = Stats(
            Activity.LEARNING, episodes=episodes, updates=updates, history=_until(self._whole, episodes, updates)
        )
        self._panel.set_stats(stats)
        began = time.perf_counter()
        self._panel.catch_up()
        return time.perf_counter() - began


def history(episodes: int, updates: int) -> History:
    """A recording with the noise of a real one; a shorter one is the beginning of a longer one."""
    draw = np.random.default_rng(0)
    episode, update = np.arange(episodes), np.arange(updates)
    losses = draw.gamma(2.0, 0.5, (updates, len(LOSSES))) + 2.0 * np.exp(-update / 5e3)[:, None]
    return History(
        loss_names=LOSSES,
        episode_reward=(20.0 * (1.0 - np.exp(-episode / 5e3)) + draw.normal(0.0, 4.0, episodes)).astype(np.float32),
        episode_step=40 * episode,
        loss_update=update,
        loss=losses.astype(np.float32),
        exploration=np.maximum(0.1, 0.9995**update).astype(np.float32),
        lap_update=update[::50],
        lap_time=(40.0 + draw.normal(0.0, 1.0, len(update[::50]))).astype(np.float32),
        validation_update=update[::500],
        validation_finished=draw.uniform(0.0, 1.0, len(update[::500])).astype(np.float32),
    )


def _until(whole: History, episodes: int, updates: int) -> History:
    """The recording as it was; views, as the real one hands out."""
    laps, validations = (int(np.searchsorted(at, updates)) for at in (whole.lap_update, whole.validation_update))
    return History(
        loss_names=whole.loss_names,
        episode_reward=whole.episode_reward[:episodes],
        episode_step=whole.episode_step[:episodes],
        loss_update=whole.loss_update[:updates],
        loss=whole.loss[:updates],
        exploration=whole.exploration[:updates],
        lap_update=whole.lap_update[:laps],
        lap_time=whole.lap_time[:laps],
        validation_update=whole.validation_update[:validations],
        validation_finished=whole.validation_finished[:validations],
    )
