"""Linear equations round a lap: each station is coupled to its two neighbours only."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def solve(lower: jax.Array, diagonal: jax.Array, upper: jax.Array, right: jax.Array) -> jax.Array:
    """Solves L_i x_{i-1} + D_i x_i + U_i x_{i+1} = r_i for all i modulo M, by block cyclic reduction.

    Every second unknown is eliminated at once, log2 M times (Golub and Van Loan, Matrix Computations, 4th edition,
    section 4.5); the system has to be symmetric positive definite.

    Args:
        lower, diagonal, upper: [M, K, K] blocks; M a power of two.
        right: [M, K].

    Returns:
        x, [M, K].
    """
    if len(diagonal) == 1:  # the last station is its own neighbour on both sides
        return jnp.linalg.solve(lower + diagonal + upper, right[..., None])[..., 0]
    even, odd = slice(0, None, 2), slice(1, None, 2)
    # x_odd = c - L x_before - U x_after, put into the equations of the even ones.
    eliminated = jnp.linalg.solve(
        diagonal[odd], jnp.concatenate([lower[odd], upper[odd], right[odd][..., None]], axis=-1)
    )
    k = right.shape[-1]
    to_before, to_after, constant = eliminated[..., :k], eliminated[..., k : 2 * k], eliminated[..., 2 * k]
    l_even, u_even = lower[even], upper[even]
    x_even = solve(
        -l_even @ jnp.roll(to_before, 1, 0),
        diagonal[even] - l_even @ jnp.roll(to_after, 1, 0) - u_even @ to_before,
        -u_even @ to_after,
        right[even] - _apply(l_even, jnp.roll(constant, 1, 0)) - _apply(u_even, constant),
    )
    x_odd = constant - _apply(to_before, x_even) - _apply(to_after, jnp.roll(x_even, -1, 0))
    return jnp.stack([x_even, x_odd], axis=1).reshape(right.shape)


def _apply(matrices: jax.Array, vectors: jax.Array) -> jax.Array:
    return jnp.einsum("mij,mj->mi", matrices, vectors)
