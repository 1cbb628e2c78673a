"""What stands beside the race: settings taken back, presets, trials of brains, the welcome. One face to the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from racer_desktop.config import Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.chrome import Menus
from racer_desktop.gui.documents import Documents
from racer_desktop.gui.preset_control import PresetControl
from racer_desktop.gui.session_port import Outcome
from racer_desktop.gui.settings_history import SettingsHistory
from racer_desktop.gui.theme import Theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.trial_control import TrialControl
from racer_desktop.gui.welcome_card import WelcomeCard
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.snapshot import Mode, Stats


class Toolbox(QObject):
    """Hands on what the window hears, and what the person wants.

    Attributes:
        history, presets, trials, welcome: the tools.

    Signals:
        config_wanted: a Config that the person wants in force.
        config_agreed: the same, and the person knows what it costs.
        told: a sentence for the status bar.
    """

    config_wanted = Signal(object)
    config_agreed = Signal(object)
    told = Signal(str)

    def __init__(
        self, actions: Actions, menus: Menus, documents: Documents, view: TrackView, theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._documents, self._guide, self._view = documents, actions.guide, view
        self._worker: SessionWorker | None = None
        self._config = Config()
        self._from_nothing: Config | None = None
        self.history = SettingsHistory(actions, self._config, self)
        self.presets = PresetControl(actions, menus.presets, window)
        self.trials = TrialControl(actions, window)
        self.welcome = WelcomeCard(view, theme)
        self.history.wanted.connect(self.config_wanted)
        self.presets.wanted.connect(self._apply)
        self.presets.told.connect(self.told)
        self.trials.told.connect(self.told)
        self.welcome.learn_wanted.connect(self._learn)
        self.welcome.drive_wanted.connect(self._drive)
        self.welcome.guide_wanted.connect(self._guide.trigger)
        self.welcome.closed.connect(self._clear_view)
        actions.welcome.triggered.connect(self._show_welcome)
        # Who begins by toolbar or menu has found a way without the card.
        for begun in (actions.run, actions.control, actions.free, actions.race, actions.new_track, actions.open):
            begun.triggered.connect(self.welcome.put_away)
        self.set_ready(False)

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        self.trials.attach(worker)
        self.set_ready(False)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a Session."""
        for tool in (self.history, self.presets, self.trials):
            tool.set_ready(ready)

    def set_config(self, config: Config) -> None:
        """The settings in force."""
        self._config = config
        self.presets.set_config(config)
        self.trials.set_config(config)

    def begin_with(self, config: Config) -> None:
        """The settings that the window began with."""
        self.history.start_from(config)
        self.set_config(config)

    def show_stats(self, stats: Stats) -> None:
        """The learner's newest numbers."""
        self.presets.set_learned(stats.updates > 0)

    def hear(self, outcome: Outcome) -> None:
        """Takes the worker's answer to a request."""
        self.history.hear(outcome)
        self.trials.hear(outcome)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.welcome.set_theme(theme)

    def greet(self, *, trained: bool) -> None:
        """Shows the card for the first time; `trained` if the shipped driver is on its way to the track.

        Whoever then wants to see a car learn from nothing gets the settings of now, not the shipped driver's.
        """
        self._from_nothing = self._config
        self.welcome.set_driver(trained=trained)
        self._show_welcome()

    def close(self) -> None:
        """The window is about to go."""
        self.trials.close()

    @Slot(object, str)
    def _apply(self, config: Config, title: str) -> None:
        self.history.name_next(title)
        self.config_agreed.emit(config)

    @Slot()
    def _show_welcome(self) -> None:
        self._view.hud.show_hint = False
        self.welcome.open_up()

    @Slot()
    def _clear_view(self) -> None:
        self._view.hud.show_hint = True

    @Slot()
    def _learn(self) -> None:
        self._documents.secure(self._begin_from_nothing)

    def _begin_from_nothing(self) -> None:
        if self._worker is not None:
            config, self._from_nothing = self._from_nothing or self._config, None
            self._worker.new_experiment(config)
            self._worker.set_mode(Mode.AI)
            self._worker.start_learning()
            self.welcome.set_driver(trained=False)

    @Slot()
    def _drive(self) -> None:
        if self._worker is not None:
            self._worker.set_mode(Mode.MANUAL)
