"""Menu bar and toolbar: which action stands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.theme import GRID, Theme, blend

ICON = QSize(20, 20)
RUN_PADDING = 16  # px around icon and text of the start button


class _OwnLetters(QObject):
    """Keeps letters for the menu that is open.

    Qt counts a single key of the track, such as L, as one of the menu bar too once an action stands in a menu; with the
    menu bar in focus it would go before the letter that a menu underlines.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Takes keys without Ctrl or Alt before they become a shortcut."""
        plain = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.text() and event.text().isprintable() and not event.modifiers() & ~plain:
            event.accept()
            return True
        return super().eventFilter(watched, event)


@dataclass(frozen=True)
class Menus:
    """The menus whose content changes while the program runs."""

    recent: QMenu
    milestones: QMenu
    circuits: QMenu
    presets: QMenu


def build_menus(window: QMainWindow, actions: Actions, docks: Sequence[QDockWidget]) -> Menus:
    """Fills the window's menu bar."""
    a = actions
    file = _menu(window, "file", _tr("&File"))
    file.addActions([a.new, a.open])
    recent = _submenu(file, "recent", _tr("Open &Recent"))
    milestones = _submenu(file, "milestones", _tr("&Milestones"))
    _sections(file, [[a.save, a.save_as, a.save_brain], [a.import_circuit]])
    export = _submenu(file, "export", _tr("&Export"))
    _sections(export, [[a.export_video], [a.export_telemetry, a.export_track], [a.export_charts, a.export_numbers]])
    _sections(file, [[a.quit]])
    drive = _menu(window, "drive", _tr("&Drive"))
    _sections(drive, [[a.watch, a.free, a.race], [a.race_again], [a.control, a.reset]])
    drive.addSeparator()
    _submenu(drive, "pace", _tr("&Pace")).addActions(a.paces.actions())
    training = _menu(window, "training", _tr("T&raining"))
    _sections(training, [[a.run], [a.learn], [a.evaluate, a.compare, a.restore_best], [a.undo, a.redo]])
    training.addSeparator()
    presets = _submenu(training, "presets", _tr("&Presets"))
    training.addAction(a.reset_settings)
    track = _menu(window, "track", _tr("&Track"))
    _sections(track, [[a.new_track, a.seed]])
    circuits = _submenu(track, "circuits", _tr("C&ircuits"))
    view = _menu(window, "view", _tr("&View"))
    panels = _submenu(view, "panels", _tr("&Panels"))
    panels.addActions([dock.toggleViewAction() for dock in docks])
    _sections(
        view,
        [
            [a.fleet, a.rays, a.trail, a.latent],
            [a.fastest_line, a.crash_map, a.speed_map, a.value_map],
            [a.follow, a.fit, a.zoom_in, a.zoom_out],
            [a.full_screen],
        ],
    )
    _submenu(view, "appearance", _tr("&Appearance")).addActions(a.appearances.actions())
    view.addAction(a.reset_layout)
    _sections(
        _menu(window, "help", _tr("&Help")),
        [[a.welcome, a.guide, a.architecture, a.configuration, a.operations, a.files], [a.keyboard, a.log], [a.about]],
    )
    _keep_letters(window)
    return Menus(recent, milestones, circuits, presets)


def build_toolbar(window: QMainWindow, actions: Actions) -> QToolBar:
    """Makes the toolbar and puts it at the top of the window."""
    bar = QToolBar(_tr("Toolbar"), window)
    bar.setObjectName("toolbar")
    bar.setIconSize(ICON)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.toggleViewAction().setStatusTip(_tr("Show or hide the toolbar"))
    a = actions
    bar.addActions([a.run, a.reset, a.control])
    bar.addSeparator()
    bar.addActions([a.learn, a.fleet])
    bar.addSeparator()
    bar.addActions([a.new_track, a.race])
    room = QWidget()
    room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(room)
    bar.addActions([a.follow, a.fit])
    bar.addSeparator()
    bar.addActions(a.paces.actions())
    for action in bar.actions():
        button = bar.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setObjectName(action.objectName().replace("action_", "button_"))
            if action in a.paces.actions():
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            elif action in (a.follow, a.fit):  # the words are in the menu; here a narrow window has no room for them
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take the keys from the track
    run = bar.widgetForAction(a.run)
    words = (_tr("Start"), _tr("Pause"), _tr("Resume"))
    widest = max(run.fontMetrics().horizontalAdvance(word) for word in words)
    run.setMinimumWidth(widest + ICON.width() + RUN_PADDING)  # what stands beside it must not move with its text
    window.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
    return bar


def dress(window: QMainWindow, bar: QToolBar, theme: Theme) -> None:
    """Gives menu bar and toolbar their colours."""
    bar.setStyleSheet(_toolbar_style(theme))
    window.menuBar().setStyleSheet(_menu_bar_style(theme))


def _menu_bar_style(theme: Theme) -> str:
    """Room around the words, on the same left edge as the toolbar's buttons."""
    hover = blend(theme.window, theme.text, 0.1).name()
    return (
        f"QMenuBar {{ padding: 2px {GRID}px; background: {theme.window.name()}; }}"
        f"QMenuBar::item {{ padding: 4px {GRID}px; border-radius: 4px; background: transparent; }}"
        f"QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {hover}; }}"
    )


def _toolbar_style(theme: Theme) -> str:
    """Flat and quiet, a switched-on button framed as well as coloured."""
    hover, pressed = (blend(theme.window, theme.text, share).name() for share in (0.08, 0.16))
    on = blend(theme.window, theme.accent, 0.22).name()
    accent, border = theme.accent.name(), theme.border.name()
    return (
        f"QToolBar {{ border: none; border-bottom: 1px solid {border}; padding: 3px 8px; spacing: 3px; }}"
        f"QToolBar::separator {{ background: {border}; width: 1px; margin: 6px 4px; }}"
        "QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 10px 4px 8px; }"
        f"QToolButton:hover {{ background: {hover}; }}"
        f"QToolButton:pressed {{ background: {pressed}; }}"
        f"QToolButton:checked {{ background: {on}; border-color: {accent}; }}"
        f"QToolButton:focus {{ border-color: {accent}; }}"
        f"#button_run {{ background: {hover}; border-color: {border}; }}"
        f"#button_run:hover, #button_run:focus {{ border-color: {accent}; }}"
    )


def _menu(window: QMainWindow, name: str, title: str) -> QMenu:
    menu = window.menuBar().addMenu(title)
    menu.setObjectName(f"menu_{name}")
    menu.setToolTipsVisible(False)
    return menu


def _keep_letters(window: QMainWindow) -> None:
    letters = _OwnLetters(window)
    for part in (window.menuBar(), *window.menuBar().findChildren(QMenu)):
        part.installEventFilter(letters)


def _submenu(menu: QMenu, name: str, title: str) -> QMenu:
    inner = menu.addMenu(title)
    inner.setObjectName(f"menu_{name}")
    return inner


def _sections(menu: QMenu, sections: list[list[QAction]]) -> None:
    for section in sections:
        if menu.actions():
            menu.addSeparator()
        menu.addActions(section)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Chrome", text)
