"""Writing ELM records in every syntax: streams, with equal bytes for equal records.

`Documents` are any number of documents that are written side by side from one pass over the records; `write_elm` writes
one. What is written was made by `crosswalks.elm.writing.build`. A document grows with the records; the memory it takes
does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import BinaryIO

from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise.document import Document, GraphDocument
from crosswalks.elm.serialise.jsonld import JsonldDocument
from crosswalks.elm.serialise.lines import Lines
from crosswalks.elm.serialise.rdfxml import rdfxml_document
from crosswalks.elm.serialise.turtle import turtle_document
from crosswalks.elm.serialise.xml import XmlDocument
from crosswalks.elm.writing.build import Written

WRITERS: dict[str, Callable[[BinaryIO, Generation, Lines], Document]] = {
    "turtle": lambda out, generation, _: turtle_document(out, generation),
    "ntriples": lambda out, _, lines: GraphDocument(out, lines),
    "nquads": lambda out, _, lines: GraphDocument(out, lines),
    "jsonld": lambda out, generation, _: JsonldDocument(out, generation),
    "rdfxml": lambda out, generation, _: rdfxml_document(out, generation),
    "xml": lambda out, generation, _: XmlDocument(out, generation),
}
"""What begins a document in each syntax; the lines are shared by documents that are written side by side."""
SUFFIXES = {
    "turtle": "ttl",
    "ntriples": "nt",
    "nquads": "nq",
    "jsonld": "jsonld",
    "rdfxml": "rdf",
    "xml": "xml",
}


def documents(targets: Sequence[tuple[str, BinaryIO]], generation: Generation) -> list[Document]:
    """Begin documents to be written side by side: a syntax of `WRITERS` and a place for each.

    Every one must be given the same records. Raises `KeyError` for another syntax.
    """
    lines = Lines(generation)
    return [WRITERS[syntax](out, generation, lines) for syntax, out in targets]


def write_elm(records: Iterable[Written], out: BinaryIO, syntax: str, generation: Generation = "elm-3.2") -> None:
    """Write the records that were not withheld, in one syntax of `WRITERS`. Raises `KeyError` for another."""
    (document,) = documents([(syntax, out)], generation)
    with closing(document):
        add = document.add
        for written in records:
            if written.record is not None:
                add(written)
        document.end()


def dump(records: Iterable[Written], syntax: str, out: BinaryIO, options: Mapping[str, str]) -> None:
    """Write records in one syntax, in the term namespace that the options name (`elm_namespace`)."""
    generation: Generation = "elm-3.3" if options.get("elm_namespace") == "elm-3.3" else "elm-3.2"
    write_elm(records, out, syntax, generation)
