"""Circuits in the window: imported from a file, chosen from those that are shipped, left again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from racer_desktop import paths
from racer_desktop.config import Circuit, Config
from racer_desktop.gui.actions import Actions
from racer_desktop.gui.job import Job
from racer_desktop.gui.preferences import Preferences
from racer_desktop.sim.circuits import SUFFIX, CircuitError, opened, track_of


class CircuitActions(QObject):
    """What File, Import Circuit and Track, Circuits do.

    Signals:
        wanted: a Config with the circuit that the person chose.
        told: a sentence about it for the view.
    """

    wanted = Signal(object)
    told = Signal(str)

    def __init__(self, actions: Actions, menu: QMenu, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._actions, self._menu, self._preferences, self._window = actions, menu, preferences, window
        self._config = Config()
        actions.import_circuit.triggered.connect(self._ask)
        self._fill()

    def set_ready(self, ready: bool) -> None:
        """Whether there is a Session that a circuit can be given to."""
        self._actions.import_circuit.setEnabled(ready)
        self._menu.setEnabled(ready)

    def set_config(self, config: Config) -> None:
        """The settings in force."""
        self._config = config
        name = config.circuit.name if config.circuit is not None else None
        for action in self._menu.actions():
            action.setChecked(Path(action.data()).stem == name)

    def open_path(self, path: Path) -> None:
        """Reads a circuit file, in a thread, and asks for its circuit; says what is wrong if it cannot be driven."""
        half_width = self._config.track.half_width
        job = Job(
            self.tr("Reading {0}…").format(path.name),
            lambda told: (path, *opened(path, half_width=half_width)),
            (CircuitError,),
            self._window,
        )
        job.done.connect(self._opened)
        job.start()

    @Slot()
    def _ask(self) -> None:
        folder = self._preferences.folder or Path.home()
        kind = self.tr("Circuits (*{0})").format(SUFFIX)
        title = self.tr("Import Circuit")
        name, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), f"{kind};;{self.tr('All files (*)')}")
        if name:
            self._preferences.folder = Path(name).parent
            self.open_path(Path(name))

    @Slot(object)
    def _opened(self, result: tuple[Path, Circuit, str]) -> None:
        path, circuit, remark = result
        self.wanted.emit(self._config.on(circuit))
        length = float(track_of(circuit).length)
        self.told.emit(self.tr("{0}: {1} km").format(circuit.name, f"{length / 1000:.2f}"))
        if remark:
            note = QMessageBox(self._window)
            note.setObjectName("circuit_remark")
            note.setWindowTitle(self.tr("Racer Desktop"))
            note.setIcon(QMessageBox.Icon.Information)
            note.setText(f"{path.name}: {remark}")
            note.exec()

    def _fill(self) -> None:
        for path in sorted(paths.resource("circuits").glob(f"*{SUFFIX}")):
            action = self._menu.addAction(path.stem)
            action.setObjectName(f"action_circuit_{path.stem.lower().replace(' ', '_')}")
            action.setData(str(path))
            action.setCheckable(True)
            action.setStatusTip(self.tr("Drive on this circuit"))
            action.triggered.connect(self._open_entry)

    @Slot()
    def _open_entry(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.set_config(self._config)  # what is checked is what is driven, not what was clicked
            self.open_path(Path(action.data()))


def is_circuit(path: Path) -> bool:
    """Whether a file is a circuit by its name."""
    return path.suffix.lower() == SUFFIX


def leaving_circuit(before: Config, after: Config) -> Config:
    """Settings edited from `before`; who edits the seed wants the generated track and leaves the circuit."""
    return after.on(None) if after.track.seed != before.track.seed else after
