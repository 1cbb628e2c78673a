"""Settings: every one knows its limits and keeps them, has a way through JSON, and is refused in a sentence."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.config import Config, ConfigError, Setting, TrackConfig

EVERY = [
    (f"{group}__{field}", about, value)
    for group, section in Config().sections()
    for field, about, value in section.settings()
]
NUMBERS = [entry for entry in EVERY if isinstance(entry[2], (int, float)) and not isinstance(entry[2], bool)]


@pytest.mark.parametrize(("name", "about", "value"), EVERY, ids=[name for name, *_ in EVERY])
def test_every_setting_explains_itself(name: str, about: Setting, value: Any) -> None:
    assert about.name
    assert about.help.endswith(".")
    values = value if isinstance(value, tuple) else (value,)
    if not isinstance(value, (bool, str)):
        assert all(about.low <= v <= about.high for v in values), "the default lies within"
        assert math.isfinite(about.low)
        assert math.isfinite(about.high)
    if isinstance(value, str):
        assert value in about.choices


@pytest.mark.parametrize(("name", "about", "value"), NUMBERS, ids=[name for name, *_ in NUMBERS])
def test_a_number_beyond_its_limits_is_refused_with_both(name: str, about: Setting, value: float) -> None:
    dotted = name.replace("__", ".", 1)
    for wrong in (about.low - 1, about.high + max(1, abs(about.high)), math.nan, math.inf, "7", None, True):
        with pytest.raises(ConfigError) as refused:
            Config().replace(**{name: wrong})
        assert dotted in str(refused.value)
        assert f"{about.low:g} to {about.high:g}" in str(refused.value)


def test_limits_themselves_are_allowed() -> None:
    assert Config().replace(track__seed=0).track.seed == 0
    assert Config().replace(track__seed=2**31 - 1).track.seed == 2**31 - 1
    assert Config().replace(track__difficulty=1).track.difficulty == 1.0


def test_numbers_take_the_kind_of_their_default() -> None:
    changed = Config().replace(track__difficulty=1, track__seed=7.0, sensors__ray_angles_deg=[-10, 10])
    assert isinstance(changed.track.difficulty, float)
    assert isinstance(changed.track.seed, int)
    assert changed.sensors.ray_angles_deg == (-10.0, 10.0)
    with pytest.raises(ConfigError, match="a whole number"):
        Config().replace(track__seed=7.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"track__sed": 1}, r"There is no setting track\.sed; track has .*seed"),
        ({"wheels__number": 4}, "There is no group of settings called 'wheels'; there are track, car"),
        ({"track": 4}, r"There is no setting track\.;"),
        ({"track__random_tracks": 1}, "must be true or false, not 1"),
        ({"sensors__ray_angles_deg": 3.0}, "must be a list of numbers"),
        ({"sensors__ray_angles_deg": []}, "must be a list of numbers"),
        ({"sensors__ray_angles_deg": [0.0, 200.0]}, "from -180 to 180 deg"),
        ({"sensors__ray_angles_deg": "left"}, "must be a list of numbers"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Config().replace(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"training__replay_steps": 2_000}, "need at least 2048"),
        ({"training__guest_steps": 200, "training__length": 128}, "guest_steps is 200, .* need at least 256"),
        ({"training__exploration": 0.05}, "exploration_floor must not be above"),
        ({"agent__imagination_starts": 513}, "has only 512 states"),
        ({"track__half_width": 3.0, "car__half_width": 2.0}, None),
    ],
)
def test_settings_that_belong_together_are_checked_together(changes: dict[str, Any], said: str | None) -> None:
    if said is None:
        Config().replace(**changes)
        return
    with pytest.raises(ConfigError, match=said):
        Config().replace(**changes)


def test_replace_leaves_the_original_and_everything_else() -> None:
    before = Config()
    after = before.replace(track__seed=7, car__grip=12.0)
    assert (before.track.seed, before.car.grip) == (42, 10.0)
    assert after.replace(track__seed=42, car__grip=10.0) == before
    assert after.agent is before.agent
    assert hash(after) != hash(before)
    with pytest.raises(dataclasses.FrozenInstanceError):
        after.track.seed = 8  # pyright: ignore[reportAttributeAccessIssue] - that is the point


def test_settings_survive_json() -> None:
    config = Config().replace(track__random_tracks=True, sensors__ray_angles_deg=(-30.0, 0.1, 30.0), reward__crash=-3.5)
    assert Config.from_json(config.to_json()) == config
    assert set(json.loads(config.to_json())) == {name for name, _ in config.sections()}


@given(seed=st.integers(0, 2**31 - 1), difficulty=st.floats(0, 1), width=st.floats(3, 15), rays=st.data())
def test_any_settings_survive_json_bit_for_bit(seed: int, difficulty: float, width: float, rays: st.DataObject) -> None:
    angles = rays.draw(st.lists(st.floats(-180, 180), min_size=1, max_size=9))
    config = Config().replace(
        track__seed=seed, track__difficulty=difficulty, track__half_width=width, sensors__ray_angles_deg=angles
    )
    assert Config.from_json(config.to_json()) == config


def test_what_json_leaves_out_keeps_its_default() -> None:
    assert Config.from_json('{"track": {"seed": 5}}') == Config().replace(track__seed=5)
    assert Config.from_json("{}") == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("[1]", "one object for each section"),
        ('{"track": 3}', "one object for each section"),
        ('{"track": {"sed": 3}}', "no setting track.sed"),
        ('{"track": {"seed": -3}}', "track.seed must be"),
        ('{"track": {"seed": NaN}}', "track.seed must be"),
    ],
)
def test_wrong_json_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Config.from_json(text)


def test_a_section_checks_itself() -> None:
    with pytest.raises(ConfigError, match=r"track\.difficulty must be a number from 0 to 1, not 2"):
        TrackConfig(difficulty=2)
