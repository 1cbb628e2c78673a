"""The main window: puts view, panels, menus and worker together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from racer_desktop.config import Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.chrome import build_menus, build_toolbar, dress
from racer_desktop.gui.circuit_actions import CircuitActions, is_circuit, leaving_circuit
from racer_desktop.gui.dialogs import ask_new_brain, show_failure
from racer_desktop.gui.documents import Documents
from racer_desktop.gui.exports import Exports
from racer_desktop.gui.help_control import HelpControl
from racer_desktop.gui.occasion_control import OccasionControl
from racer_desktop.gui.panels import Panels
from racer_desktop.gui.preferences import LAYOUT_VERSION, Preferences
from racer_desktop.gui.race_control import RaceControl
from racer_desktop.gui.session_port import Failure, OpenSession, Outcome, Wish
from racer_desktop.gui.status_bar import StatusBar
from racer_desktop.gui.theme import current_theme
from racer_desktop.gui.toolbox import Toolbox
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.view_control import ViewControl
from racer_desktop.gui.worker import SessionWorker, open_session
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.track import Track, TrackError
from racer_desktop.training import structure
from racer_desktop.training.checkpoint import SUFFIX
from racer_desktop.training.snapshot import Activity, Stats

CLOSE_GRACE_MS = 2500  # for what the worker is in when the window closes; see application.py for what takes longer
BEGIN_LATEST_MS = 700  # after the window was shown
RATE_PERIOD_MS = 500
TOLD_MS = 5000
LEAST_LIFE_S = 10.0  # a session that failed sooner than this is not started again

_TOLD_HERE = (Wish.NEW, Wish.CONFIGURE, Wish.NEW_TRACK, Wish.RESTORE_BEST)  # their failures, in a dialog
# The person may be at work elsewhere: the focus stays there.
_BY_THE_WAY = (Wish.MILESTONES, Wish.TELEMETRY, Wish.LEND_BRAIN)

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The window. The Session is loaded once the track is on the screen, in the worker's thread.

    Args:
        config: the settings to begin with.
        preferences: what was remembered from last time.
        opener: makes the Session, in the worker's thread.
        tracks: makes the track that is shown until the Session is there.

    Signals:
        session_ready: the car can be driven.
        closed: the window was closed and the worker asked to end.
    """

    session_ready = Signal()
    closed = Signal()

    def __init__(
        self,
        config: Config,
        preferences: Preferences,
        *,
        opener: OpenSession = open_session,
        tracks: Callable[[Config], Track] = chosen_track,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self._config, self._preferences, self._opener = config, preferences, opener
        self._file_to_open: Path | None = None
        self._built = self._begun = self._closing = False
        self._started_at = 0.0
        self.worker: SessionWorker | None = None
        theme = current_theme()
        self.view = TrackView(theme, top_speed=config.car.max_speed, tick=config.race.tick)
        self.setCentralWidget(self.view)
        self.actions_ = Actions(theme, self, self.view)
        self.panels = Panels(self, config, theme)
        menus = build_menus(self, self.actions_, self.panels.docks)
        self._toolbar = build_toolbar(self, self.actions_)
        dress(self, self._toolbar, theme)
        self.status = StatusBar(theme)
        self.setStatusBar(self.status)
        self.race = RaceControl(self.actions_, self.view, self)
        self.occasions = OccasionControl(self.actions_, self.view, theme, self)
        self.documents = Documents(self.actions_, menus, preferences, self)
        self.circuits = CircuitActions(self.actions_, menus.circuits, preferences, self)
        self.exports = Exports(self.actions_, self.view, self.panels, preferences, self)
        self._views = ViewControl(self.actions_, self.view, preferences, self)
        self._help = HelpControl(self.actions_, self)
        self.tools = Toolbox(self.actions_, menus, self.documents, self.view, theme, self)
        self.tools.begin_with(config)
        self._connect()
        self._built = True
        self._restore()
        self._take_config(config)
        try:
            self.view.set_track(tracks(config))
        except TrackError as error:  # the Session will refuse it too, and say so in a dialog
            _log.warning("the first track cannot be shown: %s", error)

    # The session.

    def open_file(self, path: Path) -> None:
        """Opens a file as soon as there is a Session."""
        if self.worker is None or not self.worker.is_ready:
            self._file_to_open = path
        else:
            self._open(path)

    def _open(self, path: Path) -> None:
        if is_circuit(path):
            self.circuits.open_path(path)
        else:
            self.documents.open_path(path)

    @Slot()
    def begin(self) -> None:
        """Starts the worker and fills the panels, once. Called when the track is on the screen."""
        if self._begun or self._closing:
            return
        self._begun = True
        self._begin_timer.stop()
        self._start_worker()
        QTimer.singleShot(0, self.panels.fill)

    def _start_worker(self) -> None:
        worker = SessionWorker(self._config, opener=self._opener, parent=self)
        worker.ready.connect(self._ready)
        worker.frame_ready.connect(self._show_frame)
        worker.stats_ready.connect(self._show_stats)
        worker.answered.connect(self._hear)
        worker.failed.connect(self._failed)
        self.worker = worker
        self._started_at = time.monotonic()
        self.race.attach(worker)
        self.occasions.attach(worker)
        self.documents.attach(worker)
        self.circuits.set_ready(False)
        self.exports.attach(worker)
        self.tools.attach(worker)
        worker.start()

    @Slot()
    def _ready(self) -> None:
        self.race.session_ready()
        self.occasions.session_ready()
        self.documents.set_ready(True)
        self.circuits.set_ready(True)
        self.tools.set_ready(True)
        self.session_ready.emit()
        if self._file_to_open is not None:
            path, self._file_to_open = self._file_to_open, None
            self._open(path)

    @Slot()
    def _show_frame(self) -> None:
        frame = self.worker.take_frame() if self.worker is not None else None
        if frame is not None:
            self.view.show_frame(frame)
            self.race.show_frame(frame)
            self.occasions.show_frame(frame)
            self.exports.show_frame(frame)
            self.panels.show_frame(frame)

    @Slot()
    def _show_stats(self) -> None:
        stats = self.worker.take_stats() if self.worker is not None else None
        if stats is not None:
            self.status.set_stats(stats)
            self.race.show_stats(stats)
            self.panels.set_stats(stats)
            self.documents.set_unsaved(stats.unsaved)
            self.tools.show_stats(stats)
            self._help.device = stats.device

    @Slot(object)
    def _hear(self, outcome: Outcome) -> None:
        self._take_config(outcome.config)
        self.documents.hear(outcome)
        self.race.hear(outcome)
        self.exports.hear(outcome)
        self.tools.hear(outcome)
        if outcome.error is not None and outcome.wish in _TOLD_HERE:
            show_failure(self, outcome.error)
        if outcome.wish not in _BY_THE_WAY and not self._closing:
            self.view.setFocus()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        worker, self.worker = self.worker, None
        self.race.attach(None)
        self.occasions.attach(None)
        self.documents.attach(None)
        self.circuits.set_ready(False)
        self.exports.attach(None)
        self.tools.attach(None)
        if worker is not None:
            worker.wait()
        if self._closing:
            return
        stopped = Stats(Activity.FAILED, message=failure.sentence)
        self.status.set_stats(stopped)
        self.race.show_stats(stopped)
        self.documents.set_unsaved(False)  # there is nothing left to save from
        sentence, again = failure.sentence, time.monotonic() - self._started_at > LEAST_LIFE_S
        if failure.rescued is not None:
            sentence += self.tr("\n\nThe state was saved to {0}.").format(failure.rescued)
        show_failure(self, sentence, failure.details)
        if failure.rescued is not None and again and not self._closing:  # it may have been told to while this was read
            self._config = failure.config
            self._file_to_open = failure.rescued
            self._start_worker()

    def _take_config(self, config: Config) -> None:
        self._config = config
        self.panels.set_config(config)
        self.documents.set_config(config)
        self.circuits.set_config(config)
        self.tools.set_config(config)
        self.race.set_track(config.track)
        self.view.tick = config.race.tick
        self.view.set_top_speed(config.car.max_speed)

    @Slot(object)
    def _configure(self, config: Config) -> None:
        config = leaving_circuit(self._config, config)
        begins_anew = self.race.stats.updates > 0 and structure.brain(config) != structure.brain(self._config)
        if self.worker is None or (begins_anew and not ask_new_brain(self)):
            self.panels.set_config(self._config)
            self.tools.history.decline()
            return
        self.worker.configure(config)

    @Slot(object)
    def _put_in_force(self, config: Config) -> None:
        """The same, where the person was told already what it costs."""
        if self.worker is not None:
            self.worker.configure(config)

    @Slot(int)
    def _change_track(self, seed: int) -> None:
        if self.worker is not None:
            self.worker.new_track(seed)

    # The window.

    def _connect(self) -> None:
        self.view.first_painted.connect(self.begin)
        self.race.seed_wanted.connect(self._change_track)
        self.panels.settings_changed.connect(self._configure)
        self.panels.edited.connect(self.view.setFocus)
        self.circuits.wanted.connect(self._configure)
        self.circuits.told.connect(self.view.announce)
        self.exports.told.connect(self._tell)
        self.documents.changed.connect(self._show_title)
        self.documents.told.connect(self._tell)
        self.tools.config_wanted.connect(self._configure)
        self.tools.config_agreed.connect(self._put_in_force)
        self.tools.told.connect(self._tell)
        self.actions_.quit.triggered.connect(self.close)
        self.actions_.reset_layout.triggered.connect(self._reset_layout)
        self._begin_timer = QTimer(self)
        self._begin_timer.setSingleShot(True)
        self._begin_timer.timeout.connect(self.begin)
        self._rate_timer = QTimer(self)
        self._rate_timer.timeout.connect(self._show_rate)
        self._rate_timer.start(RATE_PERIOD_MS)

    def _restore(self) -> None:
        self.resize(1280, 800)
        if self._preferences.geometry is not None:
            self.restoreGeometry(self._preferences.geometry)
        if self._preferences.layout is not None:
            self.restoreState(self._preferences.layout, LAYOUT_VERSION)
        self._show_title()
        self.view.setFocus()

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(self.tr("{0}[*] · Racer Desktop").format(self.documents.name))
        self.setWindowFilePath(str(self.documents.path or ""))
        self.setWindowModified(self.documents.unsaved)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self.status.showMessage(sentence, TOLD_MS)

    @Slot()
    def _show_rate(self) -> None:
        self.status.set_frames_per_s(self.view.frame_rate())

    @Slot()
    def _reset_layout(self) -> None:
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._toolbar)
        self._toolbar.show()
        self.panels.restore()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Begins soon even if nothing is painted, as on another virtual desktop."""
        super().showEvent(event)
        if not self._begun:
            self._begin_timer.start(BEGIN_LATEST_MS)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system from light to dark and back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._built:
            theme = current_theme()
            for part in (self.view, self.actions_, self.panels, self.status, self.occasions, self.tools):
                part.set_theme(theme)
            dress(self, self._toolbar, theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Takes one file that can be opened."""
        if _dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Opens the file that was dropped."""
        path = _dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Asks about unsaved work, then hides at once and lets the worker end by itself."""
        if not self._closing:
            event.ignore()
            self.documents.secure(self._close)
            return
        event.accept()

    @Slot()
    def close_now(self) -> None:
        """Closes without asking, as when the system ends the program."""
        if not self._closing:
            self._close()

    def _close(self) -> None:
        self._closing = True
        self._preferences.geometry = self.saveGeometry()
        self._preferences.layout = self.saveState(LAYOUT_VERSION)
        self._preferences.sync()
        self.hide()
        self._begin_timer.stop()
        self._rate_timer.stop()
        self.documents.close()
        self.exports.close()
        self.tools.close()
        if self.worker is not None:
            self.worker.stop()
            if not self.worker.wait(CLOSE_GRACE_MS):
                _log.warning("the worker is still busy while the window closes")
        self.close()
        self.closed.emit()


def _dropped_file(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() == SUFFIX or is_circuit(path) else None
