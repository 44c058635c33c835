"""Descriptors → ELM: the product's writers against rdflib graphs, and LOQ XML against lxml's streaming writer.

Each turn the naive side writes the records once and ours writes them five times over, into a place that only counts
bytes: one time would be too short to measure. The best turn of each side is compared, per record, with the cyclic
garbage collector off. That both say the same is proven on one document of each side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, cast

import pyoxigraph as ox
from lxml import etree

from benchmarks.measure import Outcome, Pairs, Time, in_turn
from benchmarks.naive.elm import elm_graph, in_one_step
from benchmarks.naive.loq_xml import loq_xml
from benchmarks.records import descriptors
from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import build

RECORDS, FEW, REPETITIONS, TIMES_OVER = 2000, 300, 5, 5
GOALS = (
    ("jsonld", "json-ld", 100.0, ox.RdfFormat.JSON_LD),
    ("turtle", "turtle", 20.0, ox.RdfFormat.TURTLE),
    ("ntriples", "nt", 10.0, ox.RdfFormat.N_TRIPLES),
    ("rdfxml", "xml", 10.0, ox.RdfFormat.RDF_XML),
)
_TITLES = {"jsonld": "JSON-LD", "turtle": "Turtle", "ntriples": "N-Triples", "rdfxml": "RDF/XML"}


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the goals of the export."""
    count = FEW if quick else RECORDS
    repetitions = 3 if quick else REPETITIONS
    made = descriptors(count)
    for syntax, name, wanted, form in GOALS:

        def naive(name: str = name) -> bytes:
            return elm_graph(made).serialize(format=name, encoding="utf-8")

        def ours(syntax: str = syntax) -> int:
            return counted(made, syntax)

        pairs, _, other = in_turn(ours, naive, repetitions, collect=False)
        found = best(pairs, f"export: {_TITLES[syntax]}, best of {repetitions}", wanted, count)
        found.equal, found.difference = same_graph(written(made, syntax), other, form)
        yield found
    pairs, _, other = in_turn(lambda: counted(made, "xml"), lambda: loq_xml(made), repetitions, collect=False)
    found = best(pairs, f"export: LOQ XML, best of {repetitions}", 1.0, count)
    found.equal, found.difference = same_document(written(made, "xml"), other)
    yield found


def best(pairs: Pairs, name: str, wanted: float, count: int) -> Outcome:
    """Return what a goal came to when the best run of each side is compared, record for record."""
    once = Pairs([Time(one.wall / TIMES_OVER, one.cpu / TIMES_OVER) for one in pairs.ours], pairs.naive)
    ours, naive = (min(one.cpu for one in side) * 1e6 / count for side in (once.ours, once.naive))
    found = once.outcome(name, wanted, "µs/record", 1e6 / count)
    return replace(found, ours=ours, naive=naive, ratio=naive / ours)


class Counting:
    """A place to write to that only counts."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: bytes) -> int:
        """Count some bytes."""
        self.size += len(content)
        return len(content)


def counted(made: Iterable[Descriptor], syntax: str) -> int:
    """Write descriptors as the product does, several times over; return the number of bytes."""
    out = Counting()
    for _ in range(TIMES_OVER):
        write_elm((build(descriptor) for descriptor in made), cast("BinaryIO", out), syntax)
    return out.size


def written(made: Iterable[Descriptor], syntax: str) -> bytes:
    """Return descriptors as the product writes them."""
    out = BytesIO()
    write_elm((build(descriptor) for descriptor in made), out, syntax)
    return out.getvalue()


def statements(text: bytes, form: ox.RdfFormat) -> set[tuple[str, str, str]]:
    """Return the statements of a document, parts of records named in one step; none may be blank."""
    found = set()
    for quad in ox.parse(text, form):
        subject, thing = quad.subject, quad.object
        assert not isinstance(subject, ox.BlankNode)
        assert not isinstance(thing, ox.BlankNode)
        target = in_one_step(thing.value) if isinstance(thing, ox.NamedNode) else str(thing)
        found.add((in_one_step(str(subject.value)), quad.predicate.value, target))
    return found


def same_graph(ours: bytes, naive: bytes, form: ox.RdfFormat) -> tuple[str | None, str]:
    """Return what was found equal, or the difference."""
    one, other = statements(ours, form), statements(naive, form)
    if one and one == other:
        return "RDF: both documents parsed back, the same set of statements, none of them blank", ""
    some = [*sorted(one - other)[:2], *sorted(other - one)[:2]]
    return None, f"{len(one - other)} statements only in ours, {len(other - one)} only in the other: {some}"


def same_document(ours: bytes, naive: bytes) -> tuple[str | None, str]:
    """Return what was found equal of two XML documents, or the difference."""
    one, other = (_canonical(text) for text in (ours, naive))
    if one == other and b"<learningOpportunity " in one:
        return "LOQ XML: the same canonical form of both documents", ""
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return None, f"at {place}: {one[place - 60 : place + 60]!r} and {other[place - 60 : place + 60]!r}"


def _canonical(text: bytes) -> bytes:
    document = etree.fromstring(text, etree.XMLParser(remove_blank_text=True))
    return bytes(etree.tostring(document, method="c14n"))
