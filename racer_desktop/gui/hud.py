"""The head-up display: what a driver and a race engineer want to know, painted over the track."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from racer_desktop.gui.framing import Rectangle
from racer_desktop.gui.hud_cards import CELLS_HEIGHT, PAD, CardPainter, Cell, cells_width, heat_image
from racer_desktop.gui.lap_delta import LapDelta
from racer_desktop.gui.legend import SIZE as LEGEND_SIZE
from racer_desktop.gui.legend import Legend
from racer_desktop.gui.race_board import LIGHTS_WIDTH, RaceBoard
from racer_desktop.gui.race_board import WIDTH as BOARD_WIDTH
from racer_desktop.gui.theme import GRID, Theme
from racer_desktop.training.contest import Phase
from racer_desktop.training.snapshot import Frame, Mode

GLOW_S = 1.6  # a new best lap glows this long
BANNER_S = 4.0
MARGIN = 2 * GRID
SPEED_SEGMENTS = 12
KMH = 3.6  # km/h in a m/s
LATENT_SIDE = 11 * GRID
LAP_WIDTHS = {"lap": 40, "time": 92, "last": 92, "best": 92, "delta": 72, "ratio": 72}
SPEED_SIZE = QSizeF(25 * GRID, 13 * GRID)
LATENT_SIZE = QSizeF(LATENT_SIDE + 2 * PAD, LATENT_SIDE + 4.5 * GRID)
MODE_HEIGHT = 4 * GRID


@dataclass(frozen=True, slots=True)
class Hint:
    """A line in the lower middle of the view: a banner that goes away by itself, or what to do next."""

    text: str
    until: float  # s on the view's clock; infinity stays


class Hud(QObject):
    """Keeps what the head-up display shows and paints it.

    Args:
        theme: the colours.
        top_speed: full length of the speed bar, m/s.

    Attributes:
        advice: says what to do next for as long as it is true; an empty text says nothing.
        show_hint: whether banner and advice are shown; not while something else lies in their place.
        show_latent: whether the latent state is shown.
        legend: the colours of the map that lies over the track, or None.
    """

    def __init__(self, theme: Theme, top_speed: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.top_speed = top_speed
        self.show_latent = True
        self._cards = CardPainter(theme)
        self._delta = LapDelta()
        self._best: float | None = None
        self._glow_until = 0.0
        self._banner: Hint | None = None
        self.advice = ""
        self.legend: Legend | None = None
        self._board = RaceBoard(theme, self)
        self.board_height = 0.0  # of the standings in a race, px
        self.show_hint = True
        self._latent: tuple[np.ndarray, QImage] | None = None
        self._labels = {
            "lap": self.tr("LAP"),
            "time": self.tr("TIME"),
            "last": self.tr("LAST"),
            "best": self.tr("BEST"),
            "delta": self.tr("DELTA"),
            "ratio": self.tr("x FASTEST"),
            "none": self.tr("\u2013"),
            "speed": self.tr("km/h"),
            "progress": self.tr("Lap driven"),
            "position": self.tr("Position"),
            "latent": self.tr("LATENT STATE"),
            "ai": self.tr("AI at the wheel"),
            "human": self.tr("You drive"),
        }
        metrics = QFontMetricsF(self._cards.fonts.small)
        self._mode_width = max(metrics.horizontalAdvance(self._labels[key]) for key in ("ai", "human")) + 6 * GRID

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._cards = CardPainter(theme)
        self._board.set_theme(theme)
        self._latent = None

    def announce(self, text: str, now: float) -> None:
        """Shows a banner for a few seconds."""
        self._banner = Hint(text, now + BANNER_S)

    def feed(self, frame: Frame, now: float) -> None:
        """Takes each frame that arrives."""
        self._delta.feed(frame)
        self.board_height = 0.0 if frame.contest is None else RaceBoard.height(frame.contest)
        better = frame.best_lap is not None and self._best is not None and frame.best_lap < self._best - 1e-6
        if better:
            self._glow_until = now + GLOW_S
        self._best = frame.best_lap

    def animating(self, now: float) -> bool:
        """Whether something is about to change although no frame arrives."""
        return now < self._glow_until or (self._banner is not None and now < self._banner.until)

    def covered(self, width: int, height: int) -> list[Rectangle]:
        """Where the cards lie in a view of this size, with a little room around them."""
        places = [self._lap_place(width), self._mode_place(width), self._speed_place(height)]
        if self._latent_fits(width, height):
            places.append(self._latent_place(width, height))
        if self._board_fits(height):
            places.append(QRectF(self._board_corner, QSizeF(BOARD_WIDTH, self.board_height)))
        if self.legend is not None and self._legend_fits(width):
            places.append(self._legend_place(height))
        return [Rectangle(p.left() - GRID, p.top() - GRID, p.right() + GRID, p.bottom() + GRID) for p in places]

    def paint(
        self, painter: QPainter, width: int, height: int, frame: Frame | None, now: float, *, infield: bool
    ) -> None:
        """Paints everything into a view of this size, logical pixels.

        `infield` says that the middle of the view is empty, as it is where a whole track is shown.
        """
        if frame is not None:
            self._paint_lap(painter, width, frame, now)
            self._paint_mode(painter, width, frame.mode)
            self._paint_speed(painter, height, frame)
            if self.show_latent and frame.latent is not None and self._latent_fits(width, height):
                self._paint_latent(painter, width, height, frame.latent)
            if self.legend is not None and self._legend_fits(width):
                self.legend.paint(painter, self._cards, self._legend_place(height))
            if frame.contest is not None:
                # After the finish the result says it all, and lies where the standings would be.
                shown = self._board_fits(height) and frame.contest.phase is not Phase.FINISHED
                corner = self._board_corner if shown else None
                self._board.paint(painter, self.lights_place(width, height, infield=infield), corner, frame.contest)
        infield = infield and (frame is None or frame.contest is None)
        self._paint_hint(painter, width, height, now, infield=infield)

    def _lap_cells(self, width: int) -> list[str]:
        """The values for which there is room; a narrow view gives up the last lap first, the best one last."""
        keys = list(LAP_WIDTHS)
        for spare in ("last", "ratio", "delta", "best"):
            if cells_width([Cell("", "", LAP_WIDTHS[key]) for key in keys]) <= width - self._mode_width - 6 * GRID:
                break
            keys.remove(spare)
        return keys

    def _lap_place(self, width: int) -> QRectF:
        cells = [Cell("", "", LAP_WIDTHS[key]) for key in self._lap_cells(width)]
        return QRectF(MARGIN, MARGIN, cells_width(cells), CELLS_HEIGHT)

    def _paint_lap(self, painter: QPainter, width: int, frame: Frame, now: float) -> None:
        labels = self._labels
        delta, colour = self._delta.delta, None
        if delta is not None:
            colour = self._cards.theme.good if delta < 0 else self._cards.theme.crash
        texts = {
            "lap": str(frame.lap),
            "time": self._seconds(frame.lap_time),
            "last": self._seconds(frame.last_lap),
            "best": self._seconds(frame.best_lap),
            "delta": labels["none"] if delta is None else _signed(f"{delta:+.2f}"),
            "ratio": self._ratio(frame),
        }
        cells = [
            Cell(labels[key], texts[key], LAP_WIDTHS[key], colour if key == "delta" else None)
            for key in self._lap_cells(width)
        ]
        glow = min(max((self._glow_until - now) / GLOW_S, 0.0), 1.0)
        self._cards.cells(painter, MARGIN, MARGIN, cells, glow)

    def _ratio(self, frame: Frame) -> str:
        """The best lap over the fastest possible one."""
        if frame.fastest is None or frame.best_lap is None:
            return self._labels["none"]
        return f"{frame.best_lap / frame.fastest.lap_time:.2f}"

    def lights_place(self, width: int, height: int, *, infield: bool) -> QPointF:
        """Where the lights before a race stand: in the infield, or ahead of the car and beside the standings."""
        if infield:
            return QPointF(width / 2, height / 2)
        beside = self._board_corner.x() + BOARD_WIDTH + GRID + LIGHTS_WIDTH / 2
        return QPointF(max(width / 2, beside), height / 4)

    @property
    def _board_corner(self) -> QPointF:
        return QPointF(MARGIN, MARGIN + CELLS_HEIGHT + GRID)

    def _board_fits(self, height: int) -> bool:
        end = self._board_corner.y() + self.board_height + 3 * GRID
        return self.board_height > 0.0 and end < self._speed_place(height).top()

    def _legend_place(self, height: int) -> QRectF:
        left = MARGIN + SPEED_SIZE.width() + 2 * GRID
        return QRectF(QPointF(left, height - MARGIN - LEGEND_SIZE.height()), LEGEND_SIZE)

    def _legend_fits(self, width: int) -> bool:
        return self._legend_place(0).right() + LATENT_SIZE.width() + 4 * GRID < width

    def _mode_place(self, width: int) -> QRectF:
        return QRectF(width - MARGIN - self._mode_width, MARGIN, self._mode_width, MODE_HEIGHT)

    def _paint_mode(self, painter: QPainter, width: int, mode: Mode) -> None:
        theme = self._cards.theme
        text = self._labels["ai" if mode is Mode.AI else "human"]
        self._cards.pill(painter, self._mode_place(width), text, theme.hero if mode is Mode.AI else theme.human)

    def _speed_place(self, height: int) -> QRectF:
        return QRectF(QPointF(MARGIN, height - MARGIN - SPEED_SIZE.height()), SPEED_SIZE)

    def _paint_speed(self, painter: QPainter, height: int, frame: Frame) -> None:
        cards, theme = self._cards, self._cards.theme
        place = self._speed_place(height)
        cards.ground(painter, place)
        left, top, inner = place.left() + PAD, place.top(), place.width() - 2 * PAD
        right, near = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        speed = f"{frame.hero.speed * KMH:.0f}"
        cards.text(painter, QRectF(left, top + GRID, 72, 5 * GRID), speed, cards.fonts.large, theme.hud_text, right)
        unit = QRectF(left + 80, top + 3 * GRID, 48, 2 * GRID)
        cards.text(painter, unit, self._labels["speed"], cards.fonts.small, theme.hud_muted, near)
        share = frame.hero.speed / self.top_speed
        bar = QRectF(left, top + 6.5 * GRID, inner, GRID)
        cards.bar(painter, bar, share, theme.speed_colour(0.35 + 0.65 * share), SPEED_SEGMENTS)
        lines = (
            (8.0, self._labels["progress"], f"{frame.progress:.0%}"),
            (10.75, self._labels["position"], self._position(frame)),
        )
        for row, label, value in lines:
            line = QRectF(left, top + row * GRID, inner, 2 * GRID)
            cards.text(painter, line, label, cards.fonts.label, theme.hud_muted, near)
            cards.text(painter, line, value, cards.fonts.label, theme.hud_text, right)
        cards.bar(painter, QRectF(left, top + 10 * GRID, inner, 3), frame.progress, theme.hud_text)

    def _position(self, frame: Frame) -> str:
        x, y = (_signed(f"{v:.1f}") for v in (frame.hero.x, frame.hero.y))
        return self.tr("{0}, {1} m").format(x, y)

    def _latent_fits(self, width: int, height: int) -> bool:
        return self.show_latent and height > 40 * GRID and width > 60 * GRID

    def _latent_place(self, width: int, height: int) -> QRectF:
        corner = QPointF(width - MARGIN - LATENT_SIZE.width(), height - MARGIN - LATENT_SIZE.height())
        return QRectF(corner, LATENT_SIZE)

    def _paint_latent(self, painter: QPainter, width: int, height: int, latent: np.ndarray) -> None:
        if self._latent is None or self._latent[0] is not latent:
            self._latent = (latent, heat_image(latent, self._cards.heat))
        card = self._latent_place(width, height)
        self._cards.ground(painter, card)
        label = QRectF(card.left() + PAD, card.top() + GRID / 2, card.width() - 2 * PAD, 2.5 * GRID)
        text, theme = self._labels["latent"], self._cards.theme
        self._cards.text(painter, label, text, self._cards.fonts.label, theme.hud_muted, Qt.AlignmentFlag.AlignLeft)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(card.left() + PAD, card.top() + 3 * GRID, LATENT_SIDE, LATENT_SIDE), self._latent[1])

    def _paint_hint(self, painter: QPainter, width: int, height: int, now: float, *, infield: bool) -> None:
        banner = self._banner
        text = banner.text if banner is not None and now < banner.until else self.advice
        if not text or not self.show_hint:
            return
        metrics = QFontMetricsF(self._cards.fonts.small)
        place = self.hint_place(width, height, metrics.horizontalAdvance(text) + 4 * GRID, infield=infield)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 4 * GRID)
        self._cards.pill(painter, place, text, None)

    def hint_place(self, width: int, height: int, wanted: float, *, infield: bool) -> QRectF:
        """Where a line of words lies that would be so wide: in the middle, or low and above the cards there."""
        size = min(wanted, width - 2 * MARGIN)
        middle = round(height * (0.5 if infield else 0.78))
        place = QRectF((width - size) / 2, middle - 2 * GRID, size, 4 * GRID)
        corners = [self._speed_place(height)]
        if self._latent_fits(width, height):
            corners.append(self._latent_place(width, height))
        if any(place.intersects(corner) for corner in corners):
            place.moveBottom(min(corner.top() for corner in corners) - GRID)
        return place

    def _seconds(self, seconds: float | None) -> str:
        return self._labels["none"] if seconds is None else self.tr("{0} s").format(f"{seconds:.2f}")


def _signed(number: str) -> str:
    """With a minus as wide as the plus, instead of a hyphen."""
    return number.replace("-", "\u2212")
