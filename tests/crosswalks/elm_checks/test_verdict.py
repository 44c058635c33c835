"""Verdicts: what counts as checked, which contradictions are known, what our own checks add, one record
alone.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from crosswalks.elm.check.compile import compiled
from crosswalks.elm.check.constraints import Case
from crosswalks.elm.check.index import Index, index_quads
from crosswalks.elm.check.known import contradictions
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.check.verdict import Verdict, judge, part_of, verdict_key
from crosswalks.elm.graph import TYPE, Graph, Lit
from crosswalks.elm.profile import TERMS, classes
from tests.crosswalks.elm_checks.corpus import BASE, Builder, complete, ntriples, records
from tests.crosswalks.elm_checks.engines import parsed
from tests.crosswalks.elm_checks.faults import Seeder
from tests.crosswalks.elm_checks.test_rdf_engines import muddle


def components(verdict: Verdict, layer: Layer) -> list[str]:
    return sorted({row.component for row in verdict.rows if row.layer is layer})


def test_an_empty_graph_never_conforms() -> None:
    verdict = judge(index_quads([]))
    assert not verdict.conforms
    assert not verdict.conforms_vocabulary
    assert components(verdict, Layer.OWN) == ["Empty"]


def test_a_graph_without_a_main_class_never_conforms() -> None:
    builder = Builder()
    builder.sound("elm:Organisation")
    verdict = judge(Index.of(builder.graph))
    assert verdict.focus["elm:Organisation"] == 1
    assert components(verdict, Layer.BASE) == []
    assert not verdict.conforms
    assert "Main" in components(verdict, Layer.OWN)


def test_focus_nodes_are_counted_class_by_class() -> None:
    verdict = judge(Index.of(records(7)))
    assert verdict.focus["elm:LearningOpportunity"] == 7
    assert verdict.focus["elm:LearningOutcome"] == 36
    assert verdict.statements == records(7).size()
    assert verdict.conforms


def test_the_quick_rule_never_lets_a_wrong_value_pass() -> None:
    """Where the quick form of a rule is content, the constraints must find nothing."""
    seeder = Seeder(Builder())
    seeder.all()
    asked = 0
    for graph in (complete(), seeder.builder.graph, muddle(1), muddle(2)):
        index = Index.of(graph)
        for layer in (Layer.BASE, Layer.VOCABULARY):
            for rules in compiled(layer):
                for node in index.members[rules.name]:
                    properties = index.nodes[node]
                    for path, quick in rules.quick.items():
                        if path in properties and quick(index, properties, properties[path]):
                            case = Case(index, properties, properties[path])
                            assert [found for one in rules.constraints[path] for found in one(case)] == []
                            asked += 1
    assert asked > 5000


def status_of_an_entitlement(builder: Builder) -> None:
    builder.graph.add(builder.fresh("elm:LearningEntitlementSpecification"), "elm:status", Lit("tersedia"))


def status_of_an_accreditation(builder: Builder) -> None:
    builder.graph.add(builder.fresh("elm:Accreditation"), "elm:status", Lit("tersedia"))


def esco_skill(builder: Builder) -> None:
    row = classes()["elm:LearningOutcome"].properties["elm:relatedESCOSkill"]
    builder.give(builder.fresh("elm:LearningOutcome"), row)


def esco_occupation(builder: Builder) -> None:
    node = builder.fresh("elm:LearningEntitlementSpecification")
    scheme = "http://data.europa.eu/esco/concept-scheme/occupations"
    concept = own_concept(builder, "http://data.europa.eu/esco/occupation/contoh", scheme)
    builder.graph.add(node, "elm:limitOccupation", concept)


def level_outside_the_list(builder: Builder) -> None:
    node = builder.fresh("elm:Qualification")
    concept = own_concept(builder, f"{BASE}tahap/6", f"{BASE}tahap")
    builder.graph.nodes[node]["elm:NQFLevel"] = [concept]


def own_concept(builder: Builder, concept: str, scheme: str | None) -> str:
    builder.graph.add(concept, TYPE, "skos:Concept")
    if scheme:
        builder.graph.add(concept, "skos:inScheme", scheme)
        builder.graph.add(scheme, TYPE, "skos:ConceptScheme")
    return concept


CONTRADICTORY = [
    status_of_an_entitlement, status_of_an_accreditation, esco_skill, esco_occupation, level_outside_the_list,
]  # fmt: skip


@pytest.mark.parametrize("make", CONTRADICTORY)
def test_a_known_contradiction_is_marked_and_does_not_count(make: object) -> None:
    builder = Builder()
    builder.sound("elm:LearningOpportunity")
    assert callable(make)
    make(builder)
    verdict = judge(Index.of(builder.graph))
    rows = [row for row in verdict.rows if row.layer is Layer.VOCABULARY]
    assert rows
    assert all(row.known for row in rows)
    assert verdict.conforms
    assert verdict.conforms_vocabulary


def test_every_contradiction_of_the_table_is_met_by_one_of_them() -> None:
    met: set[object] = set()
    for make in CONTRADICTORY:
        builder = Builder()
        make(builder)
        builder.fresh("elm:LearningEntitlementSpecification")
        met |= {row.known for row in judge(Index.of(builder.graph)).rows}
        met |= {(row.owner, row.path, row.component) for row in judge(Index.of(builder.graph)).rows if row.known}
    assert {one.reason for one in contradictions().values()} <= met
    assert set(contradictions()) <= met


@pytest.mark.parametrize("scheme", [None, "http://data.europa.eu/snb/eqf/25831c2"])
def test_a_listed_level_in_no_scheme_or_a_wrong_one_is_a_fault(scheme: str | None) -> None:
    builder = Builder()
    node = builder.fresh("elm:Qualification")
    concept = own_concept(builder, "http://data.europa.eu/snb/qdr/c_6919ed25-salah", scheme)
    builder.graph.nodes[node]["elm:NQFLevel"] = [concept]
    verdict = judge(Index.of(builder.graph))
    assert [row.component for row in verdict.rows if row.layer is Layer.VOCABULARY and not row.known] == ["Node"]
    assert not verdict.conforms_vocabulary


def own(graph: Graph) -> list[Row]:
    return [row for row in judge(parsed(graph)).rows if row.layer is Layer.OWN]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://contoh.example/a?b=c#d", False), ("http:", True), ("https://", True),
        ("https://contoh.example/a b", True), ("HTTP://CONTOH.EXAMPLE", False), ("http:///a", True),
        ("https://例え.example/道", False),
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_told(address: str, *, told: bool) -> None:
    graph = records(1)
    page = graph.of_class("elm:WebResource")[0]
    graph.nodes[page]["elm:contentUrl"] = [Lit(address, "xsd:anyURI")]
    assert [row.component for row in own(graph)] == (["Address"] if told else [])
    assert judge(parsed(graph)).conforms


def test_a_concept_that_our_list_lacks_is_a_warning_only() -> None:
    builder = Builder()
    node = builder.fresh("elm:LearningOpportunity")
    scheme = "http://publications.europa.eu/resource/authority/language"
    builder.graph.nodes[node]["elm:defaultLanguage"] = [own_concept(builder, f"{scheme}/QQQQ", scheme)]
    (row,) = own(builder.graph)
    assert (row.component, row.node, row.value) == ("List", f"{scheme}/QQQQ", scheme)
    assert judge(parsed(builder.graph)).conforms_vocabulary


def test_names_in_no_namespace_of_elm_are_told() -> None:
    graph = records(1)
    graph.add(f"{BASE}lain", TYPE, f"{BASE}Benda")
    graph.add(f"{BASE}lain", f"{BASE}warna", Lit("biru"))
    rows = own(graph)
    assert {(row.component, row.path, row.value) for row in rows} == {
        ("Foreign", TYPE, f"{BASE}Benda"), ("Foreign", f"{BASE}warna", None), ("Unchecked", "", None),
    }  # fmt: skip


def in_generation(graph: Graph, generation: str) -> bytes:
    base = TERMS[generation]  # type: ignore[index]
    return ntriples(graph).replace(TERMS["elm-3.2"].encode(), base.encode())


def index_of(data: bytes) -> Index:
    return index_quads(ox.parse(data, format=ox.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize("generation", ["elm-3.3", "elm-2"])
def test_other_generations_are_checked_by_the_same_rules(generation: str) -> None:
    seeder = Seeder(Builder())
    seeder.all()
    graph = seeder.builder.graph
    theirs, ours = judge(index_of(in_generation(graph, generation))), judge(index_of(ntriples(graph)))
    assert [row for row in theirs.rows if row.layer is not Layer.OWN] == [
        row for row in ours.rows if row.layer is not Layer.OWN
    ]
    assert theirs.focus == ours.focus
    assert theirs.generations == (generation,)
    assert [row.value for row in theirs.rows if row.component == "Mapped"] == [generation]
    sound = judge(index_of(in_generation(records(2), generation)))
    assert sound.conforms


def test_a_file_of_two_generations_never_conforms() -> None:
    data = ntriples(records(1)) + in_generation(records(1), "elm-3.3")
    verdict = judge(index_of(data))
    assert components(verdict, Layer.BASE) == []
    assert "Mixed" in components(verdict, Layer.OWN)
    assert not verdict.conforms


def test_one_record_is_judged_as_it_is_within_the_whole() -> None:
    graph = records(5)
    graph.nodes[f"{BASE}peluang/3"].pop("dc:title")
    index = Index.of(graph)
    whole = [row for row in judge(index).rows if row.layer is not Layer.OWN]
    apart: list[Row] = []
    for number in range(5):
        part = part_of(index, f"{BASE}peluang/{number}")
        assert part[0] == f"{BASE}peluang/{number}"
        verdict = judge(index, part)
        assert verdict.conforms == (number != 3)
        assert verdict.focus["elm:LearningOpportunity"] == 1
        apart += [row for row in verdict.rows if row.layer is not Layer.OWN and row not in apart]
    assert sorted(apart, key=repr) == sorted(whole, key=repr)


def test_a_property_without_values_is_one_that_is_not_there() -> None:
    graph = complete()
    for elm_class in classes().values():
        for row in elm_class.properties.values():
            graph.nodes[f"{BASE}lengkap/{elm_class.name}"][row.name] = []
    nodes = {f"{BASE}lengkap/{name}" for name in classes()}
    rows = [row for row in judge(Index.of(graph)).rows if row.node in nodes and row.layer is Layer.BASE]
    wanted = {(one.name, row.name) for one in classes().values() for row in one.properties.values() if row.least}
    assert {(row.owner, row.path) for row in rows} == wanted
    assert {row.component for row in rows} == {"MinCount"}


def test_a_verdict_is_kept_by_content() -> None:
    assert verdict_key(b"a") == verdict_key(b"a") != verdict_key(b"b")
    assert len(verdict_key(b"")) == 32
