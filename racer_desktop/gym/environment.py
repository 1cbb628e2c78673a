"""One car as a Gymnasium environment."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from racer_desktop.config import Config
from racer_desktop.gym.cars import ACTION, Cars, Step
from racer_desktop.gym.picture import Picture
from racer_desktop.gym.tracks import TrackChoice


def observation_space(width: int) -> spaces.Box:
    """Rays as a share of their range, then the speed as a share of the top speed."""
    return spaces.Box(0.0, 1.0, (width,), np.float32)


def action_space() -> spaces.Box:
    """Steering, positive to the left, and throttle; a negative throttle brakes."""
    return spaces.Box(-1.0, 1.0, (ACTION,), np.float32)


class RaceEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """One car, one decision a step; observation, reward and endings as for the program's own learner.

    `info` holds progress (laps driven in this episode), speed (m/s), crashed and stalled.

    Args:
        track: a seed, a list of seeds (each episode draws one), "random" for training tracks that are renewed as it
            goes on, or None for what `config` says (track 42).
        obstacles: discs on each track; None for what `config` says (5).
        config: every other setting: car, sensors, reward, race.
        start: "anywhere" on the track at a small random speed, or from the start "line", standing.
        render_mode: "rgb_array" or None.

    Raises:
        ConfigError: if a setting or choice is out of its limits.
        TrackError: if no drivable track can be made.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 15}  # noqa: RUF012 - Gymnasium's own

    def __init__(
        self,
        *,
        track: TrackChoice = None,
        obstacles: int | None = None,
        config: Config | None = None,
        start: str = "anywhere",
        render_mode: str | None = None,
    ) -> None:
        self._cars = Cars(1, config, track, obstacles, start)
        race = self._cars.config.race
        self.metadata = self.metadata | {"render_fps": max(1, round(1.0 / (race.tick * race.ticks_per_step)))}
        self.render_mode = render_mode
        self.observation_space = observation_space(self._cars.observation)
        self.action_space = action_space()
        self._picture = Picture()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begins an episode; a seed makes it and all that follow repeatable."""
        super().reset(seed=seed)
        if seed is not None:
            self._cars.restart(seed)
        observation = self._cars.begin(np.ones(1, bool), self.np_random)[0]
        speed = float(observation[-1]) * self._cars.config.car.max_speed
        return observation, {"progress": 0.0, "speed": speed, "crashed": False, "stalled": False}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Drives one step: steering and throttle in [-1, 1]."""
        step = self._cars.step(np.asarray(action)[None])
        ended = bool(step.terminated[0]), bool(step.truncated[0])
        return step.observation[0], float(step.reward[0]), *ended, _info(step)

    def render(self) -> np.ndarray | None:  # pyright: ignore[reportIncompatibleMethodOverride] - narrower on purpose
        """The track from above with the car, [H, W, 3]; None without a render mode."""
        return self._picture.drawn(*self._cars.shown(0)) if self.render_mode == "rgb_array" else None


def _info(step: Step) -> dict[str, Any]:
    return {
        "progress": float(step.progress[0]),
        "speed": float(step.speed[0]),
        "crashed": bool(step.crashed[0]),
        "stalled": bool(step.stalled[0]),
    }
