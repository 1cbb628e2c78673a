"""The Trainer: the state of one experiment, carried on in chunks by a thread of its own.

Chunks can be queued ahead of time: their order, hence every bit of the result, is fixed by the state alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import jax
import numpy as np

from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.replay import Replay
from racer_desktop.agent.state import AgentState, Policy
from racer_desktop.config import Config
from racer_desktop.sim.rules import Rules
from racer_desktop.training import compute, structure
from racer_desktop.training.learning import LearnerState
from racer_desktop.training.programs import GUEST_ROWS, Chunk, Programs
from racer_desktop.training.tracks import TrackPool

AHEAD = 2  # chunks queued: the next begins while the host still reads the last

Result = TypeVar("Result")


class Report(NamedTuple):
    """A finished chunk of K updates: its figures on the host, and its brain on the device.

    Attributes:
        losses, exploration, steps, finished, episode_reward, pose: see `Figures`, each [K, ...].
        sound, policy: see `Chunk`.
    """

    losses: dict[str, np.ndarray]
    exploration: np.ndarray
    steps: np.ndarray
    finished: np.ndarray
    episode_reward: np.ndarray
    pose: np.ndarray
    sound: bool
    policy: Policy

    @classmethod
    def of(cls, chunk: Chunk) -> Report:
        """Fetches the figures; waits for them if need be."""
        figures, sound = jax.device_get((chunk.figures, chunk.sound))
        together: Any = jax.tree.map(lambda *each: np.stack(each), *figures)
        return cls(*together, sound=bool(sound), policy=chunk.policy)

    @property
    def finite(self) -> bool:
        """Whether losses and brain hold finite numbers only."""
        return self.sound and all(np.isfinite(values).all() for values in self.losses.values())


class Trainer:
    """One experiment on one device.

    Args:
        config: all settings.
        programs: of the configuration's structure.
        state: to go on from, arrays on the host; None for the beginning.
        drawn, levels: how many tracks the pool had drawn then and how hard they were, see `TrackPool`.
        moved: whether the tracks were changed since the state's cars were put on theirs.

    Attributes:
        programs: as given.
        pool: the tracks in use.
        updates: updates asked for so far, those still queued included.

    Raises:
        TrackError: if the settings allow no drivable track.
    """

    def __init__(
        self,
        config: Config,
        programs: Programs,
        *,
        state: LearnerState | None = None,
        drawn: int = 0,
        levels: Sequence[float] = (),
        moved: bool = False,
    ) -> None:
        self._config = config
        self.programs = programs
        self._rules = programs.rules(config)
        self.pool = TrackPool(config, drawn, levels)
        self._course = programs.placed(self.pool.courses())
        self._replaced = np.full(self.pool.size, moved)
        # One thread, so that what is queued is done one after the other; it is started by the first work.
        self._line = ThreadPoolExecutor(1, thread_name_prefix="learner", initializer=compute.give_way)
        self._aside = (
            ThreadPoolExecutor(1, thread_name_prefix="learner aside", initializer=compute.give_way)
            if compute.two_at_once(programs.device)
            else None
        )
        self._closed = False
        self._pending: deque[Future[Chunk]] = deque()
        # A copy, because the programs write over what they are given and a CPU may use the host's own memory.
        self._state = self._first() if state is None else programs.placed(jax.tree.map(np.copy, state))
        self.updates = 0 if state is None else int(state.agent.updates)
        self._prefilled = state is not None and self._remembers_enough(state.replay)

    @property
    def dreamer(self) -> Dreamer:
        """The agent's functions."""
        return self.programs.dreamer

    @property
    def rules(self) -> Rules:
        """The race's settings, on the learner's device."""
        return self._rules

    @property
    def moved(self) -> bool:
        """Whether the cars are still to be put on tracks that were changed."""
        return bool(self._replaced.any())

    @property
    def state(self) -> LearnerState:
        """On the device, when everything queued is done; the next `dispatch` gives its arrays up."""
        if not self._closed:
            self._line.submit(lambda: None).result()
        return self._state

    @state.setter
    def state(self, state: LearnerState) -> None:
        self.queue(lambda _: None).result()
        self._state = state

    @property
    def busy(self) -> bool:
        """Whether chunks are under way."""
        return any(not chunk.done() for chunk in self._pending)

    def queue(self, work: Callable[[LearnerState], Result]) -> Future[Result]:
        """Has something done with the state, after all that was queued before and before all that comes later.

        The next chunk writes over the state: `work` takes copies of what it keeps.
        """
        return self._line.submit(lambda: work(self._state))

    def copied(self) -> Future[AgentState]:
        """Asks for a copy of the brain as it is when everything queued before is done."""
        return self.queue(lambda state: compute.copied(state.agent))

    def close(self, *, wait: bool) -> None:
        """Ends its thread, when everything queued is done."""
        self._closed = wait
        aside, self._aside = self._aside, None
        if aside is not None:
            self._line.submit(aside.shutdown)  # the chunk that is being made may still need it
        self._line.shutdown(wait=wait)

    @property
    def pending(self) -> int:
        """Chunks queued and not yet taken."""
        return len(self._pending)

    def dispatch(self) -> None:
        """Queues the next chunk; returns at once. Needs compiled programs."""
        if self.pool.due(self.updates) and not self.moved:
            self._replaced = self.pool.refresh()
        replaced = self._replaced if self.moved else None
        if replaced is not None:
            self._course = self.programs.placed(self.pool.courses())
            self._replaced = np.zeros(self.pool.size, bool)
        prefilled, self._prefilled = self._prefilled, True
        programs, rules, course = self.programs, self._rules, self._course

        def work(state: LearnerState) -> Chunk:
            if replaced is not None:
                state = programs.restart(state, rules, course, replaced)
            if not prefilled:
                state = programs.prefill(state, rules, course)
            self._state, chunk = programs.chunk(state, rules, course, self._aside)
            return chunk

        self._pending.append(self.queue(work))
        self.updates += self._config.training.updates_per_chunk

    def ready(self) -> bool:
        """Whether the oldest queued chunk is done, so that `take` returns without waiting."""
        return bool(self._pending) and self._pending[0].done() and compute.is_ready(self._pending[0].result())

    def take(self) -> Report:
        """The oldest queued chunk's report; waits for it if need be."""
        return Report.of(self._pending.popleft().result())

    def add_guests(self, rows: np.ndarray) -> None:
        """Puts rows [N, W] of the hero's experience into the replay, between two chunks. Needs compiled programs."""

        def work(state: LearnerState) -> None:
            for begin in range(0, len(rows), GUEST_ROWS):
                state = self.programs.guests(state, rows[begin : begin + GUEST_ROWS])
            self._state = state

        self.queue(work)

    def adopt(self, config: Config) -> None:
        """Takes changed live settings; on other tracks all cars begin new episodes with the next chunk.

        Raises:
            TrackError: if the settings allow no drivable track; nothing was changed then.
        """
        if config == self._config:
            return
        same = structure.tracks(config) == structure.tracks(self._config)
        if not same:
            self.pool = TrackPool(config, self.pool.drawn)
        self.pool.adopt(config)
        self._config = config
        self._rules = self.programs.rules(config)
        if not self._prefilled and not self.updates:
            # Nothing was driven yet: the same beginning as if it had been made with these settings.
            self._course = self.programs.placed(self.pool.courses())
            self.state = self._first()
        elif not same:
            self._replaced = np.ones(self.pool.size, bool)

    def set_policy(self, policy: Policy) -> None:
        """Goes on with other parameters at the wheel, everything else as it is; nothing may be queued."""
        mine, average = compute.copied(policy), compute.copied(policy)  # apart, because both are written over
        agent = self.state.agent._replace(world=mine.world, actor=mine.actor, average=average)
        self.state = self.state._replace(agent=agent)

    def recover(self, agent: AgentState | None) -> None:
        """Goes on with an earlier brain after numbers got out of hand, and forgets everything that is not finite.

        Args:
            agent: the brain; None for one that knows nothing.
        """
        self._pending.clear()
        first = self._first()
        broken = jax.device_get(self.state)
        remembered = without_broken(broken.replay)
        brain = first.agent if agent is None else agent
        state = broken._replace(
            agent=jax.device_get(brain)._replace(updates=broken.agent.updates),
            fleet=jax.device_get(first.fleet),
            replay=remembered,
        )
        self.state = self.programs.placed(jax.tree.map(np.copy, state))
        self.updates = int(broken.agent.updates)
        self._prefilled = self._remembers_enough(remembered)

    def _first(self) -> LearnerState:
        return self.programs.first(self._rules, self._course, self._config.training.seed)

    def _remembers_enough(self, remembered: Replay) -> bool:
        return int(remembered.filled[0]) >= self._config.training.length


