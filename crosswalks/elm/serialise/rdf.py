"""N-Triples and N-Quads from our lines; Turtle and RDF/XML from the same lines through pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pyoxigraph as ox

from crosswalks.elm.profile import PREFIXES, TERMS, Generation
from crosswalks.elm.serialise.lines import batches
from crosswalks.elm.writing.build import Written


def write_ntriples(records: Iterable[Written], out: BinaryIO, generation: Generation) -> None:
    """Write N-Triples."""
    out.writelines(batches(records, generation))


def write_nquads(records: Iterable[Written], out: BinaryIO, generation: Generation) -> None:
    """Write N-Quads: every statement is in the default graph, so that the lines are those of N-Triples."""
    write_ntriples(records, out, generation)


def write_turtle(records: Iterable[Written], out: BinaryIO, generation: Generation) -> None:
    """Write Turtle: the prefixes once, sorted, then the nodes in the order of the records."""
    prefixes = dict(sorted({"elm": TERMS[generation], **PREFIXES}.items()))
    out.write("".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items()).encode())
    for batch in batches(records, generation):
        text = ox.serialize(_triples(batch), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
        out.write(_without_prefixes(text or b"", len(prefixes)))


def write_rdfxml(records: Iterable[Written], out: BinaryIO, generation: Generation) -> None:
    """Write RDF/XML: one root with the prefixes sorted, then the nodes in the order of the records."""
    prefixes = dict(sorted({"elm": TERMS[generation], **PREFIXES}.items()))
    names = "".join(f' xmlns:{name}="{iri}"' for name, iri in prefixes.items())
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'.encode())
    for batch in batches(records, generation):
        text = ox.serialize(_triples(batch), format=ox.RdfFormat.RDF_XML, prefixes=prefixes) or b""
        start = text.index(b">", text.index(b"<rdf:RDF")) + 2
        out.write(text[start : text.rindex(b"</rdf:RDF>")])
    out.write(b"</rdf:RDF>\n")


def _triples(lines: bytes) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES, lenient=True))


def _without_prefixes(text: bytes, number: int) -> bytes:
    """Return Turtle without its leading prefix lines: the serialiser gives them in no steady order."""
    start = 0
    for _ in range(number):
        start = text.index(b"\n", start) + 1
    return text[start:]
