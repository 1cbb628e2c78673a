"""Every colour and font of the window, light and dark.

The same few colours mean the same things everywhere: the AI's car is blue and the person's orange in the
track view, the charts and the panels alike. The surfaces (window, panel, text) come from the system's
palette, so the window looks at home; the colours of the race are chosen here. Pairs that must be told
apart differ in lightness as well as in hue (Okabe and Ito's palette), because one person in twelve sees
fewer hues.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

GRID = 8  # px: every distance on the screen is a multiple or a half of this

_VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
_PLASMA = ("#7e03a8", "#9c179e", "#b52f8c", "#cc4778", "#de5f65", "#ed7953", "#f89540", "#fdb42f", "#fbd524", "#f0f921")
_STEPS = 64


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance.

    Attributes:
        dark: whether light text stands on a dark ground.
        window, panel, border: ground of the window, of panels and fields, and the lines between them.
        text, muted: text, and text of lesser rank.
        accent: selections and switched-on controls.
        hero, human: the hero car with the AI at the wheel, and with a person at it.
        grass, asphalt, asphalt_edge, start_line: the ground beside and of the track; its edge's thin line.
        kerb_red, kerb_white: the two colours of kerbs.
        obstacle, obstacle_rim: discs.
        ray_far, ray_near: distance rays, blended between the two by distance.
        crash: marks of crashes, and words about failures.
        good, warning: words and marks that need no other colour.
        hud, hud_text, hud_muted: ground and text of the painted displays over the track.
        chart_background, chart_grid: behind the curves.
        series: colours of curves, in the order they are to be used.
    """

    dark: bool
    window: QColor
    panel: QColor
    border: QColor
    text: QColor
    muted: QColor
    accent: QColor
    hero: QColor
    human: QColor
    grass: QColor
    asphalt: QColor
    asphalt_edge: QColor
    start_line: QColor
    kerb_red: QColor
    kerb_white: QColor
    obstacle: QColor
    obstacle_rim: QColor
    ray_far: QColor
    ray_near: QColor
    crash: QColor
    good: QColor
    warning: QColor
    hud: QColor
    hud_text: QColor
    hud_muted: QColor
    chart_background: QColor
    chart_grid: QColor
    series: tuple[QColor, ...]

    @property
    def name(self) -> str:
        """What to call it: "dark" or "light"."""
        return "dark" if self.dark else "light"

    def ghost_colour(self, age01: float) -> QColor:
        """Colour of a ghost: 0 the oldest (dark violet), 1 the newest (yellow); perceptually even (viridis)."""
        return _step(_VIRIDIS, age01)

    def speed_colour(self, v01: float) -> QColor:
        """Colour of a speed: 0 standing (violet), 1 top speed (yellow); perceptually even (plasma)."""
        return _step(_PLASMA, v01)

    def ray_colour(self, distance01: float) -> QColor:
        """Colour of a distance ray: 0 touching, 1 at the end of its range."""
        return _ray_step(self.ray_near.rgba(), self.ray_far.rgba(), round(_unit(distance01) * _STEPS))


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """`colour` with the given opacity, 0 to 1."""
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded


def blend(first: QColor, second: QColor, share: float) -> QColor:
    """The colour between two, `share` of the way from the first to the second."""
    share = _unit(share)

    def mixed(a: int, b: int) -> int:
        return round(a + (b - a) * share)

    return QColor(
        mixed(first.red(), second.red()),
        mixed(first.green(), second.green()),
        mixed(first.blue(), second.blue()),
        mixed(first.alpha(), second.alpha()),
    )


def dark_theme() -> Theme:
    """The dark appearance, before the system's palette is taken into it."""
    return Theme(
        dark=True,
        window=QColor("#1e2124"),
        panel=QColor("#17191c"),
        border=QColor("#33383d"),
        text=QColor("#e6e8ea"),
        muted=QColor("#9aa1a9"),
        accent=QColor("#2f9bf0"),
        hero=QColor("#1fa8ff"),
        human=QColor("#ff8a1f"),
        grass=QColor("#1d2823"),
        asphalt=QColor("#3a3e44"),
        asphalt_edge=QColor("#6b7178"),
        start_line=QColor("#f2f3f4"),
        kerb_red=QColor("#c93a3a"),
        kerb_white=QColor("#e4e4e2"),
        obstacle=QColor("#f3cc1d"),
        obstacle_rim=QColor("#4c3f04"),
        ray_far=QColor("#3ddc84"),
        ray_near=QColor("#ff4b4b"),
        crash=QColor("#ff5a52"),
        good=QColor("#3ddc84"),
        warning=QColor("#f3cc1d"),
        hud=QColor(14, 16, 18, 205),
        hud_text=QColor("#f2f4f5"),
        hud_muted=QColor("#9ba3ab"),
        chart_background=QColor("#17191c"),
        chart_grid=QColor("#33383d"),
        series=tuple(map(QColor, ("#56b4e9", "#e69f00", "#2fc79a", "#e7a1c9", "#f0e442", "#ff7f50", "#b7bdc4"))),
    )


