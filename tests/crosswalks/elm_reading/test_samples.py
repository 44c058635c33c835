"""The official samples, read whole: every statement of the files is in a listing, or told to be outside of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.messages import CodedError
from crosswalks.elm.closure import OFFERS, STUBS, listings, personal_properties, unreached
from crosswalks.elm.graph import TYPE, Graph
from crosswalks.elm.load import read_graph
from crosswalks.elm.reading.fields import field_name
from tests.crosswalks.elm_reading.shared import ELM, IRI, SOURCE, check_laws, crossed, statements

CATALOGUES = ("loq.xml", "loq_withLearningAchievementSpecification.xml")
pytestmark = pytest.mark.judges


@pytest.fixture(params=CATALOGUES)
def catalogue(request: pytest.FixtureRequest, judges: Path) -> bytes:
    return (judges / "elm" / "xsd" / "loq" / str(request.param)).read_bytes()


def reachable(graph: Graph, starts: list[str], *, beyond_neighbours: bool = True) -> set[str]:
    """Every node that something leads to, people apart."""
    found: set[str] = set()
    neighbours: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node in found or node not in graph.nodes:
            continue
        found.add(node)
        for name, values in graph.nodes[node].items():
            if name == TYPE or name in personal_properties():
                continue
            targets = [value for value in values if isinstance(value, str) and value in graph.nodes]
            if not beyond_neighbours and (name in STUBS or (name == OFFERS and node not in starts)):
                neighbours.update(targets)
            else:
                waiting.extend(targets)
    for node in neighbours - found:
        found.update(
            [node, *(value for value in graph.nodes[node].get("adms:identifier", ()) if isinstance(value, str))]
        )
    return found


def of_people(graph: Graph) -> set[str]:
    """The nodes that only data about people leads to."""
    targets = [
        value
        for said in graph.nodes.values()
        for name in personal_properties() & said.keys()
        for value in said[name]
        if isinstance(value, str)
    ]
    return reachable(graph, targets)


def test_the_samples_use_only_what_the_table_lists(catalogue: bytes) -> None:
    graph = read_graph(catalogue, "sample.xml")
    odd = {name for said in graph.nodes.values() for name in said if name.startswith("attribute:") or ":" not in name}
    assert odd == set()
    unlisted = {field_name(str(said[TYPE][0]), name) for said in graph.nodes.values() for name in said if name != TYPE}
    assert not {field for field in unlisted if "(" in field}


def test_every_statement_of_a_sample_has_an_outcome(catalogue: bytes) -> None:
    graph = read_graph(catalogue, "sample.xml")
    held: set[str] = set()
    found = []
    for outcome in listings(graph):
        assert outcome.listing is not None
        found.append(outcome.listing)
        crossing = crossed(outcome.listing)
        assert len(crossing.ledger.entries) >= statements(outcome.listing)
        assert "unmapped_field" not in {issue.code for issue in crossing.issues}
        belonging = reachable(graph, [outcome.root], beyond_neighbours=False)
        assert {graph.places[node] for node in belonging} == set(outcome.places.values())
        held |= belonging
    assert len(found) == 3
    outside = reachable(graph, unreached(graph, found))
    assert set(graph.nodes) - held - outside - of_people(graph) == set()


def test_a_whole_node_keeps_every_statement(catalogue: bytes) -> None:
    graph = read_graph(catalogue, "sample.xml")
    compared = 0
    for outcome in listings(graph):
        assert outcome.listing is not None
        node = outcome.listing.nodes[outcome.listing.root]
        said = graph.nodes[outcome.root]
        assert {name: len(values) for name, values in node.properties.items()} == {
            name: len(values) for name, values in said.items() if name != TYPE
        }
        compared += 1
    assert compared == 3


def test_the_sample_with_qualifications_says_what_the_xml_says(judges: Path) -> None:
    data = (judges / "elm" / "xsd" / "loq" / CATALOGUES[0]).read_bytes()
    by_root = {listing.root: crossed(listing).value for listing in ELM.load(data, CATALOGUES[0])}
    assert set(by_root) == {"http://LOP-01", "http://LOP-02", "http://Q-02"}
    first = by_root["http://LOP-01"]
    assert first.issuer is not None
    assert [level.scheme for level in first.level][:2] == ["EQF", "EU-NQF"]
    assert len(first.learning_outcomes) == 2
    assert len(first.offer) == 2
    assert by_root["http://LOP-02"].stackability[-1].target_ref == "http://LOP-01"


def test_credentials_are_no_listings(judges: Path) -> None:
    for path in sorted((judges / "elm" / "samples").iterdir()):
        with pytest.raises(CodedError, match="credential_not_listing"):
            list(ELM.load(path.read_bytes(), path.name))


def test_samples_cross_twice_alike(catalogue: bytes) -> None:
    for listing in ELM.load(catalogue, "sample.xml"):
        first, second = (ELM.read(listing, IRI, SOURCE) for _ in range(2))
        check_laws(listing, first)
        assert (first.value, first.ledger) == (second.value, second.ledger)
