"""What File, Export does: a film, telemetry, the track and the charts, each to a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from racer_desktop.gui.actions import Actions
from racer_desktop.gui.camera import CameraMode
from racer_desktop.gui.charts_export import ExportError, picture, save_numbers, save_picture
from racer_desktop.gui.dialogs import show_failure
from racer_desktop.gui.export_video import VideoExport
from racer_desktop.gui.film import Film, Shot
from racer_desktop.gui.job import Job, Told
from racer_desktop.gui.panels import Panels
from racer_desktop.gui.preferences import Preferences
from racer_desktop.gui.recorder import Recorder
from racer_desktop.gui.session_port import Outcome, Wish
from racer_desktop.gui.theme import current_theme
from racer_desktop.gui.track_view import TrackView
from racer_desktop.gui.video_dialog import VideoDialog, VideoWish
from racer_desktop.gui.video_file import Kind, VideoError, encoder
from racer_desktop.gui.worker import SessionWorker
from racer_desktop.sim.circuits import CircuitError, write
from racer_desktop.training.snapshot import Frame

LEAST_FILM_S = 1.0
CLOSING_S = 2.0  # for work under way to leave off when the window closes


class Exports(QObject):
    """Records the race for films, and writes what the person asks for.

    Signals:
        told: a sentence for the status bar.
    """

    told = Signal(str)

    def __init__(
        self, actions: Actions, view: TrackView, panels: Panels, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._view, self._panels, self._preferences, self._window = view, panels, preferences, window
        self._worker: SessionWorker | None = None
        self._recorder = Recorder()
        self._telemetry_to: Path | None = None
        self._video: VideoExport | None = None
        self._jobs: list[Job] = []
        self._of_race = (actions.export_video, actions.export_telemetry, actions.export_track)
        self._of_charts = (actions.export_charts, actions.export_numbers)
        self._video_action = actions.export_video
        actions.export_video.triggered.connect(self._ask_video)
        actions.export_telemetry.triggered.connect(self._ask_telemetry)
        actions.export_track.triggered.connect(self._ask_track)
        actions.export_charts.triggered.connect(self._ask_charts)
        actions.export_numbers.triggered.connect(self._ask_numbers)
        for action in (*self._of_race, *self._of_charts):
            action.setEnabled(False)

    def attach(self, worker: SessionWorker | None) -> None:
        """Takes the worker to talk to; None while there is none."""
        self._worker = worker
        self._telemetry_to = None
        for action in self._of_race:
            action.setEnabled(False)

    def show_frame(self, frame: Frame) -> None:
        """Records each frame that arrives."""
        self._recorder.feed(frame)
        for action in (*self._of_race, *self._of_charts):
            action.setEnabled(action is not self._video_action or self._video is None)

    def hear(self, outcome: Outcome) -> None:
        """Takes the worker's answer."""
        path, self._telemetry_to = self._telemetry_to, None
        if outcome.wish is not Wish.TELEMETRY or outcome.telemetry is None or path is None:
            self._telemetry_to = path
            return
        columns = outcome.telemetry.columns()
        self._do(path, lambda told: path if save_numbers(columns, path, told) else None, ExportError)

    def close(self) -> None:
        """Leaves off what is under way."""
        if self._video is not None:
            self._video.close(CLOSING_S)
        for job in self._jobs:
            job.cancel()
            job.wait(CLOSING_S)

    # Film.

    @Slot()
    def _ask_video(self) -> None:
        tick = self._view.tick
        lap, recorded = self._recorder.newest_lap(), self._recorder.seconds(tick)
        if recorded < LEAST_FILM_S:
            show_failure(self._window, self.tr("Nothing is recorded yet: let the car drive for a moment."))
            return
        length = (lap[-1].tick - lap[0].tick) * tick if lap else None
        dialog = VideoDialog(length, recorded, self._view.camera_mode is CameraMode.FOLLOW, self._window)
        accepted, wish = bool(dialog.exec()), dialog.wish
        dialog.deleteLater()
        if not accepted:
            return
        try:
            if wish.kind is Kind.MP4:
                encoder()
        except VideoError as error:
            show_failure(self._window, str(error))
            return
        frames = lap if wish.seconds is None else self._recorder.last(wish.seconds, tick)
        title, kind = self.tr("Export Lap Video"), self.tr("Films (*{0})").format(wish.kind.value)
        path = self._choose(title, f"lap{wish.kind.value}", kind)
        if path is not None:
            self.film(frames, wish, path)

    def film(self, frames: list[Frame], wish: VideoWish, path: Path) -> None:
        """Writes a film of recorded frames."""
        theme = current_theme()
        shot = Shot(
            size=wish.size,
            pictures_per_s=wish.kind.pictures_per_s,
            tick=self._view.tick,
            top_speed=self._view.hud.top_speed,
            follow=wish.follow,
            theme=theme,
            layers=self._view.layers,
        )
        self._video = VideoExport(Film(frames, shot), path, wish.kind, wish.size, theme, self._window)
        self._video_action.setEnabled(False)
        self._video.done.connect(self._saved)
        self._video.ended.connect(self._film_ended)
        self._video.start()

    @Slot()
    def _film_ended(self) -> None:
        self._video = None

    # Numbers.

    @Slot()
    def _ask_telemetry(self) -> None:
        path = self._choose(self.tr("Export Telemetry"), "telemetry.csv", self.tr("CSV tables (*.csv)"))
        if path is not None and self._worker is not None:
            self._telemetry_to = path
            self._worker.ask_telemetry()

    @Slot()
    def _ask_track(self) -> None:
        frame = self._view.newest_frame
        path = self._choose(self.tr("Export Track"), "track.csv", self.tr("Circuits (*.csv)"))
        if path is not None and frame is not None:
            track = frame.track
            self._do(path, lambda told: write(path, track) or path, CircuitError)

    @Slot()
    def _ask_charts(self) -> None:
        panel = self._panels.up_to_date_charts()
        path = self._choose(self.tr("Export Charts"), "charts.png", self.tr("PNG pictures (*.png)"))
        if panel is not None and path is not None:
            image = picture(panel.sheet)
            self._do(path, lambda told: save_picture(image, path) or path, ExportError)

    @Slot()
    def _ask_numbers(self) -> None:
        panel = self._panels.up_to_date_charts()
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Export Charts"), str(self._folder))
        if panel is not None and folder:
            tables = {chart.source.key: chart.source.table() for chart in panel.charts if len(chart.source.series)}
            self._do(Path(folder), lambda told: _save_tables(tables, Path(folder), told), ExportError)

    # Common.

    @property
    def _folder(self) -> Path:
        return self._preferences.folder or Path.home()

    def _choose(self, title: str, name: str, kind: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(self._folder / name), kind)
        if not chosen:
            return None
        path = Path(chosen)
        self._preferences.folder = path.parent
        return path if path.suffix else path.with_suffix(Path(name).suffix)

    def _do(self, path: Path, work: Callable[[Told], Any], refusal: type[Exception]) -> None:
        job = Job(self.tr("Exporting {0}…").format(path.name), work, (refusal,), self._window)
        job.done.connect(self._saved)
        job.ended.connect(self._job_ended)
        self._jobs.append(job)
        job.start()

    @Slot(object)
    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.told.emit(self.tr("Saved {0}").format(path.name))

    @Slot()
    def _job_ended(self) -> None:
        self._jobs = [job for job in self._jobs if job is not self.sender()]


def _save_tables(tables: dict[str, Any], folder: Path, told: Told) -> Path | None:
    for number, (key, table) in enumerate(tables.items()):

        def part(share: float, number: int = number) -> bool:
            return told((number + share) / len(tables))

        if not save_numbers(table, folder / f"{key}.csv", part):
            return None
    return folder
