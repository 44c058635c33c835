"""Taking people out of ELM data before it is kept: mailboxes, telephones, names, and all that contact points say.

Dumps come in pieces of whole lines, so a piece is worked on as text; JSON that is whole is worked on as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson

from connectors.europass.redact_turtle import MASK, TEXT, without_contacts
from connectors.redaction import without_addresses
from crosswalks.elm.closure import personal_classes, personal_properties

_NOT_ALONE = {"contactPoint", "contactForm", "name"}
"""Names that are dealt with as wholes, or that organisations have too."""
_NAMES_OF_PEOPLE = ("foaf:name", "foaf/0.1/name")
_XML = re.compile(
    rb"<((?:[A-Za-z][\w.\-]{0,20}:)?(?:contactPoint|ContactPoint|Person|Individual))(?=[\s>])[^<>]{0,500}(?<!/)>"
)
_XML_TYPE = re.compile(rb"<rdf:type\s[^<>]{0,300}[/#:](?:ContactPoint|Person|Individual)[\"']\s{0,5}/?>")
_XML_TEXT = re.compile(rb">[^<>]{0,20000}<")
_DESCRIPTION, _END = b"<rdf:Description", b"</rdf:Description>"
_LOCAL = re.compile(r"[:/#]")
_JSON = (b"{", b"[")
_TYPES, _IDS = ("@type", "type"), ("@id", "id", "uri", "iri")


def redact(body: bytes, media_type: str) -> bytes:
    """Return an answer without people."""
    is_json = media_type.endswith("json") or body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_JSON)
    if is_json and (cleaned := _json(body)) is not None:
        return without_addresses(cleaned)
    if any(name in body for name in _keys()) or any(name in body for name in _classes()):
        body = _names().sub(rb'\1"' + MASK + b'"', body)
        body = _elements().sub(rb"\1" + MASK + rb"<", _without_contacts_xml(without_contacts(body)))
    return without_addresses(body)


@cache
def _local_names() -> tuple[bytes, ...]:
    names = {_local(name) for name in personal_properties()}
    return tuple(sorted(name.encode() for name in {*names, "fn", "dialNumber"} - _NOT_ALONE))


@cache
def _names() -> re.Pattern[bytes]:
    """Return what finds the text of a property about people: in Turtle, and as a key of JSON."""
    names = b"|".join(_local_names())
    return re.compile(rb'((?:[:/#"](?:' + names + rb')|foaf(?::|/0\.1/)name)(?:>|"\s{0,5}:)?\s{0,200})' + TEXT)


@cache
def _elements() -> re.Pattern[bytes]:
    names = b"|".join(_local_names())
    return re.compile(rb"(<(?:[A-Za-z][\w.\-]{0,20}:)?(?:" + names + rb")(?:\s[^<>]{0,500})?(?<!/)>)[^<>]{1,4000}<")


def _without_contacts_xml(body: bytes) -> bytes:
    """Return XML with contact points emptied, and the texts of what is typed as one or as a person masked."""
    pieces = []
    done = 0
    for found in _XML.finditer(body):
        end = body.find(b"</" + found.group(1) + b">", found.end()) if found.start() >= done else -1
        if end > 0:
            pieces.append(body[done : found.end()])
            done = end
    body = b"".join([*pieces, body[done:]]) if pieces else body
    return _without_typed_xml(body)


def _without_typed_xml(body: bytes) -> bytes:
    pieces = []
    done = 0
    for found in _XML_TYPE.finditer(body):
        start, end = body.rfind(_DESCRIPTION, done, found.start()), body.find(_END, found.end())
        if start >= 0 and end > 0:
            pieces += [body[done:start], _XML_TEXT.sub(_masked, body[start:end])]
            done = end
    return b"".join([*pieces, body[done:]]) if pieces else body


def _masked(found: re.Match[bytes]) -> bytes:
    return b">" + MASK + b"<" if found.group()[1:-1].strip() else found.group()


def _json(body: bytes) -> bytes | None:
    """Return JSON without what is said of people; None for what is not JSON."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not any(name in body for name in (*_keys(), *_classes())):
        return body
    return orjson.dumps(_cleaned(document, frozenset(_rows_of_people(document))))


@cache
def _keys() -> frozenset[bytes]:
    return frozenset({*_local_names(), b"contactPoint", b"contactForm", b"foaf"})


@cache
def _classes() -> frozenset[bytes]:
    return frozenset(_local(name).encode() for name in personal_classes())


def _local(name: str) -> str:
    return _LOCAL.split(name)[-1]


def _is_personal(key: str) -> bool:
    return _local(key).encode() in _keys() or key.endswith(_NAMES_OF_PEOPLE)


def _is_person(types: Any) -> bool:
    many = types if isinstance(types, list) else [types]
    return any(isinstance(one, str) and _local(one).encode() in _classes() for one in many)


def _term(row: Any, variable: str) -> str:
    """Return a value of a row of the query service; empty for what is no row."""
    told = row.get(variable) if isinstance(row, dict) else None
    value = told.get("value") if isinstance(told, dict) else None
    return value if isinstance(value, str) else ""


def _rows_of_people(document: Any) -> Iterator[str]:
    """Yield the nodes that rows of the query service call a contact point or a person."""
    results = document.get("results") if isinstance(document, dict) else None
    rows = results.get("bindings") if isinstance(results, dict) else None
    for row in rows if isinstance(rows, list) else ():
        name, value = _local(_term(row, "p")), _term(row, "o")
        if name == "contactPoint":
            yield value
        elif name == "type" and _is_person(value):
            yield _term(row, "s")


def _cleaned(value: Any, people: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [
            _cleaned(item, people)
            for item in value
            if not (_is_personal(_term(item, "p")) or _term(item, "s") in people)
        ]
    if isinstance(value, dict):
        if any(_is_person(value.get(key)) for key in _TYPES):
            return {key: item for key, item in value.items() if key in {*_TYPES, *_IDS}}
        return {key: _cleaned(item, people) for key, item in value.items() if not _is_personal(key)}
    return value
