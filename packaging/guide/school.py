"""A brain at several ages: one training run with the program's own settings, saved on its way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from racer_desktop.config import Config
from racer_desktop.training.session import Session
from racer_desktop.training.snapshot import Stats

AGES = (0, 400, 1200, 3000)  # updates


def train(folder: Path, config: Config, told: Callable[[Stats], bool], ages: tuple[int, ...] = AGES) -> list[Path]:
    """Trains, unless the folder already holds what an earlier call left there.

    Args:
        folder: where the brains are kept.
        config: all settings.
        told: called after each chunk of updates; False breaks off.
        ages: updates after which a brain is saved, rising.

    Returns:
        The files, youngest brain first; all but the last without replay.

    Raises:
        CheckpointError: if a file cannot be written.
    """
    files = [folder / f"{age:05}.racer" for age in ages]
    if all(file.exists() for file in files):
        return files
    folder.mkdir(parents=True, exist_ok=True)
    session = Session(config, live=False)
    try:
        for age, file in zip(ages, files, strict=True):
            if age:
                session.train(updates=age - session.stats().updates, told=told)
            session.save(file, brain_only=file is not files[-1])
    finally:
        session.close()
    return files
