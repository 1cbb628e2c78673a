"""The text of a circuit file: rows of numbers, and in which line each stands.

The field's format is CSV with `# x_m,y_m,w_tr_right_m,w_tr_left_m` in front. Its relatives are understood too:
`;` or tabs between the columns, decimal commas then, a header without `#`, columns in another order, none at all,
widths left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_BYTES = 20_000_000
FARTHEST = 1e8  # m from the origin: beyond every national grid's coordinates

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_LENGTH_UNIT = r"([_ ]?[(\[]?m[)\]]?)?"
_NAMES = {
    "x": re.compile("x" + _LENGTH_UNIT),
    "y": re.compile("y" + _LENGTH_UNIT),
    "right": re.compile(".*right.*"),
    "left": re.compile(".*left.*"),
}
_DISC = re.compile(r"#\s*obstacle\s+(?P<numbers>[-+.\d].*)", re.IGNORECASE)


class CircuitError(ValueError):
    """A circuit file is wrong; the message says in which line, why, and what would be right."""


@dataclass(frozen=True)
class Row:
    """One point: its line in the file, its place in m, and the widths to its sides in m or None."""

    line: int
    x: float
    y: float
    right: float | None
    left: float | None


@dataclass(frozen=True)
class Disc:
    """An obstacle: its line in the file, its centre and radius in m."""

    line: int
    x: float
    y: float
    radius: float


@dataclass
class CircuitText:
    """What a circuit file says."""

    rows: list[Row] = field(default_factory=list)
    discs: list[Disc] = field(default_factory=list)


def decode(data: bytes) -> str:
    """The text in a file's bytes: UTF-8, UTF-16 with its mark, or Latin-1.

    Raises:
        CircuitError: if it is no text.
    """
    if len(data) > MOST_BYTES:
        raise CircuitError(f"it has {len(data) / 1e6:,.0f} MB; a circuit file has less than {MOST_BYTES / 1e6:.0f}.")
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if re.search(r"[\x00-\x08\x0e-\x19\x1b-\x1f]", text):
        raise CircuitError("it is not a text file; a circuit file has lines such as 12.5,-3.0,6.0,6.0 in metres.")
    return text


def parse(text: str) -> CircuitText:
    """The rows and discs of a circuit file's text.

    Raises:
        CircuitError: with the line that cannot be understood.
    """
    lines = [line.strip(" \x1a\ufeff\xa0") for line in re.split(r"\r\n|\r|\n", text)]
    separator = _separator(lines)
    result = CircuitText()
    columns: dict[str, int] | None = None
    width = 0  # columns named by the header
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            if disc := _DISC.match(line):
                result.discs.append(_disc(number, disc["numbers"]))
            elif not result.rows and (named := _columns(_cells(line.lstrip("# "), separator))):
                columns, width = named, len(_cells(line.lstrip("# "), separator))
            continue
        cells = _cells(line, separator)
        if not any(cells):
            continue
        if not result.rows and columns is None and not any(map(_numeric, cells)):
            columns, width = _columns(cells) or {}, len(cells)
            continue
        result.rows.append(_row(number, cells, columns or {}, width, decimal_comma=separator != ","))
    return result


def _separator(lines: list[str]) -> str:
    rows = [line for line in lines if line and not line.startswith("#")]
    return next((mark for mark in (";", "\t", ",") if any(mark in row for row in rows)), ",")


def _cells(line: str, separator: str) -> list[str]:
    """The cells of a line; empty ones at its end mean nothing."""
    cells = [cell.strip().strip("\"'").strip() for cell in line.split(separator)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _columns(cells: list[str]) -> dict[str, int] | None:
    """Which column is which, or None if these are no names that say so."""
    found = {}
    for name, pattern in _NAMES.items():
        places = [k for k, cell in enumerate(cells) if pattern.fullmatch(cell.lower())]
        if len(places) == 1:
            found[name] = places[0]
    return found if {"x", "y"} <= found.keys() else None


def _row(number: int, cells: list[str], columns: dict[str, int], width: int, *, decimal_comma: bool) -> Row:
    if not columns:
        columns = {"x": 0, "y": 1, "right": 2, "left": 3}
        if len(cells) not in (2, 4):
            raise CircuitError(
                f"line {number} has {_counted(len(cells))}; write 2 (x, y) or 4 (x, y, width to the right, "
                f"width to the left), all in metres."
            )
    elif len(cells) > width or len(cells) <= max(columns["x"], columns["y"]):
        raise CircuitError(
            f"line {number} has {_counted(len(cells))}; the header names {width}, and every line needs them."
        )
    values = {}
    for name, column in columns.items():
        cell = cells[column] if column < len(cells) else ""
        if cell:
            values[name] = _value(number, cell.replace(",", ".") if decimal_comma else cell, cell)
    for name in "xy":
        if name not in values:
            raise CircuitError(f"line {number} has no {name}; every line needs x and y in metres.")
    if ("left" in values) != ("right" in values):
        raise CircuitError(f"line {number} has one width; give the widths to the right and to the left, or neither.")
    return Row(number, values["x"], values["y"], values.get("right"), values.get("left"))


def _disc(number: int, text: str) -> Disc:
    separator = ";" if ";" in text else ","
    cells = _cells(text, separator)
    if len(cells) != 3:
        raise CircuitError(
            f"line {number}: an obstacle has 3 numbers, x, y and radius in metres; this one has {len(cells)}."
        )
    x, y, radius = (_value(number, cell.replace(",", "."), cell) for cell in cells)
    return Disc(number, x, y, radius)


def _numeric(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.replace(",", ".")) or _NOT_FINITE.fullmatch(cell))


def _value(number: int, cell: str, shown: str) -> float:
    if _NOT_FINITE.fullmatch(cell):
        raise CircuitError(f"line {number}: {shown} is not a finite number; write metres such as 12.5.")
    if not _NUMBER.fullmatch(cell):
        short = shown if len(shown) <= 30 else shown[:30] + "..."
        raise CircuitError(f"line {number}: {short!r} is not a number; write metres such as 12.5.")
    value = float(cell)
    if abs(value) > FARTHEST:
        raise CircuitError(f"line {number}: {shown} is too large to be metres; no place on Earth needs more than 1e8.")
    return value


def _counted(cells: int) -> str:
    return f"{cells} value{'' if cells == 1 else 's'}"
