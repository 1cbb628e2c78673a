"""Circuit files: what the field writes is read, what is written comes back, and what is wrong is said by line."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.config import Config, TrackConfig
from racer_desktop.sim import circuits, race
from racer_desktop.sim.circuits import CircuitError
from racer_desktop.sim.course import courses
from racer_desktop.sim.rules import Rules
from racer_desktop.sim.track import Track, curvature, generate
from racer_desktop.sim.vehicle import Pose


def oval(points: int = 120, length: float = 600.0, *, clockwise: bool = False) -> np.ndarray:
    angles = 2 * np.pi * np.arange(points) / points * (-1 if clockwise else 1)
    line = np.stack([1.6 * np.cos(angles), np.sin(angles)], axis=1)
    return line * length / np.linalg.norm(np.roll(line, -1, 0) - line, axis=1).sum()


def text(line: np.ndarray, right: float = 6.0, left: float = 6.0) -> str:
    rows = [f"{x:.4f},{y:.4f},{right},{left}" for x, y in line]
    return "\n".join(["# x_m,y_m,w_tr_right_m,w_tr_left_m", *rows]) + "\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Track]:
    def written_and_read(content: str | bytes, **choices: Any) -> Track:
        path = tmp_path / "circuit.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return circuits.read(path, **choices)

    return written_and_read


PLAIN = text(oval())
ROWS = PLAIN.splitlines()
VARIATIONS = {
    "plain": PLAIN,
    "no header": "\n".join(ROWS[1:]),
    "header without #": PLAIN[2:],
    "closed": PLAIN + ROWS[1] + "\n",
    "semicolons": PLAIN.replace(",", ";"),
    "semicolons and decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "tabs": PLAIN.replace(",", "\t"),
    "spaces": PLAIN.replace(",", " ,  ").replace("\n", "  \n   "),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "Windows": "\ufeff" + PLAIN.replace("\n", "\r\n"),
    "UTF-16": ("\ufeff" + PLAIN).encode("utf-16-le"),
    "Latin-1": "# Nürburgring\n".encode("latin-1") + PLAIN.encode(),
    "no newline at the end": PLAIN.rstrip(),
    "quoted": re.sub(r"[-\d.]+", r'"\g<0>"', PLAIN.replace(ROWS[0], "")),
    "comma at the end": PLAIN.replace("\n", ",\n"),
    "no widths": re.sub(r",6.0,6.0\n", "\n", PLAIN),
    "empty widths": re.sub(r",6.0,6.0\n", ",,\n", PLAIN),
    "remarks": PLAIN.replace("\n", "\n# obstacle-free, recorded in spring\n", 1) + "# the end\n",
    "other columns": "s_m;x_m;y_m;psi_rad\n"
    + "".join(f"7;{r.replace(',', ';').rsplit(';', 2)[0]};0\n" for r in ROWS[1:]),
    "columns swapped": "y (m),x (m)\n" + "".join("{1},{0}\n".format(*r.split(",")) for r in ROWS[1:]),
    "stood still": PLAIN.replace(f"\n{ROWS[30]}\n", f"\n{ROWS[30]}\n{ROWS[30]}\n"),
}


@pytest.mark.parametrize("variation", VARIATIONS)
def test_every_relative_of_the_format_is_the_same_circuit(read: Callable[..., Track], variation: str):
    track = read(VARIATIONS[variation])
    plain = read(PLAIN)
    assert track.centre == pytest.approx(plain.centre, abs=1e-3)
    assert track.half_width == pytest.approx(6.0)
    assert track.obstacles.shape == (0, 2)
    assert {a.dtype for a in track} == {np.dtype(np.float32)}


def test_both_directions_are_driven_as_they_are_written(read: Callable[..., Track]):
    for clockwise in (False, True):
        track = read(text(oval(clockwise=clockwise)))
        assert np.sign(curvature(track.centre).mean()) == (-1 if clockwise else 1)
        assert track.centre[0] == pytest.approx(oval()[0], abs=1e-3)


def test_different_widths_move_the_centre_line_to_the_middle(read: Callable[..., Track]):
    angles = 2 * np.pi * np.arange(300) / 300
    circle = 100.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    track = read(text(circle, right=4.0, left=9.0))  # left is inside
    assert np.linalg.norm(track.centre, axis=1) == pytest.approx(97.5, abs=0.01)
    assert track.half_width == pytest.approx(6.5)


def test_missing_widths_take_the_given_one(read: Callable[..., Track]):
    assert read(VARIATIONS["no widths"], half_width=4.5).half_width == pytest.approx(4.5)


@pytest.mark.parametrize(
    ("length", "points", "expected"),
    [(180.0, 40, 64), (400.0, 400, 256), (1000.0, 200, 512), (5800.0, 1160, 2048), (20800.0, 4000, 4096)],
)
def test_from_a_kart_track_to_the_longest_circuit(
    read: Callable[..., Track], length: float, points: int, expected: int
):
    track = read(text(oval(points, length), 3.0, 3.0))
    assert len(track.centre) == pytest.approx(expected, abs=1)
    steps = np.linalg.norm(np.roll(track.centre, -1, 0) - track.centre, axis=1)
    assert steps == pytest.approx(steps.mean(), rel=0.02)
    assert float(track.length) == pytest.approx(length, rel=0.01)
    assert len(read(text(oval(points, length), 3.0, 3.0), points=500).centre) == 500


def test_national_coordinates_lose_no_precision(read: Callable[..., Track]):
    near, far = read(PLAIN), read(text(oval() + np.array([3_512_345.0, 5_412_345.0])))
    assert far.centre - far.centre.mean(axis=0) == pytest.approx(near.centre - near.centre.mean(axis=0), abs=2e-3)
    assert np.abs(far.centre).max() < 1000.0


@given(st.integers(0, 7999), st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(0, 8))
def test_a_generated_track_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, seed: int, difficulty: float, obstacles: int
):
    track = generate(seed, TrackConfig(difficulty=difficulty, obstacles=obstacles))
    path = tmp_path_factory.mktemp("circuits") / "track.csv"
    circuits.write(path, track)
    back = circuits.read(path)
    for before, after in zip(track, back, strict=True):
        assert after == pytest.approx(before, abs=0.01)
        assert after.shape == before.shape


def test_discs_move_with_a_circuit_that_is_moved_to_the_origin(read: Callable[..., Track]):
    away = np.array([3_500_000.0, 0.0])
    x, y = oval()[40] + 3.0
    near = read(f"# obstacle {x},{y},1.2\n" + PLAIN)
    far = read(f"# obstacle {x + away[0]},{y},1.2\n" + text(oval() + away))
    assert far.obstacles - far.centre[0] == pytest.approx(near.obstacles - near.centre[0], abs=0.01)
    assert far.obstacle_radius == pytest.approx(1.2)


def replaced(line: int, row: str) -> str:
    return "\n".join([*ROWS[: line - 1], row, *ROWS[line:]])


X, Y = oval()[60]
WRONG = {
    "a word": (replaced(12, "1.0,north,6,6"), "line 12: 'north' is not a number; write metres"),
    "not finite": (replaced(12, "nan,1.0,6,6"), "line 12: nan is not a finite number"),
    "infinite": (replaced(12, "1.0,-inf,6,6"), "line 12: -inf is not a finite number"),
    "too large": (replaced(12, "1e300,1.0,6,6"), "line 12: 1e300 is too large"),
    "one number": (replaced(12, "1.0"), "line 12 has 1 value; the header names 4"),
    "three numbers": (
        replaced(12, "1.0,2.0,6"),
        "line 12 has one width; give the widths to the right and to the left, or neither",
    ),
    "no header, one number": ("\n".join([*ROWS[1:12], "1.0"]), r"line 12 has 1 value; write 2 \(x, y\) or 4"),
    "five numbers": (replaced(12, "1,2,6,6,6"), "line 12 has 5 values; the header names 4"),
    "one width": (replaced(12, f"{ROWS[11].rsplit(',', 1)[0]},"), "line 12 has one width"),
    "no x": (replaced(12, ",1.0,6,6"), "line 12 has no x"),
    "negative width": (replaced(12, f"{ROWS[11].rsplit(',', 1)[0]},-6"), "line 12: a width of -6 m is negative"),
    "absurd width": (replaced(12, f"{ROWS[11].rsplit(',', 1)[0]},600"), "line 12: a track 606 m wide"),
    "no width": (text(oval(), 0.0, 0.0), "line 2: a track 0 m wide"),
    "a jump": (replaced(12, "900.0,900.0,6,6"), "line 12: the circuit turns by .* degrees at this point"),
    "turned back": (
        "\n".join([*ROWS[:50], ROWS[60], ROWS[51], *ROWS[52:]]),
        "line (51|52): the circuit turns by .* degrees at this point",
    ),
    "few points": ("\n".join(ROWS[:8]), "it has 7 different points; a circuit needs at least 8"),
    "nothing": ("", "it has 0 different points"),
    "only a header": (ROWS[0], "it has 0 different points"),
    "one place": ("\n".join(["1.0,1.0"] * 50), "it has 0 different points"),
    "degrees": (text(oval(length=0.05)), "it has 0 different points|the circuit is"),
    "small": (text(oval(length=20.0)), "the circuit is 20 m long; coordinates in metres give 50 m to 100 km"),
    "open": (
        text(np.stack([np.arange(0.0, 500.0, 5.0), np.zeros(100)], axis=1)),
        "line 101: the last point lies 495 m",
    ),
    "folded": (text(oval(60, 60.0), 14.0, 14.0), r"line \d+: the bend has a radius of .* inner edge folds"),
    "disc without radius": ("# obstacle 1.0,2.0\n" + PLAIN, "line 1: an obstacle has 3 numbers"),
    "disc not finite": ("# obstacle 1.0,2.0,inf\n" + PLAIN, "line 1: inf is not a finite number"),
    "disc without size": (f"# obstacle {X},{Y + 3},0\n" + PLAIN, "line 1: an obstacle's radius of 0 m"),
    "disc elsewhere": ("# obstacle 0.0,0.0,1.5\n" + PLAIN, "line 1: this obstacle lies .* m from the track's middle"),
    "disc across": (f"# obstacle {X},{Y},5.0\n" + PLAIN, "line 1: this obstacle leaves no gap"),
    "disc at the start": ("# obstacle {},{},1.5\n".format(*oval()[0]) + PLAIN, "line 1: .* on the start line"),
    "discs of two sizes": (
        f"# obstacle {X},{Y + 3},1.5\n# obstacle {X},{Y - 3},2\n" + PLAIN,
        "line 2: this obstacle has a radius of 2 m and the one in line 1 1.5 m",
    ),
    "too many discs": (f"# obstacle {X},{Y + 3},1.5\n" * 13 + PLAIN, "line 13: a track has at most 12 obstacles"),
    "prose": ("It was a dark night.\nThe cars,\n stood\n", "line 2: 'The cars' is not a number|line 2 has 1 value"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "it is not a text file"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_by_line(read: Callable[..., Track], wrong: str):
    content, sentence = WRONG[wrong]
    with pytest.raises(CircuitError, match=sentence) as error:
        read(content)
    said = str(error.value)
    assert said.startswith("circuit.csv: ")
    assert said.endswith((".", "?"))
    assert "\n" not in said


def hairpins(radius: float) -> np.ndarray:
    """Two straights of 120 m between two hairpins of a radius, m."""
    along, around = np.arange(0.0, 120.0, 2.0), np.arange(0.0, np.pi, 2.0 / radius)
    ends = np.stack([np.sin(around), -np.cos(around)], axis=1) * radius
    there = np.stack([along, np.full(len(along), -radius)], axis=1)
    half = np.vstack([there, ends + np.array((120.0, 0.0))])
    return np.vstack([half, np.array((120.0, 0.0)) - half])


def test_a_hairpin_tighter_than_the_track_is_wide_is_narrowed(tmp_path: Path, read: Callable[..., Track]):
    path = tmp_path / "hairpin.csv"
    path.write_text(text(hairpins(8.0), 9.0, 9.0))
    circuit, remark = circuits.opened(path)
    track = circuits.track_of(circuit)
    found = re.fullmatch(
        r"The track was narrowed where its bends are tighter than it is wide, the most at line (\d+): from 18\.0 m to "
        r"(\d+\.\d) m\.",
        remark,
    )
    assert found is not None
    assert float(found[2]) == pytest.approx(2 * track.half_width.min(), abs=0.06)
    bend = np.abs(curvature(track.centre))
    assert (bend * track.half_width).max() < 1.0
    assert track.half_width.max() == 9.0  # on the straights, far from the hairpins
    assert track.half_width[bend > 0.1].max() < 9.0
    step = float(track.length) / len(track.centre)
    assert np.abs(np.diff(track.half_width, append=track.half_width[:1])).max() <= 0.151 * step
    assert read(path.read_text()).half_width == pytest.approx(track.half_width, abs=1e-5)
    assert circuits.opened(path)[1] == remark


def test_what_was_opened_is_the_same_track_as_what_is_kept(tmp_path: Path):
    for name, content in (("plain", PLAIN), ("long", text(oval(53, 4800.0)))):
        path = tmp_path / f"{name}.csv"
        path.write_text(content)
        circuit, remark = circuits.opened(path)
        assert (circuit.name, remark) == (name, "")
        for kept, direct in zip(circuits.track_of(circuit), circuits.read(path), strict=True):
            assert kept == pytest.approx(direct, abs=1e-4)
            assert kept.shape == direct.shape


def test_files_that_are_not_there(tmp_path: Path):
    with pytest.raises(CircuitError, match=r"none\.csv does not exist; choose a circuit file\."):
        circuits.read(tmp_path / "none.csv")
    with pytest.raises(CircuitError, match=r"is a folder; choose a circuit file in it\."):
        circuits.read(tmp_path)
    with pytest.raises(CircuitError, match=r"cannot be written: No such file or directory\."):
        circuits.write(tmp_path / "none" / "track.csv", generate(1, TrackConfig()))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CircuitError, match=r"cannot be read: Permission denied\."):
        circuits.read(tmp_path / "circuit.csv")


def scaled(lines: list[str], by: float) -> list[str]:
    return [re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]) * by:.4f}", line) for line in lines]


def mutated(lines: list[str], draw: random.Random) -> str:
    """A circuit file with one or two things changed as people, programs and disks change them."""
    lines = list(lines)
    for _ in range(draw.choice((1, 1, 2))):
        k = draw.randrange(len(lines))
        cells = lines[k].split(",")
        c = draw.randrange(len(cells))
        kind = draw.randrange(16)
        if kind == 0:
            del lines[k : k + draw.choice((1, 1, 5, 100))]
        elif kind == 1:
            lines.insert(k, draw.choice(lines or [""]))
        elif kind == 2:
            j = draw.randrange(len(lines))
            lines[k], lines[j] = lines[j], lines[k]
        elif kind in (3, 4):
            at = draw.randrange(len(lines[k]) + 1)
            lines[k] = lines[k][:at] + draw.choice("0123456789.,;-+eE#x \t\"'\x00ü") + lines[k][at + kind - 3 :]
        elif kind == 5:
            cells[c] = draw.choice(("nan", "inf", "-1", "0", "1e999", "", "abc", "1,5", "6.0.0", "0x10", "1_0", "--3"))
            lines[k] = ",".join(cells)
        elif kind == 6:
            cells[c] = cells[c].replace(".", draw.choice(("", "0.", ",", ":")))
            lines[k] = ",".join(cells)
        elif kind == 7:
            cells[c] = "-" + cells[c]
            lines[k] = ",".join(cells)
        elif kind == 8:
            lines[k] = ",".join(cells[:c] + cells[c + 1 :])
        elif kind == 9:
            lines[k] = ",".join([*cells, *cells[:c]])
        elif kind == 10:
            lines = lines[: max(k, 1)]
        elif kind == 11:
            lines[k] = lines[k].replace(",", draw.choice((";", "\t", " ")))
        elif kind == 12:
            lines = scaled(lines, draw.choice((0.001, 0.5, 3.0, 39.37)))
        elif kind == 13:
            lines = lines[:: draw.choice((-1, 2, 7, 30))]
        elif kind == 14:
            width = draw.choice(("0.4", "2.0", "12.0", "30.0", "1000"))
            lines = [re.sub(r",6\.0\d*$", f",{width}", line) for line in lines]
        else:
            draw.shuffle(lines)
        if not lines:
            break
    return "\n".join(lines)


@pytest.fixture(scope="module")
def mutations(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Track], list[str]]:
    """What 200 seeded mutations of a file became: tracks, and refusals."""
    path = tmp_path_factory.mktemp("mutations") / "circuit.csv"
    circuits.write(path, generate(42, TrackConfig()))
    lines = path.read_text().splitlines()
    tracks, refusals = [], []
    for seed in range(200):
        path.write_bytes(mutated(lines, random.Random(seed)).encode())
        try:
            tracks.append(circuits.read(path, points=256))
        except CircuitError as error:
            refusals.append(str(error))
    return tracks, refusals


def test_a_mutated_file_is_refused_in_one_sentence_with_its_line(mutations: tuple[list[Track], list[str]]):
    tracks, refusals = mutations
    assert len(tracks) > 30
    assert len(refusals) > 60
    for said in refusals:
        assert re.match(
            r"circuit\.csv: (line \d+\b|it has \d+ different points|it is not a text file|the circuit is .* long)", said
        ), said
        assert "\n" not in said
        assert said.endswith((".", "?"))


def test_a_mutated_file_that_is_accepted_drives(mutations: tuple[list[Track], list[str]]):
    tracks = [track._replace(obstacles=track.obstacles[:0]) for track in mutations[0]]
    for track in tracks:
        assert all(np.isfinite(values).all() for values in track)
        assert (np.abs(curvature(track.centre)) * track.half_width).max() < 1.0
    assert driven(tracks).all()


STARTS = 8  # places on each track from which a car sets out
SPEED = 5.0  # m/s


def driven(tracks: list[Track]) -> np.ndarray:
    """[tracks, STARTS] whether careful cars that steer along the centre line stay on their track and get on."""
    rules, course = Rules.of(Config()), courses(tracks)
    points = course.line.shape[1]
    which = jnp.repeat(jnp.arange(len(tracks)), STARTS)
    segment = jnp.tile(jnp.arange(STARTS) * points // STARTS, len(tracks))
    car = rules.car

    def drive(carry: tuple[race.RaceState, jax.Array], _: None) -> tuple[tuple[race.RaceState, jax.Array], None]:
        state, off = carry
        look = jnp.ceil(4.0 / course.step[which]).astype(int)
        to = course.line[which, (state.segment + look) % points, :2] - jnp.stack([state.pose.x, state.pose.y], axis=1)
        aside = jnp.arctan2(to[:, 1], to[:, 0]) - state.pose.heading
        steering = jnp.arctan(2 * car.wheelbase * jnp.sin(aside) / jnp.linalg.norm(to, axis=1)) / car.max_steering
        state, out = race.tick(rules, course, state, jnp.stack([steering, SPEED - state.pose.speed], axis=1))
        return (state, off | out), None

    here, ahead = course.line[which, segment, :2], course.line[which, (segment + 1) % points, :2]
    heading = jnp.arctan2(ahead[:, 1] - here[:, 1], ahead[:, 0] - here[:, 0])
    still = jnp.zeros(len(which))
    begin = race.line_up(course, which)._replace(
        pose=Pose(here[:, 0], here[:, 1], heading, still, still), segment=segment, arc=segment * course.step[which]
    )
    way = jnp.minimum(course.length[which] / STARTS, 100.0)
    ticks = round(120.0 / SPEED / rules.race.tick)
    (state, off), _ = jax.jit(lambda c: jax.lax.scan(drive, c, None, length=ticks))(
        (begin, jnp.zeros(len(which), bool))
    )
    return np.asarray(~off & (state.travelled > way)).reshape(len(tracks), STARTS)
