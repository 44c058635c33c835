"""A file as the checks want it: an index of its statements, or the root of a LOQ XML document.

Read as it stands: unlike the crosswalk's reader, nothing is mended on the way. What could be read before a
fault is kept, and the fault is told beside it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal

import orjson
import pyoxigraph as ox
from lxml import etree

from config.messages import CodedError, Issue
from crosswalks.elm.check.index import Index, index_quads
from crosswalks.elm.load import syntax_of
from crosswalks.elm.profile import XML_NAMESPACES
from crosswalks.elm.syntax.bounds import json_value, not_parsed, xml_bytes, xml_root
from crosswalks.elm.syntax.jsonld import without_addresses
from crosswalks.elm.syntax.rdf import UNKNOWN

Syntax = Literal["Turtle", "TriG", "N-Triples", "N-Quads", "RDF/XML", "JSON-LD", "LOQ XML"]

_BASE = "http://document.invalid/"
_FORMATS: dict[str, Any] = {
    "Turtle": ox.RdfFormat.TURTLE,
    "TriG": ox.RdfFormat.TRIG,
    "N-Triples": ox.RdfFormat.N_TRIPLES,
    "N-Quads": ox.RdfFormat.N_QUADS,
    "RDF/XML": ox.RdfFormat.RDF_XML,
    "JSON-LD": ox.RdfFormat.JSON_LD,
}
_SYNTAXES: dict[str, Syntax] = {
    "turtle": "Turtle",
    "trig": "TriG",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
}
_XML_START = re.compile(rb"\s*<(?:\?xml|!|[A-Za-z_][\w.\-]{0,100}(?:[\s>/]|:[\w.\-]{1,100}\s))")
_JSON_START = re.compile(rb"\{|\[\s*(?:\{|\]\s*$)")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass(slots=True)
class Reading:
    """What a file held. `issues` are faults of the file itself; with one, `index` may hold only its
    beginning.
    """

    syntax: Syntax | None = None
    index: Index | None = None
    root: etree._Element | None = None
    issues: list[Issue] = field(default_factory=list)


def read_file(data: bytes | Path, name: str) -> Reading:
    """Return what a file holds. Faults become issues of the reading; a missing file raises `OSError`."""
    reading = Reading()
    try:
        if isinstance(data, Path):
            with data.open("rb") as file:
                _read(reading, file, name)
        else:
            _read(reading, BytesIO(data), name)
    except CodedError as error:
        reading.issues += error.issues
    return reading


def _read(reading: Reading, file: IO[bytes], name: str) -> None:
    start = file.read(4096)
    file.seek(0)
    syntax = _syntax(start, name)
    if syntax == "LOQ XML":
        document = xml_bytes(file.read())
        root = xml_root(document)
        if etree.QName(root).namespace in XML_NAMESPACES.values():
            reading.syntax, reading.root = syntax, root
            return
        if etree.QName(root).namespace != _RDF and root.get(f"{{{_RDF}}}about") is None:
            raise CodedError.of("elm_syntax_unknown", name=name)
        syntax, content = "RDF/XML", document
    elif syntax == "JSON-LD":
        content = orjson.dumps(_own_contexts(json_value(file.read())))
    else:
        content = b""
        if start.startswith(codecs.BOM_UTF8):
            file.seek(len(codecs.BOM_UTF8))
    reading.syntax = syntax
    _statements(reading, BytesIO(content) if content else file, syntax)
    if syntax == "JSON-LD" and reading.index is not None:
        _set_aside(reading.index)


def _syntax(start: bytes, name: str) -> Syntax:
    """Tell the syntax from the beginning of a file, then from its name. Raises `CodedError`: `elm_syntax_unknown`."""
    plain = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _XML_START.match(plain):
        return "LOQ XML"
    if _JSON_START.match(plain) and Path(name).suffix.lower() not in {".trig", ".ttl", ".turtle"}:
        return "JSON-LD"
    if not plain:
        return "Turtle"
    return _SYNTAXES.get(syntax_of(plain, name), "TriG")


def _own_contexts(document: Any) -> Any:
    """Return a JSON-LD document with contexts of ours for addresses; keys that none explains stay to be told.

    Raises `CodedError` with `remote_context` for an address that we have no table for.
    """
    if isinstance(document, list):
        return [_own_contexts(item) for item in document]
    if not isinstance(document, dict):
        return document
    made = {key: _inner_contexts(item) for key, item in document.items() if key != "@context"}
    own = without_addresses(document.get("@context", []))
    return {"@context": [{"@vocab": UNKNOWN}, *(own if isinstance(own, list) else [own])], **made}


def _inner_contexts(value: Any) -> Any:
    if isinstance(value, list):
        return [_inner_contexts(item) for item in value]
    if isinstance(value, dict):
        return {
            key: without_addresses(item) if key == "@context" else _inner_contexts(item) for key, item in value.items()
        }
    return value


def _set_aside(index: Index) -> None:
    """Take out the statements of JSON keys that no context explains: JSON-LD drops them, a person should
    know.
    """
    unknown = {name for name in index.foreign if name.startswith(UNKNOWN)}
    for node, properties in list(index.nodes.items()) if unknown else ():
        for name in unknown & properties.keys():
            del properties[name]
            index.dropped.setdefault(name.removeprefix(UNKNOWN), []).append(node)
        if not properties:
            del index.nodes[node]
    index.foreign -= unknown


def _statements(reading: Reading, content: IO[bytes], syntax: Syntax) -> None:
    """Read statements strictly; identifiers that are none are told, and then taken as they are."""
    begin = content.tell()
    faults: list[SyntaxError] = []
    reading.index = index_quads(_guarded(content, syntax, faults, lenient=False))
    if not faults:
        return
    content.seek(begin)
    worse: list[SyntaxError] = []
    index = index_quads(_guarded(content, syntax, worse, lenient=True))
    if worse:
        reading.issues += not_parsed(syntax, worse[0]).issues
    else:
        reading.issues.append(Issue("elm_identifier_malformed", {"detail": str(faults[0])}))
    reading.index = index


def _guarded(content: IO[bytes], syntax: Syntax, faults: list[SyntaxError], *, lenient: bool) -> Iterator[Any]:
    base = None if syntax in {"N-Triples", "N-Quads"} else _BASE
    try:
        yield from ox.parse(content, _FORMATS[syntax], base_iri=base, lenient=lenient)
    except (SyntaxError, ValueError, OSError) as error:
        faults.append(error if isinstance(error, SyntaxError) else SyntaxError(str(error)))
