"""The distributions against numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.agent import distributions

Variant = Callable[..., Any]

SUPPORT = jnp.array([-4.0, -1.0, 0.0, 1.0, 4.0])
NUMBERS = st.floats(-400, 400, width=32)
TWO_HOT = jax.jit(distributions.two_hot)


@pytest.mark.parametrize(("x", "squeezed"), [(0.0, 0.0), (math.e - 1, 1.0), (1 - math.e, -1.0), (99.0, math.log(100))])
def test_symlog_by_hand(x: float, squeezed: float):
    assert float(distributions.symlog(jnp.float32(x))) == pytest.approx(squeezed, rel=1e-6)
    assert float(distributions.symexp(jnp.float32(squeezed))) == pytest.approx(x, rel=1e-6)


@given(x=NUMBERS)
def test_symexp_undoes_symlog(x: float):
    assert float(distributions.symexp(distributions.symlog(jnp.float32(x)))) == pytest.approx(x, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("count", [41, 64])
def test_bins_are_symmetric_and_exponential(count: int):
    support = np.asarray(distributions.bins(count))
    np.testing.assert_array_equal(support, -support[::-1])
    np.testing.assert_allclose(np.diff(np.sign(support) * np.log1p(np.abs(support))), 12 / (count - 1), rtol=1e-3)
    assert support[-1] == pytest.approx(math.exp(6) - 1, rel=1e-5)


@pytest.mark.parametrize(
    ("x", "weights"),
    [
        (2.0, [0, 0, 0, 2 / 3, 1 / 3]),
        (1.0, [0, 0, 0, 1, 0]),
        (0.0, [0, 0, 1, 0, 0]),
        (-0.25, [0, 0.25, 0.75, 0, 0]),
        (-4.0, [1, 0, 0, 0, 0]),
        (4.0, [0, 0, 0, 0, 1]),
        (-100.0, [1, 0, 0, 0, 0]),
        (100.0, [0, 0, 0, 0, 1]),
    ],
)
def test_two_hot_by_hand(variant: Variant, x: float, weights: list[float]):
    np.testing.assert_allclose(variant(distributions.two_hot)(jnp.float32(x), SUPPORT), weights, atol=1e-7)


@given(x=NUMBERS)
def test_two_hot_there_and_back(x: float):
    support = distributions.bins(63)
    weights = np.asarray(TWO_HOT(jnp.float32(x), support))
    assert weights.sum() == pytest.approx(1.0, rel=1e-6)
    assert (weights >= 0).all()
    held = np.flatnonzero(weights)
    assert len(held) <= 2
    assert np.ptp(held) <= 1
    assert float(weights @ np.asarray(support)) == pytest.approx(x, rel=1e-5, abs=1e-5)
    # Logits that say exactly this mean exactly this.
    mean = distributions.two_hot_mean(jnp.log(weights + 1e-30), support)
    assert float(mean) == pytest.approx(x, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("count", [41, 64, 255])
def test_equal_logits_mean_exactly_nothing(count: int):
    assert float(distributions.two_hot_mean(jnp.full((count,), 3.0), distributions.bins(count))) == 0.0


def test_two_hot_mean_by_hand(variant: Variant):
    logits = jnp.log(jnp.array([0.1, 0.2, 0.3, 0.2, 0.2]))
    mean = variant(distributions.two_hot_mean)(logits, SUPPORT)
    assert float(mean) == pytest.approx(-0.4 - 0.2 + 0.2 + 0.8, rel=1e-5)


def test_two_hot_loss_by_hand(variant: Variant):
    loss = variant(distributions.two_hot_loss)
    assert float(loss(jnp.zeros(5), jnp.float32(2.0), SUPPORT)) == pytest.approx(math.log(5), rel=1e-6)
    logits = jnp.log(jnp.array([0.1, 0.2, 0.3, 0.2, 0.2]))
    expected = -(2 / 3 * math.log(0.2) + 1 / 3 * math.log(0.2))
    assert float(loss(logits, jnp.float32(2.0), SUPPORT)) == pytest.approx(expected, rel=1e-5)
    expected = -(0.25 * math.log(0.2) + 0.75 * math.log(0.3))
    assert float(loss(logits, jnp.float32(-0.25), SUPPORT)) == pytest.approx(expected, rel=1e-5)


def test_unimix_by_hand(variant: Variant):
    logits = jnp.log(jnp.array([8.0, 4.0, 4.0, 0.0]))  # not normalised; the last one impossible
    mixed = variant(lambda x: distributions.unimix(x, 0.1))(logits)
    np.testing.assert_allclose(np.exp(mixed), [0.475, 0.25, 0.25, 0.025], rtol=1e-6)


@pytest.mark.parametrize(("uniform", "chosen"), [(0.0, 0), (0.19, 0), (0.21, 1), (0.49, 1), (0.51, 2), (0.999999, 2)])
def test_sample_by_hand(variant: Variant, uniform: float, chosen: int):
    logits = jnp.log(jnp.array([0.2, 0.3, 0.5]))
    sample = variant(distributions.sample_one_hot)(logits, jnp.float32(uniform))
    np.testing.assert_array_equal(sample, np.eye(3)[chosen])


def test_samples_come_as_often_as_their_probability():
    probs = np.array([[0.1, 0.2, 0.3, 0.4], [0.85, 0.05, 0.05, 0.05]], np.float32)
    uniform = jnp.asarray((np.arange(10_000) + 0.5)[:, None] / 10_000 * np.ones(2), jnp.float32)
    samples = distributions.sample_one_hot(jnp.log(jnp.broadcast_to(probs, (10_000, 2, 4))), uniform)
    np.testing.assert_allclose(np.mean(samples, axis=0), probs, atol=2e-4)


def test_rounding_leaves_no_sample_empty():
    logits = jnp.log(jnp.array([0.5, 0.0, 0.4999]))  # sums to less than one
    np.testing.assert_array_equal(distributions.sample_one_hot(logits, jnp.float32(0.99999)), [0, 0, 1])


def test_samples_are_exactly_one_hot():
    draw = np.random.default_rng(0)
    logits = jax.nn.log_softmax(jnp.asarray(draw.normal(size=(1000, 8)), jnp.float32))
    samples = np.asarray(jax.jit(distributions.sample_one_hot)(logits, jnp.asarray(draw.random(1000), jnp.float32)))
    assert set(np.unique(samples)) == {0.0, 1.0}
    assert (samples.sum(axis=-1) == 1).all()


def test_gradient_runs_straight_through_the_sample():
    """As if the probabilities themselves had been returned."""
    weights, logits = jnp.array([1.0, -2.0, 5.0]), jnp.array([0.3, -0.2, 0.1])

    def through_sample(logits: jax.Array) -> jax.Array:
        return weights @ distributions.sample_one_hot(jax.nn.log_softmax(logits), jnp.float32(0.4))

    p = np.asarray(jax.nn.softmax(logits))
    expected = p * (np.asarray(weights) - p @ np.asarray(weights))
    np.testing.assert_allclose(jax.grad(through_sample)(logits), expected, rtol=1e-5)


def test_categorical_kl_by_hand(variant: Variant):
    p = jnp.log(jnp.array([[0.5, 0.5], [0.9, 0.1]]))
    q = jnp.log(jnp.array([[0.25, 0.75], [0.9, 0.1]]))
    expected = 0.5 * math.log(2) + 0.5 * math.log(2 / 3)  # the second group adds nothing
    assert float(variant(distributions.categorical_kl)(p, q)) == pytest.approx(expected, rel=1e-5)
    assert float(distributions.categorical_kl(p, p)) == 0.0


def test_categorical_kl_sums_over_groups():
    p, q = jnp.log(jnp.array([[0.5, 0.5]])), jnp.log(jnp.array([[0.25, 0.75]]))
    one = distributions.categorical_kl(p, q)
    three = distributions.categorical_kl(jnp.tile(p, (7, 3, 1)), jnp.tile(q, (7, 3, 1)))
    np.testing.assert_allclose(three, np.full(7, 3 * one), rtol=1e-6)


def test_normal_log_prob_by_hand(variant: Variant):
    mean, std, x = jnp.array([0.0, 1.0]), jnp.array([1.0, 2.0]), jnp.array([1.0, 5.0])
    expected = (-0.5 - 0.5 * math.log(2 * math.pi)) + (-2.0 - math.log(2) - 0.5 * math.log(2 * math.pi))
    assert float(variant(distributions.normal_log_prob)(mean, std, x)) == pytest.approx(expected, rel=1e-6)


def test_normal_entropy_by_hand(variant: Variant):
    std = jnp.array([0.5, 2.0])
    expected = 2 * 0.5 * math.log(2 * math.pi * math.e) + math.log(0.5) + math.log(2.0)
    assert float(variant(distributions.normal_entropy)(std)) == pytest.approx(expected, rel=1e-6)


def test_normal_entropy_agrees_with_an_integral():
    """It is the mean of the log-density, here summed over a fine grid."""
    x = jnp.linspace(-12, 12, 40_001)[:, None]
    std = jnp.array([0.8])
    log_p = distributions.normal_log_prob(jnp.array([0.4]), std, x)
    density = np.exp(np.asarray(log_p, np.float64)) * 24 / 40_000
    assert density.sum() == pytest.approx(1.0, abs=1e-4)
    assert float(distributions.normal_entropy(std)) == pytest.approx(-(density @ np.asarray(log_p)), abs=1e-3)
