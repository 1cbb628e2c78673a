"""What the charts cost, measured with the shortest recordings; how much it may cost, test_charts_panel.py says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.charts_bench import Recording, history, measure


@pytest.mark.usefixtures("qapp", "nothing_left")
def test_each_recording_is_measured() -> None:
    recordings = [Recording(20, 40), Recording(200, 1200)]
    costs = measure(recordings, rounds=3)
    assert [cost.recording for cost in costs] == recordings
    for cost in costs:
        assert min(cost.first_ms, cost.update_ms, cost.paint_ms) > 0.0
    assert not [w for w in QApplication.topLevelWidgets() if w.objectName() == "charts_panel" and w.isVisible()]


def test_a_recording_has_something_for_every_chart() -> None:
    recording = history(500, 5_000)
    for name in ("episode_reward", "loss", "exploration", "lap_time", "validation_finished"):
        assert len(getattr(recording, name)) >= 10
    assert np.isfinite(recording.loss).all()
