"""Files of courses: the web service's course objects as JSON, and the table that Moodle's course upload takes as CSV.

In the CSV, short name and full name come first, custom fields are columns `customfield_<short name>`, and dates are
ISO 8601 with their offset. The category is left to the site. It is read by a machine, so no cell is guarded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO

from config.messages import CodedError
from crosswalks.files import write_json
from crosswalks.jvcampus.fields import written_fields
from crosswalks.jvcampus.model import CourseProposal, CustomField
from crosswalks.jvcampus.moodle import load_json, loaded

FORMATS = {"json": "json", "csv": "csv"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KEYS = ("id", "shortname", "fullname", "idnumber", "summary", "summaryformat", "startdate", "enddate", "url")
_COLUMNS = ("shortname", "fullname", "idnumber", "summary", "startdate", "enddate")
_DATES = ("startdate", "enddate")
_CUSTOM = "customfield_"
_JAPAN = timezone(timedelta(hours=9))


def load(data: bytes, name: str) -> Iterator[CourseProposal]:
    """Yield the courses of a file of either form. Raises `CodedError` with `file_not_schema`."""
    start = data.removeprefix(_BYTE_ORDER_MARK)
    if start.lstrip()[:1] in {b"{", b"["}:
        yield from load_json(start, name)
    else:
        yield from _rows(start, name)


def dump(courses: Iterable[CourseProposal], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write courses as the web service gives them, or as rows for the course upload."""
    if form == "json":
        write_json((_service(one) for one in courses), out)
        return
    custom = [f"{_CUSTOM}{name}" for name in written_fields()]
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, [*_COLUMNS, *custom], restval="")
    writer.writeheader()
    writer.writerows(_row(one) for one in courses)
    text.detach()


def _service(course: CourseProposal) -> dict[str, Any]:
    stated = {key: value for key in _KEYS if (value := getattr(course, key)) is not None}
    fields = [
        {"name": one.name, "shortname": one.shortname, "type": one.type, "value": one.value}
        for one in course.customfields
    ]
    return {**stated, "customfields": fields} if fields else stated


def _row(course: CourseProposal) -> dict[str, str]:
    cells = {column: value for column in _COLUMNS if (value := getattr(course, column)) is not None}
    for name in _DATES:
        if name in cells:
            cells[name] = datetime.fromtimestamp(cells[name], _JAPAN).isoformat()
    return {**cells, **{f"{_CUSTOM}{one.shortname}": one.value or "" for one in course.customfields}}


def _rows(data: bytes, name: str) -> Iterator[CourseProposal]:
    """Read all or, where something is no text, nothing; the text is never held whole, in four bytes a letter."""
    try:
        data.decode("utf-8")
        reader = csv.DictReader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""), strict=True)
        if "fullname" not in (reader.fieldnames or ()):
            raise CodedError.of("file_not_schema", file=name, schema="jvcampus", detail="no column fullname")
        for number, row in enumerate(reader, 1):
            yield loaded(_record(row), name, number)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise CodedError.of("file_not_schema", file=name, schema="jvcampus", detail=str(error)) from None


def _record(row: dict[str, str]) -> dict[str, Any]:
    """Return a row as the web service would give it. Raises `ValueError` for a date that is none, or too many cells."""
    if None in row:
        raise ValueError("too many cells")
    record: dict[str, Any] = {key: text for key, text in row.items() if text and not key.startswith(_CUSTOM)}
    for name in _DATES:
        if name in record:
            record[name] = int(datetime.fromisoformat(record[name]).timestamp())
    if "summary" in record:
        record["summaryformat"] = 1
    fields = [_custom(key.removeprefix(_CUSTOM), text) for key, text in row.items() if key.startswith(_CUSTOM) and text]
    return {**record, "customfields": [field.model_dump(exclude_defaults=True) for field in fields]}


def _custom(shortname: str, value: str) -> CustomField:
    known = written_fields().get(shortname, {})
    return CustomField(shortname=shortname, name=known.get("name"), type=known.get("type"), value=value)
