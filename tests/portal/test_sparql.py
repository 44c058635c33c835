"""Queries in SPARQL: what they answer, in which form, and that nothing hostile gets out, stays long or grows large."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.testclient import TestClient

from config.messages import CodedError
from config.settings import Settings
from harvester.workplace import Workplace
from portal.application import application
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from portal.sparql.guarding import check
from portal.sparql.results import CSV, JSON, TSV, XML, table
from portal.sparql.snapshot import Snapshot
from tests.portal.publishing import BASE, Publisher, iri

pytestmark = pytest.mark.slow
TITLES = "SELECT ?record ?title WHERE { ?record <%s> ?title }"
TITLE = f"{BASE}/ns/descriptor#title"
_MANY = 40


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A deployment with a dump and its snapshot; one record is withdrawn."""
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("sparql"), sparql=True))
    publisher = Publisher(place)
    publisher.publish(*range(1, _MANY))
    publisher.delete(3)
    _dump(place)
    snapshot = Snapshot(place.settings)
    with pytest.raises(CodedError) as told:
        snapshot.current()
    assert told.value.issues[0].code == "snapshot_unready"
    until = time.monotonic() + 60
    while not (place.settings.home / "sparql").is_dir() or not _ready(snapshot):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield place
    place.database.close()


def _dump(place: Workplace) -> None:
    build(PublicationLog(place.database, place.settings.base), place.settings)


def _ready(snapshot: Snapshot) -> bool:
    try:
        return snapshot.current().is_dir()
    except CodedError:
        return False


@pytest.fixture(scope="module")
def client(deployment: Workplace) -> Iterator[TestClient]:
    settings = deployment.settings.model_copy(update={"sparql_seconds": 2.5, "sparql_rows": 500})
    with TestClient(application(settings, deployment.database), base_url=BASE) as client:
        yield client


def asked(client: TestClient, query: str, accept: str = JSON) -> Any:
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


def test_it_is_off_until_somebody_switches_it_on(place: Workplace) -> None:
    with TestClient(application(place.settings, place.database), base_url=BASE) as client:
        assert (client.get("/sparql").status_code, client.get("/sparql").json()["code"]) == (404, "sparql_off")
    on = place.settings.model_copy(update={"sparql": True})
    with TestClient(application(on, place.database), base_url=BASE) as client:
        assert client.get("/sparql?query=ASK%7B%7D").json()["code"] == "snapshot_missing"


def test_the_protocol_takes_queries_three_ways(client: TestClient) -> None:
    query = f"ASK {{ <{iri('jmicro', 1)}> ?p ?o }}"
    for found in (
        asked(client, query),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query; charset=utf-8"}),
    ):
        assert found.status_code == 200
        assert found.json() == {"head": {}, "boolean": True}
        assert found.headers["content-type"] == JSON
    assert asked(client, f"ASK {{ <{iri('jmicro', 3)}> ?p ?o }}").json()["boolean"] is False
    told = client.get("/sparql")
    subjects = {str(one.subject) for one in ox.parse(told.content, ox.RdfFormat.TURTLE)}
    assert f"<{BASE}/sparql>" in subjects


@pytest.mark.parametrize("accept", [JSON, XML])
def test_solutions_are_read_by_others_as_they_were_meant(client: TestClient, accept: str) -> None:
    query = "SELECT ?s ?o { ?s a ?o } ORDER BY ?s ?o LIMIT 50"
    found = asked(client, query, accept)
    form = {JSON: ox.QueryResultsFormat.JSON, XML: ox.QueryResultsFormat.XML}[accept]
    solutions: Any = ox.parse_query_results(found.content, form)
    rows = [(row["s"], row["o"]) for row in solutions]
    assert len(rows) == 50
    assert [one.value for one in solutions.variables] == ["s", "o"]
    lines = asked(client, query, CSV).text.split("\r\n")
    assert lines[0] == "s,o"
    assert len(lines) == 52
    assert asked(client, query, TSV).text.splitlines()[0] == "?s\t?o"
    assert found.headers["access-control-allow-origin"] == "*"


