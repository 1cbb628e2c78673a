"""How much of a track a car's rays can meet; plain numbers, without JAX."""

from __future__ import annotations

from racer_desktop.sim.track import Track


def reach(points: int, step: float, ray_range: float) -> int:
    """Segments to look at on each side of a car, enough for every edge within `ray_range`.

    A straight ray between the edges runs along the track no faster than along its inner edge, where curvature
    times half width stays below 0.8; a stretch of one and a half ranges each way covers what bends allow.
    """
    return min(points // 2, int(1.5 * ray_range / step) + 2)


def reach_on(track: Track, ray_range: float) -> int:
    """Segments to look at on each side of a car on this very track, see `reach`."""
    points = len(track.centre)
    return reach(points, float(track.length) / points, ray_range)
