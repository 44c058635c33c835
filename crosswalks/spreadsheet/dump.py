"""Listings → the workbook: guide, sheets to fill, codes. Equal listings give equal bytes.

Texts are written as texts, whatever they begin with: no cell of ours is a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.cell import get_column_letter, quote_sheetname

from config.messages import CodedError
from config.yaml_files import load_yaml
from crosswalks.descriptor.types import Identifier
from crosswalks.spreadsheet import styles
from crosswalks.spreadsheet.cells import folded
from crosswalks.spreadsheet.guide import TITLE, add_guide
from crosswalks.spreadsheet.heads import CODES, NEEDS
from crosswalks.spreadsheet.layout import MAIN, NUMBER, TRANSLATIONS, Column, Sheet, codes_named, lists_used, sheets
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.spreadsheet.parts import content_columns, rows_of, translations_of, value_of

FORMATS = {"xlsx": "xlsx"}
_MOST_ROWS = 1_048_576
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001  workbooks know no zone
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]{0,400}>)[^<]{0,40}(</dcterms:)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


def dump(listings: Iterable[SpreadsheetListing], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write listings into a workbook, the only form there is. Raises `CodedError` with `workbook_full`."""
    book = _Book()
    for listing in listings:
        book.add(listing)
    book.save(out)


def template(out: BinaryIO) -> None:
    """Write the empty template, with example rows that reading passes over."""
    book = _Book(styles.EXAMPLE)
    for listing in examples():
        book.add(listing)
    book.save(out)


def examples() -> list[SpreadsheetListing]:
    """Return the listings that the template shows as examples."""
    return [SpreadsheetListing.model_validate(one) for one in load_yaml(Path(__file__).parent / "examples.yaml")]


class _Book:
    """A workbook that is being written, row by row on all of its sheets."""

    def __init__(self, font: Any = styles.TEXT) -> None:
        self._font = font
        self._book = Workbook(write_only=True)
        self._numbers: set[str] = set()
        self._cells: dict[tuple[str, str, bool, bool], Any] = {}
        self._next = 1
        add_guide(self._book)
        self._sheets = {sheet.key: self._book.create_sheet(sheet.title) for sheet in sheets()}
        self._rows = dict.fromkeys(self._sheets, styles.FIRST_ROW - 1)
        self._ranges = self._add_codes()
        for sheet in sheets():
            self._head(sheet)

    def add(self, listing: SpreadsheetListing) -> None:
        """Write the rows of one listing."""
        number = self._number(listing)
        nth: dict[str, int] = {}
        for sheet, part in rows_of(listing):
            nth[sheet.key] = nth.get(sheet.key, 0) + 1
            values = [number, *(value_of(part, column) for column in content_columns(sheet))]
            self._row(sheet, values)
            for text in translations_of(sheet, nth[sheet.key], part):
                column = f"{text.column.names['ja']} {text.column.names['en']}"
                self._row(_translations(), [number, sheet.title, text.row, column, text.tag, text.text])

    def save(self, out: BinaryIO) -> None:
        """Write the file: checks over all rows, then the parts with one and the same time."""
        for sheet in sheets():
            self._checks(sheet)
        properties = self._book.properties
        properties.creator, properties.title = "Kakehashi", TITLE
        properties.created = properties.modified = _MADE
        packed = io.BytesIO()
        self._book.save(packed)
        repacked(packed, out)

    def _number(self, listing: SpreadsheetListing) -> str:
        """Return the number that the listing has, or the next that is free."""
        number = listing.number
        while number is None or number in self._numbers:
            number, self._next = str(self._next), self._next + 1
        self._numbers.add(number)
        return number

    def _row(self, sheet: Sheet, values: list[Any]) -> None:
        self._rows[sheet.key] += 1
        if self._rows[sheet.key] > _MOST_ROWS:
            raise CodedError.of("workbook_full", sheet=sheet.title, rows=_MOST_ROWS)
        page = self._sheets[sheet.key]
        shown = [_shown(value, column) for value, column in zip(values, sheet.columns, strict=True)]
        widths = (column.width for column in sheet.columns)
        page.row_dimensions[self._rows[sheet.key]].height = styles.height(shown, widths)
        page.append([self._cell(page, column, value) for column, value in zip(sheet.columns, shown, strict=True)])
        page.row_dimensions.pop(self._rows[sheet.key])

    def _cell(self, page: Any, column: Column, value: Any) -> Any:
        """Return a cell for a value. A row is written at once, so the cells of a column are one that changes its value;
        an empty one is left to the style of its column.
        """
        if value is None:
            return None
        text = isinstance(value, str)
        risky = text and value.startswith(_FORMULA)
        key = (page.title, column.key, text, risky)
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = WriteOnlyCell(page)
            cell.font, cell.alignment, cell.protection = self._font, styles.WRAPPED, styles.OPEN
            cell.number_format = "@" if text else styles.number_format(column)
            cell.quotePrefix = risky
        if text:
            cell.value = as_text(value)
            cell.data_type = "s"
        else:
            cell.value = value
        return cell

    def _head(self, sheet: Sheet) -> None:
        page = self._sheets[sheet.key]
        page.sheet_properties.tabColor = styles.COLOURS[sheet.need]
        styles.on_paper(page, len(sheet.columns))
        styles.on_paper(page, len(sheet.columns))
        page.freeze_panes = f"{'C' if sheet.key == MAIN else 'B'}{styles.FIRST_ROW}"
        page.row_dimensions[1].height = 48
        page.row_dimensions[2].height = 28
        page.row_dimensions[3].height = 10
        for place, column in enumerate(sheet.columns, 1):
            size = page.column_dimensions[get_column_letter(place)]
            size.width = column.width
            size.protection, size.number_format = styles.OPEN, styles.number_format(column)
            size.alignment, size.font = styles.WRAPPED, styles.TEXT
        _protect(page)
        colours = [styles.COLOURS[column.need] for column in sheet.columns]
        page.append([_heading(page, column, colour) for column, colour in zip(sheet.columns, colours, strict=True)])
        page.append([_need(page, column) for column in sheet.columns])
        page.append([_key(page, sheet, column) for column in sheet.columns])

    def _checks(self, sheet: Sheet) -> None:
        page = self._sheets[sheet.key]
        last = max(styles.LAST_ROW, self._rows[sheet.key])
        for place, column in enumerate(sheet.columns, 1):
            choices = self._ranges.get(column.codes, "")
            if column.key == NUMBER and sheet.key != MAIN:
                rows = max(styles.LAST_ROW, self._rows[MAIN])
                choices = f"{quote_sheetname(self._sheets[MAIN].title)}!$A${styles.FIRST_ROW}:$A${rows}"
            rule = styles.validation(column, get_column_letter(place), last, choices, main=sheet.key == MAIN)
            page.data_validations.append(rule)

    def _add_codes(self) -> dict[str, str]:
        """Write the sheet of codes, and return where each list stands."""
        page = self._book.create_sheet(CODES)
        _protect(page)
        lists = {name: codes_named(name) for name in lists_used()}
        shown = {name: [codes.shown(code) for code in codes.labels] for name, codes in lists.items()}
        for place in range(1, len(lists) + 1):
            page.column_dimensions[get_column_letter(place)].width = 44
        page.freeze_panes = "A2"
        page.append([_styled(page, name, font=styles.STRONG, fill=styles.PALE) for name in lists])
        for row in range(max(len(codes) for codes in shown.values())):
            page.append([codes[row] if row < len(codes) else None for codes in shown.values()])
        ranges = {}
        for place, (name, codes) in enumerate(shown.items(), 1):
            letter = get_column_letter(place)
            ranges[name] = f"{quote_sheetname(CODES)}!${letter}$2:${letter}${len(codes) + 1}"
        return ranges


