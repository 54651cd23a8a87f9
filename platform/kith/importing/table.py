"""Tables as a spreadsheet saves them (RFC 4180): cut into rows, and their cells read as values."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeAlias

from kith.ground.choice import Choice
from kith.ground.errors import Invalid
from kith.people.mentee import Need
from kith.people.profile import Domain, Weekday, Window

LARGEST_PART = 200 * 1024  # bytes of UTF-8: a request takes 256 KiB
LONGEST_CELL = 4000  # characters
MOST_COLUMNS = 64
_FORMULA = re.compile(r"[=+\-@]")
_TELEPHONE = re.compile(r"\+[0-9 ()./-]+")
_WINDOW = re.compile(r"(\w+) +([0-9]{1,2}:[0-9]{2}) *- *([0-9]{1,2}:[0-9]{2})")
_YEARS = range(1900, 2200)
Read: TypeAlias = Callable[[str], Any]
Rows: TypeAlias = list[list[str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column that an import may have: how its cells are read, and whether each row must fill it."""

    read: Read
    required: bool = False


def delimiter_of(table: str) -> str:
    """What separates the cells, by the line with the names: no name of a column holds either sign."""
    header = table.removeprefix("\ufeff").lstrip("\r\n").split("\n", 1)[0]
    return ";" if header.count(";") > header.count(",") else ","


def cut(table: str, delimiter: str) -> Rows:
    """The rows of a table, without empty ones. Raises Invalid where it is too large or cannot be read."""
    _readable(table)
    rows: Rows = []
    reader = csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            bare = [cell.strip() for cell in cells]
            if any(bare):
                rows.append(_not_too_long(bare, reader.line_num))
    except csv.Error as error:
        sentence = f"Line {reader.line_num} cannot be read: a quotation mark is not closed, or stands in a wrong place."
        raise Invalid(sentence, path=("rows",)) from error
    return rows


def names_in(header: Sequence[str], known: Mapping[str, Cell]) -> list[str]:
    """The names of the columns. Raises Invalid that names what is unknown, missing or there twice."""
    names = [re.sub(r"[\s-]+", "_", name.casefold()) for name in header]
    unknown = [shown for shown, name in zip(header, names, strict=True) if name not in known]
    if unknown:
        sentence = f"There is no column {_listed(unknown)} here. The columns are: {_listed(known)}."
        raise Invalid(f"{sentence} Rename it, or take it out.", path=("rows",))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid(f"These columns are there twice: {_listed(twice)}.", path=("rows",))
    missing = [name for name, cell in known.items() if cell.required and name not in names]
    if missing:
        raise Invalid(f"These columns are missing: {_listed(missing)}.", path=("rows",))
    return names


def looks_like_formula(column: str, cell: str) -> bool:
    """Whether a spreadsheet might compute the cell; a telephone number begins with + as well."""
    return bool(_FORMULA.match(cell)) and not (column == "phone" and _TELEPHONE.fullmatch(cell))


def text(cell: str) -> str:
    """The cell as it is."""
    return cell


def number(cell: str) -> int:
    """A whole number. Raises Invalid."""
    if not re.fullmatch(r"[0-9]{1,6}", cell):
        raise Invalid("This takes a whole number.")
    return int(cell)


def day(cell: str) -> date:
    """A day. Raises Invalid."""
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        found = None
    if found is None or not re.fullmatch(r"[0-9-]{10}", cell) or found.year not in _YEARS:
        raise Invalid("Write a day as YYYY-MM-DD, such as 2025-03-31.")
    return found


def yes(cell: str) -> bool:
    """Yes or no. Raises Invalid."""
    said = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(cell.casefold())
    if said is None:
        raise Invalid("This takes yes or no.")
    return said


def code(kind: type[Choice]) -> Read:
    """One of the values of an enumeration, in whatever case, with spaces or underscores. It raises Invalid."""

    def read(cell: str) -> Choice:
        name = re.sub(r"[\s-]+", "_", cell.strip()).upper()
        if name not in kind.__members__:
            raise Invalid(f"This takes {_listed(list(kind), 'or')}.")
        return kind[name]

    return read


def several(read: Read) -> Read:
    """Several values in one cell, between |, commas or semicolons."""
    return lambda cell: [read(each) for each in _parts(cell, r"[|,;]")]


def sentences(cell: str) -> list[str]:
    """Several texts in one cell, between |."""
    return _parts(cell, r"\|")


def needs(cell: str) -> list[Need]:
    """Needs, such as HOUSING:3|FOOD:1. Raises Invalid."""
    found = []
    for each in _parts(cell, r"[|,;]"):
        domain, _, severity = each.partition(":")
        if severity.strip() not in ("0", "1", "2", "3"):
            raise Invalid("Write needs as a part of life and 0 to 3, such as HOUSING:3|FOOD:1.")
        found.append(Need(code(Domain)(domain), int(severity)))
    return found


def windows(cell: str) -> list[Window]:
    """Weekly times, such as MONDAY 18:00-20:00|SUNDAY 10:00-12:00. Raises Invalid."""
    return [_window(each) for each in _parts(cell, r"[|,;]")]


def _window(cell: str) -> Window:
    found = _WINDOW.fullmatch(cell)
    try:
        if found is None:
            raise ValueError
        starts, ends = (time.fromisoformat(found[i].rjust(5, "0")) for i in (2, 3))
    except ValueError as error:
        raise Invalid("Write weekly times such as MONDAY 18:00-20:00|SUNDAY 10:00-12:00.") from error
    return Window(code(Weekday)(found[1]), starts, ends)


def _parts(cell: str, separator: str) -> list[str]:
    return [part.strip() for part in re.split(separator, cell) if part.strip()]


def _readable(table: str) -> None:
    try:
        size = len(table.encode())
    except UnicodeEncodeError as error:
        raise Invalid("This is not UTF-8: it holds half a character.", path=("rows",)) from error
    if size > LARGEST_PART:
        sentence = "This is more than 200 KiB. Send it in several parts, each with whole rows."
        raise Invalid(sentence, path=("rows",))
    if "\ufffd" in table:
        sentence = "This was not saved as UTF-8: some of its characters were lost. Save it as CSV UTF-8."
        raise Invalid(sentence, path=("rows",))
    if "\0" in table:
        raise Invalid("This holds a NUL character, so it is no CSV in UTF-8. Save it as CSV UTF-8.", path=("rows",))


def _not_too_long(cells: list[str], line: int) -> list[str]:
    if len(cells) > MOST_COLUMNS:
        raise Invalid(f"Line {line} has more than {MOST_COLUMNS} cells.", path=("rows",))
    for place, cell in enumerate(cells, 1):
        if len(cell) > LONGEST_CELL:
            sentence = f"Cell {place} in line {line} is too long: a cell takes at most {LONGEST_CELL} characters."
            raise Invalid(sentence, path=("rows",))
    return cells


def _listed(names: Sequence[str] | Mapping[str, Any], last: str = "and") -> str:
    *others, final = [name[:60] for name in names]
    return f"{', '.join(others)} {last} {final}" if others else final
