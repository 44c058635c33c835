"""SPARQLWrapper queries the portal, and rdflib looks up by their addresses the records that it finds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from SPARQLWrapper import JSON, POST, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from config.messages import CodedError
from crosswalks.descriptor.rdf_values import NAMESPACE
from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from portal.sparql.snapshot import Snapshot
from tests.portal import publishing
from tests.portal.publishing import Publisher, descriptor_of, iri
from tests.portal.serving import served

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")]
DCT_TITLE = URIRef("http://purl.org/dc/terms/title")
PATIENCE = 60


@pytest.fixture
def address(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a deployment of five records is served, one of them withdrawn, with its snapshot."""
    with served(place, as_public=True, sparql=True) as address:
        monkeypatch.setattr(publishing, "BASE", address)
        publisher = Publisher(place)
        publisher.publish(*range(1, 6))
        publisher.delete(5)
        settings = place.settings.model_copy(update={"public_base": address})
        build(PublicationLog(place.database, address), settings)
        _wait_for(Snapshot(settings))
        yield address


def _wait_for(snapshot: Snapshot) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            snapshot.current()
        except CodedError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


def ask(address: str, query: str, form: str, *, by_post: bool = False) -> Any:
    client = SPARQLWrapper(f"{address}/sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    if by_post:
        client.setMethod(POST)
    return client.query().convert()


def test_what_a_query_finds_can_be_looked_up(address: str) -> None:
    query = f"SELECT ?record ?title WHERE {{ ?record <{NAMESPACE}title> ?title }}"
    for by_post in (False, True):
        rows = ask(address, query, JSON, by_post=by_post)["results"]["bindings"]
        told = {(row["record"]["value"], row["title"]["xml:lang"], row["title"]["value"]) for row in rows}
        assert told == {
            (iri("jmicro", number), language, text)
            for number in range(1, 5)
            for language, text in descriptor_of("jmicro", number)["title"].items()
        }
    for record in {row["record"]["value"] for row in rows}:
        known = set(Graph().parse(record).objects(URIRef(record), DCT_TITLE))
        assert known == {Literal(text, lang=language) for one, language, text in told if one == record}


def test_the_other_forms_of_answers_are_read(address: str) -> None:
    record = iri("jmicro", 1)
    assert ask(address, f"ASK {{ <{record}> ?p ?o }}", JSON)["boolean"] is True
    assert ask(address, f"ASK {{ <{iri('jmicro', 5)}> ?p ?o }}", JSON)["boolean"] is False
    document = ask(address, f"SELECT ?p {{ <{record}> ?p ?o }}", XML)
    assert document.getElementsByTagName("result").length > 10
    statements = f"CONSTRUCT {{ <{record}> ?p ?o }} WHERE {{ <{record}> ?p ?o }}"
    graph = Graph().parse(data=ask(address, statements, TURTLE), format="turtle")
    assert set(graph.subjects()) == {URIRef(record)}
    with pytest.raises(QueryBadFormed):
        ask(address, "SELECT nonsense", JSON)
