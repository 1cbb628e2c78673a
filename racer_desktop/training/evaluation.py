"""How a driver is judged: two laps from a standing start on tracks it never trained on, all tracks in one call."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.sim import race
from racer_desktop.sim.course import Courses
from racer_desktop.sim.race import RaceState
from racer_desktop.sim.rules import Rules
from racer_desktop.training.driver import Driver

LEAST_PACE = 15.0  # m/s: who drives all laps slower than this on average has not finished
LEAST_TIME = 120.0  # s for all laps together, at least
PIECE = 45  # steps of a drive that is watched, between two looks: 3 s of driving
VALIDATION_TRACKS = range(8000, 8064)  # many: which brain is kept depends on few failures


@dataclass(frozen=True)
class Drive:
    """What one drive on one track gave.

    Attributes:
        finished: whether all laps were driven.
        lap_time: of the first lap, from a standing start, s; nan if it was not completed.
        flying_lap: the best of the later laps, s; nan without one.
        distance: driven along the track, in laps.
    """

    finished: bool
    lap_time: float
    flying_lap: float
    distance: float


class Progress(NamedTuple):
    """A drive under way on T tracks."""

    race: RaceState
    latent: Latent
    previous: jax.Array
    out: jax.Array
    crossed: jax.Array
    step: jax.Array
    key: jax.Array


class Piece(NamedTuple):
    """What a piece of a drive on T tracks gave, on the device.

    Attributes:
        places: [PIECE, T, 2] where each car was before each step, m; only the first `steps` were driven.
        steps: [] steps made.
        share: [] of the time limit that has passed.
        going: [] whether any car drives on.
        crossed, distance: as `Evaluation.drive` gives them, so far.
        ended: [T] whether the drive on this track is over.
    """

    places: jax.Array
    steps: jax.Array
    share: jax.Array
    going: jax.Array
    crossed: jax.Array
    distance: jax.Array
    ended: jax.Array


class Evaluation:
    """Drives a policy over tracks without learning; holds a compiled function, no state.

    Args:
        config: sizes; the rules of the race are passed with each call.
        driver: the agent's functions.
        laps: laps to drive.
        reach: segments on each side of a car that rays are met with, see `sight.reach`.
    """

    def __init__(self, config: Config, driver: Driver, laps: int = 2, *, reach: int) -> None:
        self._config = config
        self._driver = driver
        self._laps = laps
        self._looked_at = reach
        self.drive = jax.jit(self._drive)
        self.begin = jax.jit(self._begin)
        self.drive_on = jax.jit(self._drive_on)

    def __call__(self, rules: Rules, course: Courses, policy: Policy) -> list[Drive]:
        """One `Drive` for each of the course's tracks."""
        return self.judged(*self.drive(rules, course, policy))

    @staticmethod
    def judged(crossed: jax.Array, distance: jax.Array) -> list[Drive]:
        """The result of `drive` as one `Drive` for each track; waits for it."""
        return [_judged(np.array(t), float(d)) for t, d in zip(*jax.device_get((crossed, distance)), strict=True)]

    def _drive(self, rules: Rules, course: Courses, policy: Policy) -> tuple[jax.Array, jax.Array]:
        """Times [T, laps] at which each lap was completed, inf where none was, and the laps driven [T]."""
        end = jax.lax.while_loop(
            functools.partial(self._going, rules, course),
            functools.partial(self._step, rules, course, policy),
            self._begin(course),
        )
        return end.crossed, end.race.travelled / course.length

    def _drive_on(self, rules: Rules, course: Courses, policy: Policy, begin: Progress) -> tuple[Progress, Piece]:
        """At most `PIECE` steps of the same drive, for who wants to watch it or may want to break it off."""
        tracks = course.length.shape[0]

        def body(carry: tuple[Progress, jax.Array]) -> tuple[Progress, jax.Array]:
            s, places = carry
            place = jnp.stack([s.race.pose.x, s.race.pose.y], axis=1)
            places = places.at[s.step - begin.step].set(place)
            return self._step(rules, course, policy, s), places

        def going(carry: tuple[Progress, jax.Array]) -> jax.Array:
            s, _ = carry
            return self._going(rules, course, s) & (s.step < begin.step + PIECE)

        end, places = jax.lax.while_loop(going, body, (begin, jnp.zeros((PIECE, tracks, 2))))
        piece = Piece(
            places=places,
            steps=end.step - begin.step,
            share=end.step / self._limit(rules, course),
            going=self._going(rules, course, end),
            crossed=end.crossed,
            distance=end.race.travelled / course.length,
            ended=end.out | jnp.isfinite(end.crossed[:, -1]),
        )
        return end, piece

    def _begin(self, course: Courses) -> Progress:
        """All cars on their start lines."""
        tracks = course.length.shape[0]
        return Progress(
            race=race.line_up(course, jnp.arange(tracks)),
            latent=self._driver.start(tracks),
            previous=jnp.zeros((tracks, self._driver.action)),
            out=jnp.zeros(tracks, bool),
            crossed=jnp.full((tracks, self._laps), jnp.inf),
            step=jnp.int32(0),
            key=jax.random.key(0),
        )

    def _limit(self, rules: Rules, course: Courses) -> jax.Array:
        time_limit = jnp.maximum(LEAST_TIME, self._laps * jnp.max(course.length) / LEAST_PACE)
        return jnp.ceil(time_limit / (self._config.race.ticks_per_step * rules.race.tick)).astype(jnp.int32)

    def _going(self, rules: Rules, course: Courses, s: Progress) -> jax.Array:
        return (s.step < self._limit(rules, course)) & ~jnp.all(s.out | jnp.isfinite(s.crossed[:, -1]))

    def _step(self, rules: Rules, course: Courses, policy: Policy, s: Progress) -> Progress:
        tracks = course.length.shape[0]
        ticks = self._config.race.ticks_per_step
        laps = jnp.arange(1, self._laps + 1)
        key, for_latent = jax.random.split(s.key)
        observation, _ = race.observe(rules, course, s.race, self._looked_at)
        noise = jax.random.uniform(for_latent, (tracks, self._config.agent.groups))
        first = jnp.broadcast_to(s.step == 0, (tracks,)).astype(jnp.float32)
        acted = self._driver.act(policy, s.latent, observation, s.previous, first, noise)
        moved, outcome = race.step(rules, course, s.race, acted.action, ticks)
        # The line was crossed within the step: at constant speed its share of the step is known.
        made = moved.travelled - s.race.travelled
        share = (laps * course.length[:, None] - s.race.travelled[:, None]) / jnp.maximum(made, 1e-6)[:, None]
        when = s.race.time[:, None] + jnp.clip(share, 0.0, 1.0) * ticks * rules.race.tick
        across = moved.travelled[:, None] >= laps * course.length[:, None]
        crossed = jnp.where(across & ~s.out[:, None] & jnp.isinf(s.crossed), when, s.crossed)
        out = s.out | outcome.terminated
        return Progress(race.select(s.out, s.race, moved), acted.latent, acted.action, out, crossed, s.step + 1, key)


def _judged(crossed: np.ndarray, distance: float) -> Drive:
    laps = np.diff(np.where(np.isfinite(crossed), crossed, np.nan), prepend=0.0)
    flying = laps[1:][np.isfinite(laps[1:])]
    return Drive(
        finished=bool(np.isfinite(crossed[-1])),
        lap_time=float(laps[0]),
        flying_lap=float(flying.min()) if len(flying) else float("nan"),
        distance=distance,
    )
