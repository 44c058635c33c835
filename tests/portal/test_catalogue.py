"""The catalogue: valid by the official shapes, true, the same in every form, and harvested by OAI-PMH."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from lxml import etree
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from tests.portal.publishing import BASE, Publisher

DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
FORMS = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld"}


@pytest.fixture
def filled(place: Workplace) -> Publisher:
    publisher = Publisher(place)
    publisher.publish(1, 2)
    Publisher(place, registry="europass", truth=publisher.truth).publish(11)
    Publisher(place, registry="mqa", truth=publisher.truth).publish(21)
    return publisher


@pytest.fixture
def dumped(filled: Publisher) -> Publisher:
    build(PublicationLog(filled.place.database, BASE), filled.place.settings)
    return filled


@pytest.fixture(autouse=True)
def _as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def graph_of(client: TestClient, accept: str = "text/turtle") -> Graph:
    found = client.get("/catalogue", headers={"accept": accept})
    assert found.headers["content-type"].partition(";")[0] == accept
    form = {"text/turtle": ox.RdfFormat.TURTLE, "application/rdf+xml": ox.RdfFormat.RDF_XML,
            "application/ld+json": ox.RdfFormat.JSON_LD}[accept]  # fmt: skip
    lines = "".join(f"{one.subject} {one.predicate} {one.object} .\n" for one in ox.parse(found.content, form))
    return Graph().parse(data=lines, format="nt")


def test_every_form_says_the_same(client: TestClient, dumped: Publisher) -> None:
    first = graph_of(client)
    assert len(first) > 200
    for accept in FORMS:
        assert isomorphic(graph_of(client, accept), first), accept
    assert (
        client.get("/catalogue/catalogue.rdf").content
        == client.get("/catalogue", headers={"accept": "application/rdf+xml"}).content
    )
    assert client.get("/catalogue", headers={"accept": "image/png"}).status_code == 406


def test_nothing_changes_until_something_is_published(client: TestClient, dumped: Publisher) -> None:
    first = client.get("/catalogue")
    assert client.get("/catalogue", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    Publisher(dumped.place, registry="nzqa").publish(31)
    assert client.get("/catalogue").headers["etag"] != first.headers["etag"]


def test_licence_and_attribution_of_each_registry_are_carried(client: TestClient, dumped: Publisher) -> None:
    graph = graph_of(client)
    for name, policy, attribution in (
        ("mqa", "facts_only", "Malaysian Qualifications Agency (MQA)"),
        ("jmicro", "reuse_with_attribution", "Japan Micro-Credential Organization"),
    ):
        offers = set(graph.objects(URIRef(f"{BASE}/catalogue/registry-{name}"), URIRef(f"{DCAT}distribution")))
        assert len(offers) == 2
        for offer in offers:
            assert list(graph.objects(offer, URIRef(f"{DCT}license"))) == [URIRef(f"{BASE}/rights/{policy}")]
            (rights,) = graph.objects(offer, URIRef(f"{DCT}rights"))
            assert attribution in str(graph.value(rights, rdflib.RDFS.label))
        assert client.get(f"/rights/{policy}").status_code == 200
    assert client.get("/rights/none").status_code == 404


def test_every_address_of_ours_that_it_names_answers(client: TestClient, dumped: Publisher) -> None:
    graph = graph_of(client)
    named = {str(one) for name in ("accessURL", "downloadURL", "endpointURL")
             for one in graph.objects(None, URIRef(f"{DCAT}{name}"))}  # fmt: skip
    named |= {str(one) for one in graph.objects(URIRef(f"{BASE}/catalogue"), URIRef(f"{DCAT}dataset"))}
    assert len(named) > 20
    for address in sorted(named - {f"{BASE}/mc/", f"{BASE}/oai"}):
        assert client.get(address, follow_redirects=True).status_code == 200, address


def test_before_anything_is_published_the_catalogue_is_empty(client: TestClient) -> None:
    graph = graph_of(client)
    assert len(set(graph.subjects(RDF.type, URIRef(f"{DCAT}Catalog")))) == 1
    assert not set(graph.subjects(RDF.type, URIRef(f"{DCAT}Dataset")))


def shapes_of(folder: Path, *names: str) -> Graph:
    shapes = Graph()
    for name in names:
        shapes.parse(folder / "schemas" / "dcat-ap" / name, format="turtle")
    return shapes


@pytest.mark.judges
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_official_shapes_find_nothing(client: TestClient, dumped: Publisher, judges: Path) -> None:
    graph = graph_of(client)
    shapes = shapes_of(judges, "shapes.ttl", "range.ttl")
    looked_at = Counter({
        str(target).rpartition("#")[2].rpartition("/")[2]: len(set(graph.subjects(RDF.type, target)))
        for target in shapes.objects(None, SH.targetClass)
    })  # fmt: skip
    assert looked_at["Catalog"] == 1
    assert looked_at["Dataset"] == looked_at["CatalogRecord"] == 6
    assert looked_at["Distribution"] > 15
    assert looked_at["DataService"] == 2
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert conforms, "\n".join(sorted({line for line in told.splitlines() if "Path" in line or "Message" in line}))
    for dropped in (f"{DCAT}accessURL", f"{DCT}title", f"{DCAT}endpointURL"):
        spoilt = Graph()
        for statement in graph:
            if str(statement[1]) != dropped:
                spoilt.add(statement)
        assert not pyshacl.validate(spoilt, shacl_graph=shapes, inference="none")[0], dropped


def asked(client: TestClient, **arguments: str) -> etree._Element:
    return etree.fromstring(client.get("/oai", params=arguments).content)


def test_the_catalogue_set_is_harvested_as_dcat_ap(client: TestClient, dumped: Publisher) -> None:
    listed = asked(client, verb="ListRecords", metadataPrefix="dcat_ap", set="catalogue")
    identifiers = [one.text for one in listed.iter(f"{OAI}identifier")]
    assert len(identifiers) == 6
    statements = set()
    for one in listed.iter(f"{OAI}metadata"):
        statements |= {str(quad.triple) for quad in ox.parse(etree.tostring(one[0]), ox.RdfFormat.RDF_XML)}
    whole = {str(one.triple) for one in ox.parse(client.get("/catalogue").content, ox.RdfFormat.TURTLE)}
    assert statements < whole
    one = asked(client, verb="GetRecord", metadataPrefix="dcat_ap", identifier=str(identifiers[0]))
    assert [found.text for found in one.iter(f"{OAI}setSpec")] == ["catalogue"]
    formats = asked(client, verb="ListMetadataFormats", identifier=str(identifiers[0]))
    assert [found.text for found in formats.iter(f"{OAI}metadataPrefix")] == ["dcat_ap"]
    assert "catalogue" in [found.text for found in asked(client, verb="ListSets").iter(f"{OAI}setSpec")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"verb": "ListRecords", "metadataPrefix": "dcat_ap", "set": "registry:jmicro"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "catalogue"}, "noRecordsMatch"),
        ({"verb": "ListIdentifiers", "metadataPrefix": "dcat_ap", "from": "2100-01-01"}, "noRecordsMatch"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:kakehashi.example:catalogue/all"},
         "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "dcat_ap", "identifier": "oai:kakehashi.example:catalogue/none"},
         "idDoesNotExist"),
    ],
)  # fmt: skip
def test_what_the_set_has_not_is_told(
    client: TestClient, dumped: Publisher, arguments: dict[str, str], code: str
) -> None:
    assert [one.get("code") for one in asked(client, **arguments).iter(f"{OAI}error")] == [code]


@pytest.mark.judges
def test_answers_about_the_catalogue_keep_the_schema_of_the_protocol(
    client: TestClient, dumped: Publisher, judges: Path
) -> None:
    source = (judges / "schemas" / "oai" / "OAI-PMH.xsd").read_bytes()
    # The schema of RDF is not at hand; the protocol's own elements are still held to theirs.
    schema = etree.XMLSchema(etree.fromstring(source.replace(b'processContents="strict"', b'processContents="lax"')))
    for verb in ("ListRecords", "ListIdentifiers", "ListSets", "ListMetadataFormats"):
        arguments = {"metadataPrefix": "dcat_ap"} if verb in {"ListRecords", "ListIdentifiers"} else {}
        schema.assertValid(asked(client, verb=verb, **arguments))