def light_theme() -> Theme:
    """The light appearance, before the system's palette is taken into it."""
    return Theme(
        dark=False,
        window=QColor("#f1f2f3"),
        panel=QColor("#ffffff"),
        border=QColor("#cfd3d7"),
        text=QColor("#1b1e21"),
        muted=QColor("#5d656d"),
        accent=QColor("#0a6fc2"),
        hero=QColor("#0f8df2"),
        human=QColor("#f0730a"),
        grass=QColor("#cfdcc8"),
        asphalt=QColor("#4b5057"),
        asphalt_edge=QColor("#868c93"),
        start_line=QColor("#f7f7f7"),
        kerb_red=QColor("#cc3333"),
        kerb_white=QColor("#fafafa"),
        obstacle=QColor("#f5cb12"),
        obstacle_rim=QColor("#4c3f04"),
        ray_far=QColor("#46e08c"),
        ray_near=QColor("#ff5252"),
        crash=QColor("#c62828"),
        good=QColor("#0f7738"),
        warning=QColor("#8a6400"),
        hud=QColor(252, 253, 253, 225),
        hud_text=QColor("#16191c"),
        hud_muted=QColor("#5d656d"),
        chart_background=QColor("#ffffff"),
        chart_grid=QColor("#d9dde0"),
        series=tuple(map(QColor, ("#0072b2", "#b86e00", "#00845f", "#a84f86", "#8f8500", "#c0440f", "#50575e"))),
    )


def theme_for(palette: QPalette) -> Theme:
    """The appearance that belongs to a palette: its lightness decides which, its surfaces are taken over."""
    window = palette.color(QPalette.ColorRole.Window)
    text = palette.color(QPalette.ColorRole.WindowText)
    theme = dark_theme() if window.lightness() < text.lightness() else light_theme()
    panel = palette.color(QPalette.ColorRole.Base)
    return replace(
        theme,
        window=window,
        panel=panel,
        border=blend(window, text, 0.16),
        text=text,
        muted=blend(text, window, 0.34),
        accent=palette.color(QPalette.ColorRole.Highlight),
        chart_background=panel,
        chart_grid=blend(panel, text, 0.14),
    )


def current_theme() -> Theme:
    """The appearance that the system asks for now; the dark one if there is no application yet."""
    if QGuiApplication.instance() is None:
        return dark_theme()
    return theme_for(QGuiApplication.palette())


def tabular_font(pixels: int, *, bold: bool = False) -> QFont:
    """The system's font with figures of one width, so that changing numbers do not move what follows them.

    Args:
        pixels: height in logical pixels.
        bold: half-bold instead of normal weight.
    """
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _unit(value: float) -> float:
    return 0.0 if not value > 0.0 else min(value, 1.0)  # `not >` also catches nan


def _step(stops: tuple[str, ...], share: float) -> QColor:
    return _gradient(stops)[round(_unit(share) * _STEPS)]


@functools.cache
def _gradient(stops: tuple[str, ...]) -> tuple[QColor, ...]:
    last = len(stops) - 1
    colours = []
    for step in range(_STEPS + 1):
        place = step / _STEPS * last
        below = min(int(place), last - 1)
        colours.append(blend(QColor(stops[below]), QColor(stops[below + 1]), place - below))
    return tuple(colours)


@functools.cache
def _ray_step(near: int, far: int, step: int) -> QColor:
    # Amber in the middle instead of the muddy brown that a straight blend of green and red would give.
    middle = QColor("#ffc23d")
    share = step / _STEPS
    near_colour, far_colour = QColor.fromRgba(near), QColor.fromRgba(far)
    return blend(near_colour, middle, share * 2) if share < 0.5 else blend(middle, far_colour, share * 2 - 1)
