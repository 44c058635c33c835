"""Taking people out of the home registry's files before they are kept.

A listing must not carry data about people; one that does is refused. Its bytes are kept all the same, so the
values go here, while the names of the fields stay and tell the parser why the record is refused.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

import orjson

from connectors.jmicro.workbooks import is_workbook, without_people
from connectors.redaction import MASKED, without_addresses
from crosswalks.descriptor.serialise import PERSONAL_FIELDS

_NAMES = "|".join(sorted(PERSONAL_FIELDS))
_INITIALS = "".join(sorted({name[0] for name in PERSONAL_FIELDS}))
_PERSONAL_KEY = re.compile(rf'"(?=[{_INITIALS}])(?:{_NAMES})"\s{{0,20}}:'.encode(), re.IGNORECASE)
_HIDDEN_LETTER = b"\\u00"
_WORD = MASKED.decode()


def redact(body: bytes, media_type: str) -> bytes:  # noqa: ARG001
    """Return the bytes without e-mail addresses and without the values of fields about people.

    A line that names such a field and is no JSON is cut before it: where its value ends cannot be told.
    """
    if is_workbook(body):
        return without_people(body)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode()
    body = without_addresses(body)
    if not _suspicious(body):
        return body
    try:
        return orjson.dumps(_without_people(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return b"".join(_line(line) for line in body.splitlines(keepends=True))


def _suspicious(text: bytes) -> bool:
    """Tell whether a text may name a person; letters may be written as escapes."""
    return _HIDDEN_LETTER in text or bool(_PERSONAL_KEY.search(text))


def _line(line: bytes) -> bytes:
    if not _suspicious(line):
        return line
    end = b"\n" if line.endswith(b"\n") else b""
    try:
        return orjson.dumps(_without_people(orjson.loads(line))) + end
    except orjson.JSONDecodeError:
        found = _PERSONAL_KEY.search(line)
        return line[: found.end()] + end if found else line


def _without_people(document: object) -> object:
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for name in value:
                if name.lower() in PERSONAL_FIELDS:
                    value[name] = _WORD
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return document
