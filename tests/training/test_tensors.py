"""Trees of arrays by name, and back."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from racer_desktop.training.tensors import LayoutError, named, tree_like


class Pair(NamedTuple):
    """Two of anything."""

    first: Any
    second: Any


TREE = Pair({"linear/w": jnp.arange(6.0).reshape(2, 3)}, (jnp.int32(4), jnp.zeros((0, 2))))


def test_names_and_round_trip():
    tensors = named(TREE, "state")
    assert set(tensors) == {"state/first/linear/w", "state/second/0", "state/second/1"}
    back = tree_like(jax.eval_shape(lambda: TREE), tensors, "state")
    assert jax.tree.all(jax.tree.map(lambda a, b: np.array_equal(a, b) and a.dtype == b.dtype, TREE, back))


def test_copies_do_not_share_memory():
    source = np.arange(3.0)
    tensors = named({"a": source}, "t")
    source[0] = 99.0
    assert tensors["t/a"].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.pop("state/second/0"), "state/second/0 is missing"),
        (lambda t: t.update({"state/second/0": np.zeros(2, np.int32)}), "state/second/0 is int32"),
        (lambda t: t.update({"state/second/0": np.array(4, np.int64)}), "instead of int32"),
    ],
    ids=["missing", "shape", "type"],
)
def test_what_does_not_fit_is_named(change, sentence):
    tensors = named(TREE, "state")
    change(tensors)
    with pytest.raises(LayoutError, match=sentence):
        tree_like(TREE, tensors, "state")
