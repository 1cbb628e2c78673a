"""What a `.racer` file holds of an experiment: how it gets in, and how it comes out again, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.training import checkpoint, compute
from racer_desktop.training.checkpoint import Checkpoint, CheckpointError
from racer_desktop.training.experiment import Experiment
from racer_desktop.training.learner import Learner, Resumed
from racer_desktop.training.metrics import COLUMNS, Metrics
from racer_desktop.training.milestones import Milestones
from racer_desktop.training.programs import Programs, new_dreamer, programs
from racer_desktop.training.selection import Best
from racer_desktop.training.snapshot import History
from racer_desktop.training.tensors import LayoutError, named, tree_like


def content(experiment: Experiment, *, brain_only: bool = False) -> Checkpoint:
    """Copies of everything that a file keeps; the learner must be at rest.

    Args:
        experiment: to be saved.
        brain_only: whether what is remembered is left out.

    Raises:
        LearnerError: if there is no learner because it could not be made.
    """
    learner, metrics, best = experiment.learner, experiment.metrics, experiment.learner.selection.best
    trainer = learner.trainer
    state = trainer.state._replace(replay=None) if brain_only else trainer.state
    history = metrics.history()
    tensors = named(state, "learner") | {f"history/{name}": np.array(getattr(history, name)) for name in COLUMNS}
    if best is not None:
        tensors |= named(best.policy, "best")
    milestones = experiment.milestones
    counters = {
        "updates": learner.updates,
        "env_steps": learner.logbook.env_steps,
        "episodes": metrics.episodes,
        "person_steps": experiment.person_steps,
        "wall_s": learner.logbook.wall_s,
        "compile_s": learner.preparation.compile_s,
        "tracks_drawn": trainer.pool.drawn,
        "tracks_levels": trainer.pool.levels,
        "tracks_moved": trainer.moved,
        "loss_names": list(history.loss_names),
        "best": [best.score, best.updates] if best is not None else None,
        "reached": [milestones.gate, milestones.lap, milestones.best_lap],
    }
    layout = {"observation": trainer.dreamer.observation, "action": trainer.dreamer.action}
    return Checkpoint(experiment.config, counters, tensors, layout=layout)


def opened(path: Path, device: compute.Device) -> Experiment:
    """The experiment in a file, ready to go on.

    Raises:
        CheckpointError: if the file is missing, damaged, of another kind, or does not fit its own settings.
    """
    file = checkpoint.read(path)
    try:
        return _opened(file, device)
    except (LayoutError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"“{path.name}” does not fit its own settings and cannot be used: {error}") from error


def driver(path: Path, *, newest: bool = False) -> tuple[Config, Policy]:
    """The settings in a file and the brain to be judged.

    Args:
        path: the `.racer` file.
        newest: the newest brain even if an earlier one was the best of all validations.

    Raises:
        CheckpointError: as `opened`.
    """
    file = checkpoint.read(path)
    try:
        prefix = "best" if file.counters["best"] and not newest else "learner/agent/average"
        template = jax.eval_shape(new_dreamer(file.config).init, jax.random.PRNGKey(0)).average
        return file.config, tree_like(template, file.tensors, prefix)
    except (LayoutError, KeyError, TypeError) as error:
        raise CheckpointError(f"“{path.name}” does not fit its own settings and cannot be used: {error}") from error


def _opened(file: Checkpoint, device: compute.Device) -> Experiment:
    config, counters, tensors = file.config, file.counters, file.tensors
    shared = programs(config, device)
    history = {name: tensors[f"history/{name}"] for name in COLUMNS}
    metrics = Metrics(History(tuple(counters["loss_names"]), **history))
    gate, lap, best_lap = counters["reached"]
    resumed = Resumed(
        state=_state(shared, tensors),
        drawn=counters["tracks_drawn"],
        levels=tuple(counters.get("tracks_levels", ())),
        moved=counters["tracks_moved"],
        wall_s=counters["wall_s"],
        compile_s=counters["compile_s"],
        best=_best(shared, counters["best"], tensors),
    )
    learner = Learner(config, device, metrics, resumed)
    return Experiment(config, learner, metrics, Milestones(gate, lap, best_lap), counters["person_steps"])


def _state(shared: Programs, tensors: dict[str, np.ndarray]) -> Any:
    template = shared.template
    if not any(name.startswith("learner/replay/") for name in tensors):
        nothing = jax.tree.map(lambda x: np.zeros(x.shape, x.dtype), template.replay)
        tensors = tensors | named(nothing, "learner/replay")
    return tree_like(template, tensors, "learner")


def _best(shared: Programs, about: list[float] | None, tensors: dict[str, np.ndarray]) -> Best | None:
    if about is None:
        return None
    score, updates = about
    policy = tree_like(shared.template.agent.average, tensors, "best")
    return Best(shared.placed(policy), float(score), int(updates))
