"""The race as stable-baselines3 wants its environments: many cars in one. Needs the extra `bench`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import (  # pyright: ignore[reportMissingImports] - an extra
    VecEnv,
    VecFrameStack,
)

from racer_desktop.config import Config
from racer_desktop.gym.tracks import RANDOM
from racer_desktop.gym.vector import RaceVectorEnv


class PeerRace(VecEnv):
    """Cars on the program's random training tracks.

    Args:
        config: the race, and the seed that decides which tracks it begins with.
        cars: how many.

    Attributes:
        episodes: that ended so far.
    """

    def __init__(self, config: Config, cars: int) -> None:
        self._race = RaceVectorEnv(cars, config=config, track=RANDOM, autoreset_mode=AutoresetMode.SAME_STEP)
        self._actions = np.zeros((cars, 2), np.float32)
        self.episodes = 0
        super().__init__(cars, self._race.single_observation_space, self._race.single_action_space)

    def reset(self) -> np.ndarray:
        """Begins an episode for every car."""
        observation, _ = self._race.reset(seed=self._seeds[0])
        self._reset_seeds()
        return observation

    def step_async(self, actions: np.ndarray) -> None:
        """Takes the actions of the step that `step_wait` drives."""
        self._actions = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Drives the step; `infos` holds what stable-baselines3 asks for where an episode ended."""
        observation, reward, terminated, truncated, info = self._race.step(self._actions)
        ended = terminated | truncated
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for car in np.flatnonzero(ended):
            infos[car] = {
                "terminal_observation": info["final_obs"][car],
                "TimeLimit.truncated": bool(truncated[car] and not terminated[car]),
            }
        self.episodes += int(ended.sum())
        return observation, reward, ended, infos

    def close(self) -> None:
        """Ends it."""
        self._race.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute of the race, once for each car asked about."""
        return [getattr(self._race, attr_name)] * len(self._cars(indices))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Sets an attribute of the race, which all cars share."""
        setattr(self._race, attr_name, value)

    def env_method(self, method_name: str, *arguments: Any, indices: Any = None, **named: Any) -> list[Any]:
        """Calls a method of the race; its answer, once for each car asked about."""
        return [getattr(self._race, method_name)(*arguments, **named)] * len(self._cars(indices))

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """Never: the cars have no environments of their own."""
        return [False] * len(self._cars(indices))

    def _cars(self, indices: Any) -> Sequence[int]:
        return list(self._get_indices(indices))


def stacked(race: PeerRace, times: int) -> VecFrameStack:
    """The race with the last observations side by side, the newest last, zero before the episode."""
    return VecFrameStack(race, times)
