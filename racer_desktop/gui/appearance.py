"""Light or dark: as the system asks, or as the person chose in the View menu."""

from __future__ import annotations

import enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from racer_desktop.gui.theme import Theme, blend, dark_theme, light_theme


class Appearance(enum.Enum):
    """Which appearance the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {
    Appearance.SYSTEM: Qt.ColorScheme.Unknown,
    Appearance.LIGHT: Qt.ColorScheme.Light,
    Appearance.DARK: Qt.ColorScheme.Dark,
}


def apply_appearance(choice: Appearance) -> None:
    """Gives the application its palette.

    A system that knows light and dark is asked for its own palette. Where none answers, as on a bare X
    server, the palette is made from our own colours, dark unless the person chose otherwise.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    hints = application.styleHints()
    hints.setColorScheme(_SCHEMES[choice])
    answered = hints.colorScheme()
    if answered != Qt.ColorScheme.Unknown and (choice is Appearance.SYSTEM or answered == _SCHEMES[choice]):
        application.setPalette(QPalette())
        return
    application.setPalette(_palette(light_theme() if choice is Appearance.LIGHT else dark_theme()))


def _palette(theme: Theme) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    button = blend(theme.window, theme.text, 0.06)
    on_accent = light_theme().panel
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: blend(theme.panel, theme.text, 0.04),
        role.Text: theme.text,
        role.Button: button,
        role.ButtonText: theme.text,
        role.BrightText: theme.crash,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: blend(theme.accent, theme.muted, 0.5),
        role.Light: blend(button, theme.text, 0.12),
        role.Midlight: blend(button, theme.text, 0.06),
        role.Mid: blend(theme.window, theme.text, 0.2),
        role.Dark: theme.border if theme.dark else blend(theme.window, theme.text, 0.3),
        role.Shadow: blend(theme.window, light_theme().text, 0.8),
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, colour)
    faded = blend(theme.text, theme.window, 0.58)
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(group.Disabled, which, faded)
    palette.setColor(group.Disabled, role.Highlight, blend(theme.accent, theme.window, 0.6))
    return palette
