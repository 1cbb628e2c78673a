"""Distance rays: by hand on a ring, and against all of the track from anywhere between its edges."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.config import CarConfig, Config, SensorConfig, TrackConfig
from racer_desktop.sim.course import Courses, courses
from racer_desktop.sim.sensors import measure, observe
from racer_desktop.sim.sight import reach
from racer_desktop.sim.track import Track, generate
from racer_desktop.sim.vehicle import Pose
from tests.sim.places import Places, anywhere, nearest
from tests.sim.reference_race import ReferenceRace

AROUND = (90.0, 0.0, -90.0, 180.0)
TANGENT = np.sqrt(56.0**2 - 50.0**2)  # m: from the middle of the ring straight ahead to the outer edge
MEASURE = jax.jit(measure, static_argnames="looked_at")


def ring(*discs: tuple[float, float]) -> Track:
    """A circle of radius 50 m around the origin, 12 m wide, driven counter-clockwise from (50, 0)."""
    angle = np.arange(1024) / 1024 * 2 * np.pi
    centre = 50.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Track(
        centre=centre.astype(np.float32),
        half_width=np.full(1024, 6.0, np.float32),
        obstacles=np.array(discs, np.float32).reshape(-1, 2),
        obstacle_radius=np.array(1.5, np.float32),
        length=np.array(100 * np.pi, np.float32),
    )


def rays_on_ring(
    track: Track, angles: tuple[float, float, float, float] = AROUND, ray_range: float = 45.0, aside: float = 0.0
) -> np.ndarray:
    """From (50 + aside, 0), heading north."""
    pose = Pose(*(jnp.array([v]) for v in (50.0 + aside, 0.0, np.pi / 2, 10.0, 0.0)))
    sensors = SensorConfig(ray_angles_deg=angles, ray_range=ray_range)
    zero = jnp.zeros(1, jnp.int32)
    return np.asarray(MEASURE(sensors, courses([track]), zero, zero, pose, looked_at=512))[0]


def test_rays_on_a_ring_meet_the_edges_where_geometry_says():
    np.testing.assert_allclose(rays_on_ring(ring()), [6.0, TANGENT, 6.0, TANGENT], rtol=1e-4)
    np.testing.assert_allclose(rays_on_ring(ring(), aside=2.0)[[0, 2]], [8.0, 4.0], rtol=1e-4)


def test_angles_are_degrees_to_the_left():
    # The inner edge, a circle of 44 m, is met at 60 degrees to the left where 50 - t sin 60 and t cos 60 lie on it.
    b, c = 50.0 * np.sin(np.pi / 3), 50.0**2 - 44.0**2
    rays = rays_on_ring(ring(), (60.0, 90.0, -90.0, 120.0))
    np.testing.assert_allclose(rays, [b - np.sqrt(b**2 - c), 6.0, 6.0, b - np.sqrt(b**2 - c)], rtol=1e-4)


def test_no_ray_is_longer_than_its_range():
    np.testing.assert_allclose(rays_on_ring(ring(), ray_range=20.0), [6.0, 20.0, 6.0, 20.0], rtol=1e-4)


@pytest.mark.parametrize(
    ("disc", "expected"),
    [
        ((50.0, 10.0), 8.5),  # straight ahead: up to its near side
        ((51.2, 10.0), 10.0 - 0.9),  # half aside: 1.5^2 - 1.2^2 = 0.9^2
        ((51.6, 10.0), TANGENT),  # passed by
        ((50.0, -10.0), TANGENT),  # behind
    ],
)
def test_a_disc_is_seen_up_to_its_near_side(disc: tuple[float, float], expected: float):
    assert rays_on_ring(ring(disc))[1] == pytest.approx(expected, rel=1e-4)


def test_the_nearest_of_several_discs_counts():
    assert rays_on_ring(ring((50.0, 20.0), (50.0, 12.0), (50.0, -9.0)))[[1, 3]] == pytest.approx([10.5, 7.5], rel=1e-4)


def test_observation_is_a_share_of_range_and_top_speed():
    sensors, car = SensorConfig(ray_range=40.0), CarConfig(max_speed=25.0)
    seen = observe(sensors, car, jnp.array([[40.0, 10.0]]), jnp.array([5.0]))
    np.testing.assert_allclose(seen, [[1.0, 0.25, 0.2]], rtol=1e-6)


@pytest.mark.parametrize(
    ("track", "ray_range"),
    [
        (TrackConfig(), 45.0),
        (TrackConfig(half_width=11.0), 45.0),
        (TrackConfig(half_width=4.0), 120.0),
        (TrackConfig(points=512), 20.0),
    ],
    ids=["default", "wide", "far", "fine"],
)
def test_looking_at_the_near_stretch_sees_what_looking_at_all_of_it_sees(track: TrackConfig, ray_range: float):
    tracks = some_tracks(track)
    sensors = SensorConfig(ray_angles_deg=tuple(np.linspace(-180, 165, 24)), ray_range=ray_range)
    course = courses(tracks)
    near = reach(track.points, float(np.min(course.step)), ray_range)
    places = anywhere(tracks, 4000, seed=3)
    where = placed(course, tracks, places)
    np.testing.assert_array_equal(
        MEASURE(sensors, *where, looked_at=near), MEASURE(sensors, *where, looked_at=track.points // 2)
    )
    if ray_range <= 45.0:
        assert near < 0.4 * track.points  # or there was nothing to see


def test_rays_from_anywhere_are_the_references():
    tracks = some_tracks(TrackConfig())
    config = Config()
    references = [ReferenceRace(config, track) for track in tracks]
    places = anywhere(tracks, 1000, seed=4)
    near = reach(256, 500.0 / 256, config.sensors.ray_range)
    rays = np.asarray(MEASURE(config.sensors, *placed(courses(tracks), tracks, places), looked_at=near))

    def seen(turned: float) -> np.ndarray:
        return np.array([references[t].rays(*spot, h + turned) for t, spot, h in zip(*places, strict=True)])

    # Where a ray grazes a kerb or a disc, float32 may see either side of it: it must see one of them.
    either = np.array([seen(0.0), seen(-1e-5), seen(1e-5)])
    grazing = np.ptp(either, axis=0) > 0.01
    assert grazing.mean() < 0.01
    np.testing.assert_allclose(rays[~grazing], either[0][~grazing], rtol=1e-4, atol=1e-3)
    assert (np.abs(rays - either).min(axis=0)[grazing] < 0.05).all()


def some_tracks(config: TrackConfig) -> list[Track]:
    """Of all difficulties but the last."""
    return [generate(k, replace(config, difficulty=d)) for k, d in enumerate((0.2, 0.5, 0.7, 0.8, 0.8, 0.9))]


def placed(course: Courses, tracks: list[Track], places: Places) -> tuple[Courses, jax.Array, jax.Array, Pose]:
    """`measure`'s arguments for cars at `places`."""
    still = jnp.zeros(len(places.track))
    x, y = jnp.asarray(places.spot.T)
    pose = Pose(x, y, jnp.asarray(places.heading), still, still)
    segment = nearest(tracks, places.track, places.spot).segment
    return course, jnp.asarray(places.track), jnp.asarray(segment), pose
