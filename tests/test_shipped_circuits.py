"""The circuits of our own: as their command makes them, and good to drive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from racer_desktop import paths
from racer_desktop.shipped_circuits import DESIGNS, Design, drawn, main
from racer_desktop.sim import circuits
from racer_desktop.sim.track import curvature


def test_what_is_shipped_is_what_the_command_makes(tmp_path: Path):
    main(tmp_path)
    shipped = sorted(paths.resource("circuits").iterdir())
    assert [path.name for path in shipped] == sorted(path.name for path in tmp_path.iterdir())
    for path in shipped:
        made, there = circuits.read(tmp_path / path.name), circuits.read(path)
        assert there.centre == pytest.approx(made.centre, abs=1e-3)  # other processors round otherwise


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_each_is_good_to_drive(design: Design, tmp_path: Path):
    circuits.write(tmp_path / "circuit.csv", drawn(design))
    circuit, remark = circuits.opened(tmp_path / "circuit.csv")
    track = circuits.track_of(circuit)
    assert remark == ""
    assert 500.0 < float(track.length) < 7000.0
    assert (np.abs(curvature(track.centre)) * track.half_width).max() < 0.8
    assert np.abs(curvature(track.centre)[[-3, -2, -1, 0, 1, 2, 3]]).max() < 1e-3  # the start lies on a straight
    n = len(track.centre)
    apart = np.abs(np.arange(n)[:, None] - np.arange(n)[None, :])
    apart = np.minimum(apart, n - apart) * float(track.length) / n
    distance = np.linalg.norm(track.centre[:, None] - track.centre[None, :], axis=-1)
    assert distance[apart > 60.0].min() > 3.0 * design.half_width  # no two stretches touch


def test_radii_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="too short for the radii"):
        drawn(Design("none", 6.0, (1, 0), ((100, 0, 80), (100, 100, 80), (0, 100, 5), (0, 0, 5))))
