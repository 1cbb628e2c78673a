"""The help pages as files: their titles, their headings and the names by which links find them. No widgets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from racer_desktop.paths import resource

PAGES = ("guide", "keyboard", "operations", "configuration", "architecture", "files")  # in reading order

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKUP = re.compile(r"[`*_]|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Heading:
    """A heading of a page.

    Attributes:
        level: 1 for the title, 2 for sections.
        text: its words without markup.
        anchor: what a link to it is called.
    """

    level: int
    text: str
    anchor: str


def page_text(name: str) -> str:
    """The Markdown of a page.

    Raises:
        FileNotFoundError: if there is no such page; the message names it.
    """
    return resource(f"help/{name}.md").read_text(encoding="utf-8")


def headings(text: str) -> list[Heading]:
    """All headings of a page in order, without those that only look like one inside code."""
    found = []
    in_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        match = None if in_code else _HEADING.match(line)
        if match:
            words = _MARKUP.sub(lambda m: m.group(1) or "", match.group(2))
            found.append(Heading(len(match.group(1)), words, anchor_of(words)))
    return found


def anchor_of(words: str) -> str:
    """A heading's anchor as Markdown viewers make it: lower case, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


def title(text: str) -> str:
    """The page's first heading."""
    return next((h.text for h in headings(text)), "")
