"""Listings out of graphs: what belongs to a record, names for nameless nodes, limits, and people left out."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.elm import closure
from crosswalks.elm.closure import closed, listings, personal_classes, personal_properties, roots, unreached
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.naming import MOST_TANGLED, natural
from crosswalks.elm.syntax.qdr_json import graph_of_answer
from crosswalks.elm.syntax.rdf import graph_of, properties_of, read_rdf
from tests.crosswalks.elm_reading.graphs import Maker
from tests.crosswalks.elm_reading.shared import DUMP, ELM, PREFIXES, SOURCE, canonical, listed, one, rewritten

QUICK = settings(max_examples=60, deadline=None)


def shuffled(graph: Graph, seed: int) -> Graph:
    """The same statements in another order, nameless nodes under other names."""
    random = Random(seed)  # noqa: S311 - test data
    nodes = list(graph.nodes)
    random.shuffle(nodes)
    names = {node: f"_:{random.random()}" for node in nodes if node[:2] == "_:"}

    def renamed(value: Value) -> Value:
        return names.get(value, value) if isinstance(value, str) else value

    made = Graph()
    said = [(node, name, value) for node in nodes for name, values in graph.nodes[node].items() for value in values]
    random.shuffle(said)
    for node, name, value in said:
        made.add(names.get(node, node), name, value if name == TYPE else renamed(value))
    return made


@given(st.integers(0, 2**40), st.integers(0, 2**40))
@QUICK
def test_order_and_names_of_nameless_nodes_do_not_matter(seed: int, other: int) -> None:
    graph = Maker(seed).build()
    assert [canonical(listing) for listing in listed(shuffled(graph, other))] == [
        canonical(listing) for listing in listed(graph)
    ]


def test_the_name_of_a_nameless_node_is_its_content() -> None:
    same = '[ a elm:Note ; elm:noteLiteral "n"@en ]'
    other = '[ a elm:Note ; elm:noteLiteral "m"@en ]'
    first = one(f'{PREFIXES} <https://a.example/1> a elm:Qualification ; dc:title "A"@en ; elm:additionalNote {same} .')
    second = one(
        f'{PREFIXES} <https://a.example/2> a elm:Qualification ; dc:title "B"@en ;'
        f" elm:additionalNote {other}, {same}, {same} ."
    )
    names = {node for node in first.nodes if node[:2] == "_:"}
    assert len(names) == 1
    assert names < set(second.nodes)
    assert len(second.nodes) == 3


def circle(length: int, mark: int | None = None) -> str:
    """A ring of nameless specifications, one of them marked."""
    ring = "".join(
        f"_:n{number} a elm:Note ; dc:subject _:n{(number + 1) % length} ."
        + (f' _:n{number} elm:noteLiteral "mark"@en .' if number == mark else "")
        for number in range(length)
    )
    head = f'<https://a.example/q> a elm:Qualification ; dc:title "Q"@en ; elm:additionalNote _:n{mark or 0} .'
    return f"{PREFIXES}{head}{ring}"


def test_nameless_nodes_in_circles_get_names() -> None:
    for length in (1, 2, 3, 7):
        assert one(circle(length, 0)) == one(circle(length, length - 1))
        assert len(one(circle(length, 0)).nodes) == length + 1
    assert len(one(circle(5)).nodes) == 2


def test_too_many_nodes_in_circles_are_refused() -> None:
    hub = "".join(f"_:hub dc:subject _:n{n} . _:n{n} dc:subject _:hub ." for n in range(MOST_TANGLED))
    turtle = f'{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "Q"@en ; elm:additionalNote _:hub . {hub}'
    with pytest.raises(CodedError, match="elm_listing_tangled"):
        list(ELM.load(turtle.encode(), "x.ttl"))


def test_every_opportunity_and_every_specification_nobody_offers_is_a_root() -> None:
    turtle = f"""{PREFIXES}
    <urn:x:o> a elm:LearningOpportunity ; elm:learningAchievementSpecification <urn:x:s> .
    <urn:x:s> a elm:LearningAchievementSpecification . <urn:x:alone> a elm:Qualification .
    <urn:x:org> a elm:Organisation ; rov:legalName "Org"@en ."""
    graph = read_rdf(turtle.encode(), "turtle")
    assert set(roots(graph)) == {"urn:x:o", "urn:x:alone"}
    assert unreached(graph, listed(graph)) == ["urn:x:org"]


def test_neighbours_that_no_listing_holds_whole_are_told() -> None:
    turtle = f"""{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "Q"@en ;
        elm:accreditation [ elm:organisation <urn:x:other> ] .
    <urn:x:other> a elm:Organisation ; rov:legalName "Other"@en ; dc:description "more of it"@en ."""
    graph = read_rdf(turtle.encode(), "turtle")
    assert unreached(graph, listed(graph)) == ["urn:x:other"]


def test_neighbours_are_stubs() -> None:
    turtle = f"""{PREFIXES}
    <urn:x:q> a elm:Qualification ; dc:title "Q"@en ; elm:isPartOf <urn:x:whole> .
    <urn:x:whole> a elm:Qualification ; dc:title "Whole"@en ; dc:description "long"@en ; adms:identifier <urn:x:id> ;
        elm:learningOutcome <urn:x:lo> .
    <urn:x:id> a elm:Identifier ; skos:notation "W" ; dc:type <urn:x:type> .
    <urn:x:lo> a elm:LearningOutcome ; dc:title "of the whole"@en ."""
    nodes = {listing.root: listing for listing in ELM.load(turtle.encode(), "x.ttl")}["urn:x:q"].nodes
    assert set(nodes) == {"urn:x:q", "urn:x:whole", "urn:x:id"}
    assert set(nodes["urn:x:whole"].properties) == {"dc:title", "adms:identifier"}
    assert set(nodes["urn:x:id"].properties) == {"skos:notation"}


def test_what_is_said_only_from_the_far_end_is_found() -> None:
    turtle = f"""{PREFIXES}
    <urn:x:q> a elm:Qualification ; dc:title "Q"@en .
    <urn:x:a> a elm:LearningAssessmentSpecification ; dc:title "A"@en ; elm:proves <urn:x:q> .
    <urn:x:w> a elm:AwardingOpportunity ; elm:learningAchievementSpecification <urn:x:q> ; elm:awardingBody <urn:x:b> .
    <urn:x:b> a elm:Organisation ; rov:legalName "Body"@en .
    <urn:x:c> a elm:Accreditation ; dc:title "C"@en ; elm:organisation <urn:x:b> .
    <urn:x:big> a elm:Qualification ; dc:title "Big"@en ; elm:hasPart <urn:x:q> ."""
    nodes = {listing.root: listing for listing in ELM.load(turtle.encode(), "x.ttl")}["urn:x:q"].nodes
    assert set(nodes) == {"urn:x:q", "urn:x:a", "urn:x:w", "urn:x:b", "urn:x:c", "urn:x:big"}


def test_values_come_in_a_steady_natural_order() -> None:
    notes = ", ".join(f"<https://a.example/n/{number}>" for number in (10, 9, 100, 1))
    ordered = '<https://a.example/n/1> elm:order "7"^^xsd:positiveInteger . <https://a.example/n/100> elm:order 2 .'
    turtle = f'{PREFIXES} <https://a.example/q> a elm:Qualification ; dc:title "Q"@en ; elm:additionalNote {notes} .'
    plain = [value.id for value in one(turtle).nodes["https://a.example/q"].properties["elm:additionalNote"]]
    assert plain == [f"https://a.example/n/{number}" for number in (1, 9, 10, 100)]
    stated = one(turtle + ordered).nodes["https://a.example/q"].properties["elm:additionalNote"]
    assert [value.id for value in stated] == [f"https://a.example/n/{number}" for number in (100, 1, 9, 10)]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_natural_keys_compare(texts: list[str]) -> None:
    assert sorted(map(natural, texts)) == sorted(map(natural, texts[::-1]))
    assert natural("outcome/9") < natural("outcome/10")


@given(st.integers(0, 2**40))
@QUICK
def test_a_store_on_disk_gives_what_a_graph_in_memory_gives(seed: int) -> None:
    """The walk only asks for the properties of one node after the other."""
    graph = Maker(seed).build()
    asked: list[str] = []

    class Lookup:
        def properties(self, node: str) -> Properties:
            asked.append(node)
            return graph.nodes.get(node, {})

    closure.state_both_ways(graph)
    for root in roots(graph):
        assert closed(root, Lookup()).listing == closed(root, graph).listing
    assert asked


def test_properties_of_a_stored_node_are_those_of_the_graph() -> None:
    quads = list(ox.parse(DUMP, ox.RdfFormat.TURTLE))
    graph = graph_of(quads)
    store = ox.Store()
    store.extend(quads)
    root = "http://data.europa.eu/snb/data/learningOpportunity/00000000-0000-0000-0000-000000000001"
    stored = properties_of(store.quads_for_pattern(ox.NamedNode(root), None, None, None))
    assert {name: set(map(str, values)) for name, values in stored.items()} == {
        name: set(map(str, values)) for name, values in graph.nodes[root].items()
    }


def test_one_bad_record_does_not_hinder_the_others() -> None:
    chain = "".join(f"<urn:x:n{n}> a elm:Note ; dc:subject <urn:x:n{n + 1}> ." for n in range(closure.DEEPEST + 5))
    turtle = f"""{PREFIXES} <urn:x:deep> a elm:Qualification ; dc:title "D"@en ; elm:additionalNote <urn:x:n0> .
    <urn:x:good> a elm:Qualification ; dc:title "G"@en ; elm:additionalNote <urn:x:n10> . {chain}"""
    found: list[str] = []
    with pytest.raises(CodedError) as caught:
        found.extend(listing.root for listing in ELM.load(turtle.encode(), "x.ttl"))
    assert [(issue.code, issue.record) for issue in caught.value.issues] == [("elm_listing_too_deep", "urn:x:deep")]
    outcomes = {outcome.root: outcome for outcome in listings(read_rdf(turtle.encode(), "turtle"))}
    assert outcomes["urn:x:deep"].listing is None
    assert outcomes["urn:x:good"].listing is not None
    assert found == ["urn:x:good"]


def test_the_limit_of_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure, "MOST_NODES", 10)
    notes = "".join(f' elm:additionalNote [ elm:noteLiteral "n{number}"@en ] ;' for number in range(10))
    turtle = f'{PREFIXES} <urn:x:q> a elm:Qualification ;{notes} dc:title "Q"@en . <urn:x:r> a elm:Qualification .'
    outcomes = {outcome.root: outcome for outcome in listings(read_rdf(turtle.encode(), "turtle"))}
    assert outcomes["urn:x:q"].issue is not None
    assert outcomes["urn:x:q"].issue.code == "elm_listing_too_large"
    assert outcomes["urn:x:r"].listing is not None


def test_a_value_that_is_too_long_leaves_the_record_out() -> None:
    turtle = f'{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "{"x" * (closure.LONGEST + 1)}"@en .'
    with pytest.raises(CodedError, match="elm_value_too_long"):
        list(ELM.load(turtle.encode(), "x.ttl"))


def test_places_follow_the_names() -> None:
    record = {"uri": "urn:x:q", "title": "T", "learningOutcome": [{"title": "one"}]}
    (outcome,) = listings(closure_graph(record))
    assert outcome.listing is not None
    inner = next(node for node in outcome.listing.nodes if node[:2] == "_:")
    assert outcome.places == {"urn:x:q": "/", inner: "/learningOutcome/0"}


def closure_graph(record: Any) -> Graph:

    return graph_of_answer(record)


PEOPLE = """
<urn:x:org> a elm:Organisation ; rov:legalName "Org"@en ;
    elm:contactPoint [ a elm:ContactPoint ; dc:description "Ask Contoh Orang"@en ;
        elm:emailAddress <mailto:contoh@x.example> ;
        elm:phone [ a elm:Phone ; elm:phoneNumber "+00 123" ] ] ;
    elm:groupMemberOf [ a elm:Group ; skos:prefLabel "Group"@en ; <http://xmlns.com/foaf/0.1/member> <urn:x:contoh> ] ;
    dc:publisher <urn:x:contoh> ; <http://xmlns.com/foaf/0.1/mbox> <mailto:contoh@x.example> .
<urn:x:contoh> a elm:Person ; <http://xmlns.com/foaf/0.1/fullName> "Contoh Orang"@en .
"""


def test_people_are_never_taken_in() -> None:
    turtle = f"""{PREFIXES}{PEOPLE} <urn:x:q> a elm:Qualification ; dc:title "Q"@en ; dc:publisher <urn:x:org> ;
    elm:awardingOpportunity [ elm:awardingBody <urn:x:contoh>, <urn:x:org> ] ."""
    listing = one(turtle)
    text = listing.model_dump_json()
    assert not [word for word in ("Contoh", "contoh", "mailto", "123") if word in text]
    crossing = ELM.read(listing, "https://x.example/1", SOURCE)
    lost = [entry for entry in crossing.ledger.entries if entry.reason == "personal_data"]
    assert {entry.source.partition("@")[0] for entry in lost} == {
        "Organisation.contactPoint.0", "Organisation.(foaf:mbox).0", "Organisation.publisher.0",
        "AwardingOpportunity.awardingBody.1", "Group.member.0",
    }  # fmt: skip
    assert all(entry.value is None for entry in lost)
    assert "Contoh" not in json.dumps(crossing.ledger.as_json()) + crossing.value.model_dump_json()


def test_the_tables_of_people_name_each_thing_once() -> None:
    assert personal_properties() > {"elm:contactPoint", "elm:emailAddress", "elm:phone"}
    assert personal_classes() > {"elm:Person", "elm:ContactPoint", "elm:Mailbox", "elm:Phone"}


def test_the_dump_in_any_order_of_lines() -> None:
    lines = rewritten(DUMP, "nt").splitlines()
    Random(7).shuffle(lines)  # noqa: S311 - test data
    assert list(ELM.load(b"\n".join(lines), "x.nt")) == list(ELM.load(DUMP, "x.ttl"))


def test_a_graph_tells_its_size() -> None:
    graph = Graph()
    for number in range(200):
        graph.add("urn:x:n", "dc:title", Lit(str(number % 100)))
    assert graph.size() == 100
