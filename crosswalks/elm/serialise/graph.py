"""ELM records as a graph in plain values, for the checks: what their N-Triples say, without the detour."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.profile import Form, Generation, classes, terms
from crosswalks.elm.writing.build import Written

_TEXT = "rdf:langString"
_literal = tuple.__new__


def graph_of(written: Written, generation: Generation = "elm-3.2") -> Graph:
    """Return the graph of a record that was written, and of the concepts it uses."""
    graph, _ = graph_of_all((written,), generation)
    return graph


def graph_of_all(records: Iterable[Written], generation: Generation = "elm-3.2") -> tuple[Graph, bool]:
    """Return the graph of records in one document, and whether they agree on the nodes that they share.

    Of a node that two records describe differently, the first description is taken, as in a document.
    """
    nodes: dict[str, Properties] = {}
    known: dict[str, Node] = {}
    agreed = True
    for written in records:
        queue: list[Node] = [written.record, *written.concepts.values()] if written.record else []
        for node in queue:
            iri = node["id"]
            if iri not in known:
                known[iri] = node
                nodes[iri] = _properties(node, queue)
            elif known[iri] is not node and known[iri] != node:
                agreed = False
    return Graph(nodes, {generation}), agreed


def _properties(node: Node, queue: list[Node]) -> Properties:
    """Return the properties of a node, and put the nodes inside it into the queue."""
    names = _names()
    properties: Properties = {TYPE: [_types()[node["type"]]]}
    value: Any
    for term, value in node.items():
        row = names[term]
        if row is None:
            continue
        name, form, datatype = row
        values: list[Value]
        if form == "text":
            values = [
                _literal(Lit, (one, _TEXT, tag))
                for tag, text in value.items()
                for one in ((text,) if text.__class__ is str else text)
            ]
        elif form == "literal":
            values = [_literal(Lit, (one, datatype, "")) for one in ((value,) if value.__class__ is str else value)]
        else:
            values = []
            for one in value if value.__class__ is list else (value,):
                if one.__class__ is dict:
                    queue.append(one)
                    values.append(one["id"])
                else:
                    values.append(one)
        properties[name] = values if len(values) == 1 else list(dict.fromkeys(values))
    return properties


@cache
def _names() -> dict[str, tuple[str, Form, str] | None]:
    names: dict[str, tuple[str, Form, str] | None] = {"id": None, "type": None}
    for term, row in terms().items():
        datatype = row.ranges[0]
        names[term] = (row.name, row.form, datatype if datatype.startswith("xsd:") else "xsd:string")
    return names


@cache
def _types() -> dict[str, str]:
    return {class_term(name): name for name in classes()}
