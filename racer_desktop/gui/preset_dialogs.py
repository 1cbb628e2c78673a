"""The dialogs about presets: what one would change, and the person's own ones renamed and deleted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from racer_desktop.config import Config
from racer_desktop.configuration_guide import value_text
from racer_desktop.gui.panel_parts import colour_words, words
from racer_desktop.gui.presets import PresetError, PresetShelf
from racer_desktop.gui.settings_history import differences
from racer_desktop.gui.theme import GRID, current_theme

_LISTED = 12  # changes named before "and more"


def ask_change(parent: QWidget, title: str, before: Config, after: Config, *, learned: bool) -> bool:
    """Says what a change of many settings does and costs, and asks whether to go on."""
    changed = [
        f"{section.capitalize()}: {about.name}  {value_text(old, about.unit)} \N{RIGHTWARDS ARROW} "
        f"{value_text(new, about.unit)}"
        for section, about, old, new in differences(before, after)
    ]
    more = len(changed) - _LISTED
    if more > 1:
        changed = [*changed[:_LISTED], _tr("and {0} more").format(more)]
    box = QMessageBox(parent)
    box.setObjectName("ask_change")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Racer Desktop"))
    box.setText(_tr("{0} needs a new brain.").format(title))
    cost = _tr("What the present one has learned and not saved is lost.") if learned else ""
    box.setInformativeText("\n".join([*([cost, ""] if cost else []), *changed]))
    proceed = box.addButton(_tr("Begin With a &New Brain"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is proceed


class PresetsDialog(QDialog):
    """The person's own presets: a name is changed in its place, F2 or a double click; Delete forgets one."""

    def __init__(self, shelf: PresetShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presets_dialog")
        self.setWindowTitle(self.tr("Presets"))
        self._shelf = shelf
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Your presets"))
        self._list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self._list.setMinimumSize(40 * GRID, 22 * GRID)
        label = QLabel(self.tr("Your &presets"))
        label.setBuddy(self._list)
        self._rename = QPushButton(self.tr("&Rename"))
        self._delete = QPushButton(self.tr("&Delete"))
        self._problem = words()
        self._problem.hide()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        close.rejected.connect(self.reject)
        side = QVBoxLayout()
        side.addWidget(self._rename)
        side.addWidget(self._delete)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self._list, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(label)
        column.addLayout(middle, 1)
        column.addWidget(self._problem)
        column.addWidget(close)
        self._rename.clicked.connect(self._edit)
        self._delete.clicked.connect(self._forget)
        self._list.itemChanged.connect(self._renamed)
        self._list.currentItemChanged.connect(self._choose)
        colour_words(current_theme().crash, self._problem)
        self._fill()
        self._list.setFocus()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follows the system's palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            colour_words(current_theme().crash, self._problem)

    def _fill(self) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for preset in self._shelf.own:
            item = QListWidgetItem(preset.name)
            item.setData(Qt.ItemDataRole.UserRole, preset.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._list.addItem(item)
        self._list.blockSignals(False)
        if self._list.count():
            self._list.setCurrentRow(0)
        self._choose()

    @Slot()
    def _choose(self) -> None:
        for button in (self._rename, self._delete):
            button.setEnabled(self._list.currentItem() is not None)

    @Slot()
    def _edit(self) -> None:
        if self._list.state() is not QAbstractItemView.State.EditingState:  # Alt+R comes through to an open editor, too
            self._list.editItem(self._list.currentItem())

    @Slot(QListWidgetItem)
    def _renamed(self, item: QListWidgetItem) -> None:
        name, new = item.data(Qt.ItemDataRole.UserRole), item.text()
        if self._done(lambda: self._shelf.rename(name, new)):
            name = " ".join(new.split())
        self._list.blockSignals(True)  # the editor is still closing: the item must stay, only its words may change
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setText(name)
        self._list.blockSignals(False)

    @Slot()
    def _forget(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._done(lambda: self._shelf.delete(item.data(Qt.ItemDataRole.UserRole)))
            self._fill()

    def _done(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except PresetError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return False
        self._problem.hide()
        return True


def _tr(text: str) -> str:
    return QCoreApplication.translate("PresetDialogs", text)
