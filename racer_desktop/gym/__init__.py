"""The race as a Gymnasium environment, for other learners; needs the extra `gym`.

    import gymnasium, racer_desktop.gym

    env = gymnasium.make("racer_desktop/Race-v0", track=42)
    envs = gymnasium.make_vec("racer_desktop/Race-v0", num_envs=16, track="random")

Gymnasium 1.0 gave up looking for environments in installed packages by itself, so that one import is needed;
`gymnasium.make("racer_desktop.gym:racer_desktop/Race-v0")` makes it too. Everything heavy is imported when an
environment is made. What can be chosen is said at `environment.RaceEnv` and `vector.RaceVectorEnv`.
"""

from __future__ import annotations

from gymnasium.envs.registration import register, registry

ID = "racer_desktop/Race-v0"

if ID not in registry:
    register(
        id=ID,
        entry_point="racer_desktop.gym.environment:RaceEnv",
        vector_entry_point="racer_desktop.gym.vector:RaceVectorEnv",
    )
