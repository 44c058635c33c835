"""The profile table says what the official shapes say: every fact of one is a fact of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, Node
from rdflib.collection import Collection

from crosswalks.elm.check.official import official_file, repaired_shapes
from crosswalks.elm.check.results import Layer
from crosswalks.elm.profile import Property, classes, shorten, vocabulary

SH = Namespace("http://www.w3.org/ns/shacl#")
SAID_ELSEWHERE = {SH.path, SH.name, SH.description, SH.severity, SH.order, RDF.type, RDFS.comment, RDFS.label}
Fact = tuple[str, str, str, str]
"""Class, property, kind of constraint, what it demands."""

pytestmark = pytest.mark.judges


def short(node: Node | None) -> str:
    return shorten(str(node)) or str(node)


def shape_facts(shapes: Graph) -> Iterator[Fact]:
    """Everything that the shapes with a target class demand, nothing left out."""
    for shape, target in shapes.subject_objects(SH.targetClass):
        owner = short(target)
        yield owner, "", "class", owner
        for predicate, value in shapes.predicate_objects(shape):
            if predicate == SH.closed:
                yield owner, "", "closed", str(value).lower()
            elif predicate == SH.ignoredProperties:
                assert list(Collection(shapes, value)) == [RDF.type]
            elif predicate == SH.property:
                yield from _property_facts(shapes, owner, value)
            else:
                assert predicate in {*SAID_ELSEWHERE, SH.targetClass, SH.deactivated}, predicate


def _property_facts(shapes: Graph, owner: str, shape: Node) -> Iterator[Fact]:
    path = short(shapes.value(shape, SH.path))
    severity = shapes.value(shape, SH.severity)
    assert severity in {None, SH.Violation}
    yield owner, path, "property", ""
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in SAID_ELSEWHERE:
            continue
        kind = short(predicate).rpartition("#")[2]
        if kind == "or":
            inner = [shapes.value(part, SH["class"]) for part in Collection(shapes, value)]
            yield owner, path, "or", " ".join(sorted(short(item) for item in inner))
        elif kind in {"and", "node"}:
            yield owner, path, kind, " ".join(sorted(_inside(shapes, value, kind)))
        elif isinstance(value, Literal):
            yield owner, path, kind, str(value)
        else:
            yield owner, path, kind, short(value)


def _inside(shapes: Graph, node: Node, kind: str) -> Iterator[str]:
    """What a nested shape demands, in one word per demand."""
    if kind == "and":
        for part in Collection(shapes, node):
            yield from (f"pattern:{value}" for value in shapes.objects(part, SH.pattern))
        return
    for inner in shapes.objects(node, SH.property):
        yield f"path:{short(shapes.value(inner, SH.path))}"
        for predicate, value in shapes.predicate_objects(inner):
            if predicate == SH["and"]:
                yield from _inside(shapes, value, "and")
            elif predicate == SH["in"]:
                yield from (f"in:{item}" for item in Collection(shapes, value))
            elif predicate not in SAID_ELSEWHERE:
                yield f"{short(predicate).rpartition('#')[2]}:{short(value)}"


WEB = "^[Hh][Tt][Tt][Pp][Ss]?:"
ANY = r"^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?"


def table_facts(layer: Layer) -> Iterator[Fact]:
    """What the profile table says the shapes demand."""
    for elm_class in classes().values():
        rows = [row for row in elm_class.properties.values() if layer is Layer.BASE or row.in_scheme]
        if layer is Layer.BASE or rows:
            yield elm_class.name, "", "class", elm_class.name
        if layer is Layer.BASE and elm_class.closed:
            yield elm_class.name, "", "closed", "true"
        for row in rows:
            facts = _base(row) if layer is Layer.BASE else _listed(row)
            yield row.owner, row.name, "property", ""
            yield from ((row.owner, row.name, kind, value) for kind, value in facts)


def _base(row: Property) -> Iterator[tuple[str, str]]:
    first = row.ranges[0]
    if len(row.ranges) > 1:
        yield "or", " ".join(sorted(row.ranges))
    elif first in {"literal", "iri"}:
        yield "nodeKind", str(SH.Literal if first == "literal" else SH.IRI)
    else:
        yield "datatype" if row.form in {"text", "literal"} else "class", first
    if row.least:
        yield "minCount", str(row.least)
    if row.most is not None:
        yield "maxCount", str(row.most)
    if row.one_per_language:
        yield "uniqueLang", "true"
    if row.differs_from:
        yield "disjoint", row.differs_from
    if row.address == "value-uri":
        yield "and", " ".join(sorted([f"pattern:{ANY}"] * 2))
    elif row.address:
        patterns = [f"pattern:{WEB if row.address == 'http' else ANY}", f"pattern:{ANY}"]
        yield "node", " ".join(sorted(["path:elm:contentUrl", *patterns]))


def _listed(row: Property) -> Iterator[tuple[str, str]]:
    schemes = [vocabulary(name).scheme for name in row.in_scheme]
    demands = ["path:skos:inScheme", f"nodeKind:{SH.IRI}"]
    if len(schemes) > 1:
        demands += [f"in:{scheme}" for scheme in schemes]
    else:
        demands.append(f"pattern:{schemes[0]}" if schemes[0].startswith("^") else f"hasValue:{schemes[0]}")
    yield "node", " ".join(sorted(demands))
    if row.must_be_iri:
        yield "nodeKind", str(SH.IRI)
    if row.scheme_least:
        yield "minCount", str(row.scheme_least)
    if row.scheme_most is not None:
        yield "maxCount", str(row.scheme_most)


@pytest.mark.parametrize("layer", [Layer.BASE, Layer.VOCABULARY])
def test_table_and_shapes_state_the_same_facts(shapes: Mapping[Layer, Graph], layer: Layer) -> None:
    theirs, ours = set(shape_facts(shapes[layer])), set(table_facts(layer))
    assert sorted(theirs - ours) == [], "in the official shapes, not in the table"
    assert sorted(ours - theirs) == [], "in the table, not in the official shapes"
    assert len(theirs) > (900 if layer is Layer.BASE else 90)


def said(graph: Graph) -> Counter[tuple[str, str]]:
    """The statements without their subjects; blank nodes have no names to compare."""
    return Counter((str(predicate), "" if isinstance(value, BNode) else str(value)) for _, predicate, value in graph)


def test_the_repairs_touch_nothing_else(official: Path) -> None:
    path = official_file(official, Layer.BASE)
    raw, repaired = said(Graph().parse(path)), said(repaired_shapes(path))
    removed, added = raw - repaired, repaired - raw
    assert sorted(added.elements()) == sorted([(str(SH.pattern), WEB), *[(str(SH.pattern), ANY)] * 2])
    assert sum(removed.values()) == 4
    assert removed[str(SH.deactivated), "true"] == 1
    assert all("p{L}" in value for predicate, value in removed if predicate == str(SH.pattern))
