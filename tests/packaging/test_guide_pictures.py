"""The guide's figures can be painted from any recording, and show what is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from guide import film
from guide.chart import ticks
from guide.drives import Dream, Life, Race
from guide.figures import FIGURES, Material, paint
from PIL import Image, ImageSequence
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui.theme import dark_theme, light_theme
from racer_desktop.paths import resource
from racer_desktop.training.snapshot import History
from racer_desktop.training.telemetry import NAMES, Telemetry
from racer_desktop.training.trial import TrackResult
from tests.fakes import FakeSession, oval

STEPS, RAYS, HORIZON, DREAMS = 60, 5, 15, 3


def life(*, crashed: bool) -> Life:
    random = np.random.default_rng(0)
    reward = np.full(STEPS, 0.2)
    reward[-1] = -10.0 if crashed else 0.2
    return Life(
        step=1 / 15,
        observation=random.random((STEPS, RAYS + 1)),
        action=np.zeros((STEPS, 2)),
        reward=reward,
        deter=np.zeros((STEPS, 4)),
        stoch=np.zeros((STEPS, 4)),
        belief=random.random((STEPS, 8, 8)),
        rebuilt=random.random((STEPS, RAYS + 1)),
        value=random.random(STEPS),
        discount=0.9,
        crashed=crashed,
    )


@pytest.fixture(scope="module")
def race() -> Race:
    session = FakeSession(Config())
    frames = []
    for _ in range(300):
        session.tick()
        frames.append(session.frame())
    rows = np.array([[0.0] * 5 + [f.hero.x, f.hero.y, 0.0, f.hero.speed, 0.1, 0.5, 0.3] for f in frames])
    return Race(frames, Telemetry((*NAMES, "reward"), rows))


@pytest.fixture(scope="module")
def material(race: Race) -> Material:
    track, number = oval(42), np.arange(300)
    stopped = TrackResult(42, track, ended=True, distance=0.2, line=np.asarray(track.centre[:20]))
    finished = TrackResult(42, track, ended=True, finished=True, flying_lap_s=30.0, line=np.asarray(track.centre))
    history = History(
        episode_reward=np.sin(number).astype(np.float32),
        loss_update=number,
        validation_update=number[::100],
        validation_finished=np.linspace(0, 1, 3, dtype=np.float32),
    )
    dream = Dream(20, np.random.default_rng(1).random((HORIZON + 1, DREAMS, RAYS + 1)))
    return Material(
        Config(), (0, 9), [stopped, finished], history, race, life(crashed=True), life(crashed=False), dream
    )


def test_every_figure_is_painted_light_and_dark_and_no_other_is_shown(
    qtbot: QtBot, material: Material, tmp_path: Path
) -> None:
    files = paint(material, (light_theme(), dark_theme()), tmp_path)
    assert {file.name for file in files} == {file.name for file in resource("help/pictures").iterdir()}
    for name in FIGURES:
        light, dark = (Image.open(tmp_path / f"{name}{kind}.png").convert("L") for kind in ("", "-dark"))
        assert light.size == dark.size
        assert np.std(np.asarray(light)) > 5, "something is on it"


def test_returns_are_what_came_after_each_step() -> None:
    found = life(crashed=True).returns
    assert found[-1] == 0.0
    assert found[-2] == pytest.approx(-10.0)
    assert found[-3] == pytest.approx(0.2 - 9.0)


def first_picture(path: Path) -> np.ndarray:
    with Image.open(path) as film:
        return np.asarray(film.convert("RGB"), int)


def test_a_film_has_a_caption(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    short = Race(race.frames[:60], race.telemetry)
    for name, caption in (("with", "after 9 updates"), ("without", "")):
        film.write(tmp_path / f"{name}.gif", [film.Scene(caption, short, 1.0)], Config(), dark_theme())
    one, other = (first_picture(tmp_path / f"{name}.gif") for name in ("with", "without"))
    changed = np.argwhere(np.abs(one - other).max(axis=2) > 40)
    assert len(changed) > 100
    assert np.median(changed[:, 1]) < film.SIZE[0] / 3, "on the left, where there is room"


def test_a_film_of_twice_the_speed_is_half_as_long(qtbot: QtBot, race: Race, tmp_path: Path) -> None:
    short = Race(race.frames[:121], race.telemetry)
    lengths = []
    for speed in (1.0, 2.0):
        film.write(tmp_path / "film.gif", [film.Scene("", short, speed)], Config(), dark_theme())
        with Image.open(tmp_path / "film.gif") as made:
            lengths.append(sum(picture.info["duration"] for picture in ImageSequence.Iterator(made)))
    assert lengths == [pytest.approx(2000.0, abs=110.0), pytest.approx(1000.0, abs=110.0)]


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-11.0, 1.0, [-10.0, -5.0, 0.0]),
        (3.0, 7.9, [3.0, 4.0, 5.0, 6.0, 7.0]),
    ],
)
def test_axes_have_round_numbers(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(found)
