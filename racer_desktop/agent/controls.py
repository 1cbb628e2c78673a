"""From what a policy asks for to what is done: finer in the middle, and all there is at the limits.

At 20 m/s a tenth of the lock takes all the grip of the tyres. A policy that draws its actions with a spread of 0.2
would always steer too far, and would learn nothing about holding the wheel nearly straight.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp


def done(asked: jax.Array, curves: jax.Array) -> jax.Array:
    """What is done where `asked` [..., A] in [-1, 1] is asked for, given the exponent [A] of each action."""
    return jnp.sign(asked) * jnp.abs(asked) ** curves


def asked(done: jax.Array, curves: jax.Array) -> jax.Array:
    """What has to be asked for so that `done` [..., A] in [-1, 1] is done; no gradient should flow through it."""
    return jnp.sign(done) * jnp.abs(done) ** (1.0 / curves)
