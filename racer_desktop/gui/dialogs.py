"""The dialogs that ask or tell one thing."""

from __future__ import annotations

import enum
import platform
from importlib import metadata

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from racer_desktop import __version__
from racer_desktop.gui.icons import app_icon
from racer_desktop.gui.theme import GRID


class Answer(enum.Enum):
    """What to do with unsaved work."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class FailureDialog(QDialog):
    """Says in plain words what went wrong; the details can be seen and copied.

    Args:
        sentence: what happened and what to do.
        details: the traceback or other words for a report.
        parent: the window that it belongs to.
    """

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failure_dialog")
        self.setWindowTitle(self.tr("Racer Desktop"))
        self._details = details
        mark = QLabel()
        size = 4 * GRID
        mark.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(size, size))
        words = QLabel(sentence)
        words.setObjectName("failure_sentence")
        words.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may look like HTML
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setMinimumWidth(50 * GRID)
        top = QHBoxLayout()
        top.setSpacing(2 * GRID)
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(words, 1)
        text = QPlainTextEdit(details)
        text.setAccessibleName(self.tr("Details"))
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setVisible(bool(details))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # the system's may be dark on dark
        copy = buttons.addButton(self.tr("Co&py Details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setVisible(bool(details))
        copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(top)
        layout.addWidget(text)
        layout.addWidget(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)


def show_failure(parent: QWidget | None, sentence: str, details: str = "") -> None:
    """Tells about a failure and waits until it was read."""
    dialog = FailureDialog(sentence, details, parent)
    dialog.exec()
    dialog.deleteLater()  # a question asked is not kept for as long as the window lives


def ask_to_save(parent: QWidget, name: str) -> Answer:
    """Asks what to do with unsaved work before it would be lost."""
    box = QMessageBox(parent)
    box.setObjectName("ask_to_save")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Racer Desktop"))
    box.setText(_tr("Save what was learned to “{0}”?").format(name))
    box.setInformativeText(_tr("Otherwise everything since the last save is lost."))
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    answers = {button.Save: Answer.SAVE, button.Discard: Answer.DISCARD}
    answer = answers.get(button(box.exec()), Answer.CANCEL)
    box.deleteLater()
    return answer


def ask_new_brain(parent: QWidget) -> bool:
    """Asks whether a change may cost what was learned."""
    box = QMessageBox(parent)
    box.setObjectName("ask_new_brain")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Racer Desktop"))
    box.setText(_tr("This change needs a new brain."))
    box.setInformativeText(_tr("What the present one has learned and not saved is lost."))
    proceed = box.addButton(_tr("Begin With a &New Brain"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is proceed


def ask_seed(parent: QWidget, present: int, low: int, high: int) -> int | None:
    """Asks for the number of a track; None if the person thought better of it."""
    dialog = QInputDialog(parent)
    dialog.setObjectName("ask_seed")
    dialog.setWindowTitle(_tr("Track"))
    dialog.setLabelText(_tr("Number of the track. The same number gives the same track everywhere."))
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(low, high)
    dialog.setIntValue(present)
    chosen = dialog.intValue() if dialog.exec() else None
    dialog.deleteLater()
    return chosen


def show_about(parent: QWidget, device: str) -> None:
    """Tells what this program is and which versions it runs with."""
    versions = ", ".join(
        [f"Python {platform.python_version()}", f"JAX {metadata.version('jax')}", f"Qt (PySide6) {pyside_version}"]
    )
    box = QMessageBox(parent)
    box.setObjectName("about")
    box.setWindowTitle(_tr("About Racer Desktop"))
    box.setIconPixmap(app_icon().pixmap(8 * GRID, 8 * GRID))
    box.setText(_tr("<b>Racer Desktop {0}</b>").format(__version__))
    box.setInformativeText(
        _tr("A car that knows nothing teaches itself to race, live.")
        + f"\n\n{versions}\n"
        + _tr("Learns on: {0}").format(device)
        + "\n\n"
        + _tr("MIT licence. Qt is used under the LGPL.")
    )
    box.exec()
    box.deleteLater()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
