"""Films: what is recorded, how it is painted, and that the files hold it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from pytestqt.qtbot import QtBot

from racer_desktop.config import Config
from racer_desktop.gui import video_file
from racer_desktop.gui.export_video import VideoExport
from racer_desktop.gui.film import Film, Shot
from racer_desktop.gui.gif_file import write_gif
from racer_desktop.gui.race_picture import Layers
from racer_desktop.gui.recorder import FLEET_KEPT, Recorder
from racer_desktop.gui.theme import dark_theme
from racer_desktop.gui.video_file import Format, Kind, VideoError, write_video
from racer_desktop.training.snapshot import Frame
from tests.fakes import FakeSession

TICK = 1 / 60
SIZE = (400, 300)


def raced(ticks: int, act: Callable[[FakeSession, int], None] = lambda session, tick: None) -> Iterator[Frame]:
    """The frames of a race."""
    session = FakeSession(Config())
    for tick in range(ticks):
        act(session, tick)
        session.tick()
        yield session.frame()


def shot(**changes: object) -> Shot:
    usual: dict[str, object] = {
        "size": SIZE, "pictures_per_s": 20, "tick": TICK, "top_speed": 30.0, "follow": False, "theme": dark_theme(),
        "layers": Layers(),
    }  # fmt: skip
    return Shot(**(usual | changes))  # type: ignore[arg-type]


def test_the_newest_complete_lap_is_found() -> None:
    recorder = Recorder()
    for frame in raced(60 * 110):
        recorder.feed(frame)
    lap = recorder.newest_lap()
    assert lap[-1].lap == lap[0].lap + 1 > 2
    assert (lap[-1].tick - lap[0].tick) * TICK == pytest.approx(lap[-1].last_lap, abs=0.1)
    assert all(one.lap == lap[0].lap for one in lap[:-1])


def test_a_lap_that_began_before_the_recording_or_ended_by_a_crash_is_none() -> None:
    def crash(session: FakeSession, tick: int) -> None:
        if tick == 600:
            session.crash()

    whole = list(raced(60 * 60))
    end = next(k for k, frame in enumerate(whole) if frame.lap == 2)
    late = Recorder()
    for frame in whole[300 : end + 60]:
        late.feed(frame)
    assert late.newest_lap() == []
    broken = Recorder()
    for frame in raced(1200, crash):
        broken.feed(frame)
    assert broken.newest_lap() == []
    assert broken.seconds(TICK) == pytest.approx(20.0, abs=0.1)


def test_what_is_recorded_is_bounded_and_of_one_track() -> None:
    recorder = Recorder(most=50)
    for frame in raced(400):
        recorder.feed(frame)
    assert len(recorder.last(1e6, TICK)) == 50
    assert recorder.seconds(TICK) == pytest.approx(98 * TICK)
    other = FakeSession(Config().replace(track__seed=7))
    other.tick()
    recorder.feed(other.frame())
    assert len(recorder.last(1e6, TICK)) == 1


def test_a_large_fleet_is_not_kept_whole() -> None:
    frame = next(raced(1))
    recorder = Recorder()
    recorder.feed(replace(frame, fleet=np.zeros((5000, 3))))
    kept = recorder.last(1.0, TICK)[0].fleet
    assert kept.shape == (FLEET_KEPT, 3)
    assert kept.base is None  # a view would keep the whole fleet alive


def test_a_film_shows_the_race_in_its_own_time(qtbot: QtBot) -> None:
    frames = list(raced(181))
    film = Film(frames, shot())
    assert film.pictures == 61
    pictures = [np.frombuffer(film.paint(), np.uint8).reshape(SIZE[1], SIZE[0], 3) for _ in range(film.pictures)]
    film.close()
    again = Film(frames, shot())
    assert np.array_equal(pictures[0], np.frombuffer(again.paint(), np.uint8).reshape(pictures[0].shape))
    again.close()
    hero = np.array([dark_theme().hero.red(), dark_theme().hero.green(), dark_theme().hero.blue()])
    places = [np.argwhere((np.abs(p.astype(int) - hero) < 12).all(axis=2)) for p in (pictures[20], pictures[60])]
    assert all(len(place) > 5 for place in places)
    assert not np.array_equal(pictures[20], pictures[60])


def squares(number: int, size: tuple[int, int] = (60, 40)) -> list[np.ndarray]:
    """Pictures of a white square that moves over red and blue."""
    pictures = []
    for k in range(number):
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        picture[:, : size[0] // 2] = 200, 30, 30
        picture[:, size[0] // 2 :] = 30, 30, 200
        picture[10:20, 3 * k : 3 * k + 8] = 255
        pictures.append(picture)
    return pictures


def test_a_gif_holds_every_picture() -> None:
    pictures = squares(12)
    pictures.insert(5, pictures[4])  # nothing changes from one to the next
    file = io.BytesIO()
    write_gif(file, (p.tobytes() for p in pictures), (60, 40), 20, [(255, 255, 255), (1, 2, 3)])
    with Image.open(io.BytesIO(file.getvalue())) as gif:
        assert gif.info["loop"] == 0
        read = [np.asarray(frame.convert("RGB"), int) for frame in ImageSequence.Iterator(gif)]
        assert gif.info["duration"] == 50
    assert len(read) == len(pictures)
    for before, after in zip(pictures, read, strict=True):
        assert np.abs(before.astype(int) - after).max() <= 8


def test_a_colour_that_the_first_picture_lacks_is_kept_if_it_is_named() -> None:
    first, second = np.full((2, 8, 8, 3), 40, np.uint8)
    second[2:4, 2:4] = 240, 20, 200
    file = io.BytesIO()
    write_gif(file, iter([first.tobytes(), second.tobytes()]), (8, 8), 20, [(240, 20, 200)])
    with Image.open(io.BytesIO(file.getvalue())) as gif:
        gif.seek(1)
        assert gif.convert("RGB").getpixel((3, 3)) == (240, 20, 200)


def test_an_mp4_is_written_and_read_back(tmp_path: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    pictures = squares(15, (64, 48))
    write_video(tmp_path / "a.mp4", (p.tobytes() for p in pictures), Format(Kind.MP4, (64, 48)))
    command = [video_file.encoder(), "-i", str(tmp_path / "a.mp4"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert b"30 fps" in done.stderr
    read = np.frombuffer(done.stdout, np.uint8).reshape(-1, 48, 64, 3).astype(int)
    assert len(read) == 15
    assert np.abs(read[7][40, 10] - (200, 30, 30)).max() < 25


def test_without_ffmpeg_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VideoError, match=r"^MP4 needs the program ffmpeg: run .* or install ffmpeg, or save a GIF\.$"):
        write_video(tmp_path / "a.mp4", iter([bytes(12)]), Format(Kind.MP4, (2, 2)))
    assert list(tmp_path.iterdir()) == []


def test_what_ffmpeg_says_reaches_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(video_file, "encoder", lambda: str(broken))
    pictures = (bytes(3 * 640 * 480) for _ in range(50))
    with pytest.raises(VideoError, match="ffmpeg could not write the film: Unknown encoder libx264; save a GIF"):
        write_video(tmp_path / "a.mp4", pictures, Format(Kind.MP4, (640, 480)))
    assert list(tmp_path.iterdir()) == [broken]


@pytest.fixture
def export(qtbot: QtBot, window: object, tmp_path: Path) -> Callable[[int], VideoExport]:
    from PySide6.QtWidgets import QWidget

    assert isinstance(window, QWidget)

    def make(ticks: int) -> VideoExport:
        film = Film(list(raced(ticks)), shot())
        return VideoExport(film, tmp_path / "lap.gif", Kind.GIF, SIZE, dark_theme(), window)

    return make


def test_a_film_becomes_a_file_while_the_window_lives(
    qtbot: QtBot, export: Callable[[int], VideoExport], tmp_path: Path
) -> None:
    made = export(61)
    with qtbot.waitSignal(made.done, timeout=20_000):
        made.start()
    with Image.open(tmp_path / "lap.gif") as gif:
        assert gif.size == SIZE
        assert getattr(gif, "n_frames", 1) == 21


def test_a_cancelled_film_leaves_nothing(qtbot: QtBot, export: Callable[[int], VideoExport], tmp_path: Path) -> None:
    made = export(1200)
    done: list[object] = []
    made.done.connect(done.append)
    with qtbot.waitSignal(made.ended, timeout=20_000):
        made.start()
        qtbot.waitUntil(lambda: any(path.suffix == ".gif" for path in tmp_path.iterdir()))
        made.close(0.0)
    assert done == []
    assert not any(path.suffix == ".gif" for path in tmp_path.iterdir())
