"""The circuit in the settings: kept, compared, written and read like every other."""

from __future__ import annotations

import json

import pytest

from racer_desktop.config import Circuit, Config, ConfigError

CIRCUIT = Circuit("Oval", "# x_m,y_m\n1,2\n")


def test_it_survives_json():
    config = Config().replace(track__seed=7).on(CIRCUIT)
    assert Config.from_json(config.to_json()) == config
    assert config.replace(car__grip=12.0).circuit == CIRCUIT
    assert config.on(None) == Config().replace(track__seed=7)


def test_without_one_the_text_is_as_ever():
    assert "circuit" not in json.loads(Config().to_json())
    assert "circuit" not in dict(Config().on(CIRCUIT).sections())


@pytest.mark.parametrize("wrong", [{}, {"name": "a"}, {"name": 1, "text": "b"}, {"name": "a", "text": "b", "more": 1}])
def test_a_wrong_one_is_refused(wrong):
    with pytest.raises(ConfigError, match="circuit must be an object with two texts"):
        Config.from_json(json.dumps({"circuit": wrong}))
