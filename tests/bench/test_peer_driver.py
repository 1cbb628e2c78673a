"""A peer's policy drives in the evaluation as it would by its own `predict`, with its own stack of observations."""

from __future__ import annotations

import pytest

pytest.importorskip("stable_baselines3", reason="needs the extra `bench`: pip install stable-baselines3")
pytest.importorskip("sbx", reason="needs the extra `bench`: pip install sbx-rl")

import jax.numpy as jnp
import numpy as np

from racer_desktop.bench import peers
from racer_desktop.bench.peer_driver import driver_of, policy_of
from tests.training.tiny import TINY

CARS = 3
WIDTH = len(TINY.sensors.ray_angles_deg) + 1


@pytest.mark.slow
@pytest.mark.parametrize("agent", list(peers.PEERS))
@pytest.mark.filterwarnings("ignore")  # of the learners' own making
def test_it_does_what_predict_does(agent: str) -> None:
    model, race = peers.made(agent, TINY.replace(track__random_tracks=True), CARS)
    driver, policy = driver_of(model), policy_of(model)
    env = model.get_env()
    seen = env.reset()
    width = WIDTH
    latent, first = driver.start(CARS), jnp.ones(CARS)
    nothing = jnp.zeros((CARS, driver.action))
    for _ in range(40):
        acted = driver.act(policy, latent, jnp.asarray(seen[:, -width:]), nothing, first, nothing)
        np.testing.assert_array_equal(acted.latent.deter, seen)
        wanted, _ = model.predict(seen, deterministic=True)
        np.testing.assert_allclose(acted.mean, wanted, atol=1e-5)
        seen, _, ended, infos = env.step(np.tile(np.array([1.0, 1.0], np.float32), (CARS, 1)))
        assert all(("terminal_observation" in info) == end for info, end in zip(infos, ended, strict=True))
        latent, first = acted.latent, jnp.asarray(ended, jnp.float32)
    assert race.episodes > 0
