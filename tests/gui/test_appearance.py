"""What is open when the appearance changes looks as if it had been opened in the new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from racer_desktop.gui.appearance import Appearance, apply_appearance
from racer_desktop.gui.compare_dialog import CompareDialog
from racer_desktop.gui.evaluate_dialog import EvaluateDialog
from racer_desktop.gui.help_window import HelpWindow
from racer_desktop.gui.log_window import LogWindow
from racer_desktop.gui.main_window import MainWindow
from racer_desktop.gui.preset_dialogs import PresetsDialog
from racer_desktop.gui.presets import PresetShelf
from racer_desktop.gui.trial_dialog import TrialDialog
from racer_desktop.gui.video_dialog import VideoDialog
from tests.fake_judge import FakeJudge

OTHER = {Appearance.DARK: Appearance.LIGHT, Appearance.LIGHT: Appearance.DARK}
SETTLE_MS = 60
SEEN = 24  # of 255: a difference in a pixel that counts
MOST = 40  # pixels: a blinking cursor


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Callable[[Appearance], None]]:
    """Chooses one; everything is as before afterwards."""
    before = qapp.palette()
    yield apply_appearance
    qapp.setPalette(before)


def tried(dialog: TrialDialog) -> TrialDialog:
    """The dialog after its trial."""
    dialog.begin_wanted.connect(lambda: dialog.begin(Path("mine.racer")))
    dialog._go.click()
    while dialog.running:
        QTest.qWait(20)
    return dialog


def refusing() -> PresetsDialog:
    """The dialog with something to say."""
    dialog = PresetsDialog(PresetShelf(Path("nowhere.json")))
    dialog._problem.setText("This name cannot be used.")
    dialog._problem.show()
    return dialog


PARTS: dict[str, Callable[[], QWidget]] = {
    "evaluate": lambda: tried(EvaluateDialog(judge=FakeJudge())),
    "compare": lambda: tried(CompareDialog(judge=FakeJudge())),
    "help": HelpWindow,
    "log": lambda: LogWindow(Path(__file__)),
    "presets": refusing,
    "video": lambda: VideoDialog(30.0, 60.0, follow=False),
}


@pytest.mark.parametrize("wanted", OTHER, ids=lambda choice: choice.value)
@pytest.mark.parametrize("name", PARTS)
def test_windows_and_dialogs_follow(
    qtbot: QtBot, appearance: Callable[[Appearance], None], name: str, wanted: Appearance
) -> None:
    pictures = []
    for first in (wanted, OTHER[wanted]):
        appearance(first)
        part = PARTS[name]()
        qtbot.addWidget(part)
        part.show()
        settled(part)
        appearance(wanted)
        pictures.append(settled(part))
        part.close()
    assert difference(*pictures) <= MOST


@pytest.mark.parametrize("wanted", OTHER, ids=lambda choice: choice.value)
def test_the_window_follows(
    qtbot: QtBot,
    make_window: Callable[[], MainWindow],
    appearance: Callable[[Appearance], None],
    wanted: Appearance,
) -> None:
    pictures: dict[str, list[QImage]] = {}
    for first in (wanted, OTHER[wanted]):
        appearance(first)
        window = make_window()
        qtbot.waitUntil(lambda window=window: window.panels._charts is not None)
        window.tools.welcome.open_up()
        docks = window.panels.docks
        for dock in docks:
            dock.raise_()
            settled(dock)
        appearance(wanted)
        for part in (*docks, window.menuBar(), window._toolbar, window.tools.welcome):
            if part in docks:
                part.raise_()
            pictures.setdefault(part.objectName(), []).append(settled(part))
        window.close()
    assert len(pictures) == 6
    assert {name: difference(*both) for name, both in pictures.items() if difference(*both) > MOST} == {}


def settled(part: QWidget) -> QImage:
    """The picture of a part that has come to rest."""
    image = part.grab().toImage()
    for _ in range(20):
        QTest.qWait(SETTLE_MS)
        before, image = image, part.grab().toImage()
        if image == before:
            break
    return image


def difference(one: QImage, other: QImage) -> int:
    """Pixels in which two pictures differ so much that one sees it."""
    assert one.size() == other.size()
    first, second = (pixels(image) for image in (one, other))
    return int((np.abs(first - second).max(axis=2) > SEEN).sum())


def pixels(image: QImage) -> np.ndarray:
    """[height, width, 3] from 0 to 255."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].astype(int)
