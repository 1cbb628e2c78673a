"""What is asked for and what is done: each follows from the other, and the limits are the same."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.agent.controls import asked, done

ASKED = np.stack([np.linspace(-1, 1, 41), np.linspace(1, -1, 41)], axis=-1).astype(np.float32)


@pytest.mark.parametrize("curves", [(1.0, 1.0), (2.0, 1.0), (1.0, 3.5)])
def test_each_follows_from_the_other(curves: tuple[float, float]):
    there = done(jnp.asarray(ASKED), jnp.array(curves))
    np.testing.assert_allclose(asked(there, jnp.array(curves)), ASKED, atol=1e-6)
    np.testing.assert_array_equal(np.sign(there), np.sign(ASKED))
    np.testing.assert_array_equal(np.abs(there[0]), 1.0)


def test_a_curve_of_one_changes_nothing():
    np.testing.assert_array_equal(done(jnp.asarray(ASKED), jnp.ones(2)), ASKED)
    np.testing.assert_array_equal(asked(jnp.asarray(ASKED), jnp.ones(2)), ASKED)


def test_a_larger_curve_is_finer_in_the_middle():
    np.testing.assert_allclose(done(jnp.array([0.1, -0.1]), jnp.array([2.0, 3.0])), [0.01, -0.001], rtol=1e-5)
