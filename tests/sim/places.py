"""Places on tracks, drawn anywhere between the edges, and the nearest point found by searching the whole track."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from racer_desktop.sim.track import Track


class Places(NamedTuple):
    """B places: track [B], spot [B, 2] and heading [B]."""

    track: np.ndarray
    spot: np.ndarray
    heading: np.ndarray


class Nearest(NamedTuple):
    """The nearest point of each place's centre line, fields [B], named as in `Place`."""

    segment: np.ndarray
    arc: np.ndarray
    offset: np.ndarray
    half_width: np.ndarray


def anywhere(tracks: list[Track], count: int, seed: int) -> Places:
    """Places between the edges, a third of them within a hand's breadth of one, with any heading."""
    draw = np.random.default_rng(seed)
    track = draw.integers(len(tracks), size=count)
    aside = draw.uniform(-1, 1, count)
    half_width = np.array([t.half_width[0] for t in tracks])[track]
    at_edge = np.sign(aside) * (1 - draw.uniform(0, 0.1, count) / half_width)
    aside = np.where(draw.random(count) < 1 / 3, at_edge, aside)
    row, share = draw.integers(len(tracks[0].centre), size=count), draw.random(count)[:, None]
    lines = [np.array([t.centre, t.edges[0], t.edges[1]], float) for t in tracks]
    here = np.array([lines[t][:, k] for t, k in zip(track, row, strict=True)])
    after = np.array([lines[t][:, (k + 1) % lines[t].shape[1]] for t, k in zip(track, row, strict=True)])
    centre, left, right = np.moveaxis((1 - share[:, None]) * here + share[:, None] * after, 1, 0)
    spot = centre + np.abs(aside)[:, None] * (np.where(aside[:, None] > 0, left, right) - centre)
    return Places(track, spot.astype(np.float32), draw.uniform(-np.pi, np.pi, count).astype(np.float32))


def nearest(tracks: list[Track], track: np.ndarray, spot: np.ndarray) -> Nearest:
    """By measuring the distance to every segment of the track."""
    found = []
    for k, (x, y) in zip(track, spot.astype(float), strict=True):
        line, widths = tracks[k].centre.astype(float), tracks[k].half_width
        along, to_car = np.roll(line, -1, axis=0) - line, np.array([x, y]) - line
        share = np.clip((to_car * along).sum(1) / (along**2).sum(1), 0.0, 1.0)
        distance = np.linalg.norm(to_car - share[:, None] * along, axis=1)
        best = int(distance.argmin())
        left = along[best, 0] * to_car[best, 1] > along[best, 1] * to_car[best, 0]
        found.append(
            (
                best,
                (best + share[best]) * float(tracks[k].length) / len(line),
                distance[best] if left else -distance[best],
                (1 - share[best]) * widths[best] + share[best] * widths[(best + 1) % len(line)],
            )
        )
    return Nearest(*(np.array(values) for values in zip(*found, strict=True)))
