"""One JSON-LD document as three processors understand it: PyLD, rdflib and pyoxigraph, none of which may ask anyone.

Contexts come from the judges or from the project; any other address fails.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
import pyoxigraph as ox
from pyld import jsonld
from rdflib import BNode, Graph, Literal
from rdflib.compare import isomorphic

FIGURES = ("#float", "#double", "#decimal", "#integer")
Contexts = Mapping[str, dict[str, Any]]


NOWHERE = "urn:nowhere"
"""Where a document is that names nothing by its own address."""


def graph_of(document: Any, contexts: Contexts, base: str = NOWHERE) -> Graph:
    """The graph of a document from an address, on which all three agree; nothing may be left out in silence."""
    inlined = _inlined(document, contexts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's reader uses a class that rdflib deprecates
        by_rdflib = Graph().parse(data=orjson.dumps(inlined).decode(), format="json-ld", publicID=base)
    how = {"documentLoader": _loader(contexts), "format": "application/n-quads", "base": base}
    by_pyld = _nquads(jsonld.to_rdf(document, how))
    quads = io.BytesIO()
    parsed = ox.parse(orjson.dumps(inlined), ox.RdfFormat.JSON_LD, base_iri=base)
    ox.serialize(parsed, quads, ox.RdfFormat.N_QUADS)
    by_oxigraph = _nquads(quads.getvalue().decode())
    by_rdflib, by_pyld, by_oxigraph = (_in_one_form(graph) for graph in (by_rdflib, by_pyld, by_oxigraph))
    assert len(by_pyld) > 1
    for other in (by_rdflib, by_oxigraph):
        assert isomorphic(by_pyld, other), _apart(by_pyld, other)
    return by_pyld


def values_lost(document: Any, contexts: Contexts) -> set[str]:
    """The texts of a document that are gone once PyLD has expanded it: no context explains their keys."""
    expanded = orjson.dumps(jsonld.expand(document, {"documentLoader": _loader(contexts)})).decode()
    return {text for text in _texts(document) if orjson.dumps(text).decode().strip('"') not in expanded}


def _nquads(text: str) -> Graph:
    return Graph().parse(data=text, format="nt") if text else Graph()


def _in_one_form(graph: Graph) -> Graph:
    """The graph with figures and tags in one form: 1.0 and 1.0E0 are one figure, zh-Hans and zh-hans one tag."""
    made = Graph()
    for subject, predicate, value in graph:
        same = value
        if isinstance(value, Literal) and value.language:
            same = Literal(str(value), lang=value.language.lower())
        if isinstance(value, Literal) and str(value.datatype).endswith(FIGURES):
            same = Literal(f"{Decimal(str(value)).normalize():f}")
        made.add((subject, predicate, same))
    return made


def _loader(contexts: Contexts) -> Any:
    def load(url: str, options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts[url], "contentType": "application/ld+json"}

    return load


def _inlined(value: Any, contexts: Contexts) -> Any:
    """The document with each context that it names in its place."""
    if isinstance(value, list):
        return [_inlined(item, contexts) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(item, contexts) if key == "@context" else _inlined(item, contexts) for key, item in value.items()
    }


def _context(value: Any, contexts: Contexts) -> Any:
    if isinstance(value, str):
        return contexts[value]["@context"]
    return [_context(item, contexts) for item in value] if isinstance(value, list) else value


def _texts(value: Any, above: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "@context" for text in _texts(item, key)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, above)]
    return [value] if isinstance(value, str) and above not in {"type", "@type"} else []


def _apart(one: Graph, other: Graph) -> str:
    """What only one of two graphs says, blank nodes without their names."""
    first, second = (
        Counter(" ".join("_:" if isinstance(term, BNode) else term.n3() for term in triple) for triple in graph)
        for graph in (one, other)
    )
    return "\n".join([*sorted(first - second)[:8], "---", *sorted(second - first)[:8]])
