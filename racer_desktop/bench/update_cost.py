"""Where an update's time goes.

The parts are not copies of the update's code, which would go out of date: the update itself is compiled again with only
some of its results asked for, so that the compiler leaves out everything that they do not need, and the difference
between two such programs is the cost of what one of them does more.
"""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from racer_desktop.agent import replay, world_model
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import AgentState
from racer_desktop.agent.world_model import Sequences
from racer_desktop.config import Config
from racer_desktop.training import compute
from racer_desktop.training.fleet import Fleet
from racer_desktop.training.programs import programs
from racer_desktop.training.structure import looked_at
from racer_desktop.training.trainer import Trainer

LEAST_CALLS = 5
Told = Callable[[str], bool]


def measure(
    config: Config, seconds: float, device: compute.Device, told: Told = lambda text: True
) -> dict[str, float] | None:
    """Milliseconds per update by part.

    Args:
        config: sizes.
        seconds: how long to measure each program at least, its compilation not counted.
        device: where.
        told: called with what is measured next; it ends when this returns False.

    Returns:
        By name: "world model" (with its gradient), "states" (those the other half starts from), "imagination" (with
        values and returns), "actor", "critic" (each with its gradient), "collection" (the fleet's steps), "rest"
        (drawing from the replay, bookkeeping), "one thread", a whole update made by one, and "update", as training
        makes it. None if it was ended early.
    """
    compiled = programs(config, device)
    if not told("compiling"):
        return None
    compiled.compile()
    trainer = Trainer(config, compiled)

    def chunk() -> object:
        trainer.dispatch()
        return trainer.take()

    chunk()
    state = compute.copied(trainer.state)
    rules, course = trainer.rules, compiled.placed(trainer.pool.courses())
    rows = replay.sample(state.replay, config.training.batch, config.training.length, state.key)
    data = replay.unpack(rows, trainer.dreamer.observation)
    work: dict[str, Callable[[], object]] = {
        name: functools.partial(jax.jit(program), state.agent, data)
        for name, program in _programs(trainer.dreamer).items()
    }
    fleet = Fleet(config, trainer.dreamer, looked_at(config))
    noise = jnp.float32(config.training.exploration)
    collect = jax.jit(
        lambda policy, cars: fleet.collect(rules, course, policy, cars, config.training.steps_per_update, noise)
    )
    work["collection"] = functools.partial(collect, state.agent.policy, state.fleet)
    going_on = [compute.copied(state)]  # the only one who holds it: each chunk gives up what it begins with

    def alone() -> object:
        state, made = compiled.chunk(going_on.pop(), rules, course)
        going_on.append(state)
        return made

    took: dict[str, float] = {}
    for name, program in (*work.items(), ("one thread", alone), ("update", chunk)):
        if not told(name):
            return None
        took[name] = 1e3 * _median(program, seconds)
    updates = config.training.updates_per_chunk
    whole = took["one thread"] / updates
    parts = {
        "world model": took["world model"],
        "states": took["states"],
        "imagination": took["returns"] - took["states"],
        "actor": took["actor"] - took["returns"],
        "critic": took["critic"] - took["returns"],
        "collection": took["collection"],
    }
    return parts | {"rest": whole - sum(parts.values()), "one thread": whole, "update": took["update"] / updates}


def _programs(dreamer: Dreamer) -> dict[str, Callable[[AgentState, Sequences], Any]]:
    """By name: functions of a brain and replayed sequences that need only a part of an update."""

    def states(agent: AgentState, data: Sequences) -> Any:
        return world_model.losses(dreamer.networks, dreamer.config, agent.world, data, agent.key)[1]

    def world(agent: AgentState, data: Sequences) -> Any:
        return dreamer.update_world(agent, data)

    def returns(agent: AgentState, data: Sequences) -> Any:
        return dreamer.update_behaviour(agent, data).losses["return"]

    def actor(agent: AgentState, data: Sequences) -> Any:
        return dreamer.update_behaviour(agent, data).actor

    def critic(agent: AgentState, data: Sequences) -> Any:
        return dreamer.update_behaviour(agent, data).critic

    return {"states": states, "world model": world, "returns": returns, "actor": actor, "critic": critic}


def _median(program: Callable[[], object], seconds: float) -> float:
    """Median seconds of a call, the first one, which compiles, left out."""
    jax.block_until_ready(program())
    took: list[float] = []
    while sum(took) < seconds or len(took) < LEAST_CALLS:
        begin = time.perf_counter()
        jax.block_until_ready(program())
        took.append(time.perf_counter() - begin)
    return statistics.median(took)
