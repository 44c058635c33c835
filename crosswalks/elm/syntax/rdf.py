"""RDF into a graph: Turtle, TriG, N-Triples, N-Quads and RDF/XML; JSON-LD comes here after its contexts are replaced.

Named graphs are read as one. Identifiers are kept even when they are ill-formed or relative, since real data has both;
where a value was meant to be an identifier but is a label ("Level 5"), it becomes the literal it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import pyoxigraph as ox

from config.messages import CodedError
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.profile import RDF_TYPE, TERMS, Generation, shorten
from crosswalks.elm.syntax.bounds import not_parsed, within_size, xml_bytes, xml_root

Syntax = Literal["turtle", "trig", "ntriples", "nquads", "rdfxml", "jsonld"]

UNKNOWN = "urn:kakehashi:unknown:"
"""What the identifiers of JSON keys begin with that no context explains."""

_BASE = "http://document.invalid/"
_FORMATS: dict[Syntax, Any] = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_LONGEST = 4096
_IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|\\^`]+\Z')
_FIRST, _REST, _NIL = "rdf:first", "rdf:rest", "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
_PLAIN = frozenset({
    "http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
})  # fmt: skip


def read_rdf(data: bytes, syntax: Syntax) -> Graph:
    """Return the graph of a document. Raises `CodedError` with `elm_not_parsed`, `document_type_refused` or
    `elm_too_large`.
    """
    if syntax == "rdfxml":
        data = xml_bytes(data)
        xml_root(data)
    else:
        data = within_size(data)
    base = None if syntax in {"ntriples", "nquads"} else _BASE
    try:
        graph = graph_of(ox.parse(data, _FORMATS[syntax], base_iri=base, lenient=True))
    except (SyntaxError, ValueError, MemoryError, OSError) as error:
        raise not_parsed(syntax, error) from None
    if not graph.nodes and data.strip() and syntax == "jsonld":
        raise CodedError.of("elm_nothing_found")
    return graph


def graph_of(quads: Iterable[Any]) -> Graph:
    """Return the graph of parsed statements; saying one twice changes nothing."""
    graph = Graph()
    nodes = graph.nodes
    terms: dict[str, None] = {}
    for quad in quads:
        node, name, value = statement(quad)
        terms[quad.predicate.value] = None
        if name == TYPE and isinstance(quad.object, ox.NamedNode):
            terms[quad.object.value] = None
        properties = nodes.get(node)
        if properties is None:
            properties = nodes[node] = {}
        if (values := properties.get(name)) is None:
            properties[name] = [value]
        else:
            values.append(value)
    for properties in nodes.values():
        for name, values in properties.items():
            if len(values) > 1:
                properties[name] = list(dict.fromkeys(values))
    graph.generations.update(generation for term in terms if (generation := _generation(term)))
    _open_lists(graph)
    _labels_for_identifiers(graph)
    return graph


def properties_of(quads: Iterable[Any]) -> Properties:
    """Return the properties of one node out of its statements, for a store that is asked node by node."""
    found: dict[str, dict[Value, None]] = {}
    for quad in quads:
        _, name, value = statement(quad)
        found.setdefault(name, {})[value] = None
    return {name: list(values) for name, values in found.items()}


def statement(quad: Any) -> tuple[str, str, Value]:
    """Return one statement in the graph's terms: node, prefixed property, value."""
    subject, predicate = quad.subject, quad.predicate.value
    name = TYPE if predicate == RDF_TYPE else short_name(predicate)
    return _node(subject), name, _value(quad.object, is_type=name == TYPE)


def _node(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        return _name(term.value)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def _name(iri: str) -> str:
    return (iri[len(_BASE) :] or "#") if iri.startswith(_BASE) else iri


def _value(term: Any, *, is_type: bool) -> Value:
    if isinstance(term, ox.Literal):
        if term.language:
            return Lit(term.value, "rdf:langString", tag_form(term.language))
        datatype = term.datatype.value
        return Lit(term.value) if datatype in _PLAIN else Lit(term.value, short_name(datatype))
    if isinstance(term, ox.NamedNode):
        return short_name(term.value) if is_type else _name(term.value)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else Lit(str(term), "rdf:JSON")


@lru_cache(maxsize=16_384)
def short_name(iri: str) -> str:
    """Return the prefixed name of a property, class or datatype; one that no prefix fits stays whole."""
    if iri.startswith(UNKNOWN):
        return iri[len(UNKNOWN) :]
    return shorten(iri) or iri


@lru_cache(maxsize=1024)
def tag_form(tag: str) -> str:
    """Return a language tag in its usual form: `en-GB`, `zh-Hant`."""
    first, *others = tag.split("-")
    shaped = [
        part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part.lower()
        for part in others
    ]
    return "-".join([first.lower(), *shaped])


def absolute(identifier: str) -> bool:
    """Tell whether a name is a whole, well-formed identifier of a sensible length."""
    return len(identifier) <= _LONGEST and _IRI.match(identifier) is not None


def _generation(iri: str) -> Generation | None:
    for generation, base in TERMS.items():
        local = iri[len(base) :] if iri.startswith(base) else ""
        if local and "/" not in local and "#" not in local:
            return generation
    return None


def _open_lists(graph: Graph) -> None:
    """Put the members of an RDF list where the list stands; the order of values carries no meaning here."""
    if not any(_FIRST in properties for properties in graph.nodes.values()):
        return
    opened: set[Value] = set()
    for properties in graph.nodes.values():
        for name, values in properties.items():
            if name not in {_FIRST, _REST}:
                members = [member for value in values for member in _members(graph, value, opened)]
                properties[name] = list(dict.fromkeys(members))
    for cell in opened:
        properties = graph.nodes[str(cell)]
        properties.pop(_FIRST, None)
        properties.pop(_REST, None)
        if not properties:
            del graph.nodes[str(cell)]


def _members(graph: Graph, value: Value, opened: set[Value]) -> list[Value]:
    members: list[Value] = []
    seen: set[Value] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        cell = graph.nodes.get(item, {}) if isinstance(item, str) else {}
        if _FIRST in cell and item not in seen:
            seen.add(item)
            waiting.extend(cell.get(_REST, ()))
            waiting.extend(reversed(cell[_FIRST]))
        elif item != _NIL:
            members.append(item)
    opened |= seen
    return members


def _labels_for_identifiers(graph: Graph) -> None:
    """Make a literal of what stands where an identifier is expected and is none."""
    nodes = graph.nodes
    for properties in nodes.values():
        for name, values in properties.items():
            if name == TYPE:
                continue
            for index, value in enumerate(values):
                if isinstance(value, str) and value[:2] != "_:" and value not in nodes and not absolute(value):
                    values[index] = Lit(value)
