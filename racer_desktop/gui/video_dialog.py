"""Asks which film of the race is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from racer_desktop.gui.panel_parts import words
from racer_desktop.gui.theme import GRID
from racer_desktop.gui.video_file import Kind

LENGTHS = (10.0, 30.0, 60.0)  # s before now
SIZES = ((640, 400), (960, 600), (1280, 800), (1920, 1200))


@dataclass(frozen=True)
class VideoWish:
    """What the person wants.

    Attributes:
        seconds: the newest so many; None for the newest complete lap.
        kind: of file.
        size: width and height, pixels.
        follow: whether the camera follows the car.
    """

    seconds: float | None
    kind: Kind
    size: tuple[int, int]
    follow: bool


class VideoDialog(QDialog):
    """What to film, in which format and size.

    Args:
        lap: length of the newest complete lap that was recorded, s; None without one.
        recorded: seconds recorded.
        follow: whether the window's camera follows the car now.
        parent: the window that it belongs to.
    """

    def __init__(self, lap: float | None, recorded: float, follow: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("video_dialog")
        self.setWindowTitle(self.tr("Export Lap Video"))
        self._lap, self._recorded = lap, recorded
        self._what, self._format = QComboBox(), QComboBox()
        self._size, self._camera = QComboBox(), QComboBox()
        if lap is not None:
            self._what.addItem(self.tr("Newest complete lap ({0} s)").format(f"{lap:.1f}"), None)
        for seconds in LENGTHS:
            if seconds < recorded:
                self._what.addItem(self.tr("Last {0} s").format(f"{seconds:.0f}"), seconds)
        self._what.addItem(self.tr("All that is recorded ({0} s)").format(f"{recorded:.0f}"), recorded)
        self._format.addItem(self.tr("MP4: small, plays everywhere"), Kind.MP4)
        self._format.addItem(self.tr("GIF: for web pages and chats"), Kind.GIF)
        for size in SIZES:
            self._size.addItem(self.tr("{0} x {1} pixels").format(*size), size)
        self._camera.addItem(self.tr("Whole track"), False)
        self._camera.addItem(self.tr("Follows the car"), True)
        self._camera.setCurrentIndex(int(follow))
        form = QFormLayout()
        form.setSpacing(GRID)
        for label, box, name in (
            (self.tr("&Film"), self._what, "video_what"), (self.tr("F&ormat"), self._format, "video_format"),
            (self.tr("&Size"), self._size, "video_size"), (self.tr("&Camera"), self._camera, "video_camera"),
        ):  # fmt: skip
            box.setObjectName(name)
            box.setMinimumWidth(30 * GRID)
            caption = QLabel(label)
            caption.setBuddy(box)
            box.setAccessibleName(label.replace("&", ""))
            form.addRow(caption, box)
        note = words()
        note.setText(
            self.tr("Rays, trail, fleet and latent state are in the film if they are switched on in the View menu.")
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save = buttons.addButton(self.tr("&Export…"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("video_export")
        save.setDefault(True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(buttons)
        self._format.currentIndexChanged.connect(self._suggest_size)
        self._suggest_size()

    @property
    def wish(self) -> VideoWish:
        """What is chosen."""
        size = self._size.currentData()
        return VideoWish(
            seconds=self._what.currentData(),
            kind=self._format.currentData(),
            size=(int(size[0]), int(size[1])),
            follow=bool(self._camera.currentData()),
        )

    @Slot()
    def _suggest_size(self) -> None:
        self._size.setCurrentIndex(0 if self._format.currentData() is Kind.GIF else 2)
