"""Listings out of a file, whatever form of ELM it is written in: the form is told from the content, then the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from config.messages import CodedError
from crosswalks.elm.closure import listings
from crosswalks.elm.graph import TYPE, Graph
from crosswalks.elm.model import ElmListing
from crosswalks.elm.syntax.bounds import json_value, within_size, xml_bytes, xml_root
from crosswalks.elm.syntax.jsonld import read_document
from crosswalks.elm.syntax.loq_xml import graph_of_courses, is_loq_xml
from crosswalks.elm.syntax.qdr_json import graph_of_answer, is_qdr_answer
from crosswalks.elm.syntax.rdf import Syntax, read_rdf

CREDENTIAL = "elm:EuropeanDigitalCredential"
_EXTENSIONS: dict[str, Syntax] = {
    "ttl": "turtle", "turtle": "turtle", "trig": "trig", "nt": "ntriples", "ntriples": "ntriples", "nq": "nquads",
    "nquads": "nquads", "rdf": "rdfxml", "owl": "rdfxml", "jsonld": "jsonld",
}  # fmt: skip
_RULES = {
    "http://www.w3.org/ns/shacl#NodeShape": "SHACL",
    "http://www.w3.org/ns/shacl#PropertyShape": "SHACL",
    "http://www.w3.org/2002/07/owl#Ontology": "OWL",
    "http://www.w3.org/2002/07/owl#Class": "OWL",
    "http://www.w3.org/2000/01/rdf-schema#Class": "RDFS",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property": "RDFS",
}
"""Classes of what says how records are made, and the language it says so in."""
_LINKED = ("@context", "@graph", "@id", "@type")
_WRAPPED = ("credential", "payload", "credentialSubject")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LINE = re.compile(rb"^\s*(?:<[^<>]{1,4000}>|_:[^\s]{1,400})\s+<[^<>]{1,4000}>\s+\S")
_QUAD = re.compile(rb"(?:>|_:[^\s]{1,400})\s+<[^<>\"]{1,4000}>\s*\.\s*$")
_XML_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.\-]{0,100}[\s>/]|[A-Za-z_][\w.\-]{0,100}:[\w.\-]{1,100}\s)")
_TURTLE = re.compile(rb"\s*(?:@prefix|@base|prefix\s|base\s|#|<|_:|\[|[A-Za-z][\w.\-]{0,100}:)", re.IGNORECASE)
_GRAPH = re.compile(rb"(?:\bGRAPH\s|[\s>])\s{0,100}\{")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def load(data: bytes, name: str) -> Iterator[ElmListing]:
    """Yield the listings of a file.

    Raises `CodedError` before the first when the file cannot be read, holds a credential, or holds no record; and after
    the last with an issue for each record that had to be left out.
    """
    graph = read_graph(data, name)
    if graph.of_class(CREDENTIAL):
        raise CodedError.of("credential_not_listing")
    left_out = []
    found = False
    for outcome in listings(graph):
        found = True
        if outcome.listing is not None:
            yield outcome.listing
        elif outcome.issue is not None:
            left_out.append(outcome.issue)
    if left_out:
        raise CodedError(*left_out)
    if not found:
        raise nothing_found(graph)


def nothing_found(graph: Graph) -> CodedError:
    """Return the error of a graph without records: `rules_not_records` for shapes, ontologies and code lists."""
    for node, properties in graph.nodes.items():
        for name in properties.get(TYPE, ()):
            if name in _RULES:
                return CodedError.of("rules_not_records", kind=_RULES[str(name)], name=node[:200])
    return CodedError.of("elm_nothing_found")


def read_graph(data: bytes, name: str) -> Graph:
    """Return the graph of a file. Raises `CodedError` when it cannot be read."""
    start = within_size(data)[:4096].lstrip()
    if start[:1] in {b"{", b"["} and (not start.startswith(b"[]") or not start[2:].strip()):
        if (graph := _from_json(data, name)) is not None:
            return graph
    elif data.startswith(_UTF16) or _looks_like_xml(start):
        return _from_xml(data)
    return read_rdf(data, syntax_of(start, name))


def _looks_like_xml(start: bytes) -> bool:
    """Tell XML from Turtle that begins with an identifier: a prefixed root element always has attributes."""
    return start.startswith((b"<?xml", b"<!DOCTYPE", b"<!--")) or _XML_ROOT.match(start) is not None


def _from_json(data: bytes, name: str) -> Graph | None:
    """Return the graph of a JSON file, or None for Turtle and TriG that begin with a bracket."""
    extension = _extension(name)
    if extension in _EXTENSIONS and extension != "jsonld":
        return None
    document = json_value(data)
    first = document[0] if isinstance(document, list) and document else document
    if isinstance(first, dict):
        if not is_linked(first) and any(key in first for key in _WRAPPED):
            raise CodedError.of("credential_not_listing")
        if is_linked(first) or extension == "jsonld":
            return read_document(document)
        if is_qdr_answer(document):
            return graph_of_answer(document)
    raise CodedError.of("elm_nothing_found")


def is_linked(document: dict[str, Any]) -> bool:
    """Tell whether a JSON object is JSON-LD by its keywords."""
    return any(key in document for key in _LINKED)


def _from_xml(data: bytes) -> Graph:
    document = xml_bytes(data)
    root = xml_root(document)
    if is_loq_xml(root):
        return graph_of_courses(root)
    if etree.QName(root).namespace == _RDF or root.find(f".//{{{_RDF}}}*") is not None or _has_about(root):
        return read_rdf(document, "rdfxml")
    raise CodedError.of("elm_syntax_unknown", name=str(root.tag)[:200])


def _has_about(root: etree._Element) -> bool:
    return root.get(f"{{{_RDF}}}about") is not None or root.get(f"{{{_RDF}}}ID") is not None


def syntax_of(start: bytes, name: str) -> Syntax:
    """Return the RDF syntax of a text file. Raises `CodedError` with `elm_syntax_unknown` when there is no telling."""
    if (syntax := _EXTENSIONS.get(_extension(name))) is not None and syntax not in {"rdfxml", "jsonld"}:
        return syntax
    line = start.partition(b"\n")[0].rstrip()
    if _LINE.match(line) and line.endswith(b"."):
        return "nquads" if _QUAD.search(line) and line.count(b"> <") >= 2 else "ntriples"
    if _TURTLE.match(start):
        return "trig" if _GRAPH.search(start) else "turtle"
    raise CodedError.of("elm_syntax_unknown", name=name)


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
