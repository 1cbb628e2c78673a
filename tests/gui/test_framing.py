"""The whole track, as large as possible, under none of the displays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer_desktop.gui.framing import Rectangle, best_framing

ANGLE = np.linspace(0, 2 * np.pi, 400, endpoint=False)
OUTLINE = np.stack([60 + 120 * np.cos(ANGLE), -30 + 80 * np.sin(ANGLE)], 1)


def on_screen(framing: tuple[float, float, float], width: float, height: float) -> np.ndarray:
    scale, x, y = framing
    return (OUTLINE - (x, y)) * scale * (1, -1) + (width / 2, height / 2)


def test_alone_it_fills_the_view_up_to_the_margin() -> None:
    points = on_screen(best_framing(OUTLINE, 1000, 600, 20, []), 1000, 600)
    assert points[:, 1].min() == pytest.approx(20, abs=0.5)
    assert points[:, 1].max() == pytest.approx(580, abs=0.5)
    assert (points[:, 0].min() + points[:, 0].max()) / 2 == pytest.approx(500, abs=0.5)


@given(st.integers(500, 3000), st.integers(400, 2000))
def test_it_lies_under_no_card(width: int, height: int) -> None:
    cards = [Rectangle(0, height - 130, 220, height), Rectangle(width - 130, height - 140, width, height)]
    points = on_screen(best_framing(OUTLINE, width, height, 24, cards), width, height)
    assert points.min() >= 23
    assert (points <= (width - 23, height - 23)).all()
    for card in cards:
        inside = (points > (card.left, card.top)).all(1) & (points < (card.right, card.bottom)).all(1)
        assert not inside.any()


def test_where_nothing_is_free_it_stays_in_the_middle() -> None:
    scale, x, y = best_framing(OUTLINE, 300, 200, 10, [Rectangle(0, 0, 300, 200)])
    assert (x, y) == pytest.approx((60, -30), abs=1e-6)
    assert scale > 0
