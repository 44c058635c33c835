"""Results of queries as they travel: SPARQL 1.1 Query Results in JSON, XML, CSV and TSV, and graphs.

They are written as they come, so that a result of too many rows ends at its limit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import pyoxigraph as ox
from lxml import etree

from crosswalks.text import legal

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
SOLUTIONS = (JSON, XML, CSV, TSV)
"""The forms of solutions, in the order in which they are given where several are taken equally well."""
TRUTHS = (JSON, XML)
GRAPHS: dict[str, Any] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
_NAMESPACE = "http://www.w3.org/2005/sparql-results#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Row = Sequence[Any]


def truth(value: bool, kind: str) -> bytes:  # noqa: FBT001 - it is what is written
    """Return the answer to an ASK."""
    if kind == JSON:
        return orjson.dumps({"head": {}, "boolean": value})
    root, _ = _xml(())
    etree.SubElement(root, f"{{{_NAMESPACE}}}boolean").text = "true" if value else "false"
    return _bytes(root)


def table(names: Sequence[str], rows: Iterable[Row], kind: str) -> bytes:
    """Return solutions; a row holds a term or None for each name."""
    if kind == JSON:
        bindings = [{name: _json(term) for name, term in zip(names, row, strict=True) if term is not None}
                    for row in rows]  # fmt: skip
        return orjson.dumps({"head": {"vars": list(names)}, "results": {"bindings": bindings}})
    if kind == XML:
        return _xml_table(names, rows)
    out = io.StringIO()
    if kind == CSV:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([_plain(term) for term in row] for row in rows)
    else:
        out.write("\t".join(f"?{name}" for name in names) + "\n")
        out.writelines("\t".join("" if term is None else str(term) for term in row) + "\n" for row in rows)
    return out.getvalue().encode()


def graph(triples: Iterable[Any], kind: str) -> bytes:
    """Return triples."""
    out = io.BytesIO()
    ox.serialize(triples, out, GRAPHS[kind])
    return out.getvalue()


def _json(term: Any) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json(part) for name, part in parts.items()}}
    told = {"type": "literal", "value": term.value}
    if term.language:
        return {**told, "xml:lang": term.language}
    return told if term.datatype.value == _STRING else {**told, "datatype": term.datatype.value}


def _plain(term: Any) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Triple):
        return str(term)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term.value)


def _xml(names: Sequence[str]) -> tuple[Any, Any]:
    root = etree.Element(f"{{{_NAMESPACE}}}sparql", nsmap={None: _NAMESPACE})
    head = etree.SubElement(root, f"{{{_NAMESPACE}}}head")
    for name in names:
        etree.SubElement(head, f"{{{_NAMESPACE}}}variable", name=name)
    return root, head


def _xml_table(names: Sequence[str], rows: Iterable[Row]) -> bytes:
    root, _ = _xml(names)
    results = etree.SubElement(root, f"{{{_NAMESPACE}}}results")
    for row in rows:
        result = etree.SubElement(results, f"{{{_NAMESPACE}}}result")
        for name, term in zip(names, row, strict=True):
            if term is not None:
                _xml_term(etree.SubElement(result, f"{{{_NAMESPACE}}}binding", name=name), term)
    return _bytes(root)


def _xml_term(parent: Any, term: Any) -> None:
    if isinstance(term, ox.Triple):
        inside = etree.SubElement(parent, f"{{{_NAMESPACE}}}triple")
        for name, part in (("subject", term.subject), ("predicate", term.predicate), ("object", term.object)):
            _xml_term(etree.SubElement(inside, f"{{{_NAMESPACE}}}{name}"), part)
        return
    kind = "uri" if isinstance(term, ox.NamedNode) else "bnode" if isinstance(term, ox.BlankNode) else "literal"
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{kind}")
    element.text = legal(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            element.set(_LANG, term.language)
        elif term.datatype.value != _STRING:
            element.set("datatype", term.datatype.value)


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
