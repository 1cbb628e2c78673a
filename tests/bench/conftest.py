"""What the tests of measurements share."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before JAX is imported: no remarks about this machine

import pytest

from racer_desktop.training import compute


@pytest.fixture(scope="session")
def device() -> compute.Device:
    """Where is measured."""
    compute.prepare()
    return compute.learner_device("cpu")
