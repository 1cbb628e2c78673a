"""What the tests of the agent share: a tiny brain whose update is compiled once."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before JAX is imported: no remarks about this machine

from collections.abc import Callable
from typing import Any

import jax
import pytest

from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.config import AgentConfig
from tests.agent.lesson import Pupil


@pytest.fixture(params=["plain", "jitted"])
def variant(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Runs a test once as it stands and once under `jax.jit`."""
    return jax.jit if request.param == "jitted" else lambda function: function


@pytest.fixture(scope="session")
def tiny() -> AgentConfig:
    """Sizes that compile fast, and settings the tests count on, whatever the defaults are."""
    return AgentConfig(
        deter=16,
        groups=3,
        classes=4,
        units=16,
        layers=1,
        bins=41,
        unimix=0.01,
        free_nats=0.1,
        dynamics_scale=1.0,
        representation_scale=0.1,
        reconstruction_scale=1.0,
        sensor_scale=1.0,
        smoothness=0.0,
        horizon=5,
        imagination_starts=64,
        discount_horizon=10.0,
        lambda_=0.95,
        entropy=3e-4,
        min_std=0.1,
        reinforce=0.0,
        return_rate=0.1,
        slow_critic_rate=0.02,
        slow_critic_scale=1.0,
        replay_value_scale=1.0,
        learning_rate=3e-3,
        actor_rate=1.0,
        warmup=2,
        rate_decay=1e9,
        gradient_clip=0.3,
        average=0.9,
    )


@pytest.fixture(scope="session")
def dreamer(tiny: AgentConfig) -> Dreamer:
    return Dreamer(tiny, observation=2, action=1)


@pytest.fixture(scope="session")
def pupil(dreamer: Dreamer) -> Pupil:
    """`dreamer` with its functions jitted."""
    return Pupil(dreamer)
