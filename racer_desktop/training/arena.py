"""The Arena: the race on the screen, in real time. One hero, driven by the newest brain or by the person.

It advances one physics tick at a time on a device of its own, so that it never waits for learning. What the
hero lives through is kept as rows for the replay until somebody takes them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import numpy as np

from racer_desktop.agent.dreamer import Policy
from racer_desktop.config import Config
from racer_desktop.sim import reward, sight
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.grid import free_point, standing
from racer_desktop.training.laps import Laps
from racer_desktop.training.race_programs import race_programs
from racer_desktop.training.snapshot import CarState, Mode
from racer_desktop.training.telemetry import TelemetryRing

CRASH_PAUSE = 0.8  # s that a crashed car stays where it is, for the person to see
MOST_ROWS = 20_000  # kept for the replay while nobody takes them


class Sensed(NamedTuple):
    """One tick's numbers on the host.

    Attributes:
        pose: [5] x, y, heading, speed, steering.
        travelled: m along the track since the start.
        off: whether the car left the track or hit a disc.
        rays: [R] m.
        observation: [R + 1] what the agent sees.
    """

    pose: np.ndarray
    travelled: float
    off: bool
    rays: np.ndarray
    observation: np.ndarray


class Arena:
    """The race on the screen.

    Args:
        config: all settings.
        device: where it runs.
        track: the track to drive.

    Attributes:
        track: being driven.
        mode: who has the wheel.
        laps: lap times.
        crashes: on this track.
        crash_place: [2] of the newest crash, or None.
        latent_probs: [G, C] of the stochastic state, or None without a brain.
        gates: gates reached by the AI since its start; 0 while the person drives.
        person_steps: environment steps driven by the person so far.
        rescues: whether a crashed car goes on where it crashed, as in a race, instead of on the start line.
        remembers: whether what the hero lives through is kept for the replay.
        telemetry: what the hero did lately on this track.
    """

    def __init__(self, config: Config, device: compute.Device, track: Track) -> None:
        self._device = device
        self._programs = race_programs(config)
        self._key = self._placed(jax.random.PRNGKey(config.training.seed))
        self._policy: Policy | None = None
        self._rows: list[np.ndarray] = []
        self.mode = Mode.AI
        self.rescues = False
        self.remembers = True
        self.person_steps = 0
        self.latent_probs: np.ndarray | None = None
        self.telemetry = TelemetryRing(config.sensors.ray_angles_deg, reward.Terms._fields)
        self._config = config
        self.set_track(config, track)

    def set_track(self, config: Config, track: Track) -> None:
        """Puts the hero on the start line of another track."""
        self._config = config
        self.track = track
        # Generated tracks all need the same reach: only another kind of track compiles again.
        step = float(track.length) / len(track.centre)
        self._reach = max(structure.looked_at(config), sight.reach(len(track.centre), step, config.sensors.ray_range))
        self._rules = self._placed(Rules.of(config))
        with jax.default_device(self._device):
            self._course = self._placed(courses([track]))
            self._start, first_sight, self._blank = self._programs.line_up(
                self._rules, self._course, looked_at=self._reach
            )
        self._first_sight = self._unpacked(first_sight)
        self._rehearse()
        self._length = float(track.length)
        self.laps = Laps()
        self.crashes = 0
        self.crash_place: np.ndarray | None = None
        self.telemetry.clear()
        self._ticks_here = 0
        self.reset()

    def set_rules(self, config: Config) -> None:
        """Takes changed live settings; laps under other rules do not count beside those before."""
        if structure.driving(config) != structure.driving(self._config):
            self.laps.last.clear()
            self.laps.best.clear()
            self.laps.whole = False
        self._config = config
        self._rules = self._placed(Rules.of(config))

    def set_policy(self, policy: Policy) -> None:
        """Gives the newest brain the wheel; takes effect with its next decision."""
        self._policy = self._placed(policy)

    def set_mode(self, mode: Mode) -> None:
        """Changes who has the wheel; a lap under way then counts for nobody."""
        if mode is not self.mode:
            self.mode = mode
            self.laps.whole &= self._ticks == 0
            # Nobody answers for how long the other one stood still, or how far back.
            self._race = self._race._replace(stalled=self._start.stalled, furthest=self._race.travelled)

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands, clipped to [-1, 1]; used while they have the wheel."""
        self._person = np.clip(np.array([[steering, throttle]], np.float32), -1.0, 1.0)

    def reset(self) -> None:
        """Puts the hero on the start line."""
        self._race = self._start
        self._sensed = self._first_sight
        self._ticks = 0
        self.gates = 0
        self.laps.line_up()
        self._begin_episode()

    def stand(self, point: int, aside: float = 0.0) -> None:
        """Puts the standing hero beside a point of the track; lap and clock stay as they are.

        Args:
            point: index of the track's point.
            aside: from the centre line, m, positive to the left.
        """
        state = self._placed(standing(self._race, self.track, point, aside))
        # A tick without pedals moves nothing and shows what is to be seen from there.
        still = np.zeros((1, 2), np.float32)
        self._race, packed = self._programs.tick(self._rules, self._course, state, still, looked_at=self._reach)
        self._sensed = self._unpacked(packed)
        self._begin_episode()

    def rescue(self) -> None:
        """Puts the hero back on the track where it is, standing; the lap then counts for nobody."""
        self.laps.whole = False
        self.stand(free_point(self.track, int(self._race.segment[0])))

    def tick(self) -> float | None:
        """One physics tick.

        Returns:
            The time of a lap that was completed in it by one driver, else None.
        """
        self._ticks_here += 1
        if self._paused_for:
            self._wait()
            return None
        if self._ticks % self._config.race.ticks_per_step == 0:
            self._decide()
        action = self._action if self.mode is Mode.AI else self._person
        self._held.append(action)
        before = self._sensed.travelled
        self._race, packed = self._programs.tick(self._rules, self._course, self._race, action, looked_at=self._reach)
        self._sensed = self._unpacked(packed)
        self._ticks += 1
        lap = self._crossed(before) if not self._sensed.off else None
        if self._sensed.off:
            self._crash()
        elif self._ticks % self._config.race.ticks_per_step == 0:
            self._end_step()
        return lap

    def take_rows(self) -> np.ndarray:
        """The hero's experience since the last call, [N, W] rows for the replay."""
        rows, self._rows = self._rows, []
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    @property
    def hero(self) -> CarState:
        """The car now."""
        x, y, heading, speed, steering = (float(v) for v in self._sensed.pose)
        throttle = float((self._action if self.mode is Mode.AI else self._person)[0, 1])
        return CarState(x, y, heading, speed, steering, throttle)

    @property
    def travelled(self) -> float:
        """Way along the track since the start, m; falls when driving back."""
        return self._sensed.travelled

    @property
    def reach(self) -> int:
        """Segments on each side of a car that its rays are met with, see `race.observe`."""
        return self._reach

    @property
    def has_brain(self) -> bool:
        """Whether a brain was ever given the wheel."""
        return self._policy is not None

    @property
    def rays(self) -> np.ndarray:
        """[R] distances, m."""
        return self._sensed.rays

    @property
    def progress(self) -> float:
        """Share of the current lap driven."""
        return (max(self._sensed.travelled, 0.0) / self._length) % 1.0

    @property
    def lap_time(self) -> float:
        """Time in the current lap, s."""
        return self._time - self.laps.began

    @property
    def _time(self) -> float:
        """Since the start, s; counted here, because a sum of ticks in single precision loses time in an hour."""
        return self._ticks * self._config.race.tick

    def _begin_episode(self) -> None:
        self._before = self._race
        self._latent = self._blank
        self._action = np.zeros((1, 2), np.float32)
        self._person = np.zeros((1, 2), np.float32)
        self._held: list[np.ndarray] = []
        self._paused_for = 0
        self._reward = 0.0
        self._beginning = True
        self._idle = False

    def _wait(self) -> None:
        """A tick for the person to see the crash."""
        self._paused_for -= 1
        if self.rescues:
            self.laps.began -= self._config.race.tick  # the clock of a race runs on
        if not self._paused_for:
            (self.rescue if self.rescues else self.reset)()

    def _rehearse(self) -> None:
        """Ticks and settles once for nothing: what has to be compiled is compiled before the race, not in it."""
        still, on_track = np.zeros((1, 2), np.float32), np.zeros(1, bool)
        self._programs.tick(self._rules, self._course, self._start, still, looked_at=self._reach)
        self._programs.settle(self._rules, self._course, self._start, self._start, on_track)

    def _decide(self) -> None:
        """Takes in what the hero sees, keeps it as a row, and lets the brain decide."""
        previous = self._driven()
        self._held = []
        self._before = self._race
        first = np.array([self._beginning], np.float32)
        if not self._idle:
            self._remember(previous, terminal=False)
        if self._policy is None:
            return
        observation = self._sensed.observation[None]
        self._latent, self._key, packed = self._programs.decide(
            self._policy, self._latent, observation, previous[None], first, self._key
        )
        decided = np.asarray(packed)
        self._action = decided[None, :2]
        self.latent_probs = decided[2:].reshape(self._config.agent.groups, self._config.agent.classes)

    def _driven(self) -> np.ndarray:
        """[A] the mean of the actions held since the last decision; zero if there were none."""
        return np.concatenate(self._held).mean(axis=0) if self._held else np.zeros(2, np.float32)

    def _end_step(self) -> None:
        """Settles what the last environment step earned."""
        stalled = self._settle()
        self.person_steps += self.mode is Mode.MANUAL
        if not stalled:
            # Driving on after a rest begins a new episode.
            self._beginning |= self._idle
            self._idle = False
        elif self.mode is Mode.AI:
            self._end_episode()
        elif not self._idle:
            # A person may stand still and look round: for the replay that ends an episode, once, as it would
            # end the AI's.
            self._remember(self._driven(), terminal=True)
            self._idle = True

    def _crash(self) -> None:
        self._settle()
        self.person_steps += self.mode is Mode.MANUAL
        self.crashes += 1
        self.crash_place = self._sensed.pose[:2].copy()
        self._end_episode()

    def _settle(self) -> bool:
        """Takes in reward and gates of the step; returns whether the car is stalled."""
        self._race, packed = self._programs.settle(
            self._rules, self._course, self._before, self._race, np.array([self._sensed.off])
        )
        earned, gates, stalled, *terms = np.asarray(packed)
        self._log(np.array(terms))
        self._reward = float(earned)
        self.gates = int(gates) if self.mode is Mode.AI else 0
        return bool(stalled)

    def _log(self, terms: np.ndarray) -> None:
        """Records what the hero does and what it earned."""
        hero, person = self.hero, self.mode is Mode.MANUAL
        when = self._ticks_here * self._config.race.tick
        lap = (when, person, self.laps.number, self.lap_time, self.progress)
        motion = (hero.x, hero.y, hero.heading, hero.speed, hero.steering, hero.throttle)
        self.telemetry.add((*lap, *motion), self.rays, terms)

    def _end_episode(self) -> None:
        if not self._idle:
            self._remember(self._driven(), terminal=True)
        self._paused_for = max(1, round(CRASH_PAUSE / self._config.race.tick))

    def _crossed(self, before: float) -> float | None:
        """Completes a lap if the line was crossed since `before`, m, a tick ago; the time is interpolated."""
        line = self.laps.number * self._length
        now = self._sensed.travelled
        if now < line:
            return None
        missing = (now - line) / max(now - before, 1e-6) * self._config.race.tick
        return self.laps.complete(self.mode, self._time - missing)

    def _remember(self, action: np.ndarray, *, terminal: bool) -> None:
        """Keeps a row: what is seen, the action that led to it, reward, first, terminal."""
        if not self.remembers:
            return
        earned = 0.0 if self._beginning else self._reward
        flags = np.array([earned, self._beginning, terminal], np.float32)
        action = np.zeros_like(action) if self._beginning else action
        self._rows.append(np.concatenate([self._sensed.observation, action, flags]))
        self._beginning = False
        del self._rows[:-MOST_ROWS]

    def _unpacked(self, packed: jax.Array) -> Sensed:
        values = np.asarray(packed)
        rays = len(self._config.sensors.ray_angles_deg)
        return Sensed(values[:5], float(values[5]), bool(values[6]), values[7 : 7 + rays], values[7 + rays :])

    def _placed(self, tree: Any) -> Any:
        return jax.device_put(tree, self._device)
