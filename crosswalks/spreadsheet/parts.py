"""Between the columns of the layout and the fields of the model, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from crosswalks.descriptor.model import (
    Assessment,
    CoProvider,
    Offer,
    OtherRecognition,
    Outcome,
    StackLink,
    TeachingMethod,
)
from crosswalks.descriptor.types import Credit, FieldOfStudy, Level
from crosswalks.spreadsheet.layout import LANGUAGES, MAIN, NUMBER, TRANSLATIONS, Column, Sheet, sheets
from crosswalks.spreadsheet.model import NoteRow, QualityRow, SpreadsheetListing

PARTS: dict[str, type[BaseModel]] = {
    "learning_outcomes": Outcome,
    "assessment": Assessment,
    "teaching_method": TeachingMethod,
    "quality": QualityRow,
    "level": Level,
    "credit": Credit,
    "other_recognition": OtherRecognition,
    "stackability": StackLink,
    "offer": Offer,
    "co_providers": CoProvider,
    "field": FieldOfStudy,
    "notes": NoteRow,
}
"""What the rows of each sheet make up."""


class Translation(NamedTuple):
    """A text in a language that has no column: the sheet and row and column it belongs to."""

    sheet: Sheet
    row: int
    column: Column
    tag: str
    text: str


def set_value(values: dict[str, Any], column: Column, value: Any, tag: str | None = None) -> None:
    """Put the value of a cell in its place; `tag` is the language of a text that has no column of its own."""
    *above, last = column.field.split(".")
    for step in above:
        values = values.setdefault(step, {})
    if column.language:
        values.setdefault(last, {})[tag or column.language] = value
    else:
        values[last] = value


def value_of(part: BaseModel, column: Column) -> Any:
    """Return the value that belongs into the column, or None."""
    value: Any = part
    for step in column.field.split("."):
        value = getattr(value, step, None)
    if column.language and value:
        return value.get(column.language)
    known = type(part).model_fields.get(column.field)
    return None if known is not None and value == known.default else value


def rows_of(listing: SpreadsheetListing) -> Iterator[tuple[Sheet, BaseModel]]:
    """Yield the rows of a listing, sheet by sheet."""
    for sheet in sheets():
        if sheet.key == MAIN:
            yield sheet, listing
        elif sheet.key != TRANSLATIONS:
            for part in getattr(listing, sheet.parts):
                yield sheet, part


def translations_of(sheet: Sheet, row: int, part: BaseModel) -> Iterator[Translation]:
    """Yield the texts of a row in languages that have no column."""
    for column in sheet.columns:
        if column.language == next(iter(LANGUAGES)):
            value: Any = part
            for step in column.field.split("."):
                value = getattr(value, step, None)
            for tag, text in (value or {}).items():
                if tag not in LANGUAGES:
                    yield Translation(sheet, row, column, tag, text)


def content_columns(sheet: Sheet) -> Iterator[Column]:
    """Yield the columns of a sheet after the number."""
    return (column for column in sheet.columns if column.key != NUMBER)
