"""The help page about the settings says what config.py says."""

from __future__ import annotations

import pytest

from racer_desktop.config import Config, Setting
from racer_desktop.configuration_guide import limits_text, markdown, number_text, value_text
from racer_desktop.paths import resource


def test_page_is_current() -> None:
    page = resource("help/configuration.md").read_text(encoding="utf-8")
    assert page == markdown(), "run: python -m racer_desktop.configuration_guide"


def test_every_setting_is_on_the_page_with_its_help() -> None:
    page = markdown()
    for group, section in Config().sections():
        for field, about, _ in section.settings():
            assert f"`{group}.{field}`" in page
            assert about.help in page


def test_defaults_come_from_the_config_given() -> None:
    assert "| 1,234 |" in markdown(Config().replace(track__seed=1234))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (True, "", "yes"),
        (6.0, "m", "6 m"),
        (400_000, "steps", "400,000 steps"),
        (3e-4, "", "0.0003"),
        ((-45.0, 22.5), "deg", "-45, 22.5 deg"),
        ("fast", "", "fast"),
    ],
)
def test_values_are_written_as_people_write_them(value: object, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


def test_limits_are_written_in_words() -> None:
    assert limits_text(Setting("a", "b", low=3, high=15, unit="m")) == "3 to 15 m"
    assert limits_text(Setting("a", "b", low=0)) == "at least 0"
    assert limits_text(Setting("a", "b", high=0)) == "at most 0"
    assert limits_text(Setting("a", "b", choices=("x", "y"))) == "one of x, y"
    assert limits_text(Setting("a", "b")) == ""
    assert number_text(0.9999) == "0.9999"
