"""What the critic expects along the track: many cars drive a little way with the newest brain, side by side.

They start all along the track and drive for a second and a half, so that their drivers' memories are warm; from
then on the critic's value of each state belongs to the place where the car is. All of it happens in a thread of
its own, with a copy of the brain.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.distributions import bins, two_hot_mean
from racer_desktop.agent.state import AgentState, Policy
from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.background import Background
from racer_desktop.training.programs import new_dreamer

CARS = 64
WARM_S = 1.5  # s of driving before a value counts
COUNTED_S = 1.0  # s of driving in which values count
REFRESH_S = 3.0  # s between two maps

log = logging.getLogger(__name__)


class ValueMap:
    """The critic's value along the track on the screen, refreshed while somebody wants it; used by one thread.

    Attributes:
        wanted: whether to keep it fresh.
        values: [N] the critic's value at each point of the track; None until it is known. Never written to.
    """

    def __init__(self) -> None:
        self.wanted = False
        self.values: np.ndarray | None = None
        self._result: np.ndarray | None = None
        self._track: Track | None = None
        self._due = 0.0
        self._work = Background("value map")

    def clear(self) -> None:
        """Another track or brain: what was known is wrong."""
        self.values, self._track, self._due = None, None, 0.0

    def poll(
        self,
        config: Config,
        ask: Callable[[], Future[AgentState]],
        rules: Rules,
        placed: Callable[[list[Track]], Courses],
        track: Track,
        looked_at: int,
    ) -> None:
        """Takes what is done and begins anew when it is time; never waits.

        Args:
            config: the settings in force.
            ask: asks for a copy of the brain, without waiting for it.
            rules: the race's settings, where the brain is.
            placed: puts tracks where the brain is; called in another thread.
            track: the track on the screen.
            looked_at: see `race.observe`.
        """
        if not self._work.taken:
            if self._work.busy:
                return
            self._take(track)
        now = time.monotonic()
        if not self.wanted or now < self._due:
            return
        self._due, self._track, self._result = now + REFRESH_S, track, None
        asked = ask()
        programs = value_programs(config)

        def work() -> None:
            mine = asked.result()
            with compute.without_pauses():
                found = programs.drive(rules, placed([track]), mine.average, mine.critic, looked_at=looked_at)
            place, value, counts = (np.asarray(part) for part in found)
            self._result = along_track(place[counts], value[counts], float(track.length), len(track.centre))

        self._work.start(work)

    def close(self) -> None:
        """Ends its thread."""
        self._work.wait()

    def _take(self, track: Track) -> None:
        try:
            self._work.take()
        except Exception:  # a picture of what the critic thinks is no reason to end a session
            log.exception("The value map could not be computed.")
            self.wanted = False
        if self._track is track and self._result is not None:
            self.values = self._result


class ValuePrograms:
    """The compiled drive.

    Args:
        config: the structure's settings.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._dreamer = new_dreamer(config)
        self.drive = jax.jit(self._drive, static_argnames="looked_at")

    def _drive(
        self, rules: Rules, course: Courses, policy: Policy, critic: hk.Params, looked_at: int
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """[T, CARS] places along the track in m, values, and whether they count: the car still drives."""
        config, dreamer = self._config, self._dreamer
        step = config.race.tick * config.race.ticks_per_step
        warm, counted = round(WARM_S / step), max(round(COUNTED_S / step), 1)
        points = course.line.shape[1]
        spread = (jnp.arange(CARS) * points) // CARS
        begin = _standing(course, spread, rules.race.start_speed)
        noise = jax.random.uniform(jax.random.PRNGKey(0), (warm + counted, CARS, config.agent.groups))

        def body(carry: tuple, noise_t: jax.Array) -> tuple[tuple, tuple[jax.Array, jax.Array, jax.Array]]:
            state, latent, previous, first, driving = carry
            observation, _ = race.observe(rules, course, state, looked_at)
            acted = dreamer.act(policy, latent, observation, previous, first, noise_t)
            moved, outcome = race.step(rules, course, state, acted.action, config.race.ticks_per_step)
            value = two_hot_mean(dreamer.critic.apply(critic, acted.latent.feature), bins(config.agent.bins))
            after = (moved, acted.latent, acted.action, jnp.zeros(CARS), driving & ~outcome.crashed)
            return after, (state.arc, value, driving)

        carry = (begin, dreamer.start(CARS), jnp.zeros((CARS, dreamer.action)), jnp.ones(CARS), jnp.ones(CARS, bool))
        _, (place, value, driving) = jax.lax.scan(body, carry, noise)
        return place[warm:], value[warm:], driving[warm:]


def value_programs(config: Config) -> ValuePrograms:
    """The drive for a configuration; the same object for all of the same structure."""
    return _value_programs(structure.brain(config).replace(training__seed=0))


def along_track(place: np.ndarray, value: np.ndarray, length: float, points: int) -> np.ndarray | None:
    """[points] the mean value at each point of a lap, from values [M] at places [M], m; None without any.

    Where nobody drove it is what lies between its neighbours.
    """
    if not len(place):
        return None
    at = np.round(place / length * points).astype(int) % points
    count = np.bincount(at, minlength=points)
    known = np.flatnonzero(count)
    mean = np.bincount(at, value, minlength=points)[known] / count[known]
    return np.interp(np.arange(points), known, mean, period=points).astype(np.float32)


def _standing(course: Courses, points: jax.Array, speed: float) -> race.RaceState:
    """Cars on the centre line at `points` [B] of the first track, driving straight on."""
    state = race.line_up(course, jnp.zeros(CARS, jnp.int32))
    here, ahead = course.line[0, points, :2], course.line[0, (points + 1) % course.line.shape[1], :2]
    way = ahead - here
    heading = jnp.arctan2(way[:, 1], way[:, 0])
    pose = state.pose._replace(x=here[:, 0], y=here[:, 1], heading=heading, speed=jnp.broadcast_to(speed, (CARS,)))
    return state._replace(pose=pose, segment=points.astype(jnp.int32), arc=points * course.step[0])


@functools.lru_cache(maxsize=4)
def _value_programs(config: Config) -> ValuePrograms:
    return ValuePrograms(config)
