"""The README and the guides, taken apart: links, pictures, commands, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from racer_desktop.cli import COMMANDS
from racer_desktop.gui.help_pages import headings

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "resources" / "help").glob("*.md")))
PROGRAMS = (
    "racer-desktop", "python3", "python", ".venv/bin/python", "packaging/install.sh", "packaging/uninstall.sh", "pip",
    "git", "xvfb-run",
)  # fmt: skip

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[(?:[^\]\\]|\\.)*\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_HTML = re.compile(r"(?:src|srcset|href)=\"([^\"]+)\"")
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A Markdown file.

    Attributes:
        path: of the file.
        text: of it.
    """

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path from the root of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """The text without code."""
        return _SPAN.sub("", _FENCED.sub("", self.text))

    @property
    def links(self) -> list[str]:
        """Targets of all links and pictures."""
        return _LINK.findall(self.prose) + [target for _, target in self.pictures] + _HTML.findall(self.prose)

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """(words for who cannot see it, file) of each picture."""
        return _PICTURE.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """What links into it may be called."""
        return {heading.anchor for heading in headings(self.text)}

    @property
    def commands(self) -> set[str]:
        """Every command line in it, without comments; the program's own commands also without its name."""
        lines = [line for code in self.shells for line in code.splitlines()]
        spans = [span for span in _SPAN.findall(_FENCED.sub("", self.text)) if _begins(span)]
        parts = [part.strip() for line in (*lines, *spans) for part in re.sub(r"\s#.*", "", line).split("&&")]
        return {part for part in parts if part and not part.startswith("cd ")}

    @property
    def options(self) -> set[str]:
        """Options that are written by themselves, such as `--circuit FILE.csv`."""
        spans = _SPAN.findall(_FENCED.sub("", self.text))
        return {span for span in spans if span.startswith("--") and not span.startswith("--help")}

    @property
    def shells(self) -> list[str]:
        """Fenced code that begins with a command: all of it must be commands."""
        return [code for _, code in _FENCED.findall(self.text) if _begins(code)]

    @property
    def python(self) -> list[str]:
        """Fenced Python."""
        return [code for _, code in _FENCED.findall(self.text) if re.match(r"(import|from) ", code)]

    def rows(self, heading: str) -> list[list[str]]:
        """The cells of the tables under a heading, without their heads."""
        section = re.split(rf"^#+ {re.escape(heading)}$", self.text, flags=re.MULTILINE)[1]
        section = re.split(r"^#", section, flags=re.MULTILINE)[0]
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in _ROW.findall(section)]
        lines = [number for number, row in enumerate(rows) if set(row[0]) <= set("-:")]
        heads = {number + shift for number in lines for shift in (-1, 0)}
        return [row for number, row in enumerate(rows) if number not in heads]


def documents() -> Iterator[Document]:
    """Yields every one."""
    for path in DOCUMENTS:
        yield Document(path, path.read_text(encoding="utf-8"))


def _begins(line: str) -> bool:
    words = line.split()
    if not words or (len(words) == 1 and words[0] not in PROGRAMS[4:6]):
        return words == ["racer-desktop"]
    return words[0] in PROGRAMS or words[0] in COMMANDS
