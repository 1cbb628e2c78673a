"""README and guides: every link leads somewhere, every command is one, and what can be run quickly is run."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from racer_desktop import cli
from racer_desktop.commands.train import log_entry
from racer_desktop.paths import resource
from racer_desktop.training.snapshot import Activity, Stats
from racer_desktop.training.telemetry import TelemetryRing
from racer_desktop.training.trial import COLUMNS
from tests.documents import DOCUMENTS, ROOT, Document, documents

PAGES = list(documents())
PLACEHOLDERS = {"SEED": "42", "K": "3", "N": "4", "M": "5", "S": "1"}
FILES = ("FILE", "FILE.racer", "FILE.csv", "brain.racer", "track.csv")  # that commands on the pages read
LAUNCHER = ("test", "bundle")  # commands of its own
MOST_PICTURE = 200_000  # bytes
MOST_FILM = 2_000_000
RUN = (  # word for word as they are written there
    "racer-desktop reference --track 42",
    "racer-desktop track 42 --out track.csv",
    "racer-desktop --help",
)
EXTRA = re.compile(r"racer-desktop\[([\w,]+)\]")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def every(kind: str) -> list[object]:
    """(page, command or option) of all pages, named for the report."""
    return [
        pytest.param(page, line, id=f"{page.path.stem}: {line}")
        for page in PAGES
        for line in sorted(getattr(page, kind))
    ]


def named(stem: str) -> Document:
    return next(page for page in PAGES if page.path.stem == stem)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_every_link_leads_somewhere(page: Document) -> None:
    for target in page.links:
        if "://" in target:
            assert re.fullmatch(r"https://[\w.-]+\.\w+(/[\w./%#?=&+-]*)?", target), target
            continue
        name, _, anchor = target.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        assert path.exists(), target
        assert path.is_relative_to(ROOT), target
        if anchor:
            assert path in DOCUMENTS, target
            assert anchor in Document(path, path.read_text(encoding="utf-8")).anchors, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_every_picture_says_what_it_shows_and_is_small(page: Document) -> None:
    for words, target in page.pictures:
        path = page.path.parent / target
        assert len(words) > 20, f"{target}: {words!r}"
        assert path.stat().st_size <= (MOST_FILM if path.suffix == ".gif" else MOST_PICTURE), target


def test_every_picture_of_the_help_pages_is_there_light_and_dark_and_shown() -> None:
    folder = resource("help/pictures")
    shown = {Path(target).name for page in PAGES if page.path.parent == folder.parent for _, target in page.pictures}
    there = {path.name for path in folder.glob("*.png")}
    assert shown <= there
    assert there == shown | {name.replace(".png", "-dark.png") for name in shown}
    for name in shown:
        light, dark = (Image.open(folder / n).convert("L") for n in (name, name.replace(".png", "-dark.png")))
        assert light.size == dark.size
        assert light.width == 1440, "two pixels for each of the help window's column"
        assert light.getpixel((2, light.height - 3)) != dark.getpixel((2, dark.height - 3)), name


def test_no_picture_of_the_readme_is_left_over() -> None:
    shown = {Path(target).name for target in named("README").links if "pictures/" in target}
    assert shown == {path.name for path in resource("pictures").iterdir()}


@pytest.mark.parametrize(("page", "line"), every("commands"))
def test_every_command_is_one(page: Document, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).touch()
    (tmp_path / "models").mkdir()
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(line)]
    if words[0] == "xvfb-run":
        words = [word for word in words[1:] if word != "-a"]
    program, rest = words[0], words[1:]
    if program == "racer-desktop":
        parse(rest)
    elif program in cli.COMMANDS:
        parse(words)
    elif program in ("pip", "pipx", "uv"):
        assert "install" in rest
        for extras in EXTRA.findall(line):
            assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()
    elif program == "git":
        assert rest[0] == "clone"
    elif program.endswith(".sh"):
        assert (ROOT / program).stat().st_mode & 0o100
    elif rest[0] == "-m":
        assert importlib.util.find_spec(rest[1]), line
        assert not rest[2:]
    elif rest[0] == "packaging/launch.py":
        launch(rest[1:])
    else:
        script(*rest)


@pytest.mark.parametrize(("page", "line"), every("options"))
def test_every_option_belongs_to_some_command(page: Document, line: str) -> None:
    flag = line.split()[0]
    assert flag in {option for name in cli.COMMANDS for option in flags(cli._parser(name)[0])}


def test_every_command_of_the_program_is_on_the_page_about_it() -> None:
    words = {word for line in named("operations").commands for word in line.split()}
    assert set(cli.COMMANDS) <= words


def test_extras_are_the_projects() -> None:
    for page in PAGES:
        for extras in EXTRA.findall(page.text):
            assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys(), page.name


@pytest.mark.parametrize("line", RUN)
def test_quick_commands_do_what_the_pages_say(line: str, tmp_path: Path) -> None:
    written = {command for page in PAGES for command in page.commands}
    as_launched = line.replace("racer-desktop", "python3 packaging/launch.py")
    assert line in written or as_launched in written, "no page shows this command any more"
    words = [sys.executable, "-m", "racer_desktop", *shlex.split(line)[1:]]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    if "--out" in line:
        assert (tmp_path / "track.csv").read_text(encoding="utf-8").startswith("# x_m,y_m")
    else:
        assert ran.stdout


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    needed = {re.split(r"[<>=\[]", line)[0].lower() for line in PROJECT["dependencies"]}
    rows = named("README").rows("What it is built on")
    assert {row[0].lower() for row in rows} == needed
    assert all(len(row[1]) > 10 for row in rows)


def test_every_measured_figure_names_the_command_that_prints_it() -> None:
    rows = named("README").rows("Measured")
    assert rows
    for row in rows:
        commands = [words for words in re.findall(r"`([^`]+)`", row[-1]) if not words.startswith("--")]
        assert commands
        for command in commands:
            assert command.split()[0] in cli.COMMANDS


def test_the_keys_of_what_the_program_writes_are_on_the_page() -> None:
    page = named("files")
    assert keys(page, "Training log") == set(log_entry(Stats(Activity.IDLE)))
    assert keys(page, "Evaluation") == {"tracks", "finish_rate", "median_ratio", *COLUMNS}
    ring = TelemetryRing((-45.0,), ("speed",))
    assert keys(page, "Telemetry: CSV") == set(ring.names)


def keys(page: Document, heading: str) -> set[str]:
    """What stands as code in the first column of the tables of a section."""
    return {key for row in page.rows(heading) for key in re.findall(r"`([^`]+)`", row[0])}


@pytest.mark.slow
def test_the_python_on_the_pages_runs(tmp_path: Path) -> None:
    """In the order in which one page needs what another saved; a tiny brain instead of minutes."""
    (session,) = named("architecture").python
    (file,) = named("files").python
    (gym,) = named("README").python
    for long, short in (("minutes=2", "updates=2"), ("Config().replace(", "TINY.replace(")):
        assert long in session
        session = session.replace(long, short)
    found = "assert about['counters']['updates'] > 0 and reward.ndim == 1"
    run_python(f"from tests.training.tiny import TINY\n{session}\n{file}\n{found}", tmp_path)
    if importlib.util.find_spec("gymnasium"):
        run_python(f"{gym}\nenv.reset()\nassert envs.num_envs == 256", tmp_path)


def run_python(code: str, folder: Path) -> None:
    """Runs code in a process of its own, in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)


def parse(words: list[str]) -> argparse.Namespace | None:
    """Takes a command line of the program, without its name, as the program would."""
    name = words[0] if words and words[0] in cli.COMMANDS else None
    parser, _ = cli._parser(name)
    try:
        return parser.parse_args(words[1:] if name else words)
    except SystemExit as leaving:
        if leaving.code:
            pytest.fail(f"The program refuses {words}.")
        return None  # --help and --version


def launch(words: list[str]) -> None:
    """Takes what follows `launch.py`."""
    if not words or words[0] not in LAUNCHER:
        parse(words)
    elif words[1:] and words[0] == "bundle":
        script("packaging/build_bundle.py", *words[1:])


def script(path: str, *words: str) -> None:
    """Takes a script of the repository and its options: it must know them."""
    assert (ROOT / path).is_file()
    source = (ROOT / path).read_text(encoding="utf-8")
    for word in words:
        assert not word.startswith("--") or f'"{word}"' in source, f"{path} {word}"


def flags(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a parser and of those below it."""
    found: set[str] = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                found |= flags(below)
    return found
