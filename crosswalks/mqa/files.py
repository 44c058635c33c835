"""Files of the MQA list: rows in the register's own column words, as CSV or JSON, and our listings as JSON.

Cells that a spreadsheet would run as a formula get an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from pydantic import ValidationError

from config.messages import CodedError
from crosswalks.files import json_objects, write_json
from crosswalks.mqa.model import MqaListing

NUMBER = "Bil"
COLUMNS = {
    "Kursus Micro-Credential": "title",
    "Nama Program Akreditasi": "programme",
    "No Rujukan Akreditasi": "reference",
    "Nama PPT": "provider",
}
"""The columns of the list after the running number, in their order, and our names for them."""

FORMATS = {"csv": "csv", "json": "json"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TITLE = "Kursus Micro-Credential"
_RISKY = re.compile(r"^'*[=+\-@\t\r]")
_GUARDED = re.compile(r"^'+[=+\-@\t\r]")


def load(data: bytes, name: str) -> Iterator[MqaListing]:
    """Yield the rows of a file. Raises `CodedError` with `file_not_schema`."""
    start = data.removeprefix(_BYTE_ORDER_MARK)
    if start.lstrip()[:1] in {b"{", b"["}:
        for number, record in json_objects(start, name, "mqa"):
            yield _listing(record, name, number)
    else:
        yield from _rows(start, name)


def dump(listings: Iterable[MqaListing], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write rows as the list has them. The running number stays empty: the register numbers its rows."""
    rows = ({NUMBER: None, **{column: getattr(one, field) for column, field in COLUMNS.items()}} for one in listings)
    if form == "json":
        write_json(rows, out)
        return
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([NUMBER, *COLUMNS])
    writer.writerows([guarded(cell) for cell in row.values()] for row in rows)
    text.detach()


def guarded(cell: str | None) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell and _RISKY.match(cell) else cell or ""


def _rows(data: bytes, name: str) -> Iterator[MqaListing]:
    """Read all or, where something is no text, nothing; the text is never held whole, in four bytes a letter."""
    try:
        data.decode("utf-8")
        reader = csv.DictReader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""), strict=True)
        if _TITLE not in (reader.fieldnames or ()):
            raise CodedError.of("file_not_schema", file=name, schema="mqa", detail=f"no column {_TITLE}")
        for number, row in enumerate(reader, 1):
            if None in row:
                raise CodedError.of("file_not_schema", file=name, schema="mqa", detail=f"row {number}: too many cells")
            if any(text and text.strip() for column, text in row.items() if column != NUMBER):
                yield _listing({column: _plain(text) for column, text in row.items()}, name, number)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CodedError.of("file_not_schema", file=name, schema="mqa", detail=str(error)) from None


def _plain(cell: str | None) -> str | None:
    return cell[1:] if cell and _GUARDED.match(cell) else cell or None


def _listing(record: dict[str, Any], name: str, number: int) -> MqaListing:
    try:
        return MqaListing.model_validate(_in_our_words(record) if _TITLE in record else record)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = f"record {number}: {place}: {first['msg']}"
        raise CodedError.of("file_not_schema", file=name, schema="mqa", detail=detail) from None


def _in_our_words(record: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the list in the words of our model; columns nobody has seen stay under `others`."""
    others = {column: text for column, text in record.items() if text and column not in COLUMNS and column != NUMBER}
    return {**{field: record.get(column) or None for column, field in COLUMNS.items()}, "others": others}
