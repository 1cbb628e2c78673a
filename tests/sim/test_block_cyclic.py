from __future__ import annotations

import numpy as np
import pytest

from racer_desktop.sim import block_cyclic


@pytest.mark.parametrize("stations", [1, 2, 4, 16])
def test_it_solves_what_a_dense_solver_solves(stations: int):
    draw = np.random.default_rng(stations)
    upper = draw.normal(size=(stations, 3, 3))
    lower = np.roll(upper, 1, 0).swapaxes(1, 2)
    diagonal = draw.normal(size=(stations, 3, 3))
    diagonal = diagonal @ diagonal.swapaxes(1, 2) + 20 * np.eye(3)
    right = draw.normal(size=(stations, 3))
    dense = np.zeros((stations, 3, stations, 3))
    for i in range(stations):
        for block, j in ((lower, i - 1), (diagonal, i), (upper, i + 1)):
            dense[i, :, j % stations] += block[i]
    expected = np.linalg.solve(dense.reshape(3 * stations, -1), right.ravel()).reshape(stations, 3)
    assert block_cyclic.solve(lower, diagonal, upper, right) == pytest.approx(expected, rel=1e-9, abs=1e-12)
