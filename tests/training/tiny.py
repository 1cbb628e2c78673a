"""The smallest experiment that has everything, and ways to look at all of one."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from racer_desktop.config import Config
from racer_desktop.training import saved
from racer_desktop.training.session import Session

TINY = Config().replace(
    track__points=96,
    track__obstacles=0,
    track__difficulty=0.0,
    track__pool=3,
    track__refresh_updates=4,
    agent__deter=16,
    agent__groups=4,
    agent__classes=4,
    agent__units=16,
    agent__layers=1,
    agent__bins=21,
    agent__horizon=4,
    agent__imagination_starts=16,
    training__cars=4,
    training__batch=4,
    training__length=8,
    training__prefill=64,
    training__updates_per_chunk=2,
    training__replay_steps=4000,
    training__guest_steps=800,
    training__steps_per_update=2,
    training__validate_updates=10,
)


def everything(session: Session) -> dict[str, Any]:
    """All that learning changes and records, by name; the learner comes to rest for it."""
    session._learner.drain()
    content = saved.content(session._experiment)
    timeless = {k: v for k, v in content.counters.items() if k not in ("wall_s", "compile_s")}
    return {**content.tensors, **timeless}


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names of what is not the same, bit for bit."""
    names = sorted(one.keys() | other.keys())
    return [name for name in names if name not in one or name not in other or not _same(one[name], other[name])]


def copied(tree: Any) -> Any:
    """A copy of a tree of arrays on the host."""
    return jax.tree.map(lambda leaf: np.array(leaf), jax.device_get(tree))


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, np.ndarray):
        return one == other
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
