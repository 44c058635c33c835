"""What the home registry's answers say: listings line by line, an index of the files that hold them, or a workbook.

A bad record is told and skipped. A file that ends in the middle of a line is a broken answer, unless an index
states how many records it has: then the count shows what is missing, and the run counts as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import orjson

from config.messages import Issue
from connectors.contract import Extract, Found, Payload, Registry, StructureBroken
from connectors.decode import decoded
from connectors.jmicro.workbooks import is_workbook, parse_workbook
from connectors.pages import is_login, parse_page, unrecognised
from connectors.redaction import MASKED
from crosswalks.descriptor.model import Descriptor
from crosswalks.jmicro.lines import Line, is_json, read_lines

_INDEX_KEY = b'"files"'
_INDEX_BYTES = 4 * 2**20
_POINTERS = {name: f"/{name}" for name in Descriptor.model_fields}


class IndexedFile(NamedTuple):
    """A file that an index names, and how many records it is said to hold."""

    name: str
    url: str
    records: int | None


def parse(payload: Payload, registry: Registry) -> Extract:  # noqa: ARG001
    """Return the listings of one answer. Raises `StructureBroken`."""
    if is_workbook(payload.body):
        return parse_workbook(payload)
    extract = Extract()
    if payload.kind == "list" and index_of(payload) is not None:
        return extract
    extract.structure = ("lines",)
    _expect_data(payload)
    body = _utf8(payload, extract)
    count = payload.about.get("count")
    cut = _cut_line(body)
    if cut is not None and count is None:
        raise StructureBroken.of("page_truncated", url=payload.url)
    if count is not None:
        extract.stated, extract.stated_for = int(count), payload.about.get("file", payload.url)
    extract.found = _listings(body, cut, extract)
    return extract


def index_of(payload: Payload) -> list[IndexedFile] | None:
    """Return the files of an index; None when the answer is the list itself. Raises `StructureBroken`."""
    if is_workbook(payload.body):
        return None
    _expect_data(payload)
    body = payload.body
    if len(body) > _INDEX_BYTES or _INDEX_KEY not in body:
        return None
    try:
        index = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(index, dict) or "files" not in index or "source_record" in index:
        return None
    entries = index["files"]
    if not isinstance(entries, list):
        raise StructureBroken.of("structure_changed", detail="`files` is not a list", url=payload.url)
    return [_indexed(entry, payload) for entry in entries]


def _indexed(entry: object, payload: Payload) -> IndexedFile:
    """Read one entry: an address, or an object with `url` and perhaps `count`."""
    url = entry.get("url") if isinstance(entry, dict) else entry
    count = entry.get("count") if isinstance(entry, dict) else None
    if not isinstance(url, str) or not url or not (count is None or (type(count) is int and count >= 0)):
        detail = f"the index names a file as {entry!r}"[:200]
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    absolute = urljoin(payload.url, url)
    return IndexedFile(urlsplit(absolute).path.rpartition("/")[2] or absolute, absolute, count)


def _expect_data(payload: Payload) -> None:
    """Stop at an empty answer or a web page: logins, notices and errors come with status 200 too."""
    if not payload.body or payload.body.isspace():
        raise StructureBroken.of("page_empty", url=payload.url)
    if is_login(payload.url):
        raise StructureBroken.of("needs_access", url=payload.url)
    if payload.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise unrecognised(parse_page(payload), payload, "a web page instead of JSON Lines")


def _utf8(payload: Payload, extract: Extract) -> bytes:
    try:
        payload.body.decode("utf-8")
    except UnicodeDecodeError:
        text, repaired = decoded(payload)
        if repaired:
            extract.issues.append(Issue("encoding_repaired", {"url": payload.url}))
        return text.encode()
    return payload.body


def _cut_line(body: bytes) -> int | None:
    """Return the number of the last line when the file ends in the middle of it."""
    if body.endswith(b"\n"):
        return None
    tail = body[body.rfind(b"\n") + 1 :]
    if not tail.strip() or is_json(tail) or is_json(body):
        return None
    return body.count(b"\n") + 1


def _listings(body: bytes, cut: int | None, extract: Extract) -> Iterator[Found]:
    seen: set[str] = set()
    masked = MASKED in body
    for line in read_lines(body):
        if line.listing is None:
            _account(line, cut, extract)
            continue
        extract.rows += 1
        name = line.listing.id
        if name in seen:
            issue = Issue("duplicate_identifier", {"id": name}, record=name, place=f"line {line.number}")
            extract.issues.append(issue)
            continue
        seen.add(name)
        if masked and (count := line.raw.count(MASKED)):
            params = {"kind": "e-mail", "count": count}
            extract.issues.append(Issue("pii_masked", params, record=name, place=f"line {line.number}"))
        yield Found(line.listing, _places(line))


def _account(line: Line, cut: int | None, extract: Extract) -> None:
    if line.issue is None:
        extract.blank += 1
        return
    extract.issues.append(line.issue)
    extract.rows += line.number != cut


def _places(line: Line) -> dict[str, str]:
    """Say where the fields stand: pointers into the JSON value of a line."""
    places = {"at": f"line {line.number}"}
    if line.listing is not None:
        places.update((name, _POINTERS[name]) for name in _POINTERS if name in line.listing.model_fields_set)
    return places
