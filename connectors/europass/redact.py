"""Taking people out of ELM data before it is kept: mailboxes, telephones, names, and all that contact points say.

Dumps come in pieces of whole lines, so a piece is worked on as text: in Turtle, the texts inside a node typed as a
contact point go, and the value of every property that is only said of people.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import orjson

from connectors.redaction import without_addresses
from crosswalks.elm.closure import personal_properties

_MASK = b"masked"
_TEXT = rb'(?:"""(?:[^"\\]|\\.|"(?!"")){0,8000}"""|"(?!"")(?:[^"\\\r\n]|\\.){0,8000}")'
_TYPED = re.compile(
    rb"(?:\ba|\btype>?|,)\s{1,20}(?:[A-Za-z][\w\-]{0,20}:|<[^<>\s]{1,200}[/#])(?:ContactPoint|Person)>?(?=[\s;,.\]])"
)
_TOKEN = re.compile(_TEXT + rb"|<[^<>\s]{0,4000}>|[\[\]]|\.(?=\s|$)")
_FURTHEST = 20_000
_NOT_ALONE = {"contactPoint", "contactForm", "name"}
"""Names that are dealt with as wholes, or that organisations have too."""
_XML = re.compile(rb"<((?:[A-Za-z][\w.\-]{0,20}:)?contactPoint)\b[^<>]{0,500}(?<!/)>")


def redact(body: bytes, media_type: str) -> bytes:
    """Return an answer without people."""
    if media_type.endswith("json") and (cleaned := _json(body)) is not None:
        return without_addresses(cleaned)
    if any(name in body for name in _keys()):
        body = _names().sub(rb'\1"' + _MASK + b'"', body)
        body = _elements().sub(rb"\1" + _MASK + rb"<", _without_contacts_xml(_without_contact_texts(body)))
    return without_addresses(body)


@cache
def _local_names() -> tuple[bytes, ...]:
    names = {re.split(r"[:/#]", name)[-1] for name in personal_properties()}
    return tuple(sorted(name.encode() for name in {*names, "fn", "dialNumber"} - _NOT_ALONE))


@cache
def _names() -> re.Pattern[bytes]:
    """Return what finds the text of a property about people: in Turtle, and as a key of JSON."""
    names = b"|".join(_local_names())
    return re.compile(rb'((?:[:/#"](?:' + names + rb')|foaf(?::|/0\.1/)name)(?:>|"\s{0,5}:)?\s{0,200})' + _TEXT)


@cache
def _elements() -> re.Pattern[bytes]:
    names = b"|".join(_local_names())
    return re.compile(rb"(<(?:[A-Za-z][\w.\-]{0,20}:)?(?:" + names + rb")(?:\s[^<>]{0,500})?(?<!/)>)[^<>]{1,4000}<")


def _without_contact_texts(body: bytes) -> bytes:
    """Return Turtle with the texts taken out that stand behind the type of a contact point, in the same node."""
    pieces = []
    done = 0
    for found in _TYPED.finditer(body):
        if found.start() < done:
            continue
        depth = 0
        pieces.append(body[done : found.end()])
        done = found.end()
        for token in _TOKEN.finditer(body, done, min(len(body), done + _FURTHEST)):
            text = token.group()
            depth += (text == b"[") - (text == b"]")
            if depth < 0 or (text == b"." and depth == 0):
                break
            if text[:1] == b'"':
                pieces.append(body[done : token.start()] + b'"' + _MASK + b'"')
                done = token.end()
    return b"".join([*pieces, body[done:]]) if pieces else body


def _without_contacts_xml(body: bytes) -> bytes:
    pieces = []
    done = 0
    for found in _XML.finditer(body):
        end = body.find(b"</" + found.group(1) + b">", found.end()) if found.start() >= done else -1
        if end > 0:
            pieces.append(body[done : found.end()])
            done = end
    return b"".join([*pieces, body[done:]]) if pieces else body


def _json(body: bytes) -> bytes | None:
    """Return JSON without what its keys say is about people; None for what is not JSON."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return orjson.dumps(_cleaned(document)) if any(name in body for name in _keys()) else body


@cache
def _keys() -> frozenset[bytes]:
    return frozenset({*_local_names(), b"contactPoint", b"contactForm", b"ContactPoint", b"foaf"})


def _about_people(item: Any) -> bool:
    """Tell whether an item is a row of the query service that says something of a person."""
    told = item.get("p") if isinstance(item, dict) else None
    name = told.get("value") if isinstance(told, dict) else None
    return isinstance(name, str) and re.split(r"[:/#]", name)[-1].encode() in _keys()


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(item) for item in value if not _about_people(item)]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items() if key.encode() not in _keys()}
    return value
