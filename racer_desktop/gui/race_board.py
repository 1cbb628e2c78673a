"""A race as painted over the track: the lights before it, and who is where while it is on."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from racer_desktop.gui.ghosts import racer_dot, racer_name
from racer_desktop.gui.hud_cards import PAD, RADIUS, CardPainter
from racer_desktop.gui.theme import GRID, Theme, tabular_font, with_alpha
from racer_desktop.training.contest import LIGHTS, ContestView, Phase, Racer, Standing

LIGHT = 3.5 * GRID  # px across
LIGHT_GAP = 1.5 * GRID
GO_S = 1.2  # the word after the lights went out
ROW = 2.75 * GRID
WIDTH = 30 * GRID
GO_SIZE = 56  # px
LIGHTS_WIDTH = LIGHTS * LIGHT + (LIGHTS + 1) * LIGHT_GAP


class RaceBoard(QObject):
    """Paints lights, word and standings."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cards = CardPainter(theme)
        self._go_font: QFont = tabular_font(GO_SIZE, bold=True)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._cards = CardPainter(theme)

    @staticmethod
    def height(contest: ContestView) -> float:
        """Of the standings, px."""
        return ROW * (len(contest.standings) + 1) + 1.5 * GRID

    def paint(self, painter: QPainter, middle: QPointF, corner: QPointF | None, contest: ContestView) -> None:
        """Paints what belongs to the phase.

        Args:
            painter: of the view.
            middle: where lights and word stand, px.
            corner: upper left one of the standings; None if there is no room for them.
            contest: the race.
        """
        if corner is not None:
            self._paint_standings(painter, corner, contest)
        if contest.phase is Phase.LIGHTS:
            self._paint_lights(painter, middle, contest.lights)
        elif contest.phase is Phase.RUNNING and contest.clock < GO_S:
            self._paint_go(painter, middle, 1.0 - contest.clock / GO_S)

    def _paint_lights(self, painter: QPainter, middle: QPointF, lit: int) -> None:
        theme = self._cards.theme
        case = QRectF(0, 0, LIGHTS_WIDTH, LIGHT + 2 * LIGHT_GAP)
        case.moveCenter(middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(theme.obstacle_rim.darker(400), 0.92))
        painter.drawRoundedRect(case, 2 * RADIUS, 2 * RADIUS)
        for n in range(LIGHTS):
            x = case.left() + LIGHT_GAP + LIGHT / 2 + n * (LIGHT + LIGHT_GAP)
            place = QPointF(x, middle.y())
            if n < lit:
                painter.setBrush(with_alpha(theme.ray_near, 0.25))
                painter.drawEllipse(place, LIGHT * 0.62, LIGHT * 0.62)
                painter.setBrush(theme.ray_near)
            else:
                painter.setBrush(with_alpha(theme.ray_near, 0.16))
            painter.drawEllipse(place, LIGHT / 2, LIGHT / 2)

    def _paint_go(self, painter: QPainter, middle: QPointF, strength: float) -> None:
        place = QRectF(0, 0, 30 * GRID, 10 * GRID)
        place.moveCenter(middle)
        painter.setOpacity(min(1.0, 2.0 * strength))
        card = QRectF(0, 0, 20 * GRID, 10 * GRID)
        card.moveCenter(middle)
        self._cards.ground(painter, card)
        colour = self._cards.theme.good
        self._cards.text(painter, place, self.tr("GO"), self._go_font, colour, Qt.AlignmentFlag.AlignHCenter)
        painter.setOpacity(1.0)

    def _paint_standings(self, painter: QPainter, corner: QPointF, contest: ContestView) -> None:
        cards, theme = self._cards, self._cards.theme
        place = QRectF(corner.x(), corner.y(), WIDTH, self.height(contest))
        cards.ground(painter, place)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        line = QRectF(corner.x() + PAD, corner.y() + 0.75 * GRID, WIDTH - 2 * PAD, ROW)
        lap = contest.of(Racer.YOU).lap
        title = self.tr("RACE · LAP {0} OF {1}").format(lap, contest.laps)
        cards.text(painter, line, title, cards.fonts.label, theme.hud_muted, left)
        cards.text(painter, line, race_time(contest.clock), cards.fonts.label, theme.hud_muted, right)
        rank = 0
        for standing in contest.standings:
            rank += standing.racer is not Racer.FASTEST
            line = line.translated(0.0, ROW)
            number = "" if standing.racer is Racer.FASTEST else f"{rank}"
            cards.text(painter, line, number, cards.fonts.small, theme.hud_muted, left)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(racer_dot(standing.racer, theme))
            painter.drawEllipse(QPointF(line.left() + 2.75 * GRID, line.center().y()), 4.5, 4.5)
            name = line.adjusted(4.5 * GRID, 0, 0, 0)
            cards.text(painter, name, racer_name(standing.racer), cards.fonts.small, theme.hud_text, left)
            self._paint_gap(painter, line, standing)

    def _paint_gap(self, painter: QPainter, line: QRectF, standing: Standing) -> None:
        cards, theme = self._cards, self._cards.theme
        if standing.gap is None:
            return
        # As the others see it: who is ahead of the person has a minus.
        text = gap_text(-standing.gap)
        colour = theme.hud_text if standing.racer is Racer.FASTEST else theme.crash if standing.gap > 0 else theme.good
        cards.text(painter, line, text, cards.fonts.small, colour, Qt.AlignmentFlag.AlignRight)


def race_time(seconds: float) -> str:
    """A time of more than a minute as minutes and seconds."""
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes}:{rest // 100:02d}.{rest % 100:02d}"


def gap_text(seconds: float) -> str:
    """A gap with its sign, the minus as wide as the plus."""
    return f"{seconds:+.2f}".replace("-", "\N{MINUS SIGN}")
