"""Writing ELM records in every syntax: streams, with equal bytes for equal records.

`write_elm` takes what `crosswalks.elm.writing.build` made and a place to write to. The document grows with the records;
the memory it takes does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise.jsonld import write_jsonld
from crosswalks.elm.serialise.rdf import write_nquads, write_ntriples, write_rdfxml, write_turtle
from crosswalks.elm.serialise.xml import write_xml
from crosswalks.elm.writing.build import Written

Writer = Callable[[Iterable[Written], BinaryIO, Generation], None]

WRITERS: dict[str, Writer] = {
    "turtle": write_turtle,
    "ntriples": write_ntriples,
    "nquads": write_nquads,
    "jsonld": write_jsonld,
    "rdfxml": write_rdfxml,
    "xml": write_xml,
}
SUFFIXES = {
    "turtle": "ttl",
    "ntriples": "nt",
    "nquads": "nq",
    "jsonld": "jsonld",
    "rdfxml": "rdf",
    "xml": "xml",
}


def write_elm(records: Iterable[Written], out: BinaryIO, syntax: str, generation: Generation = "elm-3.2") -> None:
    """Write the records that were not withheld, in one syntax of `WRITERS`. Raises `KeyError` for another."""
    WRITERS[syntax]((written for written in records if written.record is not None), out, generation)


def dump(records: Iterable[Written], syntax: str, out: BinaryIO, options: Mapping[str, str]) -> None:
    """Write records in one syntax, in the term namespace that the options name (`elm_namespace`)."""
    generation: Generation = "elm-3.3" if options.get("elm_namespace") == "elm-3.3" else "elm-3.2"
    write_elm(records, out, syntax, generation)
