"""Exported records as a graph, with faults of every kind that the official shapes know seeded into some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.check.index import whole
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.serialise.graph import graph_of
from crosswalks.elm.writing.build import build

_TITLE, _DESCRIPTION, _HOMEPAGE = "dc:title", "dc:description", "foaf:homepage"
_LEARNT, _FIELD, _MAILBOX = "elm:learningOutcome", "elm:ISCEDFCode", "elm:emailAddress"
_EXAMPLE = "https://contoh.example/"

Fault = Callable[[Graph, str], None]
"""Spoils the record with an identifier in a graph."""


def corpus(made: Sequence[Descriptor], every: int) -> Graph:
    """Return the graph of descriptors, one record in `every` with a fault; the kinds take turns."""
    graph = Graph(generations={"elm-3.2"})
    for descriptor in made:
        for node, properties in graph_of(build(descriptor)).nodes.items():
            graph.nodes.setdefault(node, properties)
    for number, descriptor in enumerate(made[::every]):
        FAULTS[number % len(FAULTS)](graph, descriptor.id)
    return graph


def _set(name: str, *values: Value, of: str = "") -> Fault:
    """Return a fault that gives a property exactly these values, in the record or a part of it."""

    def spoil(graph: Graph, root: str) -> None:
        graph.nodes[root + of] = {**graph.nodes[root + of], name: list(values)}

    return spoil


def _without(name: str, of: str = "") -> Fault:
    def spoil(graph: Graph, root: str) -> None:
        graph.nodes[root + of] = {key: values for key, values in graph.nodes[root + of].items() if key != name}

    return spoil


def _with_node(name: str, node: str, properties: Properties, of: str = "") -> Fault:
    """Return a fault that makes a node and points to it."""

    def spoil(graph: Graph, root: str) -> None:
        graph.nodes.setdefault(node, properties)
        graph.nodes[root + of] = {**graph.nodes[root + of], name: [node]}

    return spoil


def _contact(graph: Graph, root: str) -> None:
    """Give a contact point a mailbox that is no identifier (the shapes demand `and` of two shapes there)."""
    point, box = f"{root}/contact", f"_:box{len(graph.nodes)}"
    graph.nodes[point] = {TYPE: ["elm:ContactPoint"], _MAILBOX: [box]}
    graph.nodes[box] = {TYPE: ["elm:Mailbox"]}
    graph.nodes[root] = {**graph.nodes[root], "elm:contactPoint": [point]}


def _equal_texts(graph: Graph, root: str) -> None:
    concept, text = f"{root}/concept", Lit("Sama", "rdf:langString", "en")
    graph.nodes[concept] = {TYPE: ["skos:Concept"], "skos:prefLabel": [text], "skos:altLabel": [text]}


_SPECIFICATION = "/specification"
_TEXT = "rdf:langString"
_ISCED = vocabulary("isced-f")
FAULTS: tuple[Fault, ...] = (
    _without(_TITLE),
    _without(_LEARNT, _SPECIFICATION),
    _set("elm:duration", Lit("P1D", "xsd:duration"), Lit("P2D", "xsd:duration")),
    _set("elm:duration", Lit("90 jam", "xsd:duration")),
    _set("elm:duration", Lit("P1D")),
    _set(_TITLE, Lit("Tanpa bahasa")),
    _set(_TITLE, Lit("Satu", _TEXT, "en"), Lit("Dua", _TEXT, "EN"), Lit("Tiga", _TEXT, "ja")),
    _set(_DESCRIPTION, f"{_EXAMPLE}nod"),
    _set(_LEARNT, f"{_EXAMPLE}tanpa-kelas", of=_SPECIFICATION),
    _set("elm:learningAchievementSpecification", f"{_EXAMPLE}tanpa-kelas"),
    _set(TYPE, "elm:Qualification", of=_SPECIFICATION),
    _set("elm:providedBy", Lit("contoh", _TEXT, "en")),
    _set("elm:popularity", Lit("5", "xsd:integer")),
    _set("dc:source", f"{_EXAMPLE}lain", of=_SPECIFICATION),
    _set("skos:notation", "_:kosong", of="/identifier"),
    _set("elm:contentUrl", Lit("ftp://contoh.example/", "xsd:anyURI"), of="/page"),
    _contact,
    _equal_texts,
    _without(_FIELD, _SPECIFICATION),
    _set(_FIELD, Lit("contoh"), of=_SPECIFICATION),
    _with_node(
        _FIELD, f"{_EXAMPLE}lain", {TYPE: ["skos:Concept"], "skos:inScheme": [f"{_EXAMPLE}senarai"]}, _SPECIFICATION
    ),
    _with_node(_FIELD, "_:bidang", {TYPE: ["skos:Concept"], "skos:inScheme": [_ISCED.scheme]}, _SPECIFICATION),
    _set("elm:defaultLanguage", vocabulary("language").iri("JPN"), vocabulary("language").iri("UND")),
)


def ntriples(graph: Graph) -> bytes:
    """Return a graph as N-Triples."""
    lines = []
    for node, properties in graph.nodes.items():
        for name, values in properties.items():
            for value in values:
                target = whole(value) if name == TYPE and isinstance(value, str) else value
                lines.append(f"{_term(node)} <{whole(name)}> {_term(target)} .\n")
    return "".join(lines).encode()


def _term(value: Value) -> str:
    if isinstance(value, str):
        return value if value.startswith("_:") else f"<{value}>"
    text = value.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if value.language:
        return f'"{text}"@{value.language}'
    return f'"{text}"' if value.datatype == "xsd:string" else f'"{text}"^^<{whole(value.datatype)}>'
