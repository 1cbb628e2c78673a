"""DreamerV3's optimiser, put together from optax: gradient clipping per tensor, then LaProp (arXiv 2002.04839)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax

from racer_desktop.config import AgentConfig

SMALLEST_NORM = 1e-3  # of a tensor's weights: zero-initialised ones must be able to move
RMS_DECAY, MOMENTUM = 0.999, 0.9


def optimiser(config: AgentConfig, share: float = 1.0) -> optax.GradientTransformation:
    """Clip, scale by root mean square, then momentum, with a linear warm-up and an inverse-root decay.

    Args:
        config: rate, warm-up and clip.
        share: of the learning rate.
    """
    rate = share * config.learning_rate

    def schedule(step: jax.typing.ArrayLike) -> jax.Array:
        count = jnp.asarray(step)
        warm = jnp.minimum((count + 1.0) / (config.warmup + 1.0), 1.0)
        return rate * warm / jnp.sqrt(1.0 + count / config.rate_decay)

    return optax.chain(
        clip_by_tensor(config.gradient_clip),
        optax.scale_by_rms(decay=RMS_DECAY, eps=1e-20, eps_in_sqrt=False, bias_correction=True),
        optax.ema(MOMENTUM),
        optax.scale_by_learning_rate(schedule),
    )


def clip_by_tensor(limit: float) -> optax.GradientTransformation:
    """Keeps each tensor's gradient norm below `limit` times the norm of its weights.

    optax's own `adaptive_grad_clip` does the same for each unit of a layer; the reference does it per tensor.
    """

    def update(
        updates: optax.Updates, state: optax.OptState, params: optax.Params | None = None
    ) -> tuple[optax.Updates, optax.OptState]:
        def clipped(gradient: jax.Array, weights: jax.Array) -> jax.Array:
            most = limit * jnp.maximum(jnp.linalg.norm(weights), SMALLEST_NORM)
            return gradient * jnp.minimum(1.0, most / jnp.maximum(jnp.linalg.norm(gradient), 1e-12))

        return jax.tree.map(clipped, updates, params), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)
