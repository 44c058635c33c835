"""Small graphs that channels say of themselves, as Turtle and as JSON-LD; relative addresses stay relative.

Terms are written as N-Triples writes them. JSON-LD is the expanded, flat form: it needs no context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

Statement = tuple[str, str, str]
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_SIGNS = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}
_NOT_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')


def iri(address: str) -> str:
    """Return an address as a term; signs that none may have are written with `%`."""
    return f"<{_NOT_IRI.sub(lambda one: f'%{ord(one.group()):02X}', address)}>"


def text(value: str, language: str = "") -> str:
    """Return a text as a term, in a language if one is given."""
    quoted = _SPECIAL.sub(lambda one: _SIGNS.get(one.group()) or f"\\u{ord(one.group()):04X}", value)
    return f'"{quoted}"@{language}' if language else f'"{quoted}"'


def typed(value: object, datatype: str) -> str:
    """Return a value as a term of an XML Schema datatype."""
    return f'"{value}"^^<{XSD}{datatype}>'


def moment(value: datetime) -> str:
    """Return a moment as a term, to the second, in UTC."""
    return typed(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "dateTime")


def turtle(statements: Iterable[Statement]) -> bytes:
    """Return statements as Turtle, those of a subject that follow each other in one sentence."""
    pieces: list[str] = []
    last = ""
    for subject, predicate, value in statements:
        told = "a" if predicate == RDF_TYPE else predicate
        if subject == last:
            pieces.append(f" ;\n    {told} {value}")
        else:
            pieces.append(f"{' .' + chr(10) if last else ''}{subject} {told} {value}")
        last = subject
    return ("".join(pieces) + (" .\n" if last else "")).encode()


def jsonld(statements: Iterable[Statement]) -> bytes:
    """Return statements as flat, expanded JSON-LD."""
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in statements:
        node = nodes.setdefault(subject, {"@id": _bare(subject)})
        if predicate == RDF_TYPE:
            node.setdefault("@type", []).append(_bare(value))
        else:
            node.setdefault(_bare(predicate), []).append(_object(value))
    return orjson.dumps(list(nodes.values())) + b"\n"


def _object(term: str) -> dict[str, str]:
    found = _LITERAL.fullmatch(term)
    if found is None:
        return {"@id": _bare(term)}
    value, language, datatype = found.groups()
    plain = _ESCAPED.sub(_meant, value)
    if language:
        return {"@value": plain, "@language": language}
    return {"@value": plain, "@type": datatype} if datatype else {"@value": plain}


def _meant(found: re.Match[str]) -> str:
    sign = found.group(1)
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _MEANT.get(sign, sign)


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term
