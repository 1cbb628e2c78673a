"""Where a car is on its course, found near its last place, against a search of the whole track."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import MOST_OBSTACLES, TrackConfig
from racer_desktop.sim.course import courses, locate, window
from racer_desktop.sim.track import Track, generate
from tests.sim.places import anywhere, nearest

LOCATE = jax.jit(locate)
A_TICK = 0.5  # m: what a car drives in one at top speed


@pytest.mark.parametrize("points", [64, 256, 2048])
def test_the_place_near_the_last_one_is_the_nearest_of_the_whole_track(points: int):
    tracks = [generate(k, TrackConfig(points=points, difficulty=d)) for k, d in enumerate((0.3, 1.0, 1.0))]
    places = anywhere(tracks, 3000, seed=points)
    draw = np.random.default_rng(0)
    turned = draw.uniform(0, 2 * np.pi, len(places.track))
    then = places.spot - A_TICK * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    course = courses(tracks)
    place = LOCATE(course, places.track, nearest(tracks, places.track, then).segment, *places.spot.T)
    expected = nearest(tracks, places.track, places.spot)

    np.testing.assert_allclose(place.offset, expected.offset, rtol=1e-4, atol=2e-4)
    np.testing.assert_allclose(place.half_width, expected.half_width, rtol=1e-5)
    # On the inside of a bend, near its middle, a hair to the side is far along: those few may differ by a hand.
    length = np.asarray(course.length)[places.track]
    astray = np.abs((np.asarray(place.arc) - expected.arc + length / 2) % length - length / 2)
    assert astray.max() < 0.1
    assert (astray > 3e-3).mean() < 1e-3
    np.testing.assert_allclose(np.linalg.norm(place.along, axis=1), 1.0, rtol=1e-5)


def test_along_points_the_way_the_track_goes(tracks: list[Track]):
    course = courses(tracks)
    segment = np.array([0, 100, 200, 255])
    spot = np.array([track.centre[k] for track, k in zip(tracks, segment, strict=True)])
    place = LOCATE(course, np.arange(4), segment, *spot.T)
    way = [track.tangents[k] for track, k in zip(tracks, segment, strict=True)]
    assert (np.sum(np.asarray(place.along) * way, axis=1) > 0.98).all()


def test_left_of_the_line_is_positive(tracks: list[Track]):
    course, every = courses(tracks), np.arange(4)
    left = np.array([0.5 * (track.centre[10] + track.edges[0][10]) for track in tracks])
    right = np.array([0.5 * (track.centre[10] + track.edges[1][10]) for track in tracks])
    half = np.array([track.half_width[10] / 2 for track in tracks])
    segment = np.full(4, 10)
    np.testing.assert_allclose(LOCATE(course, every, segment, *left.T).offset, half, rtol=1e-2)
    np.testing.assert_allclose(LOCATE(course, every, segment, *right.T).offset, -half, rtol=1e-2)


def test_a_window_runs_round_the_lap(tracks: list[Track]):
    course = courses(tracks)
    rows = window(course, jnp.array([2, 0]), jnp.array([-2, 255]), 4)
    np.testing.assert_array_equal(rows[0, :, :2], tracks[2].centre[[254, 255, 0, 1]])
    np.testing.assert_array_equal(rows[1, :, :2], tracks[0].centre[[255, 0, 1, 2]])
    np.testing.assert_array_equal(rows[0, :, 2:4], tracks[2].edges[0][[254, 255, 0, 1]])
    np.testing.assert_array_equal(rows[0, :, 4:6], tracks[2].edges[1][[254, 255, 0, 1]])
    np.testing.assert_array_equal(rows[0, :, 6], tracks[2].half_width[:4])


def test_absent_discs_are_far_away(tracks: list[Track]):
    course = courses(tracks)
    assert course.obstacles.shape == (4, MOST_OBSTACLES, 3)
    np.testing.assert_array_equal(course.obstacles[1, :5, :2], tracks[1].obstacles)
    assert (np.asarray(course.obstacles[1, :5, 2]) == 1.5).all()
    assert (np.asarray(course.obstacles[0, :, :2]) > 1e5).all()
    np.testing.assert_allclose(course.step, [float(track.length) / 256 for track in tracks])


def test_tracks_of_different_sizes_make_no_batch(tracks: list[Track]):
    with pytest.raises(ValueError, match="same number of points"):
        courses([tracks[0], generate(0, TrackConfig(points=64))])
    with pytest.raises(ValueError, match="at most 12 discs"):
        courses([tracks[0]._replace(obstacles=np.zeros((13, 2), np.float32))])
