"""Stand-in until the real module lands (uncommitted)."""
from dataclasses import dataclass
from pathlib import Path
SUFFIX = ".racer"
class CheckpointError(Exception):
    pass
@dataclass(frozen=True)
class CheckpointInfo:
    path: Path
    title: str
    kind: str
    time: float
