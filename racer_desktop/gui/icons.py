"""Icons from one set of SVG files, drawn in the colour of the theme's text and sharp at any scale."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from racer_desktop import paths
from racer_desktop.gui.theme import Theme, blend

SIZES = (16, 20, 24, 32, 40, 48, 64)
SMALL = 32  # pixels up to which the program's icon has a drawing of its own, with fewer and broader shapes


def icon(name: str, theme: Theme) -> QIcon:
    """The icon `resources/icons/<name>.svg` in the theme's colours, also for disabled controls.

    Raises:
        FileNotFoundError: if there is no such icon.
    """
    text = paths.resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, blend(theme.muted, theme.text, 0.7)),
        (QIcon.Mode.Disabled, blend(theme.muted, theme.window, 0.5)),
    ):
        renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour.name()).encode()))
        for size in SIZES:
            made.addPixmap(_drawn(renderer, size), mode)
    return made


def app_icon() -> QIcon:
    """The program's own icon."""
    small, large = (QSvgRenderer(str(paths.resource(f"icons/{name}.svg"))) for name in ("icon-small", "icon"))
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_drawn(small if size <= SMALL else large, size))
    return made


def swatch(colour: QColor, size: int = 16) -> QPixmap:
    """A round dot of a colour, sharp on the sharpest screen there is."""
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(2, 2, size - 4, size - 4)
    painter.end()
    return pixmap


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    return pixmap
