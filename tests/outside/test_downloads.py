"""What partners download, held to the official shapes and schemas, with hostile titles; and on both databases."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from lxml import etree
from rdflib import Graph
from starlette.testclient import TestClient

from crosswalks.descriptor.rdf import from_rdf
from crosswalks.descriptor.serialise import dump
from harvester.workplace import Workplace
from portal.application import application
from portal.dumps.building import build
from portal.ldes.pages import Pages
from portal.partners.log import PublicationLog
from tests.outside.test_elm_exports import ELM, SPECIFICATION, focus_nodes, shapes_of
from tests.portal.publishing import BASE, Publisher

HOSTILE = [
    '</rdf:RDF><script>alert(1)</script> & "quotes" \\ back',
    "=HYPERLINK(\"http://x.example\")\r\n<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "]]> <!-- \u202e 架け橋 🎓 \u2028 . _:x <urn:a> <urn:b> <urn:c> .\n",
    "\x00\x01\x0b control \x7f",
]


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    """A deployment whose home registry has hostile titles, with a dump."""
    publisher = Publisher(place)
    for number, title in enumerate(HOSTILE, 1):
        publisher.publish(number, title={"en": title, "ja": title})
    publisher.publish(10, 11)
    publisher.delete(11)
    Publisher(place, registry="europass").publish(20)
    build(PublicationLog(place.database, BASE), place.settings)
    with TestClient(application(place.settings, place.database), base_url=BASE) as client:
        yield client


def turtle_graph(data: bytes) -> Graph:
    lines = "".join(f"{one.subject} {one.predicate} {one.object} .\n" for one in ox.parse(data, ox.RdfFormat.TURTLE))
    return Graph().parse(data=lines, format="nt")


@pytest.mark.slow
@pytest.mark.judges
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_official_shapes_find_nothing_in_the_european_dataset(
    client: TestClient, judges: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    shapes = shapes_of(judges, "LOQ-constraints.ttl")
    older = client.get("/elm/latest/elm-3.2.ttl").content
    newer = client.get("/elm/latest/elm-3.3.ttl").content
    assert b"/model/ontology/" in newer
    mapped = newer.replace(b"http://data.europa.eu/snb/model/ontology/", b"http://data.europa.eu/snb/model/elm/")
    for data in (older, mapped):
        graph = turtle_graph(data)
        looked_at = focus_nodes(shapes, graph)
        assert looked_at[f"{ELM}LearningOpportunity"] == looked_at[str(SPECIFICATION)] == len(HOSTILE) + 1
        conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes, inference="none", inplace=True)
        assert conforms, told[:2000]


@pytest.mark.judges
def test_the_official_schema_accepts_the_european_dataset(client: TestClient, judges: Path) -> None:
    (file,) = (judges / "elm").rglob("loq.xsd")
    schema = etree.XMLSchema(etree.parse(file, etree.XMLParser(no_network=True)))
    document = etree.fromstring(client.get("/elm/latest/elm-3.2.xml").content)
    assert schema.validate(document), str(schema.error_log)[:2000]
    assert len(document.findall(".//{*}learningOpportunity[@id]")) == len(HOSTILE) + 1


def test_hostile_titles_come_through_every_channel(client: TestClient) -> None:
    listed = client.get("/dumps/latest").json()
    files = {one["name"]: gzip.decompress(client.get(f"/dumps/latest/{one['name']}").content)
             for one in (*listed["files"], *listed["europe"])}  # fmt: skip
    records = [orjson.loads(line) for line in files["descriptor.ndjson.gz"].splitlines()]
    assert {one["title"]["en"] for one in records} > set(HOSTILE)
    read = from_rdf(files["descriptor.nq.gz"], ox.RdfFormat.N_QUADS)
    assert [dump(one) for one in read] == files["descriptor.ndjson.gz"].splitlines()
    assert len(list(ox.parse(files["elm.nq.gz"], ox.RdfFormat.N_QUADS))) > 100
    etree.fromstring(files["elm.xml.gz"])
    assert len(files["records.csv.gz"].splitlines()) == len(records) + 1
    members = client.get("/ldes/pages/0", headers={"accept": "text/turtle"}).content
    titles = {one.object.value for one in ox.parse(members, ox.RdfFormat.TURTLE, base_iri=BASE)
              if one.predicate.value.endswith("#title")}  # fmt: skip
    assert titles > set(HOSTILE)
    for address in ("/feed.atom", "/resourcesync/changelist.xml", "/sitemap-0.xml"):
        etree.fromstring(client.get(address).content)
    for address in ("/catalogue", "/ldes", "/ldes/pages"):
        list(ox.parse(client.get(address, headers={"accept": "text/turtle"}).content, ox.RdfFormat.TURTLE,
                      base_iri=BASE))  # fmt: skip


def test_both_databases_give_the_same_files(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1, 2, 3)
    publisher.update(1, "改訂")
    publisher.delete(2)
    log = PublicationLog(any_place.database, BASE)
    manifest, fresh = build(log, any_place.settings)
    assert (fresh, manifest.horizon, manifest.records) == (True, 5, 2)
    publisher.bring_back(2)
    manifest, _ = build(log, any_place.settings)
    assert manifest.delta is not None
    assert (manifest.delta.added, manifest.delta.modified, manifest.delta.deleted) == (1, 0, 0)
    assert Pages(log, any_place.settings).catch_up() == 6
    assert set(log.activity()) == {"jmicro"}
