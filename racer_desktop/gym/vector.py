"""Many cars as one Gymnasium vector environment: a single compiled step for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from racer_desktop.config import Config, ConfigError
from racer_desktop.gym.cars import Cars, Step
from racer_desktop.gym.environment import action_space, observation_space
from racer_desktop.gym.tracks import TrackChoice

Stepped = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]


class RaceVectorEnv(VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """`num_envs` cars, each in an episode of its own; they do not see each other.

    Args:
        num_envs: how many.
        track, obstacles, config, start: as for `RaceEnv`; each episode draws one of the tracks.
        autoreset_mode: when a car whose episode ended begins anew: in the NEXT_STEP, whose action is then ignored,
            or in the SAME_STEP, whose `info` holds the last observation as "final_obs" and the rest as "final_info".

    Raises:
        ConfigError: if a setting or choice is out of its limits.
        TrackError: if no drivable track can be made.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        track: TrackChoice = None,
        obstacles: int | None = None,
        config: Config | None = None,
        start: str = "anywhere",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        mode = AutoresetMode(autoreset_mode)
        if mode is AutoresetMode.DISABLED:
            raise ConfigError("autoreset_mode must be NEXT_STEP or SAME_STEP: a car that crashed has to begin anew.")
        self._cars = Cars(num_envs, config, track, obstacles, start)
        self.num_envs = num_envs
        self.metadata = {"autoreset_mode": mode}
        self._same_step = mode is AutoresetMode.SAME_STEP
        self.single_observation_space = observation_space(self._cars.observation)
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._ended = np.zeros(num_envs, bool)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begins an episode for every car; a seed, or one for each car, makes all that follow repeatable."""
        if seed is not None and not isinstance(seed, int):
            # The cars share their random numbers, so seeds of their own become one.
            seed = int(np.random.SeedSequence([s or 0 for s in seed]).generate_state(1)[0])
        super().reset(seed=seed)
        if seed is not None:
            self._cars.restart(seed)
        self._ended = np.zeros(self.num_envs, bool)
        return self._cars.begin(np.ones(self.num_envs, bool), self.np_random), {}

    def step(self, actions: np.ndarray) -> Stepped:
        """Drives every car one step.

        Args:
            actions: [B, 2] steering and throttle in [-1, 1].
        """
        step = self._cars.step(actions)
        return self._begun_at_once(step) if self._same_step else self._begun_next(step)

    def _begun_at_once(self, step: Step) -> Stepped:
        ended = step.terminated | step.truncated
        info = _info(step)
        observation = step.observation
        if ended.any():
            info = {"final_obs": observation, "_final_obs": ended, "final_info": info, "_final_info": ended}
            observation = self._cars.begin(ended, self.np_random)
        return observation, step.reward, step.terminated, step.truncated, info

    def _begun_next(self, step: Step) -> Stepped:
        begun = self._ended
        observation = step.observation
        if begun.any():
            observation = self._cars.begin(begun, self.np_random)
            step = step._replace(
                reward=np.where(begun, 0.0, step.reward).astype(np.float32),
                terminated=step.terminated & ~begun,
                truncated=step.truncated & ~begun,
            )
        self._ended = step.terminated | step.truncated
        return observation, step.reward, step.terminated, step.truncated, _info(step)


def _info(step: Step) -> dict[str, Any]:
    return {"progress": step.progress, "speed": step.speed, "crashed": step.crashed, "stalled": step.stalled}
