"""Linear equations round a lap: each station is coupled to its two neighbours only."""

from __future__ import annotations

import numpy as np


def solve(lower: np.ndarray, diagonal: np.ndarray, upper: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solves L_i x_{i-1} + D_i x_i + U_i x_{i+1} = r_i for all i modulo M, by block cyclic reduction.

    Every second unknown is eliminated at once, log2 M times (Golub and Van Loan, Matrix Computations, 4th edition,
    section 4.5); the system has to be symmetric positive definite.

    Args:
        lower, diagonal, upper: [M, K, K] blocks; M a power of two.
        right: [M, K].

    Returns:
        x, [M, K].

    Raises:
        LinAlgError: if the system is singular.
    """
    if len(diagonal) == 1:  # the last station is its own neighbour on both sides
        return np.linalg.solve(lower + diagonal + upper, right[..., None])[..., 0]
    even, odd = slice(0, None, 2), slice(1, None, 2)
    # x_odd = constant - to_before x_before - to_after x_after, put into the equations of the even ones.
    k = right.shape[-1]
    known = np.concatenate([lower[odd], upper[odd], right[odd][..., None]], axis=-1)
    to_before, to_after, constant = np.split(np.linalg.solve(diagonal[odd], known), [k, 2 * k], axis=-1)
    l_even, u_even = lower[even], upper[even]
    x_even = solve(
        -l_even @ np.roll(to_before, 1, 0),
        diagonal[even] - l_even @ np.roll(to_after, 1, 0) - u_even @ to_before,
        -u_even @ to_after,
        right[even] - (l_even @ np.roll(constant, 1, 0) + u_even @ constant)[..., 0],
    )[..., None]
    x_odd = constant - to_before @ x_even - to_after @ np.roll(x_even, -1, 0)
    return np.stack([x_even, x_odd], axis=1).reshape(right.shape)
