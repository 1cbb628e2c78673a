"""Colours that can be read and told apart, also by people who see fewer hues."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.appearance import Appearance, apply_appearance
from racer_desktop.gui.theme import Theme, current_theme, dark_theme, light_theme, tabular_font, theme_for

THEMES = [dark_theme(), light_theme()]
# Linear RGB as seen by people without red or without green receptors (Viénot, Brettel and Mollon 1999).
PROTAN = np.array([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]])
DEUTAN = np.array([[0.2927, 0.7073, 0.0], [0.2927, 0.7073, 0.0], [-0.0223, 0.0223, 1.0]])


def linear(colour: QColor) -> np.ndarray:
    values = np.array((colour.redF(), colour.greenF(), colour.blueF()))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(first: QColor, second: QColor) -> float:
    """WCAG 2's contrast ratio."""
    light = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (first, second))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Oklab, in which distances are about as large as they look."""
    to_cone = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
    to_lab = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    return np.array(to_lab) @ np.cbrt(np.maximum(np.array(to_cone) @ rgb, 0.0))


def difference(first: QColor, second: QColor, eye: np.ndarray) -> float:
    return float(np.linalg.norm(lab(eye @ linear(first)) - lab(eye @ linear(second))))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    for text in (theme.text, theme.muted, theme.crash, theme.good, theme.warning):
        for ground in (theme.window, theme.panel):
            assert contrast(text, ground) >= 4.5, (text.name(), ground.name())
    hud = QColor(theme.hud)
    hud.setAlpha(255)
    for text in (theme.hud_text, theme.hud_muted):
        assert contrast(text, hud) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("eye", [np.eye(3), PROTAN, DEUTAN], ids=["all", "protan", "deutan"])
def test_what_matters_differs_for_every_eye(theme: Theme, eye: np.ndarray) -> None:
    pairs = [
        (theme.hero, theme.human),
        (theme.hero, theme.asphalt),
        (theme.hero, theme.obstacle),
        (theme.human, theme.asphalt),
        (theme.grass, theme.asphalt),
        (theme.obstacle, theme.asphalt),
        (theme.kerb_red, theme.kerb_white),
    ]
    for first, second in pairs:
        assert difference(first, second, eye) > 0.08, (first.name(), second.name())


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_curves_can_be_seen_and_told_apart(theme: Theme) -> None:
    for colour in theme.series:
        assert contrast(colour, theme.chart_background) >= 3.0, colour.name()
    for first, second in itertools.combinations(theme.series[:3], 2):
        for eye in (np.eye(3), PROTAN, DEUTAN):
            assert difference(first, second, eye) > 0.06, (first.name(), second.name())


def test_scales_get_lighter_step_by_step() -> None:
    theme = dark_theme()
    for scale in (theme.speed_colour, theme.ghost_colour):
        lightness = [lab(linear(scale(step / 20)))[0] for step in range(21)]
        steps = np.diff(lightness)
        assert (steps > 0.0).all()
        assert steps.max() < 4 * steps.min()


@pytest.mark.parametrize("value", [-1.0, 0.0, 0.3, 1.0, 7.0, math.nan, math.inf])
def test_any_number_has_a_colour(value: float) -> None:
    theme = light_theme()
    assert all(scale(value).isValid() for scale in (theme.speed_colour, theme.ghost_colour, theme.ray_colour))


def test_the_palette_decides_and_its_surfaces_are_taken(qapp: QApplication) -> None:
    palette = QPalette(QColor("#102030"))
    palette.setColor(QPalette.ColorRole.Window, QColor("#102030"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#ffffff"))
    theme = theme_for(palette)
    assert theme.dark
    assert theme.window == QColor("#102030")


@pytest.mark.parametrize(("choice", "dark"), [(Appearance.DARK, True), (Appearance.LIGHT, False)])
def test_the_person_can_choose(qapp: QApplication, choice: Appearance, dark: bool) -> None:
    before = qapp.palette()
    try:
        apply_appearance(choice)
        assert current_theme().dark is dark
    finally:
        qapp.setPalette(before)


def test_figures_have_one_width(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    for bold in (False, True):
        metrics = QFontMetricsF(tabular_font(20, bold=bold))
        assert len({round(metrics.horizontalAdvance(figure), 3) for figure in "0123456789"}) == 1
