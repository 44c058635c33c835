"""Exported records with seeded faults: our compiled checks against pyshacl with the official shapes, row by row.

Needs the official files: `KAKEHASHI_JUDGES` names the folder above `elm/`, or the setting `shapes` the folder itself.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import rdflib

from benchmarks.faults import corpus, ntriples
from benchmarks.measure import LeftOut, Outcome, in_turn
from benchmarks.records import descriptors
from config.messages import CodedError
from config.settings import settings
from crosswalks.elm.check import judge
from crosswalks.elm.check.index import Index
from crosswalks.elm.check.official import official_file, repaired_shapes, shacl_rows
from crosswalks.elm.check.reading import read_file
from crosswalks.elm.check.results import CODES, Layer, Row

RECORDS, FEW, EVERY = 1000, 100, 4
_LAYERS = (Layer.BASE, Layer.VOCABULARY)


def official_shapes() -> dict[Layer, rdflib.Graph]:
    """Return the official shapes, their known defects repaired; nothing where they are not at hand."""
    named = os.environ.get("KAKEHASHI_JUDGES")
    folder = Path(named) / "elm" if named else settings().shapes
    if folder is None:
        return {}
    try:
        return {layer: repaired_shapes(official_file(folder, layer)) for layer in _LAYERS}
    except CodedError:
        return {}


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the validation from a file to result rows, and of a graph that is loaded already."""
    shapes = official_shapes()
    if not shapes:
        raise LeftOut("it needs the official shapes (set KAKEHASHI_JUDGES to the folder above elm/)")
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    count = FEW if quick else RECORDS
    repetitions = 1 if quick else 3
    document = ntriples(corpus(descriptors(count), EVERY))

    def theirs() -> list[Row]:
        return by_pyshacl(rdflib.Graph().parse(data=document, format="nt"), shapes)

    pairs, one, other = in_turn(
        lambda: ours(indexed(document)), theirs, repetitions, warm=lambda: ours(indexed(document))
    )
    found = pairs.outcome(f"validation: {count} records, file to rows", 50, "ms/record", 1e3 / count)
    found.equal, found.difference = same_rows(one, other)
    yield found
    index, graph = indexed(document), rdflib.Graph().parse(data=document, format="nt")
    pairs, one, other = in_turn(lambda: ours(index), lambda: by_pyshacl(graph, shapes), 1, warm=lambda: ours(index))
    found = pairs.outcome(f"validation: {count} records, already loaded", 50, "ms/record", 1e3 / count)
    found.equal, found.difference = same_rows(one, other)
    yield found


def indexed(document: bytes) -> Index:
    """Return a document as the checks of the product read it."""
    index = read_file(document, "corpus.nt").index
    assert index is not None
    return index


def ours(index: Index) -> list[Row]:
    """Return what the product's checks find by the rules of the official shapes."""
    return [row for row in judge(index).rows if row.layer in _LAYERS]


def by_pyshacl(graph: rdflib.Graph, shapes: dict[Layer, rdflib.Graph]) -> list[Row]:
    """Return the results of pyshacl."""
    return [row for layer in _LAYERS for row in shacl_rows(shapes[layer], graph, layer)]


def same_rows(one: list[Row], other: list[Row]) -> tuple[str | None, str]:
    """Return what was found equal, or the difference; every kind of constraint must be among the rows."""
    ours_counted, theirs = (Counter(_comparable(row) for row in rows) for rows in (one, other))
    kinds = {(row.layer, row.component) for row in one}
    missing = {key for key in CODES if key[0] in _LAYERS} - kinds
    if missing:
        return None, f"no fault of the kinds {sorted(missing)}"
    if ours_counted == theirs:
        return f"validation: the same {len(one)} result rows, {len(kinds)} kinds of constraint among them", ""
    only, lacking = ours_counted - theirs, theirs - ours_counted
    some = [*list(only)[:2], *list(lacking)[:2]]
    return None, f"{only.total()} rows only in ours, {lacking.total()} only in pyshacl's: {some}"


def _comparable(row: Row) -> Row:
    """Blank nodes have names of each parser's own."""
    node = "_:" if row.node.startswith("_:") else row.node
    value = "_:" if isinstance(row.value, str) and row.value.startswith("_:") else row.value
    return row._replace(known="", node=node, value=value)
