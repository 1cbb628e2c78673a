"""What the race on the screen is for: learning and watching, free driving, a race; and how fast its clock runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.race_card import RaceCard
from racer_desktop.gui.theme import Theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.training.contest import Phase
from racer_desktop.training.snapshot import Frame, Mode, Occasion


class OccasionControl(QObject):
    """Connects the actions for occasions and pace with the worker, and keeps them looking as the Session says."""

    def __init__(self, actions: Actions, view: TrackView, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self._view = actions, view
        self._worker: SessionWorker | None = None
        self._occasion = Occasion.WATCH
        self._phase: Phase | None = None  # of the race in the newest frame
        self.card = RaceCard(theme, view)
        self.card.again.connect(self._race)
        self.card.leave.connect(self._leave)
        self._choices = {
            actions.watch: Occasion.WATCH, actions.free: Occasion.FREE, actions.race: Occasion.RACE,
        }  # fmt: skip
        actions.occasions.triggered.connect(self._choose)
        actions.race_again.triggered.connect(self._race)
        actions.paces.triggered.connect(self._choose_pace)
        actions.value_map.toggled.connect(self._want_values)
        self._show(None)

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        self._occasion, self._phase = Occasion.WATCH, None
        self.card.show_contest(None, None)
        self._set_pace(1)
        self._show(None)

    def session_ready(self) -> None:
        """The Session exists: everything can be used now."""
        if self._worker is not None and self._actions.value_map.isChecked():
            self._worker.set_values(True)
        self._show(None)

    def show_frame(self, frame: Frame) -> None:
        """Follows what the frames say."""
        phase = None if frame.contest is None else frame.contest.phase
        another = frame.occasion is not self._occasion
        again = phase is Phase.LIGHTS and self._phase in (Phase.RUNNING, Phase.FINISHED)
        self._occasion, self._phase = frame.occasion, phase
        if another:
            self._show(frame)
        if another or again:
            self._announce(frame)
        if frame.mode is Mode.MANUAL and self._view.pace != 1:
            self._set_pace(1)
            self._view.announce(self.tr("You drive: the clock runs at its usual pace again."))
        if self._actions.paces.isEnabled() is not (may := self._may_hurry(frame)):
            self._actions.paces.setEnabled(may)
        self.card.show_contest(frame.contest, frame.fastest)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.card.set_theme(theme)

    @property
    def occasion(self) -> Occasion:
        """The present one, as the newest frame said."""
        return self._occasion

    def _show(self, frame: Frame | None) -> None:
        ready = self._worker is not None and self._worker.is_ready
        for action, occasion in self._choices.items():
            action.setEnabled(ready)
            action.setChecked(occasion is self._occasion)
        racing = self._occasion is Occasion.RACE
        self._actions.race_again.setEnabled(ready and racing)
        self._actions.paces.setEnabled(self._may_hurry(frame))
        self._actions.control.setEnabled(ready and not racing)
        self._actions.learn.setEnabled(ready and self._occasion is not Occasion.FREE)

    def _may_hurry(self, frame: Frame | None) -> bool:
        return (
            self._worker is not None
            and self._worker.is_ready
            and self._occasion is not Occasion.RACE
            and (frame is None or frame.mode is Mode.AI)
        )

    def _announce(self, frame: Frame) -> None:
        if frame.occasion is Occasion.FREE:
            text = self.tr("You drive freely: nothing is learned. Esc goes back.")
        elif frame.contest is not None:
            laps = frame.contest.laps
            length = self.tr("Race over one lap") if laps == 1 else self.tr("Race over {0} laps").format(laps)
            text = self.tr("{0}: go when the lights go out. Esc leaves.").format(length)
        elif frame.mode is Mode.AI:
            text = self.tr("The AI is at the wheel again.")
        else:
            text = self.tr("Learning and watching. You have the wheel; Space gives it to the AI.")
        self._view.announce(text)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._ask(self._choices[action])

    @Slot()
    def _race(self) -> None:
        self._ask(Occasion.RACE)

    @Slot()
    def _leave(self) -> None:
        self._ask(Occasion.WATCH)

    def _ask(self, occasion: Occasion) -> None:
        if self._worker is None:
            return
        if occasion is not Occasion.WATCH:
            self._set_pace(1)
        self._worker.set_occasion(occasion)
        self._view.setFocus()

    @Slot(QAction)
    def _choose_pace(self, action: QAction) -> None:
        self._set_pace(int(action.data()))
        self._view.setFocus()

    def _set_pace(self, pace: int) -> None:
        self._view.pace = pace
        for action in self._actions.paces.actions():
            action.setChecked(action.data() == pace)
        if self._worker is not None:
            self._worker.set_pace(pace)

    @Slot(bool)
    def _want_values(self, on: bool) -> None:
        if self._worker is not None:
            self._worker.set_values(on)
