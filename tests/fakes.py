"""Stand-ins with the whole behaviour of the real thing, small enough to be understood at a glance."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np

from racer_desktop.config import Config
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.track import Track
from racer_desktop.training.checkpoint import SUFFIX, CheckpointError, CheckpointInfo
from racer_desktop.training.contest import Contest, Phase, Racer
from racer_desktop.training.snapshot import (
    Activity,
    CarState,
    FastestLap,
    Frame,
    Ghost,
    History,
    Mode,
    Occasion,
    Stats,
)
from racer_desktop.training.telemetry import Telemetry, TelemetryRing

COMPILE_TICKS = 30


def oval(seed: int = 42, points: int = 256) -> Track:
    """A wavy closed track about 600 m long, different for every seed."""
    angle = np.arange(points) / points * math.tau
    bend = np.random.default_rng(seed).uniform(0.0, math.tau, 3)
    radius = 88 + 12 * np.sin(2 * angle + bend[0]) + 11 * np.sin(3 * angle + bend[1]) + 5 * np.sin(5 * angle + bend[2])
    centre = np.stack([1.25 * radius * np.cos(angle), 0.8 * radius * np.sin(angle)], axis=1)
    closed = np.vstack([centre, centre[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    marks = np.arange(points) / points * along[-1]
    centre = np.stack([np.interp(marks, along, closed[:, k]) for k in (0, 1)], axis=1)
    at = np.linspace(points // 6, points - 20, 5).astype(int)
    ahead = np.roll(centre, -1, 0)[at] - centre[at]
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.linalg.norm(ahead, axis=1, keepdims=True)
    discs = centre[at] + side * np.array((3.0, -3.0, 2.8, -3.0, 3.0))[:, None]
    return Track(centre, np.full(points, 6.0), discs, np.array(1.5), np.array(along[-1]))


class FakeSession:
    """A Session without a brain: the AI follows the centre line, the person drives a bicycle, learning counts.

    Args:
        config: the settings.
        tracks: makes a track from a seed.
        checkpoints: the automatic checkpoints that it lists.
    """

    def __init__(self, config: Config, *, tracks=oval, checkpoints: tuple[CheckpointInfo, ...] = ()) -> None:
        self.config = config
        self.calls: list[str] = []
        self.commands: list[tuple[float, float]] = []
        self.thread: int | None = threading.get_ident()
        self.closed = False
        self.fail_next_tick: Exception | None = None
        self.halted = False
        self._tracks, self._checkpoints = tracks, checkpoints
        self._tick = self._updates = self._compiled = 0
        self._activity, self._mode = Activity.IDLE, Mode.AI
        self._learn, self._fleet, self._unsaved = True, True, False
        self._command = (0.0, 0.0)
        self._rng = np.random.default_rng(0)
        self._latent = np.full((8, 8), 1 / 8)
        self._crashes, self._crash_place = 0, None
        self._occasion, self._contest, self._before = Occasion.WATCH, None, (Mode.AI, True)
        self._values: np.ndarray | None = None
        self._set_track(tracks(config.track.seed))

    def tick(self) -> None:
        """One physics tick."""
        self._check_thread()
        if self.fail_next_tick is not None:
            raise self.fail_next_tick
        self._tick += 1
        if self._contest is not None and not self._race_on(self._contest):
            return
        self._lap_time += 1 / 60
        if self._mode is Mode.AI:
            self._follow_centre()
        else:
            self._obey()
        if self._tick % 4 == 0:
            scores = self._rng.gumbel(size=(8, 8)) * 2 + np.log(self._latent + 1e-3)
            self._latent = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        self._learn_a_little()

    def frame(self) -> Frame:
        """What is on the track now."""
        self._check_thread()
        return Frame(
            tick=self._tick, track=self._track, hero=self._hero,
            ray_angles=np.radians(self.config.sensors.ray_angles_deg), rays=self._rays(), ray_range=45.0,
            mode=self._mode, progress=self._along / float(self._track.length), lap=self._lap, lap_time=self._lap_time,
            last_lap=self._last, best_lap=self._best, crashes=self._crashes, crash_place=self._crash_place,
            latent=self._latent, fleet=self._fleet_places(), occasion=self._occasion,
            contest=None if self._contest is None else self._contest.view(), ghosts=self._ghosts(),
            fastest=self.fastest, values=self._values, crash_places=self._crash_places, halted=self.halted,
        )  # fmt: skip

    def stats(self) -> Stats:
        """The learner in numbers."""
        n = self._updates
        reward = np.cumsum(np.random.default_rng(1).normal(0.15, 2.0, n // 3)).astype(np.float32)
        history = History(
            loss_names=("model", "actor", "critic"), episode_reward=reward, episode_step=np.arange(n // 3) * 90,
            loss_update=np.arange(n), loss=np.random.default_rng(2).gamma(2, 1, (n, 3)).astype(np.float32),
            exploration=np.maximum(0.999 ** np.arange(n), 0.1).astype(np.float32),
        )  # fmt: skip
        return Stats(
            self._activity, compile_progress=self._compiled / COMPILE_TICKS, env_steps=n * 32, episodes=n // 3,
            updates=n, updates_per_s=24.0 if self._activity is Activity.LEARNING else 0.0,
            exploration=max(0.999**n, 0.1), best_lap=self._best, health="learning", learn=self._learn,
            unsaved=self._unsaved, history=history,
        )  # fmt: skip

    def start(self) -> None:
        """Starts or resumes learning."""
        self._note("start")
        self._activity = Activity.LEARNING if self._compiled >= COMPILE_TICKS else Activity.COMPILING

    def stop(self) -> None:
        """Pauses learning."""
        self._note("stop")
        self._activity = Activity.PAUSED if self._activity is not Activity.IDLE else Activity.IDLE

    def reset(self) -> None:
        """Hero to the start line."""
        self._note("reset")
        self._to_start()

    def toggle_control(self) -> None:
        """AI or person."""
        self.set_mode(Mode.MANUAL if self._mode is Mode.AI else Mode.AI)

    def set_mode(self, mode: Mode) -> None:
        """Gives the wheel to the AI or the person."""
        self._note(f"set_mode {mode.value}")
        self._mode = mode

    def set_occasion(self, occasion: Occasion) -> None:
        """Watch, free drive or race; a race is against a car that drives the centre line at one speed."""
        self._note(f"set_occasion {occasion.value}")
        if self._occasion is Occasion.WATCH:
            self._before = self._mode, self._learn
        self._mode, self._learn = self._before if occasion is Occasion.WATCH else (Mode.MANUAL, self._before[1])
        self._learn &= occasion is not Occasion.FREE
        self._occasion, self._contest = occasion, None
        self._to_start()
        if occasion is Occasion.RACE:
            racers = (Racer.YOU, Racer.AI, Racer.FASTEST)
            self._contest = Contest(racers, float(self._track.length), 1 / 60, self.config.race.laps)
            self._ways = [0.0, 0.0, 0.0]

    def set_values(self, on: bool) -> None:
        """The critic's values on or off."""
        self._note(f"set_values {on}")
        wave = 3.0 + np.sin(np.arange(len(self._track.centre)) / 20)
        self._values = wave if on else None

    def control(self, steering: float, throttle: float) -> None:
        """The person's commands."""
        self._check_thread()
        self._command = (steering, throttle)
        self.commands.append(self._command)

    def set_learn(self, on: bool) -> None:
        """Learning on or off."""
        self._note(f"set_learn {on}")
        self._learn = on

    def set_fleet(self, on: bool) -> None:
        """Fleet on or off."""
        self._note(f"set_fleet {on}")
        self._fleet = on

    def configure(self, config: Config) -> None:
        """Takes changed settings."""
        self._note("configure")
        if (config.track.seed, config.circuit) != (self.config.track.seed, self.config.circuit):
            self._set_track(self._tracks(config.track.seed) if config.circuit is None else chosen_track(config))
        self.config, self._unsaved = config, True

    def new_track(self, seed: int) -> None:
        """Another track."""
        self._note(f"new_track {seed}")
        self.config = self.config.replace(track__seed=seed).on(None)
        self._set_track(self._tracks(seed))

    def save(self, path: Path, *, brain_only: bool = False) -> None:
        """Writes counters and settings as JSON."""
        self._note(f"save {path.name}")
        data = {"updates": self._updates, "config": json.loads(self.config.to_json()), "brain_only": brain_only}
        try:
            path.write_text(json.dumps(data))
        except OSError as error:
            raise CheckpointError(f"{path.name} could not be written: {error.strerror}.") from error
        self._unsaved = False if not brain_only else self._unsaved

    def load(self, path: Path) -> None:
        """Reads what `save` wrote."""
        self._note(f"load {path.name}")
        try:
            data = json.loads(path.read_text())
            config = Config.from_json(json.dumps(data["config"]))
        except FileNotFoundError as error:
            raise CheckpointError(f"There is no file {path.name}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path.name} is not a {SUFFIX} file.") from error
        self.config, self._updates, self._unsaved = config, data["updates"], False
        self._set_track(self._tracks(config.track.seed))

    def telemetry(self) -> Telemetry:
        """What the hero did lately."""
        ring = TelemetryRing((0.0,), ("speed",), most=10)
        ring.add((self._tick / 60, 0, self._lap, self._lap_time, 0.5, 1.0, 2.0, 0.0, 10.0, 0.0, 1.0), *np.ones((2, 1)))
        return ring.copy()

    def restore_best(self) -> bool:
        """There is a best brain after ten updates."""
        self._note("restore_best")
        return self._updates >= 10

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """The automatic checkpoints."""
        return list(self._checkpoints)

    def close(self) -> None:
        """The end."""
        self._note("close")
        self.closed = True

    def crash(self) -> None:
        """Crashes the hero where it is."""
        self._crashes += 1
        self._crash_place = np.array((self._hero.x, self._hero.y))
        self._crash_places = np.vstack([self._crash_places, (*self._crash_place, self._tick)])
        self._to_start()

    def _race_on(self, contest: Contest) -> bool:
        """A tick of the race; whether the cars drive."""
        if contest.phase is Phase.LIGHTS:
            contest.wait()
            return False
        lap = (self._lap - 1) * float(self._track.length)
        self._ways = [lap + self._along, self._ways[1] + 15 / 60, self._ways[2] + 20 / 60]
        contest.advance(self._ways)
        return True

    def _ghosts(self) -> tuple[Ghost, ...]:
        if self._contest is None:
            return ()
        places = [(r, self._place(way)) for r, way in zip((Racer.AI, Racer.FASTEST), self._ways[1:], strict=True)]
        return tuple(Ghost(racer, CarState(*place, 15.0, 0.0, 0.0)) for racer, place in places)

    def _note(self, call: str) -> None:
        self._check_thread()
        self.calls.append(call)

    def _check_thread(self) -> None:
        assert threading.get_ident() == self.thread, "a Session must be touched by one thread only"

    def _set_track(self, track: Track) -> None:
        self._track = track
        closed = np.vstack([track.centre, track.centre[:1]])
        self._marks = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
        self._closed = closed
        self._crashes, self._crash_place, self._crash_places = 0, None, np.zeros((0, 3))
        self._values = None
        self.fastest = FastestLap(track.centre.astype(float), np.full(len(track.centre), 20.0), 27.5)
        self._lap, self._last, self._best = 1, None, None
        self._to_start()

    def _to_start(self) -> None:
        self._along = self._lap_time = 0.0
        x, y, heading = self._place(0.0)
        self._hero = CarState(x, y, heading, 0.0, 0.0, 0.0)

    def _place(self, along: float) -> tuple[float, float, float]:
        def point(s: float) -> tuple[float, float]:
            s %= self._marks[-1]
            x, y = (float(np.interp(s, self._marks, self._closed[:, k])) for k in (0, 1))
            return x, y

        (x, y), (ax, ay) = point(along), point(along + 1.5)
        return x, y, math.atan2(ay - y, ax - x)

    def _follow_centre(self) -> None:
        speed = min(self._hero.speed + 0.1, 17 + 9 * math.cos(self._along / 37))
        x, y, heading = self._place(self._along)
        self._hero = CarState(x, y, heading, speed, 0.1 * math.sin(self._along / 30), math.cos(self._along / 37))
        self._drive_on(speed / 60)

    def _obey(self) -> None:
        steering, throttle = self._command
        h = self._hero
        speed = min(max(h.speed + throttle * 8 / 60, 0.0), 30.0)
        heading = h.heading + speed / 2.6 * math.tan(0.5 * steering) / 60
        x, y = h.x + speed / 60 * math.cos(heading), h.y + speed / 60 * math.sin(heading)
        self._hero = replace(h, x=x, y=y, heading=heading, speed=speed, steering=0.5 * steering, throttle=throttle)
        self._drive_on(speed / 60)

    def _drive_on(self, way: float) -> None:
        self._along += way
        if self._along >= self._track.length:
            self._along -= float(self._track.length)
            self._last = self._lap_time
            self._best = min(self._last, self._best or math.inf)
            self._lap, self._lap_time = self._lap + 1, 0.0

    def _learn_a_little(self) -> None:
        if self._activity is Activity.COMPILING:
            self._compiled += 1
            if self._compiled >= COMPILE_TICKS:
                self._activity = Activity.LEARNING
        elif self._activity is Activity.LEARNING and self._learn and self._tick % 2 == 0:
            self._updates += 1
            self._unsaved = True

    def _rays(self) -> np.ndarray:
        angles = np.radians(self.config.sensors.ray_angles_deg)
        straight = 12 + 30 * (0.5 + 0.5 * math.cos(self._along / 25))
        return np.where(np.abs(angles) < 0.1, straight, np.minimum(6 / np.abs(np.sin(angles) + 1e-9), 45.0))

    def _fleet_places(self) -> np.ndarray:
        if not self._fleet or self._activity is not Activity.LEARNING:
            return np.zeros((0, 3))
        offsets = np.random.default_rng(5).uniform(0, float(self._track.length), 16)
        sway = np.random.default_rng(6).uniform(-3.5, 3.5, 16)
        places = np.array([self._place(self._along + s) for s in offsets])
        places[:, 0] -= sway * np.sin(places[:, 2])
        places[:, 1] += sway * np.cos(places[:, 2])
        return places
