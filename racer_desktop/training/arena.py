"""The Arena: the race on the screen, in real time. One hero, driven by the newest brain or by the person.

It advances one physics tick at a time on a device of its own, so that it never waits for learning. What the
hero lives through is kept as rows for the replay until somebody takes them.
"""

from __future__ import annotations

import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.sim import reward
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.autopilot import Autopilot
from racer_desktop.training.experience import Experience
from racer_desktop.training.grid import free_point
from racer_desktop.training.laps import Laps
from racer_desktop.training.race_programs import race_programs
from racer_desktop.training.simulator import Simulator
from racer_desktop.training.snapshot import CarState, Mode
from racer_desktop.training.telemetry import TelemetryRing

CRASH_PAUSE = 0.8  # s that a crashed car stays where it is, for the person to see


class Arena:
    """The race on the screen.

    Args:
        config: all settings.
        device: where it runs.
        track: the track to drive.

    Attributes:
        mode: who has the wheel.
        laps: lap times.
        crashes: on this track.
        crash_place: [2] of the newest crash, or None.
        gates: gates reached by the AI since its start; 0 while the person drives.
        person_steps: environment steps driven by the person so far.
        rescues: whether a crashed car goes on where it crashed, as in a race, instead of on the start line.
        experience: what the hero lives through, for the replay.
        telemetry: what the hero did lately on this track.
    """

    def __init__(self, config: Config, device: compute.Device, track: Track) -> None:
        self._device = device
        self._programs = race_programs(config)
        self.mode = Mode.AI
        self.rescues = False
        self.person_steps = 0
        self.experience = Experience()
        self.telemetry = TelemetryRing(config.sensors.ray_angles_deg, reward.Terms._fields)
        self._simulator = Simulator(self._programs, config, device, track)
        self._autopilot = Autopilot(self._programs, config, device, self._simulator.blank)
        self._line_up(config)

    def set_track(self, config: Config, track: Track) -> None:
        """Puts the hero on the start line of another track."""
        self._simulator = Simulator(self._programs, config, self._device, track)
        self._line_up(config)

    def set_rules(self, config: Config) -> None:
        """Takes changed live settings; laps under other rules do not count beside those before."""
        if structure.driving(config) != structure.driving(self._config):
            self.laps.last.clear()
            self.laps.best.clear()
            self.laps.whole = False
        self._config = config
        self._simulator.set_rules(config)

    def set_policy(self, policy: Policy) -> None:
        """Gives the newest brain the wheel; takes effect with its next decision."""
        self._autopilot.set_policy(policy)

    def set_mode(self, mode: Mode) -> None:
        """Changes who has the wheel; a lap under way then counts for nobody."""
        if mode is not self.mode:
            self.mode = mode
            self.laps.whole &= self._ticks == 0
            # Nobody answers for how long the other one stood still, or how far back.
            stalled = self._simulator.start.stalled
            self._race = self._race._replace(stalled=stalled, furthest=self._race.travelled)

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands, clipped to [-1, 1]; used while they have the wheel."""
        self._person = np.clip(np.array([[steering, throttle]], np.float32), -1.0, 1.0)

    def reset(self) -> None:
        """Puts the hero on the start line."""
        self._race = self._simulator.start
        self._sensed = self._simulator.first_sight
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
        self._race, self._sensed = self._simulator.stand(self._race, point, aside)
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
        self.experience.hold(self._action)
        before = self._sensed.travelled
        self._race, self._sensed = self._simulator.tick(self._race, self._action)
        self._ticks += 1
        lap = self._crossed(before) if not self._sensed.off else None
        if self._sensed.off:
            self._crash()
        elif self._ticks % self._config.race.ticks_per_step == 0:
            self._end_step()
        return lap

    @property
    def track(self) -> Track:
        """The track being driven."""
        return self._simulator.track

    @property
    def halted(self) -> bool:
        """Whether the hero stays where its episode ended, for the person to see."""
        return self._paused_for > 0

    @property
    def hero(self) -> CarState:
        """The car now."""
        x, y, heading, speed, steering = (float(v) for v in self._sensed.pose)
        return CarState(x, y, heading, speed, steering, throttle=float(self._action[0, 1]))

    @property
    def travelled(self) -> float:
        """Way along the track since the start, m; falls when driving back."""
        return self._sensed.travelled

    @property
    def reach(self) -> int:
        """Segments on each side of a car that its rays are met with, see `race.observe`."""
        return self._simulator.reach

    @property
    def has_brain(self) -> bool:
        """Whether a brain was ever given the wheel."""
        return self._autopilot.has_brain

    @property
    def latent_probs(self) -> np.ndarray | None:
        """[G, C] of the stochastic state, or None without a brain."""
        return self._autopilot.probs

    @property
    def rays(self) -> np.ndarray:
        """[R] distances, m."""
        return self._sensed.rays

    @property
    def progress(self) -> float:
        """Share of the current lap driven."""
        return (max(self._sensed.travelled, 0.0) / self._simulator.length) % 1.0

    @property
    def lap_time(self) -> float:
        """Time in the current lap, s."""
        return self._time - self.laps.began

    @property
    def _time(self) -> float:
        """Since the start, s; counted here, because a sum of ticks in single precision loses time in an hour."""
        return self._ticks * self._config.race.tick

    @property
    def _action(self) -> np.ndarray:
        """[1, 2] of whoever has the wheel."""
        return self._autopilot.action if self.mode is Mode.AI else self._person

    def _line_up(self, config: Config) -> None:
        """Begins on the simulator's track, with nothing driven on it."""
        self._config = config
        self.laps = Laps()
        self.crashes = 0
        self.crash_place: np.ndarray | None = None
        self.telemetry.clear()
        self._ticks_here = 0
        self.reset()

    def _begin_episode(self) -> None:
        self._before = self._race
        self._autopilot.begin_episode()
        self.experience.begin_episode()
        self._person = np.zeros((1, 2), np.float32)
        self._paused_for = 0

    def _wait(self) -> None:
        """A tick for the person to see the crash."""
        self._paused_for -= 1
        if self.rescues:
            self.laps.began -= self._config.race.tick  # the clock of a race runs on
        if not self._paused_for:
            (self.rescue if self.rescues else self.reset)()

    def _decide(self) -> None:
        """Takes in what the hero sees, keeps it as a row, and lets the brain decide."""
        previous, first = self.experience.action, self.experience.beginning
        self._before = self._race
        self.experience.add(self._sensed.observation)
        self._autopilot.decide(self._sensed.observation, previous, first=first)

    def _end_step(self) -> None:
        """Settles what the last environment step earned."""
        stalled = self._settle()
        if not stalled:
            self.experience.drive_on()
        elif self.mode is Mode.AI:
            self._end_episode()
        else:
            # A person may stand still and look round: for the replay that ends an episode as it would the AI's.
            self.experience.rest(self._sensed.observation)

    def _crash(self) -> None:
        self._settle()
        self.crashes += 1
        self.crash_place = self._sensed.pose[:2].copy()
        self._end_episode()

    def _settle(self) -> bool:
        """Takes in reward and gates of the step; returns whether the car is stalled."""
        self._race, settled = self._simulator.settle(self._before, self._race, off=self._sensed.off)
        self._log(settled.terms)
        self.experience.reward = settled.reward
        self.gates = settled.gates if self.mode is Mode.AI else 0
        self.person_steps += self.mode is Mode.MANUAL
        return settled.stalled

    def _log(self, terms: np.ndarray) -> None:
        """Records what the hero does and what it earned."""
        hero, person = self.hero, self.mode is Mode.MANUAL
        when = self._ticks_here * self._config.race.tick
        lap = (when, person, self.laps.number, self.lap_time, self.progress)
        motion = (hero.x, hero.y, hero.heading, hero.speed, hero.steering, hero.throttle)
        self.telemetry.add((*lap, *motion), self.rays, terms)

    def _end_episode(self) -> None:
        self.experience.end(self._sensed.observation)
        self._paused_for = max(1, round(CRASH_PAUSE / self._config.race.tick))

    def _crossed(self, before: float) -> float | None:
        """Completes a lap if the line was crossed since `before`, m, a tick ago; the time is interpolated."""
        line = self.laps.number * self._simulator.length
        now = self._sensed.travelled
        if now < line:
            return None
        missing = (now - line) / max(now - before, 1e-6) * self._config.race.tick
        return self.laps.complete(self.mode, self._time - missing)
