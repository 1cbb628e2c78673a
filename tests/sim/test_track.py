"""Generated tracks: drivable, room beside every obstacle, the same everywhere; over thousands of seeds."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer_desktop.config import TrackConfig
from racer_desktop.sim.track import Track, TrackError, curvature, drivable, generate, resample

CAR_WIDTH = 1.8  # m

SEEDS = st.integers(0, 2**31 - 1)
CONFIGS = st.builds(
    TrackConfig,
    difficulty=st.floats(0.0, 1.0),
    half_width=st.floats(5.0, 8.0),
    obstacles=st.integers(0, 12),
    obstacle_radius=st.floats(0.5, 2.0),
)


def circle(radius: float, points: int = 256, clockwise: bool = False) -> np.ndarray:
    angle = np.arange(points) / points * 2 * math.pi * (-1 if clockwise else 1)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def crossings(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which segments of closed line a [N, 2] cross which of b [M, 2]: [N, M]."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    a0, a1 = a[:, None], np.roll(a, -1, 0)[:, None]
    b0, b1 = b[None], np.roll(b, -1, 0)[None]
    return (side(a0, a1, b0) * side(a0, a1, b1) < 0) & (side(b0, b1, a0) * side(b0, b1, a1) < 0)


def check_shape(track: Track) -> None:
    centre, half_width = track.centre.astype(float), float(track.half_width[0])
    steps = np.linalg.norm(np.roll(centre, -1, axis=0) - centre, axis=1)
    assert steps.max() / steps.min() < 1.05  # equal but for the corners they cut, the closing one like the others
    assert steps.sum() == pytest.approx(float(track.length), rel=1e-5)
    assert 500 - 0.01 <= track.length <= 900 + 0.01
    assert (track.half_width == track.half_width[0]).all()
    # A thousandth for the rounding of the stored points to float32.
    assert np.abs(curvature(centre)).max() * half_width <= 0.8 * 1.001
    way = np.arange(len(centre)) * float(track.length) / len(centre)
    for k in range(0, len(centre), 4):
        apart = np.abs(way - way[k])
        others = centre[np.minimum(apart, float(track.length) - apart) > 4.1 * half_width]
        assert np.hypot(*(others - centre[k]).T).min() >= 2.4 * half_width * 0.999


def check_obstacles(track: Track, config: TrackConfig) -> None:
    assert track.obstacles.shape == (config.obstacles, 2)
    assert track.obstacle_radius == np.float32(config.obstacle_radius)
    start, half_width = track.centre[0], float(track.half_width[0])
    edges = track.edges
    for disc in track.obstacles:
        assert np.hypot(*(disc - start)) > 20.0
        to_centre = distance(disc, track.centre)
        assert 0.2 * half_width < to_centre <= 0.8 * half_width
        free = max(distance(disc, edge) for edge in edges) - config.obstacle_radius
        assert free >= 2 * CAR_WIDTH - 0.05


def distance(point: np.ndarray, line: np.ndarray) -> float:
    """From a point to a closed line [N, 2]."""
    along = np.roll(line, -1, axis=0) - line
    share = np.clip(((point - line) * along).sum(1) / (along**2).sum(1), 0, 1)
    return float(np.hypot(*(point - line - share[:, None] * along).T).min())


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_hundreds_of_seeds_at_the_default_settings(difficulty: float):
    config = TrackConfig(difficulty=difficulty)
    for seed in range(400):
        track = generate(seed, config)
        check_shape(track)
        check_obstacles(track, config)


@settings(max_examples=800)
@given(seed=SEEDS, config=CONFIGS)
def test_any_seed_any_settings(seed: int, config: TrackConfig):
    track = generate(seed, config)
    check_shape(track)
    check_obstacles(track, config)


@settings(max_examples=60)
@given(seed=SEEDS, difficulty=st.floats(0.0, 1.0))
def test_edges_never_touch_themselves_or_each_other(seed: int, difficulty: float):
    left, right = generate(seed, TrackConfig(difficulty=difficulty)).edges
    assert not crossings(left, right).any()
    assert not crossings(left, left).any()
    assert not crossings(right, right).any()


def test_the_check_for_crossings_sees_one():
    eight = np.array([[0, 0], [2, 2], [2, 0], [0, 2]], float)
    assert crossings(eight, eight).sum() == 2  # the pair, seen from both sides


@pytest.mark.parametrize(("points", "seed"), [(64, 1), (512, 2), (1024, 3)])
def test_the_number_of_points_is_a_setting(points: int, seed: int):
    track = generate(seed, TrackConfig(points=points))
    assert track.centre.shape == (points, 2)
    assert 500 - 0.01 <= track.length <= 900 + 0.01


@pytest.mark.parametrize(
    ("seed", "difficulty", "digest"),
    [
        (42, 0.5, "3161753fde401151"),
        (0, 0.0, "7681995bbd2dedad"),
        (9000, 1.0, "9e6e0d683d29cec9"),
        (2**31 - 1, 0.7, "5003ac2d69037518"),
    ],
)
def test_a_seed_gives_these_bytes_everywhere(seed: int, difficulty: float, digest: str):
    track = generate.__wrapped__(seed, TrackConfig(difficulty=difficulty, half_width=6.0, obstacles=5, points=256))
    # Whole millimetres: the last bit of a cosine is the processor's own.
    numbers = np.concatenate([track.centre.ravel(), track.half_width, track.obstacles.ravel(), [track.length]])
    assert hashlib.sha256(np.round(numbers * 1000).astype("<i4").tobytes()).hexdigest()[:16] == digest


def test_the_same_seed_gives_the_same_bytes_twice():
    config = TrackConfig()
    first, second = generate.__wrapped__(7, config), generate.__wrapped__(7, config)
    assert first is not second
    for a, b in zip(first, second, strict=True):
        assert a.tobytes() == b.tobytes()


def test_seeds_differ_and_run_both_ways_round():
    tracks = [generate(seed, TrackConfig()) for seed in range(20)]
    assert len({track.centre.tobytes() for track in tracks}) == 20
    turned = [float(np.sign(curvature(track.centre.astype(float)).sum())) for track in tracks]
    assert set(turned) == {-1.0, 1.0}


@settings(max_examples=30)
@given(seed=SEEDS)
def test_difficulty_zero_is_an_oval(seed: int):
    track = generate(seed, TrackConfig(difficulty=0.0))
    axes = np.abs(track.centre).max(axis=0)
    np.testing.assert_allclose(np.linalg.norm(track.centre / axes, axis=1), 1.0, atol=2e-3)
    assert 0.99 < axes[0] / axes[1] < 1.61


def test_difficulty_twists_and_narrows():
    easy, hard = ([generate(s, TrackConfig(difficulty=d)) for s in range(20)] for d in (0.1, 0.9))
    bends = [np.mean([np.abs(curvature(t.centre.astype(float))).max() for t in tracks]) for tracks in (easy, hard)]
    assert bends[1] > 3 * bends[0]
    assert hard[0].half_width[0] < easy[0].half_width[0]
    assert generate(0, TrackConfig(difficulty=0.5)).half_width[0] == np.float32(6.0)


def test_the_start_line_is_where_the_track_is_straightest():
    for seed in range(20):
        track = generate(seed, TrackConfig(difficulty=1.0))
        bend = np.abs(curvature(track.centre.astype(float)))
        near = int(6 * track.half_width[0] / (track.length / 256))
        around = [np.take(bend, range(k - near, k + near + 1), mode="wrap").mean() for k in range(256)]
        assert around[0] == pytest.approx(min(around), rel=0.05)


def test_a_narrow_track_without_obstacles_can_be_made():
    assert generate(1, TrackConfig(half_width=3.0, difficulty=1.0, obstacles=0)).obstacles.shape == (0, 2)


def test_what_cannot_be_made_is_one_sentence():
    with pytest.raises(TrackError, match=r"^No drivable track was found for seed 3 with half width 2\.4 m and 5 ob"):
        generate(3, TrackConfig(half_width=3.0, difficulty=1.0, obstacles=5))


@pytest.mark.parametrize(("half_width", "fits"), [(15.9, True), (16.1, False)])
def test_a_circle_is_drivable_up_to_the_curvature_limit(half_width: float, fits: bool):
    assert drivable(circle(20.0), half_width) is fits


@pytest.mark.parametrize(("half_width", "fits"), [(8.2, True), (8.5, False)])
def test_a_waist_must_be_wide_enough(half_width: float, fits: bool):
    """A peanut whose waist is 20 m wide: 2.4 half widths fit up to 8.33 m."""
    angle = np.arange(4096) / 4096 * 2 * math.pi
    peanut = np.stack([100 * np.cos(angle), np.sin(angle) * (10 + 30 * np.cos(angle) ** 2)], axis=1)
    peanut = resample(peanut, 512)
    assert np.abs(curvature(peanut)).max() * 8.5 < 0.8
    assert drivable(peanut, half_width) is fits


@pytest.mark.parametrize(("clockwise", "sign"), [(False, 1), (True, -1)])
def test_curvature_of_a_circle(clockwise: bool, sign: int):
    np.testing.assert_allclose(curvature(circle(25.0, clockwise=clockwise)), sign / 25.0)


def test_resampling_a_square():
    square = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], float)
    expected = [[0, 0], [2, 0], [4, 0], [4, 2], [4, 4], [2, 4], [0, 4], [0, 2]]
    np.testing.assert_allclose(resample(square, 8), expected)


def test_edges_lie_a_half_width_to_both_sides():
    ring = Track(
        circle(50.0).astype(np.float32), np.full(256, 6.0, np.float32), np.zeros((0, 2)), np.array(1.5), np.array(314.0)
    )
    left, right = ring.edges
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), 44.0, rtol=1e-5)  # counter-clockwise: left is inside
    np.testing.assert_allclose(np.linalg.norm(right, axis=1), 56.0, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(ring.tangents, axis=1), 1.0, rtol=1e-6)
