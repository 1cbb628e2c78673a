"""Memory in use is what was really used."""

from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.bench.memory import resident_mb


def test_what_is_written_to_is_counted() -> None:
    before = resident_mb()
    held = np.ones(8_000_000)  # 64 MB, each page of it written
    assert resident_mb() - before == pytest.approx(64.0, abs=16.0)
    assert held.all()
