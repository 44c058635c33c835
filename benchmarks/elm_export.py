"""Descriptors → ELM: the product's writers against rdflib graphs, and LOQ XML against lxml's streaming writer.

Ours writes records as the export does, soon after they were read: they are made in batches, and only the writing is
timed, into a place that only counts bytes. The naive side gets them all at once, since its graph holds all of them. The
best turn of each side is compared, per record, with the cyclic garbage collector off. That both say the same is proven
on one document of each side.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from time import perf_counter, process_time
from typing import BinaryIO, cast

import pyoxigraph as ox
from lxml import etree

from benchmarks.measure import Outcome, Pairs, Time, timed
from benchmarks.naive.elm import elm_graph, in_one_step
from benchmarks.naive.loq_xml import loq_xml
from benchmarks.records import descriptors
from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.serialise import documents, write_elm
from crosswalks.elm.writing.build import build

RECORDS, FEW, REPETITIONS, BATCH = 2000, 300, 5, 50
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

        pairs, other = turns(count, syntax, naive, repetitions)
        found = best(pairs, f"export: {_TITLES[syntax]}, best of {repetitions}", wanted, count)
        found.equal, found.difference = same_graph(written(made, syntax), other, form)
        yield found
    pairs, other = turns(count, "xml", lambda: loq_xml(made), repetitions)
    found = best(pairs, f"export: LOQ XML, best of {repetitions}", 1.0, count)
    found.equal, found.difference = same_document(written(made, "xml"), other)
    yield found


def turns(count: int, syntax: str, naive: Callable[[], bytes], repetitions: int) -> tuple[Pairs, bytes]:
    """Run both sides in turn without garbage collection, once for nothing; return the times and what naive wrote."""
    gc.disable()
    try:
        return _turns(count, syntax, naive, repetitions)
    finally:
        gc.enable()


def _turns(count: int, syntax: str, naive: Callable[[], bytes], repetitions: int) -> tuple[Pairs, bytes]:
    time_of_ours(count, syntax)
    other, pairs = naive(), Pairs([], [])
    for number in range(repetitions):
        for ours_now in (True, False) if number % 2 == 0 else (False, True):
            if ours_now:
                pairs.ours.append(time_of_ours(count, syntax))
            else:
                spent, _ = timed(naive, collect=False)
                pairs.naive.append(spent)
    return pairs, other


def best(pairs: Pairs, name: str, wanted: float, count: int) -> Outcome:
    """Return what a goal came to when the best run of each side is compared, record for record."""
    found = pairs.outcome(name, wanted, "µs/record", 1e6 / count)
    ours, naive = (min(one.cpu for one in side) * 1e6 / count for side in (pairs.ours, pairs.naive))
    return replace(found, ours=ours, naive=naive, ratio=naive / ours)


class Counting:
    """A place to write to that only counts."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: bytes) -> int:
        """Count some bytes."""
        self.size += len(content)
        return len(content)


def time_of_ours(count: int, syntax: str) -> Time:
    """Write one document as the product does, batch after batch; return the time that the writing took."""
    (document,) = documents([(syntax, cast("BinaryIO", Counting()))], "elm-3.2")
    wall = cpu = 0.0
    for first in range(1, count + 1, BATCH):
        made = descriptors(min(BATCH, count + 1 - first), first)
        wall, cpu = wall - perf_counter(), cpu - process_time()
        for descriptor in made:
            document.add(build(descriptor))
        wall, cpu = wall + perf_counter(), cpu + process_time()
    wall, cpu = wall - perf_counter(), cpu - process_time()
    document.end()
    wall, cpu = wall + perf_counter(), cpu + process_time()
    document.close()
    return Time(wall, cpu)


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