def repacked(packed: BinaryIO, out: BinaryIO) -> None:
    """Write the parts of a workbook in one order and with one time, so that equal content gives equal bytes."""
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _CHANGED.sub(rf"\g<1>{_MADE:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode(), content)
            after.writestr(entry, content)


def as_text(text: str) -> str:
    """Return a text as cells hold it: characters that XML cannot hold are written as `_x000D_`."""
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _translations() -> Sheet:
    return next(sheet for sheet in sheets() if sheet.key == TRANSLATIONS)


def _shown(value: Any, column: Column) -> Any:
    """Return a value as the cell has it: a number, a day, or text."""
    if value is None or value == ():
        return None
    if column.codes:
        codes = codes_named(column.codes)
        return "\n".join(codes.shown(code) for code in ([value] if isinstance(value, str) else value))
    if isinstance(value, (Decimal, int, date)):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value) if column.kind == "moment" and len(value) == 10 else value
    return _listed(value, column)


def _listed(values: tuple[Any, ...], column: Column) -> str:
    if column.kind == "tags":
        return ", ".join(values)
    lines = []
    for one in values:
        if isinstance(one, Identifier):
            lines.append(f"{folded(one.scheme, scheme=True)}: {folded(one.value)}")
        else:
            lines.append(folded(one) if column.kind == "lines" else one)
    return "\n".join(lines)


def _heading(page: Any, column: Column, colour: str) -> Any:
    return _styled(page, column.heading, font=styles.HEADING, fill=styles.filled(colour), alignment=styles.CENTRED)


def _need(page: Any, column: Column) -> Any:
    text = "\n".join(NEEDS[column.need])
    return _styled(page, text, font=styles.NEED, fill=styles.PALE, alignment=styles.CENTRED)


def _key(page: Any, sheet: Sheet, column: Column) -> Any:
    return _styled(page, sheet.key_of(column), font=styles.KEY, fill=styles.PALE)


def _styled(page: Any, value: str, **looks: Any) -> Any:
    cell = WriteOnlyCell(page, value=value)
    cell.protection, cell.border = styles.SHUT, styles.LINE
    for name, look in looks.items():
        setattr(cell, name, look)
    return cell


def _protect(page: Any) -> None:
    """Lock what is not for people to change. There is no password: it keeps from slips, not from intent."""
    lock = page.protection
    lock.sheet = True
    lock.formatColumns = lock.formatRows = lock.formatCells = False
    lock.insertRows = lock.deleteRows = lock.sort = lock.autoFilter = False
