"""The reward: one function per term, and their weighted sum."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.config import RewardConfig


class Terms(NamedTuple):
    """The weighted terms of one environment step, each [B]."""

    speed: jax.Array
    gate: jax.Array
    time_bonus: jax.Array
    survival: jax.Array
    crash: jax.Array

    @property
    def total(self) -> jax.Array:
        """[B] the reward."""
        return self.speed + self.gate + self.time_bonus + self.survival + self.crash


def speed(weights: RewardConfig, advanced: jax.Array, max_speed: float | jax.Array) -> jax.Array:
    """Pays for way made along the track, [B] m: `weights.speed` per second at top speed."""
    return weights.speed * advanced / max_speed


def gate(weights: RewardConfig, reached: jax.Array) -> jax.Array:
    """Pays for each gate [B] reached for the first time."""
    return weights.gate * reached


def time_bonus(
    weights: RewardConfig, reached: jax.Array, spacing: jax.Array, took: jax.Array, max_speed: float | jax.Array
) -> jax.Array:
    """Pays the share of top speed at which the way to a gate was driven.

    Args:
        weights: the weights.
        reached: [B] gates reached in this step.
        spacing: [B] way between two gates, m.
        took: [B] time since the last gate, s.
        max_speed: m/s.
    """
    share = spacing * reached / (jnp.maximum(took, 1e-3) * max_speed)
    return weights.time_bonus * reached * jnp.minimum(share, 1.0)


def survival(weights: RewardConfig, alive: jax.Array) -> jax.Array:
    """Pays for each step [B] that did not end in a crash."""
    return weights.survival * alive


def crash(weights: RewardConfig, crashed: jax.Array) -> jax.Array:
    """Costs for leaving the track, hitting a disc or making no progress, [B]."""
    return weights.crash * crashed