_TERMS = some.one_of(
    some.none(),
    some.builds(ox.NamedNode, some.from_regex(r"urn:[a-z]{1,9}", fullmatch=True)),
    some.builds(ox.BlankNode, some.from_regex(r"b[0-9]{1,4}", fullmatch=True)),
    some.builds(
        ox.Literal, some.text(some.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])).map(str.strip)
    ),
    some.builds(lambda text: ox.Literal(text, language="ja"), some.text('あa"\\<>&\t ').map(str.strip)),
    some.builds(ox.Literal, some.integers(-(10**9), 10**9)),
)


@given(some.lists(some.tuples(_TERMS, _TERMS), max_size=5))
def test_any_term_survives_the_writing(rows: list[tuple[Any, Any]]) -> None:
    for kind, form in ((JSON, ox.QueryResultsFormat.JSON), (XML, ox.QueryResultsFormat.XML)):
        back: Any = ox.parse_query_results(table(["a", "b"], rows, kind), form)
        assert [(row["a"], row["b"]) for row in back] == rows


def test_graphs_come_in_the_form_that_is_preferred(client: TestClient) -> None:
    query = f"CONSTRUCT {{ <{iri('jmicro', 1)}> ?p ?o }} WHERE {{ <{iri('jmicro', 1)}> ?p ?o }}"
    forms = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}
    graphs = []
    for accept, form in forms.items():
        found = asked(client, query, accept)
        assert found.headers["content-type"].startswith(accept)
        graphs.append({str(one) for one in ox.parse(found.content, form)})
    assert graphs[0] == graphs[1] != set()
    assert asked(client, f"DESCRIBE <{iri('jmicro', 1)}>", "*/*").status_code == 200
    assert asked(client, query, "image/png").json()["code"] == "not_acceptable"
    assert asked(client, query, CSV).status_code == 406


REFUSED = [
    "SELECT * { SERVICE <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1/x> { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1/> SELECT * { SERVICEx:a { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1/> SELECT * { SERVICE:a { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1/x>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1/x>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?s<?o)SERVICE<http://127.0.0.1/x>{?a ?b ?c} }",
    "SELECT * { # \r SERVICE <http://127.0.0.1/x> { ?s ?p ?o }\n }",
    "SELECT * { ?s ?p '\\'' . SERVICE <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1/x> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <http://127.0.0.1/x>",
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "DROP ALL",
    "ASK {}" + " " * 20_000,
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_leads_out_is_refused(client: TestClient, query: str) -> None:
    for found in (asked(client, query), client.post("/sparql", data={"query": query})):
        assert (found.status_code, found.json()["code"]) == (400, "query_refused")


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX x: <http://service.example/from#> SELECT * { ?from x:service ?SERVICE } LIMIT 1",
        "ASK { ?s ?p 'SERVICE <http://127.0.0.1/>' } # SERVICE",
        'ASK { ?s ?p """ a "SERVICE" """@en }',
        "ASK { ?s ?p <urn:SERVICE> FILTER(?s < 3 && ?p > 2) }",
    ],
)
def test_words_that_only_look_alike_are_let_pass(client: TestClient, query: str) -> None:
    check(query)
    assert asked(client, query).status_code == 200


