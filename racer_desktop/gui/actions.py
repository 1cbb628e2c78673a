"""Every action of the window: made in one place, each with text, shortcut, icon, tips and a stable name."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from racer_desktop.gui.icons import icon
from racer_desktop.gui.theme import Theme

PACES = (1, 2, 4)  # how many times as fast as the clock the race may run


class Actions(QObject):
    """The actions by name. Single keys work only while the track has the focus: elsewhere they are typing.

    Args:
        theme: the colours of the icons.
        window: gets the actions whose shortcuts work everywhere in it.
        track: gets those whose shortcuts work only with its focus.
    """

    def __init__(self, theme: Theme, window: QWidget, track: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window, self._track = theme, window, track
        self._icons: dict[QAction, str] = {}
        self._make_file_actions()
        self._make_drive_actions()
        self._make_training_actions()
        self._make_settings_actions()
        self._make_track_actions()
        self._make_view_actions()
        self._make_help_actions()

    def set_theme(self, theme: Theme) -> None:
        """Draws every icon in other colours."""
        self._theme = theme
        for action, name in self._icons.items():
            action.setIcon(icon(name, theme))

    def set_icon(self, action: QAction, name: str) -> None:
        """Gives an action another icon of the set."""
        if self._icons.get(action) != name:
            self._icons[action] = name
            action.setIcon(icon(name, self._theme))

    def set_tip(self, action: QAction, tip: str) -> None:
        """Says another thing about an action, in the status bar and beside the pointer."""
        action.setStatusTip(tip)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)

    @property
    def all(self) -> list[QAction]:
        """Every action, in the order in which they were made."""
        return list(self._icons)

    def _make_file_actions(self) -> None:
        keys = QKeySequence.StandardKey
        self.new = self._make("new", self.tr("&New"), self.tr("Begin again with a brain that knows nothing"), keys.New)
        self.open = self._make("open", self.tr("&Open…"), self.tr("Open a saved experiment"), keys.Open)
        self.clear_recent = self._make(
            "clear-recent", self.tr("&Clear List"), self.tr("Forget the recent files"), icon_name="recent"
        )
        self.save = self._make(
            "save", self.tr("&Save"), self.tr("Save the experiment with all it remembers"), keys.Save
        )
        self.save_as = self._make(
            "save-as", self.tr("Save &As…"), self.tr("Save the experiment to another file"), "Ctrl+Shift+S"
        )
        self.save_brain = self._make(
            "save-brain",
            self.tr("Save &Brain Only…"),
            self.tr("Save what was learned without the memory of the drives"),
        )
        self.import_circuit = self._make(
            "import-circuit", self.tr("&Import Circuit…"), self.tr("Drive on a circuit from a CSV file"), "Ctrl+I"
        )
        self.export_video = self._make(
            "export-video", self.tr("Lap &Video…"), self.tr("Save a lap as a film: GIF or MP4"), "Ctrl+E"
        )
        self.export_telemetry = self._make(
            "export-telemetry",
            self.tr("&Telemetry as CSV…"),
            self.tr("Save place, speed, controls, rays and reward of the last hour's drives on this track"),
        )
        self.export_track = self._make(
            "export-track",
            self.tr("T&rack as CSV…"),
            self.tr("Save this track as a circuit file"),
            icon_name="track",
        )
        self.export_charts = self._make(
            "export-charts",
            self.tr("Charts as &Picture…"),
            self.tr("Save all charts in one PNG picture"),
            icon_name="charts",
        )
        self.export_numbers = self._make(
            "export-numbers",
            self.tr("Charts as &CSV…"),
            self.tr("Save the numbers of every chart, a CSV file for each, to a folder"),
            icon_name="charts",
        )
        self.quit = self._make("quit", self.tr("&Quit"), self.tr("Close the program"), "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_drive_actions(self) -> None:
        self.control = self._make(
            "control", self.tr("AI / &Manual"), self.tr("Take the wheel, or give it back to the AI"),
            "Space", checkable=True, track_only=True,
        )  # fmt: skip
        self.reset = self._make(
            "reset", self.tr("&Reset Car"), self.tr("Put the car back to the start line"), "R", track_only=True
        )

        self.occasions = QActionGroup(self)
        self.watch = self._choice(
            self.occasions,
            "watch",
            self.tr("&Learn and Watch"),
            self.tr("Watch the car learn; ends a race"),
            "Esc",
        )
        self.free = self._choice(
            self.occasions, "free", self.tr("Drive &Freely"), self.tr("Drive while nothing is learned"), "Ctrl+D"
        )
        self.race = self._choice(
            self.occasions, "race", self.tr("R&ace"), self.tr("Race against the AI and the fastest lap"), "Ctrl+R"
        )
        self.watch.setChecked(True)
        self.race_again = self._make(
            "race-again", self.tr("Race A&gain"), self.tr("Begin the race again"), "Return", track_only=True
        )
        self.paces = QActionGroup(self)
        for pace in PACES:
            tip = self.tr("Let the race run {0} times as fast while the AI drives").format(pace)
            if pace == 1:
                tip = self.tr("Let the race run as fast as the clock")
            action = self._choice(self.paces, f"pace-{pace}", f"x&{pace}", tip, f"{pace}", icon_name="pace")
            action.setData(pace)
        self.paces.actions()[0].setChecked(True)

    def _make_training_actions(self) -> None:
        self.run = self._make(
            "run", self.tr("&Start"), self.tr("Let the car learn"), "P", icon_name="start", track_only=True
        )
        self.learn = self._make(
            "learn", self.tr("&Learn"), self.tr("Learn from the drives, or only drive with what was learned"),
            "L", checkable=True, track_only=True,
        )  # fmt: skip
        self.learn.setChecked(True)

        self.evaluate = self._make(
            "evaluate", self.tr("&Evaluate on Unseen Tracks…"), self.tr("See how the brain drives where it never was")
        )
        self.compare = self._make(
            "compare", self.tr("&Compare Brains…"), self.tr("Let several brains drive the same unseen tracks")
        )
        self.restore_best = self._make(
            "restore-best",
            self.tr("Restore &Best Brain"),
            self.tr("Go on from the brain that drove best on the validation tracks"),
            icon_name="milestones",
        )

    def _make_settings_actions(self) -> None:
        keys = QKeySequence.StandardKey
        self.undo = self._make("undo", self.tr("&Undo Setting"), self.tr("Take the last change back"), keys.Undo)
        self.redo = self._make(
            "redo", self.tr("Re&do Setting"), self.tr("Make the change again that was taken back"), "Ctrl+Shift+Z"
        )
        self.reset_settings = self._make(
            "reset-settings",
            self.tr("Reset &All Settings"),
            self.tr("Set every setting to its default"),
            icon_name="reset",
        )
        self.save_preset = self._make(
            "save-preset",
            self.tr("&Save Settings as Preset…"),
            self.tr("Keep the present settings under a name"),
            icon_name="save",
        )
        self.manage_presets = self._make(
            "manage-presets",
            self.tr("&Manage Presets…"),
            self.tr("Rename and delete your own presets"),
            icon_name="settings",
        )

    def _make_track_actions(self) -> None:
        self.new_track = self._make("new-track", self.tr("&New Track"), self.tr("Drive on another track"), "Ctrl+T")
        self.seed = self._make(
            "seed", self.tr("&Choose by Number…"), self.tr("Choose a track by its number"), "Ctrl+Shift+T"
        )

    def _make_view_actions(self) -> None:
        keys = QKeySequence.StandardKey
        self.fleet = self._view_switch(
            "fleet", self.tr("&Fleet"), self.tr("Show the cars that collect experience"), "G"
        )
        self.rays = self._view_switch("rays", self.tr("&Rays"), self.tr("Show what the car sees"))
        self.trail = self._view_switch(
            "trail", self.tr("&Trail"), self.tr("Show where the car drove, coloured by speed")
        )
        self.fastest_line = self._view_switch(
            "fastest-line", self.tr("Fa&stest Line"), self.tr("Show the fastest possible line")
        )
        self.crash_map = self._view_switch(
            "crash-map", self.tr("&Crash Map"), self.tr("Show where cars crashed lately")
        )
        self.speed_map = self._view_switch(
            "speed-map", self.tr("Spee&d Map"), self.tr("Colour the track by how fast the car was there")
        )
        self.value_map = self._view_switch(
            "value-map",
            self.tr("&Value Map"),
            self.tr("Colour the track by what the brain expects from there"),
        )
        self.maps = (self.speed_map, self.value_map)  # at most one at a time; no group, which would look like a choice
        self.latent = self._view_switch("latent", self.tr("&Latent State"), self.tr("Show what the car has in mind"))
        self.follow = self._view_switch("follow", self.tr("F&ollow Car"), self.tr("Keep the car in the middle"), "F")
        self.fit = self._make("fit", self.tr("&Whole Track"), self.tr("Show the whole track"), "0", track_only=True)
        self.zoom_in = self._make("zoom-in", self.tr("Zoom &In"), self.tr("See the track from nearer"), keys.ZoomIn)
        self.zoom_out = self._make(
            "zoom-out", self.tr("Zoom O&ut"), self.tr("See the track from farther"), keys.ZoomOut
        )
        self.full_screen = self._make(
            "full-screen", self.tr("Full Scree&n"), self.tr("Fill the screen with the window"), "F11", checkable=True
        )
        self.reset_layout = self._make(
            "reset-layout",
            self.tr("R&eset Layout"),
            self.tr("Put the panels back where they were at first"),
            icon_name="layout",
        )
        self.appearances = QActionGroup(self)
        for name, text in (
            ("system", self.tr("As the &System")), ("light", self.tr("&Light")), ("dark", self.tr("&Dark")),
        ):  # fmt: skip
            action = self._make(
                f"appearance-{name}",
                text,
                self.tr("Choose light or dark colours"),
                checkable=True,
                icon_name="appearance",
            )
            action.setData(name)
            self.appearances.addAction(action)

    def _make_help_actions(self) -> None:
        tip = self.tr("Read it in the program")
        self.guide = self._make(
            "guide", self.tr("&Beginner's Guide"), tip, QKeySequence.StandardKey.HelpContents, icon_name="book"
        )
        self.welcome = self._make(
            "welcome", self.tr("&Welcome"), self.tr("Show the three ways to begin"), icon_name="help"
        )
        self.architecture = self._make("architecture", self.tr("&Architecture"), tip, icon_name="book")
        self.configuration = self._make("configuration", self.tr("&Configuration"), tip, icon_name="book")
        self.operations = self._make("operations", self.tr("&Operations"), tip, icon_name="book")
        self.keyboard = self._make("keyboard", self.tr("&Keyboard Map"), self.tr("Which key does what"))
        self.files = self._make("files", self.tr("&File Formats"), tip, icon_name="book")
        self.log = self._make("log", self.tr("&Log"), self.tr("See what the program wrote down about itself"))
        self.about = self._make(
            "about", self.tr("Abou&t Racer Desktop"), self.tr("Versions and licence"), icon_name="info"
        )
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _view_switch(self, name: str, text: str, tip: str, key: str = "") -> QAction:
        return self._make(name, text, tip, key, checkable=True, track_only=bool(key))

    def _choice(self, group: QActionGroup, name: str, text: str, tip: str, key: str, *, icon_name: str = "") -> QAction:
        """One of several, of which one is always chosen."""
        action = self._make(name, text, tip, key, icon_name=icon_name, checkable=True, track_only="+" not in key)
        group.addAction(action)
        return action

    def _make(
        self,
        name: str,
        text: str,
        tip: str,
        shortcut: QKeySequence.StandardKey | str = "",
        *,
        icon_name: str = "",
        checkable: bool = False,
        track_only: bool = False,
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"action_{name.replace('-', '_')}")
        action.setCheckable(checkable)
        action.setIconVisibleInMenu(not checkable)  # there the check mark has the icon's place
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        self.set_tip(action, tip)
        if track_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setAutoRepeat(False)
        (self._track if track_only else self._window).addAction(action)
        self.set_icon(action, icon_name or name)
        return action
