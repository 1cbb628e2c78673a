"""Updates come in chunks: what is to happen every so many updates happens after the chunk that gets there."""

from __future__ import annotations

from racer_desktop.config import Config


def passed(config: Config, updates: int, every: int) -> bool:
    """Whether the chunk that ended with so many updates came to a multiple of `every`, or went past one."""
    before = max(updates - config.training.updates_per_chunk, 0)
    return updates // every > before // every
