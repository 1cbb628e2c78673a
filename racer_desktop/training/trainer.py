"""The Trainer: a fleet collects, a Dreamer learns, in chunks that run on the learner's device without blocking.

A chunk is one compiled call: some environment steps of the fleet, written to the replay, then an update, a
few times over. The state of one chunk is the input of the next, so chunks can be queued on the device ahead
of time and their order, hence every bit of the result, is fixed by the state alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent import replay
from racer_desktop.agent.dreamer import AgentState, Dreamer, Policy
from racer_desktop.agent.replay import Replay
from racer_desktop.config import Config
from racer_desktop.sim.course import Courses
from racer_desktop.sim.rules import Rules
from racer_desktop.training import compute
from racer_desktop.training.fleet import Fleet, FleetState
from racer_desktop.training.tracks import TrackPool

AHEAD = 2  # chunks queued on the device: the next begins while the host still reads the last
GUEST_ROWS = 256  # rows of the hero's experience handed over in one call; fixed, so that one program serves


class LearnerState(NamedTuple):
    """Everything that training changes.

    Attributes:
        agent: brain and optimisers.
        fleet: the cars.
        replay: what is remembered.
        steps: [] environment steps of each car.
        key: random key for drawing from the replay and for new starts.
    """

    agent: AgentState
    fleet: FleetState
    replay: Replay
    steps: jax.Array
    key: jax.Array


class Figures(NamedTuple):
    """What K updates with T environment steps of B cars before each gave, on the device.

    Attributes:
        losses: by name, [K].
        exploration: [K] rate.
        finished: [K, T, B] whether an episode ended.
        episode_reward: [K, T, B] its reward where one did.
        pose: [K, T, B, 3] x, y, heading of every car.
    """

    losses: dict[str, jax.Array]
    exploration: jax.Array
    finished: jax.Array
    episode_reward: jax.Array
    pose: jax.Array


class Report(NamedTuple):
    """A finished chunk: its figures on the host, see `Figures`, and its brain on the device.

    Attributes:
        losses, exploration, finished, episode_reward, pose: see `Figures`.
        policy: a copy of the averaged parameters that drive.
    """

    losses: dict[str, np.ndarray]
    exploration: np.ndarray
    finished: np.ndarray
    episode_reward: np.ndarray
    pose: np.ndarray
    policy: Policy


def new_dreamer(config: Config) -> Dreamer:
    """The agent for this race: rays and speed in, steering and throttle out."""
    return Dreamer(config.agent, observation=len(config.sensors.ray_angles_deg) + 1, action=2)


class Trainer:
    """One learner on one device. Not thread-safe, but `compile` may run in a thread before the first dispatch.

    Args:
        config: all settings.
        device: where it learns.
        like: another of the same structure, whose compiled programs are shared.

    Attributes:
        dreamer: the agent's functions.
        updates: updates asked for so far, those still queued included.
    """

    def __init__(self, config: Config, device: compute.Device, like: Trainer | None = None) -> None:
        self._config = config
        self._device = device
        self.dreamer = new_dreamer(config)
        self._fleet = Fleet(config, self.dreamer)
        self._rules = jax.device_put(Rules.of(config), device)
        self.pool = TrackPool(config)
        self._course = self._placed(self.pool.courses())
        self._pending: deque[tuple[Figures, Policy]] = deque()
        self._programs: dict[str, Any] = {} if like is None else like.programs
        self.updates = 0
        self._prefilled = False
        self.state = self._placed(self._first_state() if like is None else jax.tree.map(jnp.copy, like.state))

    def compile(
        self,
        progress: Callable[[float], None] = lambda share: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Compiles everything that learning runs; takes seconds, and changes no state.

        Args:
            progress: told the share done after each part.
            cancelled: asked before each part whether to leave off.
        """
        wanted = {
            "chunk": (jax.jit(self._chunk, donate_argnums=0), (self.state, self._rules, self._course)),
            "prefill": (jax.jit(self._prefill, donate_argnums=0), (self.state, self._rules, self._course)),
            "restart": (
                jax.jit(self._restart, donate_argnums=0),
                (self.state, self._rules, self._course, self._placed(np.zeros(self.pool.size, bool))),
            ),
            "guests": (jax.jit(self._guests, donate_argnums=0), (self.state, *self._guest_block(None))),
        }
        for done, (name, (function, arguments)) in enumerate(wanted.items()):
            if cancelled():
                return
            if name not in self._programs:
                self._programs[name] = function.lower(*arguments).compile()
            progress((done + 1) / len(wanted))

    def twin(self, config: Config) -> Trainer:
        """Another Trainer of the same structure that shares the compiled programs; `restore` gives it a state."""
        return Trainer(config, self._device, self)

    @property
    def compiled(self) -> bool:
        """Whether `compile` has run."""
        return len(self._programs) == 4

    @property
    def pending(self) -> int:
        """Chunks queued and not yet taken."""
        return len(self._pending)

    def dispatch(self) -> None:
        """Queues the next chunk; returns at once. Needs `compile` first."""
        config = self._config.training
        if not self._prefilled:
            self.state = self._programs["prefill"](self.state, self._rules, self._course)
            self._prefilled = True
        if self.pool.due(self.updates):
            self._replace_tracks(self.pool.refresh())
        self.state, figures, policy = self._programs["chunk"](self.state, self._rules, self._course)
        self.updates += config.updates_per_chunk
        self._pending.append((figures, policy))

    def ready(self) -> bool:
        """Whether the oldest queued chunk is done, so that `take` returns without waiting."""
        return bool(self._pending) and compute.is_ready(self._pending[0])

    def take(self) -> Report:
        """The oldest queued chunk's report, with arrays on the host except the policy; waits for it if need be."""
        figures, policy = self._pending.popleft()
        host = jax.device_get(figures)
        return Report(host.losses, host.exploration, host.finished, host.episode_reward, host.pose, policy)

    def add_guests(self, rows: np.ndarray) -> None:
        """Puts rows [N, W] of the hero's experience into the replay, between two chunks."""
        for begin in range(0, len(rows), GUEST_ROWS):
            block = self._guest_block(rows[begin : begin + GUEST_ROWS])
            self.state = self._programs["guests"](self.state, *block)

    def set_rules(self, config: Config) -> None:
        """Takes changed live settings of car, reward and race; the sizes must be the same."""
        self._config = config
        self._rules = jax.device_put(Rules.of(config), self._device)

    def set_tracks(self, config: Config) -> None:
        """Changes to the tracks of `config`; all cars begin new episodes on them. Needs `compile` first."""
        self._config = config
        self.pool = TrackPool(config, self.pool.drawn)
        self._replace_tracks(np.ones(self.pool.size, bool))

    def restore(self, state: LearnerState, drawn: int) -> None:
        """Goes on from a saved state.

        Args:
            state: arrays on the host.
            drawn: how many tracks the pool had drawn, see `TrackPool`.
        """
        self._pending.clear()
        self.pool = TrackPool(self._config, drawn)
        self._course = self._placed(self.pool.courses())
        self.state = self._placed(state)
        self.updates = int(state.agent.updates)
        # A brain without its replay drives a little before it learns on.
        self._prefilled = int(state.replay.filled[0]) >= self._config.training.length

    def restore_agent(self, agent: AgentState) -> None:
        """Puts another brain into the running learner; chunks that are still queued are forgotten."""
        self._pending.clear()
        self.state = self.state._replace(agent=self._placed(jax.tree.map(jnp.copy, agent)))
        self.updates = int(agent.updates)

    @property
    def course(self) -> Courses:
        """The tracks in use, on the learner's device."""
        return self._course

    @property
    def rules(self) -> Rules:
        """The race's settings, on the learner's device."""
        return self._rules

    @property
    def programs(self) -> dict[str, Any]:
        """The compiled programs by name."""
        return self._programs

    def _first_state(self) -> LearnerState:
        return jax.jit(self._init)(self._rules, self._course, self._config.training.seed)

    def _placed(self, tree: Any) -> Any:
        return jax.device_put(tree, self._device)

    def _guest_block(self, rows: np.ndarray | None) -> tuple[jax.Array, jax.Array]:
        """Rows padded to the fixed size of one call, and how many of them count."""
        block = np.zeros((GUEST_ROWS, self.state.replay.rows.shape[-1]), np.float32)
        count = 0 if rows is None else len(rows)
        if rows is not None:
            block[:count] = rows
        return self._placed(block), self._placed(np.int32(count))

    def _replace_tracks(self, which: np.ndarray) -> None:
        self._course = self._placed(self.pool.courses())
        self.state = self._programs["restart"](self.state, self._rules, self._course, self._placed(which))

    # The programs: pure functions of their arguments.

    def _init(self, rules: Rules, course: Courses, seed: jax.Array) -> LearnerState:
        config = self._config.training
        for_agent, for_fleet, key = jax.random.split(jax.random.PRNGKey(seed), 3)
        rings = config.cars + 1
        return LearnerState(
            agent=self.dreamer.init(for_agent),
            fleet=self._fleet.init(rules, course, for_fleet),
            replay=replay.empty(rings, config.replay_steps // rings, self.dreamer.observation, self.dreamer.action),
            steps=jnp.int32(0),
            key=key,
        )

    def _prefill(self, state: LearnerState, rules: Rules, course: Courses) -> LearnerState:
        """The first experience, before the first update."""
        config = self._config.training
        steps = max(-(-config.prefill // config.cars), config.length)
        state, _ = self._collected(state, rules, course, steps, self._exploration(state.steps))
        return state

    def _chunk(self, state: LearnerState, rules: Rules, course: Courses) -> tuple[LearnerState, Figures, Policy]:
        config = self._config.training

        def body(state: LearnerState, _: None) -> tuple[LearnerState, Figures]:
            exploration = self._exploration(state.steps)
            state, collected = self._collected(state, rules, course, config.steps_per_update, exploration)
            key, for_sample = jax.random.split(state.key)
            rows = self._drawn(state.replay, for_sample)
            agent, losses = self.dreamer.update(state.agent, replay.unpack(rows, self.dreamer.observation))
            figures = Figures(losses, exploration, collected.finished, collected.episode_reward, collected.pose)
            return state._replace(agent=agent, key=key), figures

        state, figures = jax.lax.scan(body, state, None, length=config.updates_per_chunk)
        return state, figures, state.agent.average

    def _drawn(self, remembered: Replay, key: jax.Array) -> jax.Array:
        """A batch [T, B, W], part of it from the newest experience."""
        config = self._config.training
        recent = round(config.recent_share * config.batch)
        for_all, for_recent = jax.random.split(key)
        parts = []
        if recent < config.batch:
            parts.append(replay.sample(remembered, config.batch - recent, config.length, for_all))
        if recent:
            parts.append(replay.sample(remembered, recent, config.length, for_recent, config.recent_steps))
        return jnp.concatenate(parts, axis=1)

    def _collected(
        self, state: LearnerState, rules: Rules, course: Courses, steps: int, exploration: jax.Array
    ) -> tuple[LearnerState, Any]:
        fleet, collected = self._fleet.collect(rules, course, state.agent.policy, state.fleet, steps, exploration)
        remembered = replay.write(state.replay, replay.pack(collected.rows))
        return state._replace(fleet=fleet, replay=remembered, steps=state.steps + steps), collected

    def _restart(self, state: LearnerState, rules: Rules, course: Courses, which: jax.Array) -> LearnerState:
        """New episodes for all cars on the tracks `which` [T] that were replaced."""
        key, for_start = jax.random.split(state.key)
        cars = which[state.fleet.race.track]
        return state._replace(fleet=self._fleet.restart(rules, course, state.fleet, cars, for_start), key=key)

    def _guests(self, state: LearnerState, rows: jax.Array, count: jax.Array) -> LearnerState:
        return state._replace(replay=replay.write_guest(state.replay, rows, count))

    def _exploration(self, steps: jax.Array) -> jax.Array:
        config = self._config.training
        return jnp.maximum(config.exploration_floor, config.exploration * config.exploration_decay**steps)
