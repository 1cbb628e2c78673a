"""Racer Desktop: a car that knows nothing teaches itself to race, live in a window.

The plan of the house. Arrows go down only; import-linter holds them (`pyproject.toml`, `tests/test_layers.py`).

    cli, __main__      the command line; imports heavy modules only inside the command that needs them
      commands/        one module for each of its commands
      gui/             all Qt, and nothing else imports it
      bench/           measurements: speed of the race, cost of an update, learning beside other learners
      gym/             the race as a Gymnasium environment, for other learners
        training/      where sim and agent meet; no Qt
          sim/         the race, as pure JAX functions over batches of cars; knows no agent
          agent/       DreamerV3, as pure JAX functions and Haiku modules; knows observations and actions, no cars
            config     every setting: frozen dataclasses with units, defaults and limits

How the data flows: `training.session.Session` is one running experiment. It owns a Trainer, which collects
experience with a fleet of cars and learns as fast as the machine allows, and an Arena, in which the newest
brain or the person's keys drive in real time. `gui.worker` drives the Session in a thread of its own; frames
and statistics reach the window as frozen snapshots (`training.snapshot`), of which only the newest counts, and
the window's wishes go back through a queue. The window paints and computes nothing.

Beside the package: `resources/` (icons, help pages, circuits, themes), `models/` (saved brains and the driver
that ships with the program), `tests/` (mirrors the package), `packaging/` (how it is set up and started).
"""

import importlib
import os
import sys

__version__ = "0.1.0"

# Before any module loads JAX, which sets it otherwise: its compiler logs, for every cached program, harmless
# differences in how two places spell this CPU's features.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

if "gymnasium" in sys.modules:
    # Who has imported it expects `import racer_desktop` to make the race known to it; nothing heavy comes along.
    importlib.import_module("racer_desktop.gym")
