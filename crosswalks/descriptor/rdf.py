"""The descriptor as RDF, and back without loss: N-Triples, N-Quads and Turtle of what `jsonld` says.

Blank nodes are named after the record and their place in it, so that equal descriptors give equal bytes and many
records may stand in one file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import count
from typing import Any, NamedTuple

import orjson
import pyoxigraph as ox
from pydantic import BaseModel

from config.messages import CodedError
from crosswalks.descriptor.jsonld import CONTEXT_PATH, ORIGIN_PATH, SPELLING_FIELDS, SPELLINGS, context, node
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf_values import CODES, IRI, NAMESPACE, STRING, XSD, identifier_of, plain, usual_tag
from crosswalks.descriptor.serialise import from_dict
from crosswalks.descriptor.shapes import Shape, shapes
from crosswalks.descriptor.types import Origin

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = f"<{_RDF}type>", f"<{_RDF}first>", f"<{_RDF}rest>", f"<{_RDF}nil>"
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f\ufffe\uffff]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
VERSION_OF = "http://purl.org/dc/terms/isVersionOf"

Triple = tuple[str, str, str]
"""Subject, predicate and object as N-Triples writes them."""


class _Term(NamedTuple):
    """What the context says of a key: its predicate, how values stand, and the terms below it."""

    predicate: str
    listed: bool
    by_language: bool
    datatype: str
    below: dict[str, _Term]


def triples(descriptor: Descriptor, version: str | None = None) -> Iterator[Triple]:
    """Yield the statements of a descriptor, those of a node together; about a version of it, if that has a name."""
    document = node(descriptor)
    if version is not None:
        document["@id"] = version
    digest = blake2b(document["@id"].encode(), digest_size=10).hexdigest()
    numbers = count()
    return _node(f"<{document['@id']}>", document, _TERMS, lambda: f"_:r{digest}n{next(numbers)}")


def to_ntriples(descriptor: Descriptor, graph: str | None = None) -> bytes:
    """Return a descriptor as N-Triples; as N-Quads when there is a graph for it to stand in."""
    end = f" <{graph}> .\n" if graph else " .\n"
    return "".join(f"{subject} {predicate} {value}{end}" for subject, predicate, value in triples(descriptor)).encode()


PREFIXES = (
    f"@prefix codes: <{CODES}> .\n@prefix jmicro: <{NAMESPACE}> .\n@prefix rdf: <{_RDF}> .\n@prefix xsd: <{XSD}> .\n"
)


def to_turtle(descriptor: Descriptor, prefixes: str = PREFIXES) -> bytes:
    """Return a descriptor as Turtle: the statements of a node in one sentence."""
    pieces, last = [prefixes], ""
    for subject, predicate, value in triples(descriptor):
        pieces.append(f" ;\n    {predicate} {value}" if subject == last else (f" .\n{subject} {predicate} {value}"))
        last = subject
    return ("".join(pieces).replace(" .\n .\n", " .\n", 1).lstrip() + " .\n").encode()


def _node(subject: str, content: dict[str, Any], terms: dict[str, _Term], fresh: Callable[[], str]) -> Iterator[Triple]:
    later: list[tuple[str, dict[str, Any], _Term]] = []
    yield subject, _TYPE, f"<{NAMESPACE}{content['@type']}>"
    chains: list[tuple[str, list[str]]] = []
    for key, value in content.items():
        if key[0] == "@":
            continue
        term = terms[key]
        if term.by_language and not term.listed:
            for tag, text in value.items():
                yield subject, term.predicate, f'"{_quoted(text)}"@{tag}'
            continue
        objects = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "@value" not in item:
                objects.append(fresh())
                later.append((objects[-1], item, term))
            else:
                objects.append(_value(item, term.datatype))
        if not term.listed:
            yield from ((subject, term.predicate, one) for one in objects)
            continue
        cells = [fresh() for _ in objects]
        yield subject, term.predicate, cells[0] if cells else _NIL
        chains.extend(
            (cell, [one, following]) for cell, one, following in zip(cells, objects, [*cells[1:], _NIL], strict=True)
        )
    for cell, (first, rest) in chains:
        yield cell, _FIRST, first
        yield cell, _REST, rest
    for name, item, term in later:
        yield from _node(name, item, term.below, fresh)


def _value(item: Any, datatype: str) -> str:
    if isinstance(item, dict):
        kind, item = item.get("@type", ""), item["@value"]
        return f'"{_quoted(item)}"' + (f"^^<{kind}>" if kind else "")
    if datatype == IRI:
        return f"<{item.replace('codes:', CODES, 1) if item.startswith('codes:') else item}>"
    return f'"{_quoted(item)}"' + (f"^^<{datatype}>" if datatype != STRING else "")


def _quoted(text: str) -> str:
    return _SPECIAL.sub(lambda one: _ESCAPES.get(one.group()) or f"\\u{ord(one.group()):04X}", text)


def _read_terms(entries: dict[str, Any]) -> dict[str, _Term]:
    return {
        key: _Term(
            predicate=f"<{entry['@id']}>",
            listed=entry.get("@container") == "@list",
            by_language=entry.get("@container") == "@language",
            datatype=entry.get("@type", STRING),
            below=_read_terms(entry.get("@context", {})),
        )
        for key, entry in entries.items()
        if isinstance(entry, dict) and "@prefix" not in entry
    }


_TERMS = _read_terms(context()["@context"])

Statements = dict[str, dict[str, list[Any]]]
"""Objects (pyoxigraph's terms) by subject and predicate."""


def from_jsonld(data: bytes) -> list[Descriptor]:
    """Read every descriptor in a JSON-LD document under our context; its address is known, so nothing is fetched.

    Raises `CodedError` with `rdf_unreadable` for what is no such document, and as `serialise.load` does.
    """
    try:
        document = orjson.loads(data)
        if not isinstance(document, dict) or not str(document.get("@context")).endswith(CONTEXT_PATH):
            raise CodedError.of("rdf_unreadable", detail="the document does not name our context")
    except orjson.JSONDecodeError as error:
        raise CodedError.of("rdf_unreadable", detail=str(error)) from None
    return from_rdf(orjson.dumps({**document, **context()}), ox.RdfFormat.JSON_LD)


def from_rdf(data: bytes, syntax: ox.RdfFormat) -> list[Descriptor]:
    """Read every descriptor in RDF; contexts of JSON-LD must stand inside.

    Raises `CodedError` with `rdf_unreadable` for what is no RDF, and as `serialise.load` does.
    """
    try:
        return from_statements(ox.parse(data, syntax))
    except (SyntaxError, ValueError) as error:
        if isinstance(error, CodedError):
            raise
        raise CodedError.of("rdf_unreadable", detail=str(error).splitlines()[0]) from None


def from_statements(found: Iterable[Any]) -> list[Descriptor]:
    """Read every descriptor that statements (triples or quads) tell of, in the order in which they begin."""
    known: Statements = {}
    for one in found:
        known.setdefault(_name(one.subject), {}).setdefault(one.predicate.value, []).append(one.object)
    kind = f"{NAMESPACE}{Descriptor.__name__}"
    roots = [name for name, said in known.items() if any(_name(one) == kind for one in said.get(f"{_RDF}type", ()))]
    return [from_dict({"id": identifier_of(_whole(root, known)), **_read(root, known)}) for root in roots]


def _whole(root: str, known: Statements) -> str:
    """Return what a node is a version of, if it says so; else the node."""
    values = known[root].get(VERSION_OF)
    return _name(values[0]) if values else root


def _read(root: str, known: Statements) -> dict[str, Any]:
    content = _fields(known.get(root, {}), Descriptor, "", known)
    for one in known.get(root, {}).get(NAMESPACE + SPELLINGS, ()):
        said = known.get(_name(one), {})
        path, tag, text = (_first(said, f"{SPELLINGS}.{name}") for name in SPELLING_FIELDS)
        if path is not None and tag is not None:
            _spell(content, path.split("."), tag, text)
    return content


def _fields(said: dict[str, list[Any]], model: type[BaseModel], path: str, known: Statements) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, shape in shapes(model).items():
        values = said.get(f"{NAMESPACE}{path}{name}")
        if not values or (path, name) == ("", "id"):
            continue
        place = f"{path}{name}"
        if shape.kind == "origins":
            origins = [known.get(_name(one), {}) for one in values]
            content[name] = {
                _first(one, f"{place}.{ORIGIN_PATH}") or "": _fields(one, Origin, f"{place}.", known) for one in origins
            }
        elif shape.many:
            content[name] = [_one([item], shape, place, known) for item in _items(values[0], known)]
        else:
            content[name] = _one(values, shape, place, known)
    return content


def _one(values: list[Any], shape: Shape, place: str, known: Statements) -> Any:
    if shape.part is not None:
        return _fields(known.get(_name(values[0]), {}), shape.part, f"{place}.", known)
    if shape.kind == "texts":
        if shape.many:
            values = known.get(_name(values[0]), {}).get(f"{NAMESPACE}{place}.text", [])
        tags = [(one.language or "und", one.value) for one in values if isinstance(one, ox.Literal)]
        return {usual_tag(tag) or tag: text for tag, text in tags}
    return plain(shape, values[0].value)


def _items(first: Any, known: Statements) -> Iterator[Any]:
    cell, seen = _name(first), set[str]()
    while cell != _NIL[1:-1] and cell not in seen:
        seen.add(cell)
        said = known.get(cell, {})
        yield from said.get(f"{_RDF}first", ())[:1]
        rest = said.get(f"{_RDF}rest")
        cell = _name(rest[0]) if rest else _NIL[1:-1]


def _spell(content: Any, steps: list[str], tag: str, text: str | None) -> None:
    """Put a language tag as it was spelt; what the path does not lead to is passed over."""
    try:
        for step in steps[:-1]:
            content = content[int(step)] if isinstance(content, list) else content.setdefault(step, {})
        last = steps[-1]
        texts = content.setdefault(last, {}) if isinstance(content, dict) else content[int(last)]
        usual = usual_tag(tag)
        texts[tag] = text if text is not None else texts.pop(usual)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return


def _first(said: dict[str, list[Any]], name: str) -> str | None:
    values = said.get(NAMESPACE + name)
    return values[0].value if values else None


def _name(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term.value)
