"""The pictures of the beginner's guide, each painted from what was recorded. Nothing in them is invented."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen

from guide.canvas import LARGE, LEFT, RIGHT, SMALL, WIDTH, Canvas
from guide.chart import Chart
from guide.drives import Dream, Life, Race
from guide.scene import Scene, fan
from racer_desktop.config import Config
from racer_desktop.gui.glide import JUMP
from racer_desktop.gui.hud_cards import heat_colours, heat_image
from racer_desktop.gui.theme import Theme, with_alpha
from racer_desktop.gui.track_picture import Line, paint_track
from racer_desktop.training.snapshot import Frame, History
from racer_desktop.training.trial import TrackResult

KMH = 3.6
MEAN_OF = 100  # episodes
LOOKS_AROUND = 2.0  # s after the start, until there is something to see
LEAST_RAY = 5.0  # m: shorter ones hide behind their labels


@dataclass(frozen=True)
class Material:
    """Everything that the pictures show.

    Attributes:
        config: of the training run.
        ages: updates that each brain had made.
        stages: what each of them did on the same unseen track.
        history: what was recorded while they learned.
        race: a drive of the last one.
        crash: how an episode of an earlier one ended.
        life: an episode of the last one.
        dream: what it dreamed in it.
    """

    config: Config
    ages: tuple[int, ...]
    stages: list[TrackResult]
    history: History
    race: Race
    crash: Life
    life: Life
    dream: Dream


def circle(material: Material, theme: Theme) -> Canvas:
    """Agent and environment, and what goes from one to the other, at one moment of a real drive."""
    moment = _moment(material)
    frame, row = material.race.frames[moment], _row(material, moment)
    canvas = Canvas(326, theme)
    agent, world = QRectF(16, 48, 200, 230), QRectF(WIDTH - 216, 48, 200, 230)
    canvas.card(agent, "Agent", "the driver: it decides")
    canvas.card(world, "Environment", "the race: it answers")
    assert frame.latent is not None
    heat = QRectF(agent.center().x() - 66, agent.top() + 66, 132, 132)
    _heat(canvas, heat, frame.latent)
    canvas.text(QPointF(heat.center().x(), heat.bottom() + 15), "its state of mind", size=SMALL, colour=theme.muted)
    way = _way(material.race.frames[: moment + 1])
    area = QRectF(world.left() + 12, world.top() + 60, 176, 160)
    paint_track(canvas.painter, area, frame.track, [Line(way, theme.hero, crashed=False)], theme)
    gap = (agent.right() + 10, world.left() - 10)
    top, bottom = 108.0, 218.0
    canvas.arrow([QPointF(gap[0], top), QPointF(gap[1], top)], theme.hero, 3.0)
    canvas.arrow([QPointF(gap[1], bottom), QPointF(gap[0], bottom)], theme.human, 3.0)
    middle = WIDTH / 2
    degrees = math.degrees(row["steering_rad"])
    side = "left" if degrees >= 0 else "right"
    pedal = "throttle" if row["throttle"] >= 0 else "brake"
    canvas.text(QPointF(middle, top - 42), "action", size=LARGE, bold=True)
    canvas.text(QPointF(middle, top - 18), f"wheel {abs(degrees):.0f}° {side}, {pedal} {abs(row['throttle']):.0%}")
    canvas.text(QPointF(middle, bottom + 19), "observation and reward", size=LARGE, bold=True)
    rays = ", ".join(f"{ray:.0f}" for ray in frame.rays)
    canvas.text(QPointF(middle, bottom + 43), f"rays {rays} m; {frame.hero.speed * KMH:.0f} km/h")
    canvas.text(QPointF(middle, bottom + 65), _signed(f"reward {row['reward']:+.2f}"))
    each = material.config.race.tick * material.config.race.ticks_per_step
    canvas.text(QPointF(middle, (top + bottom) / 2), f"{1 / each:.0f} times a second", colour=theme.muted)
    return canvas


def rays(material: Material, theme: Theme) -> Canvas:
    """What the car sees, on the track and in numbers."""
    frame = material.race.frames[_moment(material)]
    canvas = Canvas(446, theme)
    scene = Scene(canvas, QRectF(0, 0, WIDTH, 396), frame, 50)
    for ray, distance in enumerate(frame.rays.tolist()):
        free = distance >= frame.ray_range * 0.999
        words = f"{distance:.0f} m: nothing" if free else f"{distance:.1f} m"
        # Where on the ray there is room: the car is at its beginning, and the neighbours' labels are beside it.
        share = (0.82, 0.55)[ray % 2] if distance >= 2 * LEAST_RAY else 1.5
        place = scene.car + (scene.end(ray) - scene.car) * share
        canvas.label(place, words, theme.ray_colour(distance / frame.ray_range))
    numbers = ", ".join(f"{share:.2f}" for share in (frame.rays / frame.ray_range).tolist())
    speed = frame.hero.speed / material.config.car.max_speed
    strip = QRectF(0, 400, WIDTH, 42)
    canvas.text(strip, f"All that the driver gets:  rays {numbers}   speed {speed:.2f}")
    return canvas


def returns(material: Material, theme: Theme) -> Canvas:
    """The end of an episode: rewards one by one, and what is still to come."""
    lived = material.crash
    before = (np.arange(len(lived.reward)) - (len(lived.reward) - 1)) * lived.step
    canvas = Canvas(470, theme)
    span = (float(before[0]) - lived.step, lived.step)
    low, high = float(lived.reward.min()), float(lived.reward.max())
    top = Chart(canvas, QRectF(52, 40, WIDTH - 76, 120), span, (low * 1.1, max(high * 1.3, 1.0)))
    top.axes("Reward of each step", "seconds before the crash")
    top.bars(before, lived.reward, lived.step * 0.72, theme.good, theme.crash)
    crash = top.point(0.0, low)
    canvas.text(
        QPointF(crash.x() - 16, crash.y() - 8), _signed(f"the crash: {low:.0f}"), colour=theme.crash, align=RIGHT
    )
    came, expected = lived.returns[:-1], lived.value[:-1]
    both = np.concatenate([came, expected])
    room = 0.12 * float(np.ptp(both))
    below = Chart(canvas, QRectF(52, 258, WIDTH - 76, 160), span, (float(both.min()) - room, float(both.max()) + room))
    below.axes("Return: all that is still to come", "seconds before the crash")
    below.line(before[:-1], expected, theme.series[1], dashed=True)
    below.line(before[:-1], came, theme.series[0], 2.6)
    _legend(canvas, 228, [("what really came", theme.series[0]), ("what the critic expected", theme.series[1])])
    return canvas


def stages(material: Material, theme: Theme) -> Canvas:
    """The same unseen track, driven by the same brain at several ages."""
    canvas = Canvas(246, theme)
    wide = (WIDTH - 32) / len(material.stages)
    for column, (age, result) in enumerate(zip(material.ages, material.stages, strict=True)):
        place = QRectF(16 + column * wide, 44, wide - 8, 150)
        paint_track(canvas.painter, place, result.course, [Line.of(result, theme.hero)], theme)
        above = QRectF(place.left(), 14, place.width(), 22)
        canvas.text(above, f"{age:,} updates" if age else "knows nothing", bold=True)
        under = QRectF(place.left(), place.bottom() + 4, place.width(), 40)
        canvas.text(under, _outcome(result), size=SMALL, colour=theme.muted)
    return canvas


def learning(material: Material, theme: Theme) -> Canvas:
    """Reward and test drives of the training run."""
    history = material.history
    canvas = Canvas(500, theme)
    reward = np.asarray(history.episode_reward, float)
    number = np.arange(1, len(reward) + 1)
    mean = np.convolve(reward, np.full(MEAN_OF, 1 / MEAN_OF), "valid")
    high = float(np.percentile(reward, 99.5))
    top = Chart(
        canvas, QRectF(58, 40, WIDTH - 82, 190), (0.0, float(len(reward))), (float(reward.min()) * 1.1, high * 1.1)
    )
    top.axes("Episode reward", "episodes")
    top.dots(number, reward, with_alpha(theme.series[0], 0.22), 1.4)
    top.line(number[MEAN_OF - 1 :], mean, theme.text, 2.4)
    _legend(canvas, 26, [("each episode", theme.series[0]), (f"mean of the last {MEAN_OF}", theme.text)])
    updates = float(history.loss_update[-1])
    below = Chart(canvas, QRectF(58, 322, WIDTH - 82, 120), (0.0, updates), (0.0, 1.0))
    below.axes("Test drives finished on unseen tracks", "updates", percent=True)
    below.line(history.validation_update, history.validation_finished, theme.series[2], 2.2)
    below.dots(history.validation_update, history.validation_finished, theme.series[2], 3.4)
    return canvas


def mind(material: Material, theme: Theme) -> Canvas:
    """From what is seen to the latent state, and back again to what the brain believes that it saw."""
    lived, row = material.life, material.dream.begin
    angles = np.deg2rad(material.config.sensors.ray_angles_deg)
    count = len(angles)
    canvas = Canvas(300, theme)
    wide, gap = 186.0, (WIDTH - 32 - 3 * 186.0) / 2
    boxes = [QRectF(16 + k * (wide + gap), 14, wide, 272) for k in range(3)]
    titles = ("Seen", "Latent state", "Rebuilt")
    notes = ("by the sensors", "a summary in its own words", "from memory and summary")
    for box, title, note in zip(boxes, titles, notes, strict=True):
        canvas.card(box, title, note)
    for box, seen in ((boxes[0], lived.observation[row]), (boxes[2], lived.rebuilt[row])):
        fan(canvas, QPointF(box.center().x(), box.bottom() - 82), 128, angles, seen[:count])
        speed = seen[count] * material.config.car.max_speed * KMH
        words = f"{seen[count // 2] * material.config.sensors.ray_range:.0f} m ahead, {speed:.0f} km/h"
        canvas.text(QRectF(box.left(), box.bottom() - 44, wide, 24), words)
    heat = QRectF(boxes[1].center().x() - 72, boxes[1].top() + 66, 144, 144)
    _heat(canvas, heat, lived.belief[row])
    groups, classes = lived.belief.shape[1:]
    under = QRectF(boxes[1].left(), boxes[1].bottom() - 44, wide, 24)
    canvas.text(under, f"{groups} questions, {classes} answers each", size=SMALL)
    for left, right, words in ((boxes[0], boxes[1], "see"), (boxes[1], boxes[2], "recall")):
        y = left.center().y()
        canvas.arrow([QPointF(left.right() + 8, y), QPointF(right.left() - 8, y)], theme.hero, 3.0)
        canvas.text(QPointF((left.right() + right.left()) / 2, y - 18), words, colour=theme.muted)
    return canvas


def dream(material: Material, theme: Theme) -> Canvas:
    """What the brain expected with its eyes shut, and what came."""
    lived, dreamed = material.life, material.dream
    count = len(material.config.sensors.ray_angles_deg)
    middle = count // 2
    horizon = len(dreamed.imagined) - 1
    first, last = max(dreamed.begin - horizon, 0), dreamed.begin + horizon
    seconds = (np.arange(first, last + 1) - dreamed.begin) * lived.step
    scales = (material.config.sensors.ray_range, material.config.car.max_speed * KMH)
    canvas = Canvas(448, theme)
    charts = ((middle, "Metres free straight ahead", scales[0]), (count, "Speed, km/h", scales[1]))
    for number, (column, title, scale) in enumerate(charts):
        real = lived.observation[first : last + 1, column] * scale
        imagined = dreamed.imagined[:, :, column] * scale
        everything = np.concatenate([real, imagined.ravel()])
        room = 0.1 * float(np.ptp(everything)) + 1.0
        high = float(everything.max()) + room
        low = max(float(everything.min()) - room, 0.0)
        place = QRectF(58, 54 + number * 200, WIDTH - 82, 132)
        chart = Chart(canvas, place, (float(seconds[0]), float(seconds[-1])), (low, high))
        shut = chart.point(0.0, low).x()
        canvas.painter.fillRect(
            QRectF(shut, place.top(), place.right() - shut, place.height()), with_alpha(theme.series[3], 0.10)
        )
        chart.axes(title, "seconds" if number else "")
        for one in range(imagined.shape[1]):
            chart.line(seconds[-horizon - 1 :], imagined[:, one], with_alpha(theme.series[3], 0.55), 1.3)
        chart.line(seconds, real, theme.text, 2.6)
        if not number:
            words = QPointF(shut + 8, place.top() + 12)
            canvas.text(words, "eyes shut from here", size=SMALL, colour=theme.muted, align=LEFT)
    dreams = f"{dreamed.imagined.shape[1]} dreams of it"
    _legend(canvas, 26, [("what really came", theme.text), (dreams, theme.series[3])])
    return canvas


FIGURES: dict[str, Callable[[Material, Theme], Canvas]] = {
    "circle": circle,
    "rays": rays,
    "return": returns,
    "stages": stages,
    "learning": learning,
    "mind": mind,
    "dream": dream,
}


def paint(material: Material, themes: tuple[Theme, Theme], folder: Path) -> list[Path]:
    """Paints all figures in both appearances.

    Args:
        material: what they show.
        themes: light and dark.
        folder: where `NAME.png` and `NAME-dark.png` go.

    Returns:
        The files.
    """
    written = []
    for name, figure in FIGURES.items():
        for theme in themes:
            path = folder / (f"{name}-dark.png" if theme.dark else f"{name}.png")
            figure(material, theme).save(path)
            written.append(path)
    return written


def _moment(material: Material) -> int:
    """The frame at which the rays differ most, none too short to be seen."""
    frames, tick = material.race.frames, material.config.race.tick
    begin = min(round(LOOKS_AROUND / tick), len(frames) - 1)

    def worth(at: int) -> tuple[bool, float]:
        seen = frames[at].rays
        return bool(seen.min() >= LEAST_RAY), float(np.std(np.minimum(seen, 0.999 * frames[at].ray_range)))

    return max(range(begin, len(frames)), key=worth)


def _way(frames: list[Frame]) -> np.ndarray:
    """[N, 2] where the hero was since it last began, m."""
    places = np.array([(frame.hero.x, frame.hero.y) for frame in frames])
    jumps = np.flatnonzero(np.hypot(*np.diff(places, axis=0).T) > JUMP)
    return places[jumps[-1] + 1 :] if len(jumps) else places


def _row(material: Material, moment: int) -> dict[str, float]:
    """The telemetry of the decision under way at a frame."""
    hero = material.race.frames[moment].hero
    columns = dict(material.race.telemetry.columns())
    far = np.hypot(columns["x_m"] - hero.x, columns["y_m"] - hero.y)
    nearest = int(np.argmin(far))
    return {name: float(values[nearest]) for name, values in columns.items()}


def _outcome(result: TrackResult) -> str:
    if result.finished and result.flying_lap_s:
        return f"two laps; the second in {result.flying_lap_s:.1f} s"
    return f"{result.distance:.0%} of a lap" if result.distance < 1 else f"{result.distance:.1f} laps"


def _heat(canvas: Canvas, place: QRectF, belief: np.ndarray) -> None:
    painter = canvas.painter
    painter.setRenderHint(painter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(place, heat_image(belief, heat_colours(canvas.theme)))
    painter.setRenderHint(painter.RenderHint.SmoothPixmapTransform, True)
    painter.setPen(QPen(canvas.theme.border, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def _legend(canvas: Canvas, top: float, entries: list[tuple[str, QColor]]) -> None:
    """Words with a line of their colour, from the right."""
    right = WIDTH - 24.0
    for words, colour in reversed(entries):
        width = canvas.width_of(words, SMALL)
        canvas.text(QPointF(right, top), words, size=SMALL, colour=canvas.theme.muted, align=RIGHT)
        canvas.painter.setPen(QPen(colour, 3.0))
        canvas.painter.drawLine(QPointF(right - width - 26, top), QPointF(right - width - 8, top))
        right -= width + 44


def _signed(words: str) -> str:
    return words.replace("-", "\u2212")
