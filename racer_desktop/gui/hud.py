"""The head-up display: what a driver and a race engineer want to know, painted over the track."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from racer_desktop.gui.hud_cards import PAD, CardPainter, Cell, cells_width, heat_image
from racer_desktop.gui.lap_delta import LapDelta
from racer_desktop.gui.theme import GRID, Theme
from racer_desktop.training.snapshot import Frame, Mode

GLOW_S = 1.6  # a new best lap glows this long
BANNER_S = 4.0
MARGIN = 2 * GRID
SPEED_SEGMENTS = 12
KMH = 3.6  # km/h in a m/s
LATENT_SIDE = 8 * GRID


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
        self._advice = ""
        self._latent: tuple[np.ndarray, QImage] | None = None
        self._labels = {
            "lap": self.tr("LAP"), "time": self.tr("TIME"), "best": self.tr("BEST"), "last": self.tr("LAST"),
            "delta": self.tr("DELTA"), "none": self.tr("\u2013"), "speed": self.tr("km/h"),
            "latent": self.tr("LATENT STATE"),
            "ai": self.tr("AI at the wheel"), "human": self.tr("You drive"),
        }  # fmt: skip

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._cards = CardPainter(theme)
        self._latent = None

    def set_advice(self, text: str) -> None:
        """Says what to do next; an empty text says nothing."""
        self._advice = text

    def announce(self, text: str, now: float) -> None:
        """Shows a banner for a few seconds."""
        self._banner = Hint(text, now + BANNER_S)

    def feed(self, frame: Frame, now: float) -> None:
        """Takes each frame that arrives."""
        self._delta.feed(frame)
        better = frame.best_lap is not None and self._best is not None and frame.best_lap < self._best - 1e-6
        if better:
            self._glow_until = now + GLOW_S
        self._best = frame.best_lap

    def animating(self, now: float) -> bool:
        """Whether something is about to change although no frame arrives."""
        return now < self._glow_until or (self._banner is not None and now < self._banner.until)

    def paint(self, painter: QPainter, width: int, height: int, frame: Frame | None, now: float) -> None:
        """Paints everything into a view of this size, logical pixels."""
        if frame is not None:
            self._paint_lap(painter, width, frame, now)
            self._paint_mode(painter, width, frame.mode)
            self._paint_speed(painter, height, frame)
            if self.show_latent and frame.latent is not None and height > 40 * GRID and width > 60 * GRID:
                self._paint_latent(painter, width, height, frame.latent)
        self._paint_hint(painter, width, height, now)

    def _paint_lap(self, painter: QPainter, width: int, frame: Frame, now: float) -> None:
        labels = self._labels
        delta, colour = self._delta.delta, None
        if delta is not None:
            colour = self._cards.theme.good if delta < 0 else self._cards.theme.crash
        cells = [
            Cell(labels["lap"], str(frame.lap), 40),
            Cell(labels["time"], self._seconds(frame.lap_time), 88),
            Cell(labels["last"], self._seconds(frame.last_lap), 88),
            Cell(labels["best"], self._seconds(frame.best_lap), 88),
            Cell(labels["delta"], labels["none"] if delta is None else _signed(f"{delta:+.2f}"), 72, colour),
        ]
        while len(cells) > 2 and cells_width(cells) > width - 26 * GRID:
            del cells[2 if len(cells) == 5 else -1]  # a narrow view gives up the last lap first
        glow = min(max((self._glow_until - now) / GLOW_S, 0.0), 1.0)
        self._cards.cells(painter, MARGIN, MARGIN, cells, glow)

    def _paint_mode(self, painter: QPainter, width: int, mode: Mode) -> None:
        theme = self._cards.theme
        text = self._labels["ai" if mode is Mode.AI else "human"]
        room = max(
            QFontMetricsF(self._cards.fonts.small).horizontalAdvance(self._labels[key]) for key in ("ai", "human")
        )
        size = room + 7 * GRID
        place = QRectF(width - MARGIN - size, MARGIN, size, 4 * GRID)
        self._cards.pill(painter, place, text, theme.hero if mode is Mode.AI else theme.human)

    def _paint_speed(self, painter: QPainter, height: int, frame: Frame) -> None:
        cards, theme = self._cards, self._cards.theme
        place = QRectF(MARGIN, height - MARGIN - 13 * GRID, 25 * GRID, 13 * GRID)
        cards.ground(painter, place)
        left, top, inner = place.left() + PAD, place.top(), place.width() - 2 * PAD
        right, near = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        speed = f"{frame.hero.speed * KMH:.0f}"
        cards.text(painter, QRectF(left, top + GRID, 72, 5 * GRID), speed, cards.fonts.large, theme.hud_text, right)
        unit = QRectF(left + 80, top + 3 * GRID, 48, 2 * GRID)
        cards.text(painter, unit, self._labels["speed"], cards.fonts.small, theme.hud_muted, near)
        bar = QRectF(left, top + 6.5 * GRID, inner, GRID)
        share = frame.hero.speed / self.top_speed
        cards.bar(painter, bar, share, theme.speed_colour(0.35 + 0.65 * share), SPEED_SEGMENTS)
        words = QRectF(left, top + 8 * GRID, inner, 2 * GRID)
        progress = self.tr("Lap driven")
        cards.text(painter, words, progress, cards.fonts.label, theme.hud_muted, near)
        cards.text(painter, words, f"{frame.progress:.0%}", cards.fonts.label, theme.hud_text, right)
        cards.bar(painter, QRectF(left, top + 10 * GRID, inner, 3), frame.progress, theme.hud_text)
        words = QRectF(left, top + 10.75 * GRID, inner, 2 * GRID)
        cards.text(painter, words, self.tr("Position"), cards.fonts.label, theme.hud_muted, near)
        x, y = (_signed(f"{v:.1f}") for v in (frame.hero.x, frame.hero.y))
        cards.text(painter, words, self.tr("{0}, {1} m").format(x, y), cards.fonts.label, theme.hud_text, right)

    def _paint_latent(self, painter: QPainter, width: int, height: int, latent: np.ndarray) -> None:
        if self._latent is None or self._latent[0] is not latent:
            self._latent = (latent, heat_image(latent, self._cards.theme))
        rows, columns = latent.shape
        cell = max(int(2 * LATENT_SIDE / max(rows, columns) / 2), 2)
        card = QRectF(0, 0, max(columns * cell, 11 * GRID) + 2 * PAD, rows * cell + 4.5 * GRID)
        card.moveBottomRight(QRectF(0, 0, width - MARGIN, height - MARGIN).bottomRight())
        self._cards.ground(painter, card)
        label = QRectF(card.left() + PAD, card.top() + GRID / 2, card.width() - 2 * PAD, 2.5 * GRID)
        text, theme = self._labels["latent"], self._cards.theme
        self._cards.text(painter, label, text, self._cards.fonts.label, theme.hud_muted, Qt.AlignmentFlag.AlignLeft)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        place = QRectF(card.left() + PAD, card.top() + 3 * GRID, columns * cell, rows * cell)
        painter.drawImage(place, self._latent[1])

    def _paint_hint(self, painter: QPainter, width: int, height: int, now: float) -> None:
        banner = self._banner
        text = banner.text if banner is not None and now < banner.until else self._advice
        if not text:
            return
        metrics = QFontMetricsF(self._cards.fonts.small)
        size = min(metrics.horizontalAdvance(text) + 4 * GRID, width - 2 * MARGIN)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, size - 4 * GRID)
        place = QRectF((width - size) / 2, MARGIN + 9 * GRID, size, 4 * GRID)
        self._cards.pill(painter, place, text, None)

    def _seconds(self, seconds: float | None) -> str:
        return self._labels["none"] if seconds is None else self.tr("{0} s").format(f"{seconds:.2f}")


def _signed(number: str) -> str:
    """With a minus as wide as the plus, instead of a hyphen."""
    return number.replace("-", "\u2212")
