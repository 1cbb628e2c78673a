"""A fleet whose cars differ and whose sensors are not exact."""

from __future__ import annotations

import numpy as np

from racer_desktop.training.programs import new_dreamer, programs
from tests.training.tiny import TINY


def test_the_fleet_learns_with_it_and_takes_a_change_without_other_programs(tiny_programs, device):
    changed = TINY.replace(randomisation__sensor_noise=0.9, randomisation__grip=0.5)
    assert programs(changed, device) is tiny_programs
    rows = []
    for config in (TINY, changed):
        rules, course = tiny_programs.rules(config), tiny_programs._example(TINY.track.pool)[1]
        course = tiny_programs.placed(course)
        state = tiny_programs.prefill(tiny_programs.first(rules, course, 0), rules, course)
        rows.append(np.asarray(state.replay.rows))
    exact, inexact = (r[:, 0, : new_dreamer(TINY).observation] for r in rows)
    difference = inexact - exact
    assert 0.0 < np.abs(difference[:, :-1]).max() < 6 * 0.9 / 45.0
    assert np.array_equal(exact[:, -1], inexact[:, -1])  # the speed at the start
