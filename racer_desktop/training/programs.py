"""The compiled programs of learning, shared by all experiments of one structure.

A chunk is some environment steps of the fleet, written to the replay, then an update, a few times over. The two halves
of an update are programs of their own, so that two threads can work on them. The state of one chunk is the input of
the next.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, NamedTuple

import jax
import numpy as np

from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import AgentState, BehaviourUpdate, Policy, WorldUpdate, updated
from racer_desktop.agent.world_model import Sequences
from racer_desktop.config import Config
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.evaluation import Evaluation
from racer_desktop.training.learning import Figures, LearnerState, Learning

GUEST_ROWS = 256  # rows of the hero's experience handed over in one call; fixed, so that one program serves


class Chunk(NamedTuple):
    """What K updates gave, on the device.

    Attributes:
        figures: of each of them.
        sound: [] whether the brain after the last one holds finite numbers only.
        policy: a copy of the averaged parameters that drive.
    """

    figures: list[Figures]
    sound: jax.Array
    policy: Policy


def new_dreamer(config: Config) -> Dreamer:
    """The agent for this race: rays and speed in, steering and throttle out."""
    curves = (config.agent.steering_curve, 1.0)
    return Dreamer(config.agent, observation=len(config.sensors.ray_angles_deg) + 1, action=2, curves=curves)


def programs(config: Config, device: compute.Device) -> Programs:
    """The programs for a configuration; the same object for all of the same structure on the same device."""
    return _programs(*structure.compiled(config), device)


class Programs:
    """Programs of one structure on one device. `compile` may be called from any thread.

    Args:
        config: the structure's settings; live ones are arguments of the programs, never part of them.
        looked_at: segments on each side of a car that rays are met with, see `structure.looked_at`.
        device: where they run.

    Attributes:
        device: where they run.
        dreamer: the agent's functions.
        evaluation: the drive that judges.
    """

    def __init__(self, config: Config, looked_at: int, device: compute.Device) -> None:
        self._config = config
        self.device = device
        self.dreamer = new_dreamer(config)
        self.evaluation = Evaluation(config, self.dreamer, reach=looked_at)
        self._learning = Learning(config, self.dreamer, looked_at)
        self._lock = threading.Lock()
        self._compiled: dict[str, Any] = {}
        self._drives: dict[int, Any] = {}
        self._first = jax.jit(self._learning.init)

    @property
    def compiled(self) -> bool:
        """Whether all that learning needs are compiled."""
        return len(self._compiled) == len(self._wanted)

    def compile(
        self,
        progress: Callable[[float], None] = lambda share: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Compiles what learning needs and is not compiled yet; takes many seconds the first time.

        Args:
            progress: told the share done after each part.
            cancelled: asked before each part whether to leave off.
        """
        # The lock: two experiments of one structure need it only once.
        with self._lock, compute.without_pauses():
            for done, (name, (function, arguments, donated)) in enumerate(self._wanted.items()):
                if cancelled():
                    return
                if name not in self._compiled:
                    # Donated: the state is written over in place instead of copied.
                    self._compiled[name] = self._made(jax.jit(function, donate_argnums=0 if donated else ()), arguments)
                progress((done + 1) / len(self._wanted))

    def drives_on(self, tracks: int) -> bool:
        """Whether `drive` is compiled for so many tracks."""
        return tracks in self._drives

    def compile_drive(self, tracks: int) -> None:
        """Compiles `drive` for so many tracks, if it is not compiled yet; takes seconds the first time."""
        with self._lock, compute.without_pauses():
            if not self.drives_on(tracks):
                arguments = (*self._example(tracks), self.template.agent.average)
                self._drives[tracks] = self._made(self.evaluation.drive, arguments)

    def first(self, rules: Rules, course: Courses, seed: int) -> LearnerState:
        """The state before anything was learned."""
        return self._first(rules, course, self.placed(np.int32(seed)))

    def prefill(self, state: LearnerState, rules: Rules, course: Courses) -> LearnerState:
        """The first experience, before the first update."""
        return self._compiled["prefill"](state, rules, course)

    def chunk(
        self, state: LearnerState, rules: Rules, course: Courses, aside: Executor | None = None
    ) -> tuple[LearnerState, Chunk]:
        """Some updates, with experience before each.

        Args:
            state, rules, course: what is learned from.
            aside: does half of each update while the calling thread does the other; None does both here. Every bit
                of the result is the same.
        """
        figures: list[Figures] = []
        for _ in range(self._config.training.updates_per_chunk):
            state, data, figure = self._compiled["collect"](state, rules, course)
            agent, losses = self._updated(state.agent, data, aside)
            state = state._replace(agent=agent)
            figures.append(figure._replace(losses=losses))
        return state, Chunk(figures, *self._compiled["closing"](state.agent))

    def restart(self, state: LearnerState, rules: Rules, course: Courses, which: np.ndarray) -> LearnerState:
        """New episodes for all cars on the tracks `which` [T] that were replaced."""
        return self._compiled["restart"](state, rules, course, self.placed(which))

    def guests(self, state: LearnerState, rows: np.ndarray) -> LearnerState:
        """Up to `GUEST_ROWS` rows [N, W] of the hero's experience, put into the replay."""
        block = np.zeros((GUEST_ROWS, rows.shape[1]), np.float32)
        block[: len(rows)] = rows
        return self._compiled["guests"](state, self.placed(block), self.placed(np.int32(len(rows))))

    def drive(self, rules: Rules, course: Courses, policy: Policy) -> tuple[jax.Array, jax.Array]:
        """See `Evaluation.drive`; compiled for as many tracks."""
        return self._drives[len(course.length)](rules, course, policy)

    def placed(self, tree: Any) -> Any:
        """A tree of arrays on the device."""
        return jax.device_put(tree, self.device)

    def rules(self, config: Config) -> Rules:
        """The race's settings on the device."""
        return self.placed(jax.tree.map(_typed, Rules.of(config)))

    def course(self, tracks: list[Track]) -> Courses:
        """Tracks on the device."""
        return self.placed(courses(tracks))

    @functools.cached_property
    def template(self) -> LearnerState:
        """Shapes and types of a state."""
        rules, course = self._example(self._config.track.pool)
        return jax.eval_shape(self._learning.init, rules, course, np.int32(0))

    @functools.cached_property
    def _wanted(self) -> dict[str, tuple[Callable[..., Any], tuple[Any, ...], bool]]:
        """By name: the function, shapes of its arguments, and whether the first of them is given up to it."""
        rules, course = self._example(self._config.track.pool)
        state = self.template
        width = state.replay.rows.shape[-1]
        which = np.zeros(self._config.track.pool, bool)
        learning, dreamer = self._learning, self.dreamer
        _, data, _ = jax.eval_shape(learning.collect, state, rules, course)
        return {
            "world": (dreamer.update_world, (state.agent, data), False),
            "behaviour": (dreamer.update_behaviour, (state.agent, data), False),
            "collect": (learning.collect, (state, rules, course), True),
            "closing": (learning.closing, (state.agent,), False),
            "prefill": (learning.prefill, (state, rules, course), True),
            "restart": (learning.restart, (state, rules, course, which), True),
            "guests": (learning.guests, (state, np.zeros((GUEST_ROWS, width), np.float32), np.int32(0)), True),
        }

    def _updated(
        self, agent: AgentState, data: Sequences, aside: Executor | None
    ) -> tuple[AgentState, dict[str, jax.Array]]:
        """`Dreamer.update`, one half of it aside."""
        behaviour = self._compiled["behaviour"]
        other = aside.submit(behaviour, agent, data) if aside is not None else None
        world: WorldUpdate = self._compiled["world"](agent, data)
        half: BehaviourUpdate = behaviour(agent, data) if other is None else other.result()
        return updated(world, half), world.losses | half.losses

    def _made(self, program: Any, arguments: tuple[Any, ...]) -> Any:
        with jax.default_device(self.device):
            return program.lower(*arguments).compile()

    def _example(self, tracks: int) -> tuple[Rules, Courses]:
        """Rules and tracks of the right shapes and types."""
        angle = np.linspace(0.0, 2.0 * np.pi, self._config.track.points, endpoint=False)
        circle = Track(
            centre=100.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32),
            half_width=np.full(len(angle), 6.0, np.float32),
            obstacles=np.zeros((0, 2), np.float32),
            obstacle_radius=np.array(1.0, np.float32),
            length=np.array(200.0 * np.pi, np.float32),
        )
        return jax.tree.map(_typed, Rules.of(self._config)), courses([circle] * tracks)


@functools.lru_cache(maxsize=4)
def _programs(config: Config, looked_at: int, device: compute.Device) -> Programs:
    return Programs(config, looked_at, device)


def _typed(number: float) -> np.ndarray:
    """A setting as an array whose type does not depend on how it was written."""
    return np.asarray(number, np.float32 if isinstance(number, float) else np.int32)
