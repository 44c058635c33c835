"""An ELM record as a graph in plain values, for the checks: what its N-Triples say, without the detour."""

from __future__ import annotations

from functools import cache
from typing import Any

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.profile import Form, Generation, classes, terms
from crosswalks.elm.writing.build import Written

_KEYWORDS = frozenset({"id", "type"})


def graph_of(written: Written, generation: Generation = "elm-3.2") -> Graph:
    """Return the graph of a record that was written, and of the concepts it uses."""
    names, types = _names(), _types()
    nodes: dict[str, Properties] = {}
    queue: list[Node] = [written.record, *written.concepts.values()] if written.record else []
    for node in queue:
        if node["id"] in nodes:
            continue
        properties: Properties = {TYPE: [types[node["type"]]]}
        for term, value in node.items():
            if term not in _KEYWORDS:
                name, form, datatype = names[term]
                values = _values(value, form, datatype, queue)
                properties[name] = list(dict.fromkeys(values)) if len(values) > 1 else values
        nodes[node["id"]] = properties
    return Graph(nodes, {generation})


def _values(value: Any, form: Form, datatype: str, queue: list[Node]) -> list[Value]:
    if form == "text" and isinstance(value, dict):
        return [
            Lit(one, "rdf:langString", tag)
            for tag, text in value.items()
            for one in (text if isinstance(text, list) else (text,))
        ]
    listed = value if isinstance(value, list) else [value]
    if form == "literal":
        return [Lit(one, datatype) for one in listed]
    queue.extend(one for one in listed if isinstance(one, dict))
    return [one["id"] if isinstance(one, dict) else one for one in listed]


@cache
def _names() -> dict[str, tuple[str, Form, str]]:
    return {
        term: (row.name, row.form, row.ranges[0] if row.ranges[0].startswith("xsd:") else "xsd:string")
        for term, row in terms().items()
    }


@cache
def _types() -> dict[str, str]:
    return {class_term(name): name for name in classes()}
