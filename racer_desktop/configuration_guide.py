"""Writes the help page "Configuration" from the settings' own metadata: `python -m racer_desktop.configuration_guide`.

A test compares the page with `markdown()`, so that it is always current.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator

from racer_desktop.config import Config, Section, Setting
from racer_desktop.paths import resource

COUNTED = frozenset({"laps", "steps", "updates"})  # units with a singular

_INTRODUCTION = """\
# Configuration

Every setting of Racer Desktop: what it means, its limits and its default. This page is generated from the program's
own settings by `python -m racer_desktop.configuration_guide`; the Settings panel is made from the same source.

**Takes effect** says when a running experiment uses a new value. *At once* means the car and the learner take it while
they run. *With a new brain* means the setting shapes the networks, the replay or the training itself: the program
asks before it starts again from nothing.

Inside a `.racer` file the settings are stored as JSON with one object for each group, for example
`{"track": {"seed": 42}, "car": {"grip": 10.0}}`; what is absent keeps its default.
"""


def markdown(config: Config | None = None) -> str:
    """The page as Markdown: one table for each group of settings, with the defaults of `config`."""
    config = Config() if config is None else config
    groups = [_group(name, section) for name, section in config.sections()]
    index = "\n".join(f"- [{name.capitalize()}](#{name}): {summary(section)}" for name, section in config.sections())
    closing = "See also: [Operations](operations.md), [Architecture](architecture.md).\n"
    return "\n".join([_INTRODUCTION, "## Groups\n", index + "\n", *groups, closing])


def summary(section: Section) -> str:
    """What a group of settings is about: the first line of its class's docstring."""
    return (type(section).__doc__ or "").strip().partition("\n")[0]


def value_text(value: object, unit: str = "") -> str:
    """A setting's value as a person writes it: "6 m", "yes", "-45, 0, 45 deg", "400,000 steps"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        text = ", ".join(number_text(v) for v in value)
    elif isinstance(value, (int, float)):
        text, unit = number_text(value), unit_of(value, unit)
    else:
        text = str(value)
    return f"{text} {unit}" if unit else text


def unit_of(value: float, unit: str) -> str:
    """The unit of a number: one of what is counted stands in the singular."""
    return unit.removesuffix("s") if value == 1 and unit in COUNTED else unit


def number_text(value: float) -> str:
    """A number without needless digits: whole numbers grouped in thousands, others with up to six digits."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.6g}"


def limits_text(about: Setting) -> str:
    """The values that are allowed: "3 to 15 m", "at least 0", "one of a, b", or "" if there is no limit."""
    if about.choices:
        return "one of " + ", ".join(about.choices)
    unit = f" {about.unit}" if about.unit else ""
    low, high = math.isfinite(about.low), math.isfinite(about.high)
    if low and high:
        return f"{number_text(about.low)} to {number_text(about.high)}{unit}"
    if low:
        return f"at least {number_text(about.low)}{unit}"
    if high:
        return f"at most {number_text(about.high)}{unit}"
    return ""


def _group(name: str, section: Section) -> str:
    return f"## {name.capitalize()}\n\n{summary(section)}\n\n" + "\n".join(_rows(name, section)) + "\n"


def _rows(group: str, section: Section) -> Iterator[str]:
    yield "| setting | meaning | default | limits | takes effect |"
    yield "|---|---|---|---|---|"
    for field, about, value in section.settings():
        limits = "yes or no" if isinstance(value, bool) else limits_text(about)
        effect = "at once" if about.live else "with a new brain"
        cells = [f"**{about.name}** `{group}.{field}`", about.help, value_text(value, about.unit), limits, effect]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Writes the page into the resources of this checkout and says where."""
    page = resource("help") / "configuration.md"
    page.write_text(markdown(), encoding="utf-8")
    sys.stdout.write(f"Wrote {page}.\n")


if __name__ == "__main__":
    main()
