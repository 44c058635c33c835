"""XLSX files as grids of raw cells, read within limits and without running anything in them.

Only what stands in cells is read: values, what formulas last came to, and where rows are hidden, cells merged or
commented. Refused, each with its own code: old and binary workbooks, encrypted ones, workbooks with macros, packages
that are too large or unpack to too much, and XML that declares a document type (entities).
Source of the structure: ECMA-376, parts 1 and 2.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from posixpath import basename, dirname, join, normpath
from typing import NamedTuple

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from config.messages import CodedError

MOST_BYTES = 32 * 2**20
MOST_UNPACKED = 256 * 2**20
MOST_PARTS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 400
MOST_CELLS = 4_000_000
OUR_AUTHOR = "Kakehashi"
"""Who the marks of a file that went back are by."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DOCTYPE = tuple("<!DOCTYPE".encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be"))
_MACROS = ("macroEnabled", "vbaProject")
_SPOILT = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error)
"""What `zipfile` and the decoder below it raise on a spoilt or cut package, or one packed in a way they do not know.
The package lies in memory: an OSError is an offset that leads nowhere. Each ends in `workbook_unreadable`.
"""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EASTERN_DATES = frozenset({*range(27, 37), *range(50, 59)})
"""Numbers of built-in formats that are dates in Japanese and Chinese workbooks."""


class Cell(NamedTuple):
    """One cell. `kind` is text, number, date (a `datetime`), time (of day, or a length of time), truth or error; a
    formula's value is what it last was. `serial` is the whole number that a date is kept as, `since` the day that
    numbers of days are counted from.
    """

    row: int
    column: int
    kind: str
    value: str | datetime
    formula: bool = False
    serial: int | None = None
    since: datetime = CALENDAR_WINDOWS_1900


