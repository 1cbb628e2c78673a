"""One chart: a heading with the current value, a legend where there is more than one curve, and the drawing area."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QProgressDialog,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from racer_desktop.gui import charts_export
from racer_desktop.gui.charts_curves import Curve
from racer_desktop.gui.charts_legend import Legend
from racer_desktop.gui.charts_navigation import NavigablePlot
from racer_desktop.gui.charts_sources import ChartSource
from racer_desktop.gui.panel_parts import FoldHeading, small_button
from racer_desktop.gui.theme import GRID, Theme, tabular_font
from racer_desktop.training.snapshot import History

log = logging.getLogger(__name__)

_RANKS = ("strong line", "steps", "line", "dots", "range")  # order in the legend
_TOO_LONG_WITHOUT_WORD = 700  # ms until a dialog says what is being waited for


class Chart(QWidget):
    """A chart of one part of the history.

    Args:
        source: what it shows.
        theme: colours.
    """

    def __init__(self, source: ChartSource, theme: Theme) -> None:
        super().__init__()
        self.setObjectName(f"chart_{source.key}")
        self.source = source
        self._theme = theme
        self._value = ""
        self._curves: list[Curve] = []
        self.plot = NavigablePlot(source.scale, source.counted, source.always, theme)
        self.legend = Legend(self)
        self._build()
        self._take_curves()
        self.set_theme(theme)
        self.plot.set_note(source.empty)

    # What it does

    def update_from(self, history: History) -> None:
        """Takes in what is new and draws it."""
        if self.source.feed(history):
            self._take_curves()
            self.refresh()

    def refresh(self) -> None:
        """Draws the curves and the value as they are now."""
        self._value = self.source.value_text()
        self.plot.set_note("" if self._value else self.source.empty)
        self.plot.set_reference(self.source.reference)
        if not self._reading:
            self._value_label.setText(self._value)
        if not self.collapsed:
            self.plot.redraw()

    def _take_curves(self) -> None:
        """The legend shows itself only where there are two names or more."""
        if self.source.curves is self._curves:
            return
        self._curves = self.source.curves
        self.plot.set_curves(self._curves)
        names = sorted({c.name: c for c in self._curves}, key=self._rank)
        known = self.legend.names
        hidden = {n for n in names if n in (self.legend.hidden if n in known else self.source.hidden_at_first)}
        self.legend.set_names(names if self.source.legend else [], hidden)
        self.plot.set_hidden(hidden)
        self._show_legend()
        self._recolour()

    def _rank(self, name: str) -> int:
        return min(_RANKS.index(c.look) for c in self._curves if c.name == name)

    def set_theme(self, theme: Theme) -> None:
        """Takes the colours of another appearance."""
        self._theme = theme
        self._heading.set_theme(theme)
        self.plot.set_theme(theme)
        self._recolour()

    @property
    def collapsed(self) -> bool:
        """Whether only the heading is shown."""
        return not self._heading.isChecked()

    def set_collapsed(self, collapsed: bool) -> None:
        """Shows only the heading, or everything."""
        self._heading.setChecked(not collapsed)

    # Menu

    def menu(self) -> QMenu:
        """A new context menu for the chart."""
        menu = QMenu(self)
        menu.addAction(self.tr("Show &Everything"), self.plot.show_all).setEnabled(not self.plot.following)
        menu.addSeparator()
        menu.addAction(self.tr("&Copy Picture"), self.copy_picture)
        menu.addAction(self.tr("Save &Picture…"), self._ask_picture)
        menu.addAction(self.tr("Save &Numbers as CSV…"), self._ask_numbers)
        return menu

    def copy_picture(self) -> None:
        """Puts the chart's picture on the clipboard."""
        QGuiApplication.clipboard().setImage(charts_export.picture(self))

    def save_picture(self, path: Path) -> None:
        """Saves what is seen as PNG; a failure is shown as a sentence."""
        self._try(lambda: charts_export.save_picture(charts_export.picture(self), path))

    def save_numbers(self, path: Path) -> None:
        """Saves everything recorded as CSV; a failure is shown as a sentence."""
        dialog = QProgressDialog(self.tr("Saving the numbers…"), self.tr("Cancel"), 0, 100, self.window())
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(_TOO_LONG_WITHOUT_WORD)

        def progress(share: float) -> bool:
            dialog.setValue(round(100 * share))
            QCoreApplication.processEvents()
            return not dialog.wasCanceled()

        try:
            self._try(lambda: charts_export.save_numbers(self.source.table(), path, progress))
        finally:
            dialog.deleteLater()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except charts_export.ExportError as error:
            log.exception("saving a chart failed")
            QMessageBox.warning(self, self.tr("Not Saved"), str(error))

    @Slot()
    def _ask_picture(self) -> None:
        self._ask(self.tr("Save Picture"), "png", self.tr("PNG picture (*.png)"), self.save_picture)

    @Slot()
    def _ask_numbers(self) -> None:
        self._ask(self.tr("Save Numbers"), "csv", self.tr("CSV table (*.csv)"), self.save_numbers)

    def _ask(self, title: str, ending: str, kind: str, save: Callable[[Path], None]) -> None:
        name, _ = QFileDialog.getSaveFileName(self, title, f"{self.source.key}.{ending}", kind)
        if name:
            path = Path(name)
            save(path if path.suffix else path.with_suffix(f".{ending}"))

    # Building

    def _build(self) -> None:
        title = self.source.title
        self._reading = False
        self._heading = FoldHeading(title, 12)
        self._heading.setAccessibleName(self.tr("Chart: {title}").format(title=title))
        self._heading.setToolTip(self.tr("Fold or unfold this chart"))
        self._heading.toggled.connect(self._fold)
        self._value_label = QLabel()
        self._value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._value_label.setFont(tabular_font(12))
        self._value_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._value_label.setAccessibleName(self.tr("Current value of {title}").format(title=title))
        self._all = small_button("⤢", self.tr("Show everything (double-click or Home)"))
        self._all.clicked.connect(self.plot.show_all)
        self._all.hide()
        self._more = small_button("⋯", self.tr("Copy or save this chart"))
        self._more.clicked.connect(self._menu_at_button)
        self.plot.setAccessibleName(self.tr("Curves: {title}").format(title=title))
        self.plot.following_changed.connect(self._following_changed)
        self.plot.reading.connect(self._read)
        self.plot.menu_wanted.connect(self._menu_at)
        self.legend.hidden_changed.connect(self.plot.set_hidden)
        self.legend.hovered.connect(self._emphasise)
        heading = QHBoxLayout()
        heading.setContentsMargins(0, 0, 0, 0)
        heading.setSpacing(GRID // 2)
        heading.addWidget(self._heading)
        heading.addWidget(self._value_label, 1)
        heading.addWidget(self._all)
        heading.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID // 2, GRID // 2, 0, 0)
        column.setSpacing(0)
        column.addLayout(heading)
        column.addWidget(self.legend)
        column.addWidget(self.plot, 1)

    def _recolour(self) -> None:
        colours = self.source.colours(self._theme)
        self.plot.set_colours(colours)
        self.legend.set_colours(colours, {c.name for c in self._curves if c.dashed}, self._theme)

    def _show_legend(self) -> None:
        self.legend.setVisible(bool(self.legend.names) and not self.collapsed)

    @Slot(bool)
    def _fold(self, unfolded: bool) -> None:
        self.plot.setVisible(unfolded)
        self._show_legend()
        policy = QSizePolicy.Policy.Preferred if unfolded else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        if unfolded:
            self.plot.redraw()

    @Slot(bool)
    def _following_changed(self, following: bool) -> None:
        self._all.setVisible(not following)

    @Slot(object)
    def _read(self, at: float | None) -> None:
        self._reading = at is not None
        self._value_label.setText(self._value if at is None else self.source.reading(at))

    @Slot(str)
    def _emphasise(self, name: str) -> None:
        self.plot.set_colours(self.source.colours(self._theme), name)

    @Slot(object)
    def _menu_at(self, position: QPoint) -> None:
        self.menu().popup(position)

    @Slot()
    def _menu_at_button(self) -> None:
        self._menu_at(self._more.mapToGlobal(QPoint(0, self._more.height())))