def without_broken(remembered: Replay) -> Replay:
    """A replay on the host without its newest rows, from the first one on that is not finite.

    The fleet's rings stay in step with each other; the guests' ring is looked at by itself.
    """
    rows, guests, cursor, filled = (np.asarray(part) for part in remembered)
    lost = np.append(np.full(len(rows), _lost(rows, cursor[:-1]).max()), _lost(guests[None], cursor[-1:]))
    capacity = np.append(np.full(len(rows), rows.shape[1]), len(guests))
    mended = (
        _finite_rows(rows),
        _finite_rows(guests),
        ((cursor - lost) % capacity).astype(cursor.dtype),
        np.maximum(filled - lost, 0).astype(filled.dtype),
    )
    return Replay(*map(jax.numpy.asarray, mended))


def _lost(rows: np.ndarray, cursor: np.ndarray) -> np.ndarray:
    """Newest rows [R] of each ring, from the first one on that is not finite: rows [R, C, W], written next at [R]."""
    capacity = rows.shape[1]
    age = (cursor[:, None] - 1 - np.arange(capacity)) % capacity
    return np.where(_broken(rows), age + 1, 0).max(axis=1)


def _finite_rows(rows: np.ndarray) -> np.ndarray:
    """The same with nothing in rows that are not finite."""
    return np.where(_broken(rows)[..., None], np.float32(0.0), rows)


def _broken(rows: np.ndarray) -> np.ndarray:
    return np.any(~np.isfinite(rows), axis=-1)
