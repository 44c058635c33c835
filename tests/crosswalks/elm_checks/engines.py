"""Two SHACL engines as references, their results in the form of our rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pyrudof
from rdflib import Graph as Shapes

from crosswalks.elm.check.compile import run
from crosswalks.elm.check.index import Index, index_quads, whole
from crosswalks.elm.check.official import rdflib_graph, shacl_rows
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.graph import Graph
from tests.crosswalks.elm_checks.corpus import ntriples

Places = Counter[tuple[str, str, str]]
"""How often each focus node, path and component was found together."""


def parsed(graph: Graph) -> Index:
    """The index of a graph that was written and read again, as that of a file would be."""
    return index_quads(ox.parse(ntriples(graph), format=ox.RdfFormat.N_TRIPLES))


def differences_from_pyshacl(graph: Graph, shapes: Shapes, layer: Layer) -> tuple[list[Row], list[Row]]:
    """What only our checks find, and what only pyshacl finds: node, path, component, value and class
    compared.
    """
    index = parsed(graph)
    ours = Counter(run(index, layer))
    theirs = Counter(shacl_rows(shapes, rdflib_graph(index), layer))
    return sorted((ours - theirs).elements(), key=repr), sorted((theirs - ours).elements(), key=repr)


def pyrudof_places(graph: Graph, shapes: Shapes) -> tuple[bool, Places]:
    """The verdict of pyrudof, and where it found something. Blank nodes carry names of its own."""
    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    engine.read_shacl(shapes.serialize(format="turtle"), pyrudof.ShaclFormat.Turtle)
    engine.read_data(ntriples(graph).decode(), pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
    report = engine.validate_shacl(pyrudof.ShaclValidationMode.Native)
    found = Counter(
        (
            str(entry.focus_node).strip("<>"),
            str(entry.path).strip("<>"),
            str(entry.constraint_component).rpartition("#")[2].removesuffix("ConstraintComponent"),
        )
        for entry in report
    )
    return report.conforms, found


def places(rows: Iterable[Row]) -> Places:
    """Our rows in the same form."""
    return Counter((row.node, whole(row.path), row.component) for row in rows)
