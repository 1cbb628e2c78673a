"""Presets: named sets of settings, four that come with the program and the person's own, kept as JSON. No widgets."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from racer_desktop import paths
from racer_desktop.config import Config, ConfigError
from racer_desktop.files import replace_text

FORMAT = 1
LONGEST_NAME = 60
# What the program's own presets are about.
LEARNING = ("sensors", "reward", "race", "agent", "training", "randomisation")
_SEEDS = {("track", "seed"), ("training", "seed")}  # which race this is, not how it is driven
_OF_THE_PERSON = {("race", "laps")}  # what nobody learns from

log = logging.getLogger(__name__)


class PresetError(Exception):
    """A preset cannot be used, kept or found; the message is one sentence that says why."""


@dataclass(frozen=True)
class Preset:
    """A named set of settings.

    Attributes:
        name: what the person calls it.
        help: a sentence about it; empty for the person's own.
        sections: values by section and field; what is absent stays as it is.
        own: whether the person made it.
    """

    name: str
    help: str
    sections: dict[str, dict[str, Any]]
    own: bool = False

    def applied(self, config: Config) -> Config:
        """The settings with the preset's values.

        Raises:
            PresetError: if it holds a setting that this version does not know, or a wrong value.
        """
        changes = {f"{s}__{field}": value for s, values in self.sections.items() for field, value in values.items()}
        try:
            return config.replace(**changes)
        except (ConfigError, AttributeError) as error:
            raise PresetError(_tr("The preset “{0}” cannot be used: {1}").format(self.name, error)) from error


def shipped_presets() -> list[Preset]:
    """The presets that come with the program. They leave track, car, seed and the length of races as they are."""
    return [
        _shipped(
            _tr("Seed Project's Values"),
            _tr("The rewards, the exploration and the 32 latent numbers of the project this program grew from."),
            # Learning from these rewards is slower: gates are rare, and standing on the track pays a little.
            reward={"speed": 1.0, "gate": 5.0, "gates": 20, "time_bonus": 2.0, "survival": 0.1, "crash": -10.0},
            agent={"groups": 8, "classes": 4},
            training={"exploration_memory": 0.0},
        ),
        _shipped(_tr("Fast Learning"), _tr("The defaults: a first lap after about a minute on an ordinary laptop.")),
        _shipped(
            _tr("Careful"),
            _tr("Smaller steps, weights averaged over longer, dearer crashes: slower to learn, and a cautious driver."),
            reward={"crash": -40.0},
            agent={"learning_rate": 4e-4, "warmup": 500, "average": 0.9998},
        ),
        _shipped(
            _tr("Research Size"),
            _tr("Sizes, horizon and learning rate of DreamerV3's smallest published model; for a GPU and patience."),
            agent={
                "deter": 512, "groups": 32, "classes": 4, "units": 64, "layers": 3, "bins": 255, "lambda_": 0.95,
                "imagination_starts": 1024, "discount_horizon": 333.0, "replay_value_scale": 0.3, "learning_rate": 4e-5,
                "warmup": 1000, "rate_decay": 1e12, "slow_critic_rate": 0.02,
            },
            training={"batch": 16, "length": 64},
        ),
    ]  # fmt: skip


class PresetShelf:
    """The person's own presets, in a file of their own.

    Args:
        path: the file; None for the program's own place.

    Attributes:
        problem: a sentence about a file that could not be read, or "". That file was put aside, never overwritten.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = paths.config_folder() / "presets.json" if path is None else path
        self._own: dict[str, Preset] = {}
        self.problem = ""
        self._read()

    @property
    def own(self) -> list[Preset]:
        """The person's presets by name."""
        return sorted(self._own.values(), key=lambda preset: preset.name.casefold())

    def add(self, name: str, config: Config) -> Preset:
        """Keeps all settings but the seeds under a new name.

        Raises:
            PresetError: if the name cannot be used or the file cannot be written.
        """
        name = self._free(name)
        sections = {
            section: {field: value for field, _, value in group.settings() if (section, field) not in _SEEDS}
            for section, group in config.sections()
        }
        made = Preset(name, "", sections, own=True)
        self._store({**self._own, name: made})
        return made

    def rename(self, name: str, new: str) -> None:
        """Gives a preset another name.

        Raises:
            PresetError: if there is none of this name, the new one cannot be used or the file cannot be written.
        """
        preset = self._known(name)
        if new.strip() == name:
            return
        new = self._free(new, but=name)
        others = {key: value for key, value in self._own.items() if key != name}
        self._store({**others, new: Preset(new, "", preset.sections, own=True)})

    def delete(self, name: str) -> None:
        """Forgets a preset.

        Raises:
            PresetError: if there is none of this name or the file cannot be written.
        """
        self._known(name)
        self._store({key: value for key, value in self._own.items() if key != name})

    def _known(self, name: str) -> Preset:
        if name not in self._own:
            raise PresetError(_tr("There is no preset called “{0}” any more.").format(name))
        return self._own[name]

    def _free(self, name: str, but: str = "") -> str:
        name = " ".join(name.split())
        if not name:
            raise PresetError(_tr("A preset needs a name."))
        if len(name) > LONGEST_NAME:
            raise PresetError(_tr("A preset's name has at most {0} letters.").format(LONGEST_NAME))
        taken = {p.name.casefold() for p in (*shipped_presets(), *self._own.values()) if p.name != but}
        if name.casefold() in taken:
            raise PresetError(_tr("There is a preset called “{0}” already; choose another name.").format(name))
        return name

    def _store(self, own: dict[str, Preset]) -> None:
        text = json.dumps({"format": FORMAT, "presets": {p.name: p.sections for p in own.values()}}, indent=1)
        try:
            replace_text(self._path, text)
        except OSError as error:
            raise PresetError(
                _tr("The presets could not be kept in {0}: {1}.").format(self._path.parent, error.strerror or error)
            ) from error
        self._own = own

    def _read(self) -> None:
        try:
            self._own = _understood(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            aside = self._path.with_suffix(".unreadable.json")
            log.warning("The presets in %s could not be read: %s", self._path, error)
            self.problem = _tr("Your presets could not be read; the damaged file is kept as {0}.").format(aside.name)
            with contextlib.suppress(OSError):
                self._path.replace(aside)


def _understood(data: Any) -> dict[str, Preset]:
    if data["format"] > FORMAT:
        raise ValueError("written by a newer version")
    return {name: Preset(str(name), "", _sections(values), own=True) for name, values in data["presets"].items()}


def _sections(data: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if not all(isinstance(values, dict) for values in data.values()):
        raise TypeError("a section is no object")
    return {section: dict(values) for section, values in data.items()}


def _shipped(name: str, about: str, **changes: dict[str, Any]) -> Preset:
    defaults = dict(Config().sections())
    sections = {
        section: {
            field: changes.get(section, {}).get(field, value)
            for field, _, value in defaults[section].settings()
            if (section, field) not in _SEEDS | _OF_THE_PERSON
        }
        for section in LEARNING
    }
    return Preset(name, about, sections)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Presets", text)
