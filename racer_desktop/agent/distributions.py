"""The distributions of DreamerV3 (arXiv 2301.04104v2): symexp two-hot, unimix categorical, bounded normal."""

from __future__ import annotations

import jax
import jax.numpy as jnp

SYMLOG_LIMIT = 6.0  # the two-hot bins reach from symexp(-6) to symexp(6), about 402: returns here stay below


def symlog(x: jax.Array) -> jax.Array:
    """sign(x) ln(|x| + 1), eq. 9."""
    return jnp.sign(x) * jnp.log1p(jnp.abs(x))


def symexp(x: jax.Array) -> jax.Array:
    """sign(x) (exp|x| - 1), the inverse of `symlog`."""
    return jnp.sign(x) * jnp.expm1(jnp.abs(x))


def bins(count: int) -> jax.Array:
    """[K] exponentially spaced values, symmetric about zero: the support of the two-hot heads, eq. 10."""
    below = symexp(jnp.linspace(-SYMLOG_LIMIT, SYMLOG_LIMIT, count)[: count // 2])
    # Mirrored, not computed twice: the halves must cancel to the last bit.
    return jnp.concatenate([below, jnp.zeros(count % 2), -below[::-1]])


def two_hot(x: jax.Array, support: jax.Array) -> jax.Array:
    """Scalars [...] as weights [..., K] on the two nearest of the support's values, eq. 9 of the paper.

    Values beyond the support get all weight on its end.
    """
    x = jnp.clip(x, support[0], support[-1])
    above = jnp.clip(jnp.searchsorted(support, x, side="right"), 1, len(support) - 1)
    low, high = support[above - 1], support[above]
    share = ((x - low) / (high - low))[..., None]
    return jax.nn.one_hot(above - 1, len(support)) * (1 - share) + jax.nn.one_hot(above, len(support)) * share


def two_hot_mean(logits: jax.Array, support: jax.Array) -> jax.Array:
    """Expectation [...] of logits [..., K] over the support.

    Summed from the middle outwards, positive and negative halves together, so that equal logits give exactly 0.
    """
    weighted = jax.nn.softmax(logits) * support
    half = len(support) // 2
    positive, negative = weighted[..., -half:], weighted[..., :half][..., ::-1]
    return jnp.sum(positive + negative, axis=-1) + (weighted[..., half] if len(support) % 2 else 0.0)


def two_hot_loss(logits: jax.Array, target: jax.Array, support: jax.Array) -> jax.Array:
    """Cross-entropy [...] of logits [..., K] against the two-hot code of target [...]."""
    return -jnp.sum(two_hot(target, support) * jax.nn.log_softmax(logits), axis=-1)


def unimix(logits: jax.Array, share: float) -> jax.Array:
    """Logits [..., C] of the categorical mixed with `share` of a uniform one; normalised."""
    probs = jax.nn.softmax(logits)
    return jnp.log((1 - share) * probs + share / logits.shape[-1])


def sample_one_hot(logits: jax.Array, uniform: jax.Array) -> jax.Array:
    """A one-hot sample with straight-through gradient.

    Args:
        logits: [..., C] normalised log-probabilities.
        uniform: [...] noise in [0, 1), drawn beforehand: one number picks one class.

    Returns:
        [..., C].
    """
    probs = jnp.exp(logits)
    classes = logits.shape[-1]
    # The running sum as a small product: faster on a CPU than a cumulative reduction.
    upto = jax.lax.stop_gradient(probs) @ jnp.triu(jnp.ones((classes, classes), probs.dtype))
    reached = (uniform[..., None] < upto).astype(probs.dtype)
    # Rounding may leave the last sum below 1; the last class takes the rest.
    reached = jnp.concatenate([reached[..., :-1], jnp.ones_like(reached[..., :1])], axis=-1)
    chosen = reached - jnp.concatenate([jnp.zeros_like(reached[..., :1]), reached[..., :-1]], axis=-1)
    return chosen + (probs - jax.lax.stop_gradient(probs))  # in this order: the sum adds an exact zero


def categorical_kl(p: jax.Array, q: jax.Array) -> jax.Array:
    """KL(p || q) [...] summed over groups, for normalised log-probabilities [..., G, C]."""
    return jnp.sum(jnp.exp(p) * (p - q), axis=(-2, -1))


def normal_log_prob(mean: jax.Array, std: jax.Array, x: jax.Array) -> jax.Array:
    """Log-density [...] of a diagonal normal at x [..., A]."""
    return jnp.sum(-0.5 * ((x - mean) / std) ** 2 - jnp.log(std) - 0.5 * jnp.log(2 * jnp.pi), axis=-1)


def normal_entropy(std: jax.Array) -> jax.Array:
    """Entropy [...] of a diagonal normal with std [..., A], nats."""
    return jnp.sum(jnp.log(std) + 0.5 * jnp.log(2 * jnp.pi * jnp.e), axis=-1)
