"""Files of the home registry: JSON Lines, a JSON array, or one object, record by record.

A record that cannot be read never takes the others with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

import orjson

from config.messages import CodedError, Issue
from crosswalks.crowds import expect_no_crowd, may_crowd
from crosswalks.descriptor import serialise
from crosswalks.jmicro.model import JmicroListing

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 500


class Line(NamedTuple):
    """One line of a file, from 1 on: a listing, or an issue that says why there is none; neither if blank.

    In a file that is one JSON array, lines are its elements.
    """

    number: int
    raw: bytes
    listing: JmicroListing | None = None
    issue: Issue | None = None


def read_lines(data: bytes) -> Iterator[Line]:
    """Yield every line of a file in UTF-8.

    The issues are `pii_present`, `title_missing`, `record_invalid`, `record_crowded`, and `row_invalid` for what is
    not JSON.
    """
    for number, raw in enumerate(pieces(data), 1):
        yield _line(number, raw) if raw and not raw.isspace() else Line(number, raw)


def pieces(data: bytes) -> list[bytes]:
    """Return the JSON texts of a file: its lines, or the elements of the one document it is."""
    data = data.removeprefix(_BYTE_ORDER_MARK)
    start = data.lstrip()
    end = start.find(b"\n")
    first = start if end < 0 else start[:end]
    if first[:1] == b"[" or (first[:1] == b"{" and not is_json(first)):
        try:
            whole = orjson.loads(start)
        except orjson.JSONDecodeError:
            return data.splitlines()
        return [orjson.dumps(item) for item in (whole if isinstance(whole, list) else [whole])]
    return data.splitlines()


def is_json(text: bytes) -> bool:
    """Tell whether a text is one whole JSON value."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def load(data: bytes, name: str) -> Iterator[JmicroListing]:
    """Yield the listings of a file, then tell what could not be read.

    Raises `CodedError` with one issue per bad record, after every good one has been yielded.
    """
    issues = []
    for line in read_lines(data):
        if line.listing is not None:
            yield line.listing
        elif line.issue is not None:
            place = f"{name}, {line.issue.place}"
            issues.append(Issue(line.issue.code, line.issue.params, line.issue.record, place))
    if issues:
        raise CodedError(*issues)


def dump(listings: Iterable[JmicroListing], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write the listings as lines of canonical JSON, the only form there is; what is empty is left out."""
    out.writelines(
        listing.model_dump_json(exclude_defaults=True, exclude=_OURS).encode() + b"\n" for listing in listings
    )


_OURS = {"ordinal"}


def _line(number: int, raw: bytes) -> Line:
    try:
        if may_crowd(raw):
            _count(raw)
        return Line(number, raw, JmicroListing.of(serialise.load(raw)))
    except CodedError as error:
        return Line(number, raw, issue=_told_once(error.issues, number, raw))


def _count(raw: bytes) -> None:
    """Count what a long line holds; what is no JSON is told by whoever reads it."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return
    expect_no_crowd(record)


def _told_once(issues: tuple[Issue, ...], number: int, raw: bytes) -> Issue:
    """Return one issue for a record, so that a bad record counts once."""
    place = f"line {number}"
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Issue("row_invalid", {"detail": str(error)}, place=place)
    name = record.get("id") if isinstance(record, dict) else None
    known = name[:_SHOWN] if isinstance(name, str) else None
    first = issues[0]
    params = first.params
    if first.code == "record_invalid":
        details = [issue.params["detail"] for issue in issues if issue.code == "record_invalid"]
        params = {"detail": "; ".join(details)[:_SHOWN]}
    return Issue(first.code, params, known, f"{place}, {first.place}" if first.place else place)