@dataclass(slots=True)
class Grid:
    """One sheet: its cells by row, in the order of the file; and what else a reader must know about it."""

    name: str
    rows: dict[int, list[Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    comments: int = 0
    part: str = ""
    hidden: bool = False


def is_workbook(data: bytes) -> bool:
    """Tell whether bytes are a workbook of some kind: a package, or the older compound file."""
    return data.startswith((b"PK\x03\x04", _OLE))


def grids(data: bytes, name: str) -> list[Grid]:
    """Return the sheets of a workbook. Raises `CodedError` with a `workbook_…` code."""
    package = opened(data, name)
    try:
        return _Book(package, name).grids()
    except (
        KeyError,
        ValueError,
        IndexError,
        OverflowError,
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
    ) as error:
        raise CodedError.of("workbook_unreadable", file=name, detail=f"{type(error).__name__}: {error}"[:200]) from None


def opened(data: bytes, name: str) -> zipfile.ZipFile:
    """Return the package of a workbook, once it is known to be harmless. Raises `CodedError`."""
    if len(data) > MOST_BYTES:
        raise CodedError.of("workbook_too_large", file=name, detail=f"{len(data)} bytes, at most {MOST_BYTES}")
    if data.startswith(_OLE):
        raise CodedError.of("workbook_protected" if _ENCRYPTED in data else "workbook_old_format", file=name)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_PARTS or unpacked > MOST_UNPACKED:
            detail = f"{len(entries)} parts, {unpacked} bytes; at most {MOST_PARTS} and {MOST_UNPACKED}"
            raise CodedError.of("workbook_too_large", file=name, detail=detail)
        names = {entry.filename for entry in entries}
        if "[Content_Types].xml" not in names:
            raise CodedError.of("workbook_old_format" if "mimetype" in names else "workbook_unreadable", file=name,
                                detail="no [Content_Types].xml")  # fmt: skip
        types = package.read("[Content_Types].xml").decode("utf-8", "replace")
        for entry in entries:
            if entry.flag_bits & 1:
                raise CodedError.of("workbook_protected", file=name)
            if basename(entry.filename).startswith("vbaProject"):
                raise CodedError.of("workbook_macros", file=name)
            if entry.filename.endswith((".xml", ".rels", ".vml")) and _declares(package, entry):
                raise CodedError.of("workbook_dangerous", file=name, part=entry.filename)
    except _SPOILT as error:
        raise CodedError.of("workbook_unreadable", file=name, detail=str(error)[:200]) from None
    if any(word in types for word in _MACROS):
        raise CodedError.of("workbook_macros", file=name)
    if "sheet.binary" in types:
        raise CodedError.of("workbook_old_format", file=name)
    return package


def unescaped(text: str) -> str:
    """Return a text of a cell as it was typed: `_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _declares(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part declares a document type, whichever encoding it is in."""
    before = b""
    with package.open(entry) as part:
        while chunk := part.read(2**20):
            if any(word in before + chunk for word in _DOCTYPE):
                return True
            before = chunk[-32:]
    return False


class _Book:
    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self._package = package
        self._file = name
        self._parts = set(package.namelist())
        self._book = self._main()
        root = self._tree(self._book)
        self._relations = self._related(self._book)
        self._epoch = CALENDAR_WINDOWS_1900
        for one in _children(root, "workbookPr"):
            if one.get("date1904") in {"1", "true"}:
                self._epoch = CALENDAR_MAC_1904
        self._sheets = [one for group in _children(root, "sheets") for one in _children(group, "sheet")]
        self._strings = self._shared()
        self._dates, self._lengths = self._date_styles()
        self._cells = 0

    def grids(self) -> list[Grid]:
        found = []
        for one in self._sheets:
            target = self._relations.get(one.get(_RELATION, ""), ("", ""))[1]
            grid = Grid(one.get("name", ""), hidden=one.get("state", "visible") != "visible")
            grid.part = target
            if target in self._parts and "worksheets" in target:
                self._fill(grid, target)
            found.append(grid)
        return found

    def _main(self) -> str:
        for kind, target in self._related("").values():
            if kind.endswith("/officeDocument"):
                return target
        raise ValueError("no workbook in the package")

    def _tree(self, part: str) -> etree._Element:
        return etree.fromstring(self._package.read(part), _parser())

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: their kind and target by identifier."""
        place = join(dirname(part), "_rels", f"{basename(part)}.rels")
        if place not in self._parts:
            return {}
        found = {}
        for one in self._tree(place):
            target = one.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
            found[one.get("Id", "")] = (one.get("Type", ""), path)
        return found

    def _target(self, kind: str) -> str | None:
        targets = (target for name, target in self._relations.values() if name.endswith(kind))
        return next((target for target in targets if target in self._parts), None)

    def _shared(self) -> list[str]:
        part = self._target("/sharedStrings")
        return [] if part is None else [_rich(one) for one in _children(self._tree(part), "si")]

    def _date_styles(self) -> tuple[frozenset[int], frozenset[int]]:
        """Return the styles that make a date or a time of day of a number, and those that make a length of time."""
        part = self._target("/styles")
        if part is None:
            return frozenset(), frozenset()
        root = self._tree(part)
        formats = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "")
            for group in _children(root, "numFmts")
            for one in _children(group, "numFmt")
        }
        styles = [int(one.get("numFmtId", "0")) for group in _children(root, "cellXfs") for one in group]
        codes = [formats.get(form, BUILTIN_FORMATS.get(form, "General")) for form in styles]
        dates = {place for place, form in enumerate(styles) if form in _EASTERN_DATES or is_date_format(codes[place])}
        lengths = {place for place, code in enumerate(codes) if is_timedelta_format(code)}
        return frozenset(dates - lengths), frozenset(lengths)

    def _fill(self, grid: Grid, part: str) -> None:
        number = 0
        with self._package.open(part) as content:
            for _, element in etree.iterparse(content, tag=("{*}row", "{*}mergeCell"), **_SAFE):
                if _local(element) == "mergeCell":
                    grid.merged.append(element.get("ref", ""))
                else:
                    number = int(element.get("r", number + 1))
                    self._row(grid, element, number)
                element.clear()
        for kind, target in self._related(part).values():
            if kind.endswith("/comments") and target in self._parts:
                grid.comments += _comments(self._tree(target))

    def _row(self, grid: Grid, element: etree._Element, number: int) -> None:
        column = 0
        cells = []
        for one in _children(element, "c"):
            reference = one.get("r")
            column = column_index_from_string(coordinate_from_string(reference)[0]) if reference else column + 1
            cell = self._cell(one, number, column)
            if cell is not None:
                cells.append(cell)
        self._cells += len(cells)
        wide = max((cell.column for cell in cells), default=0)
        if self._cells > MOST_CELLS or (cells and number > MOST_ROWS) or wide > MOST_COLUMNS:
            detail = f"{grid.name}: row {number}, column {wide}, {self._cells} cells"
            raise CodedError.of("workbook_too_large", file=self._file, detail=detail)
        if cells:
            grid.rows[number] = cells
            if element.get("hidden") in {"1", "true"}:
                grid.hidden_rows.add(number)

    def _cell(self, one: etree._Element, row: int, column: int) -> Cell | None:
        kind = one.get("t", "n")
        formula = next(_children(one, "f"), None) is not None
        raw = next(_children(one, "v"), None)
        text = raw.text if raw is not None else None
        if kind == "inlineStr":
            text = "".join(_rich(inside) for inside in _children(one, "is"))
        elif kind == "s" and text is not None:
            text = self._strings[int(text)]
        elif kind == "str" and text is not None:
            text = unescaped(text)
        if text is None or (not text.strip() and not formula):
            return Cell(row, column, "text", "", formula=True) if formula else None
        if kind in {"s", "str", "inlineStr"}:
            return Cell(row, column, "text", text, formula)
        if kind == "b":
            return Cell(row, column, "truth", "TRUE" if text == "1" else "FALSE", formula)
        if kind == "e":
            return Cell(row, column, "error", text, formula)
        if kind == "d":
            return Cell(row, column, "date", datetime.fromisoformat(text).replace(tzinfo=None), formula)
        return self._number(Cell(row, column, "number", text, formula), int(one.get("s", "0")))

    def _number(self, cell: Cell, style: int) -> Cell:
        """Return a number cell, or what its style makes of it: a date, a time of day, a length of time."""
        cell = cell._replace(since=self._epoch)
        if style not in self._dates and style not in self._lengths:
            return cell
        try:
            days = float(str(cell.value))
            if style in self._lengths or 0 <= days < 1:
                return cell._replace(kind="time", value=_clock(days))
            moment = from_excel(days, self._epoch)
        except (ValueError, OverflowError):
            return cell
        if not isinstance(moment, datetime):
            return cell
        return cell._replace(kind="date", value=_whole_seconds(moment), serial=int(days))


def _comments(root: etree._Element) -> int:
    """Count the comments that are not our own marks."""
    authors = [one.text or "" for one in root.iter("{*}author")]
    ours = {str(place) for place, name in enumerate(authors) if name == OUR_AUTHOR}
    return sum(one.get("authorId") not in ours for one in root.iter("{*}comment"))


def serial_day(number: float, since: datetime) -> str | None:
    """Return the day that a workbook's serial number stands for, if it is one of our time."""
    if not 20_000 <= number < 80_000:
        return None
    found = from_excel(number, since)
    return f"{found:%Y-%m-%d}" if isinstance(found, datetime) else None


def _clock(days: float) -> str:
    """Return a share of days as hours, minutes and seconds."""
    minutes, seconds = divmod(round(days * 86_400), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _whole_seconds(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _rich(element: etree._Element) -> str:
    """Return the text of a string, all runs joined, without the readings of Japanese words (phonetic runs)."""
    found = []
    for one in element:
        name = _local(one)
        if name == "t":
            found.append(one.text or "")
        elif name == "r":
            found.extend(inside.text or "" for inside in _children(one, "t"))
    return unescaped("".join(found))


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from element.iterchildren(f"{{*}}{name}")


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(**_SAFE)