@given(some.text(alphabet="SERVICEservice <>'\"\\#\n\r:?$@.{}()a1", max_size=60))
def test_no_disguise_hides_a_word_between_blanks(noise: str) -> None:
    """Whatever stands before a plain SERVICE, it is found, unless the engine would not read the query at all."""
    query = f"SELECT * {{ ?s ?p ?o FILTER(?o = {noise}) SERVICE <http://127.0.0.1:1/x> {{ ?a ?b ?c }} }}"
    try:
        check(query)
    except CodedError:
        return
    with pytest.raises((SyntaxError, ValueError)):
        ox.Store().query(query)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", {"work_too_long"}),
        ("SELECT * { ?a (!<urn:x>)* ?b . ?b (!<urn:y>)* ?c . ?c (!<urn:z>)* ?d } ORDER BY ?a ?d",
         {"work_too_long", "work_too_large", "query_too_many"}),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {"query_too_many"}),
        ("CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", {"query_too_many", "work_too_long"}),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(?c)", {"work_too_long", "work_too_large"}),
        ("SELECT (GROUP_CONCAT(?c) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", {"work_too_long", "work_too_large"}),
        ("SELECT * {" * 3000 + "}" * 3000, {"query_refused", "query_invalid", "work_too_large"}),
        ("SELECT * { " + "{" * 5000 + "}" * 5000 + "}", {"query_invalid", "work_too_large", "work_too_long"}),
        ("SELECT nonsense", {"query_invalid"}),
        ("", {"query_invalid"}),
    ],
)  # fmt: skip
def test_hostile_queries_end_within_their_limits(client: TestClient, query: str, codes: set[str]) -> None:
    begun = time.monotonic()
    found = asked(client, query, f"{JSON}, text/turtle;q=0.5")
    assert found.json()["code"] in codes, found.text
    assert time.monotonic() - begun < 12


def test_odd_requests_are_told_what_is_wrong(client: TestClient) -> None:
    for found, status in (
        (client.get("/sparql?query=ASK{}&query=ASK{}"), 400),
        (client.get("/sparql?update=DROP%20ALL"), 400),
        (client.get("/sparql?query=ASK{}&default-graph-uri=http://127.0.0.1/"), 400),
        (client.post("/sparql", content="DROP ALL", headers={"Content-Type": "application/sparql-update"}), 415),
        (client.post("/sparql", content=b"\xff", headers={"Content-Type": "application/sparql-query"}), 400),
        (client.post("/sparql", data={}), 415),
        (
            client.post("/sparql", content="x=1&" * 50, headers={"Content-Type": "application/x-www-form-urlencoded"}),
            400,
        ),
        (client.post("/sparql", content="x" * 100_000, headers={"Content-Type": "application/sparql-query"}), 413),
        (client.put("/sparql"), 405),
    ):
        assert found.status_code == status, found.text
        assert found.headers["content-type"] == "application/problem+json"
    assert client.get(f"/sparql?query={quote('ASK {}')}", headers={"Accept": "text/html;q=0.1, */*"}).status_code == 200


def test_the_snapshot_follows_the_dumps(deployment: Workplace) -> None:
    snapshot = Snapshot(deployment.settings)
    before = snapshot.current()
    Publisher(deployment).publish(_MANY + 1)
    _dump(deployment)
    assert snapshot.current() == before
    until = time.monotonic() + 60
    while snapshot.current() == before:
        assert time.monotonic() < until
        time.sleep(0.1)
    found: Any = ox.Store.read_only(str(snapshot.current())).query(
        f"ASK {{ <{iri('jmicro', _MANY + 1)}> ?p ?o }}", use_default_graph_as_union=True
    )  # fmt: skip
    assert bool(found)


def test_dumps_load_into_a_triple_store_of_ones_own(deployment: Workplace, tmp_path: Path) -> None:
    """The recipe of the guide: every quad of the dump is in the store, a graph for each record."""
    dump = max((deployment.settings.home / "dumps").glob("*/descriptor.nq.gz"))
    store = ox.Store(str(tmp_path / "store"))
    with gzip.open(dump) as plain:
        store.bulk_load(input=cast("IO[bytes]", plain), format=ox.RdfFormat.N_QUADS)
    assert len(store) == len(set(gzip.decompress(dump.read_bytes()).splitlines()))
    assert len(list(store.named_graphs())) >= _MANY - 2
