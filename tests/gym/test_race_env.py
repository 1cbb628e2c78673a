"""The race as Gymnasium sees it: its own checkers pass, and it is the race that the program itself learns on."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

pytest.importorskip("gymnasium", reason="needs the extra `gym`: pip install gymnasium")

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from racer_desktop.config import Config, ConfigError
from racer_desktop.gym import ID
from racer_desktop.sim import race
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import generate
from racer_desktop.training.structure import looked_at

SMALL = Config().replace(track__points=96, track__obstacles=2, track__pool=3, track__difficulty=0.2)
FULL_LEFT = np.array([1.0, 1.0], np.float32)


def make(**chosen: Any) -> Any:
    settings: dict[str, Any] = {"config": SMALL} | chosen
    return gymnasium.make(ID, **settings)


def make_vec(cars: int, **chosen: Any) -> Any:
    settings: dict[str, Any] = {"config": SMALL} | chosen
    return gymnasium.make_vec(ID, num_envs=cars, vectorization_mode="vector_entry_point", **settings)


@pytest.mark.parametrize("first", ["gymnasium", "racer_desktop"])
def test_it_is_known_once_imported(first: str) -> None:
    imports = "import gymnasium, racer_desktop" if first == "gymnasium" else "import racer_desktop.gym, gymnasium"
    code = f"{imports}; print(gymnasium.spec('{ID}').id, 'jax' in __import__('sys').modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [ID, "False"], "registering has to be light"


@pytest.mark.parametrize("track", [7, [7, 8], "random"])
def test_gymnasiums_own_checker_has_nothing_to_say(track: Any) -> None:
    check_env(make(track=track).unwrapped)


def test_stable_baselines3s_checker_has_nothing_to_say() -> None:
    checker = pytest.importorskip("stable_baselines3.common.env_checker", reason="needs the extra `bench`")
    checker.check_env(make().unwrapped)


def test_same_seed_same_episodes() -> None:
    def drive(env: Any) -> list[Any]:
        seen = [env.reset(seed=5)[0]]
        for n in range(60):
            observation, reward, terminated, truncated, _ = env.step(np.array([np.sin(n), 1.0], np.float32))
            seen += [observation, reward]
            if terminated or truncated:
                seen.append(env.reset()[0])
        return seen

    env = make(track="random")
    first, again = drive(env), drive(env)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], env.reset(seed=6)[0])


def test_it_is_the_simulators_race() -> None:
    env = make(track=11, start="line")
    seen, _ = env.reset(seed=0)
    track = generate(11, SMALL.track, SMALL.car.half_width)
    rules, course = Rules.of(SMALL), courses([track])
    state = race.line_up(course, jnp.zeros(1, jnp.int32))
    step = jax.jit(race.step, static_argnames="ticks")
    for action in ([0.1, 1.0], [-0.3, 0.5], [0.0, -1.0]):
        np.testing.assert_allclose(seen, race.observe(rules, course, state, looked_at(SMALL))[0][0], atol=1e-6)
        state, outcome = step(rules, course, state, np.array([action]), ticks=SMALL.race.ticks_per_step)
        seen, reward, terminated, _, info = env.step(np.array(action, np.float32))
        assert reward == pytest.approx(float(outcome.terms.total[0]), abs=1e-5)
        assert not terminated
        assert info["speed"] == pytest.approx(float(state.pose.speed[0]), abs=1e-5)


def test_a_crash_terminates_and_costs() -> None:
    env = make()
    env.reset(seed=0)
    while True:
        _, reward, terminated, truncated, info = env.step(FULL_LEFT)
        if terminated or truncated:
            break
    assert terminated
    assert info["crashed"]
    assert reward < 0.5 * SMALL.reward.crash


def test_the_time_limit_truncates() -> None:
    env = make(config=SMALL.replace(race__time_limit=5.0, race__stall_time=60.0))
    env.reset(seed=0)
    still = np.array([0.0, -1.0], np.float32)
    steps = 1
    while not (ended := env.step(still))[3]:
        assert not ended[2]
        steps += 1
    assert steps == pytest.approx(5.0 * 15, abs=1)


@pytest.mark.parametrize(
    "wrong", [{"track": "monza"}, {"track": []}, {"track": -1}, {"start": "pit"}, {"obstacles": 99}]
)
def test_a_wrong_choice_is_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"must be"):
        make(**wrong)


def test_an_action_that_is_no_number_is_refused() -> None:
    env = make().unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError, match="finite"):
        env.step(np.array([np.nan, 0.0], np.float32))


def test_the_picture_shows_track_and_car() -> None:
    env = make(render_mode="rgb_array")
    env.reset(seed=0)
    first = env.render()
    assert first.dtype == np.uint8
    assert 400 in first.shape
    for _ in range(8):
        env.step(np.array([0.0, 1.0], np.float32))
    assert 0 < (env.render() != first).any(axis=-1).sum() < 400, "the car moved and nothing else"


def test_a_vector_begins_the_next_step_after_an_end() -> None:
    envs = make_vec(3, start="line")
    first, _ = envs.reset(seed=0)
    assert first in envs.observation_space
    actions = np.array([[1, 1], [0, 0.2], [1, 1]], np.float32)
    while True:
        seen, _, terminated, truncated, info = envs.step(actions)
        if terminated.any():
            break
    assert terminated.tolist() == [True, False, True]
    assert not truncated.any()
    assert info["crashed"].tolist() == [True, False, True]
    assert not np.allclose(seen[0], first[0], atol=1e-3), "the last observation comes first"
    seen, reward, terminated, _, _ = envs.step(actions)
    np.testing.assert_allclose(seen[[0, 2]], first[[0, 2]], atol=1e-6)
    assert reward[[0, 2]].tolist() == [0.0, 0.0]
    assert reward[1] > 0.0
    assert not terminated.any()


def test_a_vector_begins_in_the_same_step_if_asked_to() -> None:
    envs = make_vec(2, start="line", autoreset_mode=AutoresetMode.SAME_STEP)
    first, _ = envs.reset(seed=0)
    actions = np.array([[1, 1], [0, 0.2]], np.float32)
    while True:
        seen, reward, terminated, _, info = envs.step(actions)
        if terminated.any():
            break
    np.testing.assert_allclose(seen[0], first[0], atol=1e-6)
    assert reward[0] < 0.5 * SMALL.reward.crash
    assert info["_final_obs"].tolist() == [True, False]
    assert not np.allclose(info["final_obs"][0], first[0], atol=1e-3)
    assert info["final_info"]["crashed"].tolist() == [True, False]


def test_one_of_many_is_one_alone() -> None:
    alone, many = make(track=3, start="line"), make_vec(4, track=3, start="line")
    alone.reset(seed=1)
    many.reset(seed=2)
    for _ in range(10):
        action = np.array([0.05, 0.7], np.float32)
        one, rewarded, *_ = alone.step(action)
        all_, rewards, *_ = many.step(np.tile(action, (4, 1)))
        np.testing.assert_allclose(all_, np.tile(one, (4, 1)), atol=1e-5)
        np.testing.assert_allclose(rewards, rewarded, atol=1e-5)


def test_random_tracks_are_renewed_and_their_drivers_cut_off() -> None:
    renewed = SMALL.replace(
        track__refresh_updates=1, training__cars=8, training__steps_per_update=1, race__start_speed=0.0
    )
    envs = make_vec(4, config=renewed, track="random")
    envs.reset(seed=0)
    still = np.zeros((4, 2), np.float32)
    cut = [envs.step(still)[3] for _ in range(2 * renewed.track.pool)]  # a track is due in every second step
    assert not any(t.any() for t in cut[0::2])
    assert all(any(t[car] for t in cut) for car in range(4)), "every car's track was replaced once"


def test_a_vector_needs_to_begin_anew_by_itself() -> None:
    with pytest.raises(ConfigError, match="NEXT_STEP or SAME_STEP"):
        make_vec(2, autoreset_mode=AutoresetMode.DISABLED)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["stable_baselines3", "sbx"])
@pytest.mark.filterwarnings("ignore")  # of the learners' own making
def test_sac_learns_on_it_unchanged(package: str) -> None:
    sac = pytest.importorskip(package, reason="needs the extra `bench`").SAC
    model = sac("MlpPolicy", make(), learning_starts=20, batch_size=16, seed=0)
    model.learn(40)
    assert model.num_timesteps == 40
