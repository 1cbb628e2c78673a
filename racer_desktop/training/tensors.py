"""Trees of arrays as named tensors, and back with every name, shape and type checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

SEPARATOR = "/"


class LayoutError(ValueError):
    """Named tensors do not fit a tree; the message says which."""


def named(tree: Any, prefix: str) -> dict[str, np.ndarray]:
    """Copies of a tree's leaves on the host by name, such as "learner/agent/critic/logits/w"."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(jax.device_get(tree))
    # Copied: on a CPU the host's array may be the device's own memory, which the next chunk writes to.
    return {_name(prefix, path): np.array(leaf, copy=True) for path, leaf in leaves}


def tree_like(template: Any, tensors: Mapping[str, np.ndarray], prefix: str) -> Any:
    """A tree of the template's structure with its leaves taken from named tensors.

    Raises:
        LayoutError: if one is missing or of another shape or type.
    """
    leaves, structure = jax.tree_util.tree_flatten_with_path(template)
    taken = []
    for path, leaf in leaves:
        name = _name(prefix, path)
        if name not in tensors:
            raise LayoutError(f"{name} is missing")
        value = tensors[name]
        if value.shape != leaf.shape or value.dtype != leaf.dtype:
            raise LayoutError(f"{name} is {value.dtype}{value.shape} instead of {leaf.dtype}{leaf.shape}")
        taken.append(value)
    return jax.tree_util.tree_unflatten(structure, taken)


def _name(prefix: str, path: Any) -> str:
    return prefix + SEPARATOR + jax.tree_util.keystr(path, simple=True, separator=SEPARATOR)
