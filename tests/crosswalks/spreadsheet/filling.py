"""A filled workbook that a test spoils: opened and saved with openpyxl, as spreadsheet programs would."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl

from crosswalks.spreadsheet.dump import dump, examples
from crosswalks.spreadsheet.layout import sheet_named
from crosswalks.spreadsheet.model import SpreadsheetListing

Spoil = Callable[[Any], None]


def filled(listings: list[SpreadsheetListing] | None = None) -> Any:
    """The example listings as rows 4 and 5 of a workbook, numbered from 1."""
    return openpyxl.load_workbook(io.BytesIO(_examples() if listings is None else _written(listings)))


@cache
def _examples() -> bytes:
    return _written(examples())


def _written(listings: list[SpreadsheetListing]) -> bytes:
    out = io.BytesIO()
    dump([one.model_copy(update={"number": str(place)}) for place, one in enumerate(listings, 1)], "xlsx", out, {})
    return out.getvalue()


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def spoilt(*changes: Spoil) -> bytes:
    book = filled()
    for change in changes:
        change(book)
    return saved(book)


def column_of(sheet: str, key: str) -> int:
    """The number of a column, by its key."""
    return next(place for place, column in enumerate(sheet_named(sheet).columns, 1) if column.key == key)


def put(sheet: str, key: str, value: Any, row: int = 4, number_format: str | None = None) -> Spoil:
    """A change of one cell, by sheet and column key."""

    def change(book: Any) -> None:
        cell = book[sheet_named(sheet).title].cell(row, column_of(sheet, key))
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return change
