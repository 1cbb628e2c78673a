"""One group of settings that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from racer_desktop.config import Section
from racer_desktop.configuration_guide import summary
from racer_desktop.gui.panel_parts import SMALL, FoldHeading, colour_words, fill_width, words
from racer_desktop.gui.setting_row import SettingRow
from racer_desktop.gui.theme import GRID, Theme


class SettingGroup(QWidget):
    """The settings of one section: first those that are taken at once, then those that need a new brain.

    Args:
        name: name of the section.
        section: an instance with the defaults.

    Signals:
        reset_wanted: name of the section whose settings are all to return to their defaults.
    """

    reset_wanted = Signal(str)

    def __init__(self, name: str, section: Section) -> None:
        super().__init__()
        self.setObjectName(f"settings_{name}")
        self.name = name
        rows = [SettingRow(name, field, about, default) for field, about, default in section.settings()]
        self._live = [row for row in rows if row.about.live]
        self.rows = self._live + [row for row in rows if not row.about.live]
        self._filtering = False
        self._heading = FoldHeading(name.capitalize())
        self._changes = words(pixels=SMALL)
        self._reset = QToolButton()
        self._summary = words(summary(section), SMALL)
        self._new_brain = words(self.tr("Need a new brain"), SMALL)
        self._line = QFrame()
        self._body = QWidget()
        self._dress()
        self._arrange()
        self._heading.toggled.connect(self._unfold)
        self._reset.clicked.connect(self._reset_clicked)
        self.set_unfolded(False)
        self.count_changes()

    @property
    def unfolded(self) -> bool:
        """Whether its settings are shown."""
        return self._heading.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Shows or hides its settings."""
        self._heading.setChecked(unfolded)
        self._unfold(unfolded)

    def filter(self, prefixes: list[str]) -> int:
        """Shows only the settings that match, unfolded; all of them, as before, if there is nothing to look for.

        Returns:
            How many match.
        """
        matching = [row for row in self.rows if row.matches(prefixes)]
        for row in self.rows:
            row.setVisible(row in matching)
        self._filtering = bool(prefixes)
        self._new_brain.setVisible(any(not row.about.live for row in matching))
        self._summary.setVisible(not prefixes)
        self._heading.setEnabled(not self._filtering)
        self._heading.show_arrow(self.unfolded or self._filtering)
        self._unfold(self.unfolded)
        self.setVisible(bool(matching))
        return len(matching)

    def count_changes(self) -> int:
        """Says how many of its settings are not at their defaults, and returns it."""
        count = sum(row.changed for row in self.rows)
        self._changes.setText(self.tr("{n} changed").format(n=count) if count else "")
        self._reset.setVisible(count > 0)
        return count

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._heading.set_theme(theme)
        colour_words(theme.border, self._line)
        colour_words(theme.muted, self._summary, self._changes, self._new_brain)
        for row in self.rows:
            row.set_theme(theme)

    def _dress(self) -> None:
        title = self._heading.text()
        fill_width(self._heading)
        self._heading.setAccessibleName(self.tr("Settings: {title}").format(title=title))
        self._heading.setToolTip(self.tr("Fold or unfold these settings"))
        self._changes.setWordWrap(False)
        self._new_brain.setToolTip(
            self.tr("These shape the networks, the replay or the training: a change starts learning from nothing.")
        )
        self._reset.setText(self.tr("Reset"))
        self._reset.setAutoRaise(True)
        self._reset.setToolTip(self.tr("Reset every setting under {title} to its default").format(title=title))
        self._reset.setAccessibleName(self.tr("Reset all settings of {title}").format(title=title))
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._line.setFrameShape(QFrame.Shape.HLine)
        self._line.setFrameShadow(QFrame.Shadow.Plain)
        self._line.setFixedHeight(1)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._heading, 1)
        head.addWidget(self._changes)
        head.addWidget(self._reset)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(2 * GRID, 0, 0, GRID)
        body.setSpacing(GRID // 2)
        body.addWidget(self._summary)
        for row in self._live:
            body.addWidget(row)
        if self._live:
            body.addSpacing(GRID // 2)
        body.addWidget(self._new_brain)
        for row in self.rows[len(self._live) :]:
            body.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self._body)
        column.addWidget(self._line)

    @Slot(bool)
    def _unfold(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded or self._filtering)

    @Slot()
    def _reset_clicked(self) -> None:
        self.reset_wanted.emit(self.name)
