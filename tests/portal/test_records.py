"""Records at their addresses: every form, what a client prefers, what has changed, what is gone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

import orjson
import pyoxigraph
import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from config.messages import CodedError
from crosswalks.descriptor.rdf import from_jsonld, from_rdf
from crosswalks.descriptor.serialise import dump, load
from portal.application import application
from store import clock, plans
from tests.portal import publishing
from tests.portal.publishing import Publisher, iri, name

ONE = "/mc/" + name("jmicro", 1)
RDF = {
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
}
OWN = ["descriptor.jsonld", "descriptor.ttl", "descriptor.nt"]
SUFFIXES = [*RDF, "xml", "json", "ob3.json", "vct.json", "openid4vci.json", "ctdl.json", "schemaorg.json", *OWN]


@pytest.fixture
def one(publisher: Publisher) -> Publisher:
    publisher.publish(1)
    return publisher


def test_an_identifier_leads_to_the_page(client: TestClient, one: Publisher) -> None:
    found = client.get("/id" + ONE)
    assert (found.status_code, found.headers["location"]) == (303, publishing.BASE + ONE)


def test_every_suffix_has_its_form(client: TestClient, one: Publisher) -> None:
    for suffix in SUFFIXES:
        found = client.get(f"{ONE}.{suffix}")
        assert found.status_code == 200, suffix
        if suffix in RDF and suffix != "jsonld":
            subjects = {str(triple.subject) for triple in pyoxigraph.parse(found.content, RDF[suffix])}
            assert f"<{iri('jmicro', 1)}>" in subjects, suffix
        elif suffix.startswith("descriptor."):
            read = from_jsonld if suffix.endswith("jsonld") else partial(from_rdf, syntax=RDF[suffix.partition(".")[2]])
            assert [dump(one) + b"\n" for one in read(found.content)] == [client.get(f"{ONE}.json").content]
        elif suffix == "xml":
            etree.fromstring(found.content)
        else:
            assert orjson.loads(found.content)
    assert load(client.get(f"{ONE}.json").content).id == iri("jmicro", 1)
    assert client.get(f"{ONE}.docx").status_code == 404


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/*", "application/ld+json"),
        ("text/turtle, application/rdf+xml;q=0.5", "text/turtle"),
        ("text/turtle;q=0.4, application/rdf+xml;q=0.5", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/xml", "application/xml"),
        ("text/html;q=0, */*;q=0.1", "application/ld+json"),
        ('application/ld+json;profile="https://credreg.net/ctdl/schema/context/json"', "application/ld+json"),
        ("rubbish", "text/html"),
    ],
)
def test_the_client_gets_what_it_prefers(client: TestClient, one: Publisher, accept: str | None, kind: str) -> None:
    headers = {"accept": accept} if accept else {}
    if accept is None:
        client.headers.pop("accept")
    found = client.get(ONE, headers=headers)
    assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, kind)
    assert {"Accept", "Accept-Language"} <= set(found.headers["vary"].split(", "))


def test_a_profile_tells_forms_of_one_media_type_apart(client: TestClient, one: Publisher) -> None:
    for profile, suffix in (
        ("https://credreg.net/ctdl/schema/context/json", "ctdl.json"),
        ("https://schema.org", "schemaorg.json"),
        ("http://data.europa.eu/snb/model/elm/", "jsonld"),
        ("https://kakehashi.example/ns/descriptor", "descriptor.jsonld"),
    ):
        asked = client.get(ONE, headers={"accept": f'application/ld+json; profile="{profile}"'})
        assert asked.content == client.get(f"{ONE}.{suffix}").content
        assert asked.headers["content-location"].endswith(f".{suffix}")


def test_what_nobody_can_take_is_refused_with_a_list(client: TestClient, one: Publisher) -> None:
    found = client.get(ONE, headers={"accept": "image/png"})
    assert (found.status_code, found.json()["code"]) == (406, "not_acceptable")
    assert {offer["href"] for offer in found.json()["available"]} >= {f"{publishing.BASE}{ONE}.ttl"}


def test_tags_and_times_change_exactly_when_the_content_does(
    client: TestClient, one: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [f"{ONE}.{suffix}" for suffix in SUFFIXES]
    before = {address: client.get(address) for address in addresses}
    for address, found in before.items():
        again = client.get(address, headers={"if-none-match": found.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", found.headers["etag"])
        since = client.get(address, headers={"if-modified-since": found.headers["last-modified"]})
        assert since.status_code == 304
    one.publish(2)
    assert {a: client.get(a).headers["etag"] for a in addresses} == {a: f.headers["etag"] for a, f in before.items()}
    later = datetime(2036, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(plans, "now", lambda: later)
    one.update(1, "改訂")
    for address, found in before.items():
        after = client.get(address, headers={"if-none-match": found.headers["etag"]})
        assert after.status_code == 200, address
        assert after.headers["etag"] != found.headers["etag"]
        assert after.headers["last-modified"] == "Tue, 01 Jan 2036 00:00:00 GMT"


def test_a_packed_answer_has_a_tag_of_its_own_and_is_known_again(client: TestClient, one: Publisher) -> None:
    plain = client.get(f"{ONE}.json", headers={"accept-encoding": "identity"})
    packed = client.get(f"{ONE}.json", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    again = client.get(f"{ONE}.json", headers={"if-none-match": packed.headers["etag"], "accept-encoding": "gzip"})
    assert again.status_code == 304


def test_no_crosswalk_runs_twice(client: TestClient, one: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get(f"{ONE}.ttl").content

    def forbidden(*arguments: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr("portal.partners.shelf.make", forbidden)
    assert client.get(f"{ONE}.ttl").content == first


def test_other_rules_make_the_kept_forms_anew(one: Publisher, client: TestClient) -> None:
    before = client.get(f"{ONE}.ttl").content
    settings = one.place.settings.model_copy(update={"elm_namespace": "elm-3.3"})
    other = TestClient(application(settings, one.place.database), base_url=publishing.BASE)
    assert other.get(f"{ONE}.ttl").content != before


def test_unknown_records_are_not_there(client: TestClient, one: Publisher) -> None:
    for address in ("/mc/none", "/id/mc/none", "/mc/none/versions", "/mc/none/linkset", f"{ONE}/versions/7", "/x"):
        found = client.get(address)
        assert (found.status_code, found.json()["code"]) == (404, "nothing_here"), address


def test_a_wrong_method_is_told_the_right_ones(client: TestClient, one: Publisher) -> None:
    found = client.post(ONE)
    assert (found.status_code, found.json()["code"]) == (405, "method_refused")
    assert "GET" in found.headers["allow"]


def test_what_is_gone_says_why_and_what_replaced_it(client: TestClient, one: Publisher) -> None:
    one.publish(2)
    client.get(f"{ONE}.ttl")
    one.delete(1, reason="superseded", successor=name("jmicro", 2))
    for address in (ONE, f"{ONE}.ttl", f"/id{ONE}", f"{ONE}/linkset"):
        found = client.get(address, headers={"accept": "application/json"})
        told = found.json()
        assert (found.status_code, told["reason"], told["id"]) == (410, "superseded", iri("jmicro", 1)), address
        assert told["successor"] == f"{publishing.BASE}/mc/{name('jmicro', 2)}"
        assert 'rel="successor-version"' in found.headers["link"]
    page = client.get(ONE, headers={"accept": "text/html", "accept-language": "ja"})
    assert page.status_code == 410
    assert "superseded" in page.text
    assert html.document_fromstring(page.content).xpath("//a[@rel='successor-version']/@href")


def test_what_was_merged_leads_to_its_successor(client: TestClient, one: Publisher) -> None:
    one.publish(2)
    one.delete(1, reason="merged", successor=name("jmicro", 2))
    for suffix in ("", ".ttl"):
        found = client.get(f"{ONE}{suffix}")
        expected = f"{publishing.BASE}/mc/{name('jmicro', 2)}{suffix}"
        assert (found.status_code, found.headers["location"]) == (301, expected)


def test_versions_stay_whatever_becomes_of_the_record(client: TestClient, one: Publisher) -> None:
    first = client.get(f"{ONE}.json").content
    one.update(1, "改訂")
    second = client.get(f"{ONE}.json").content
    one.delete(1, reason="withdrawn")
    assert client.get(f"{ONE}/versions/1.json").content == first
    assert client.get(f"{ONE}/versions/2", headers={"accept": "application/json"}).content == second != first
    assert "immutable" in client.get(f"{ONE}/versions/1").headers["cache-control"]
    assert client.get(f"{ONE}/versions/3").status_code == 410
    told = client.get(f"{ONE}/versions").json()["versions"]
    assert [(row["version"], row["op"]) for row in told] == [(1, "create"), (2, "update"), (3, "delete")]


def test_what_comes_back_is_served_as_it_was(client: TestClient, one: Publisher) -> None:
    before = client.get(f"{ONE}.json").content
    one.delete(1)
    assert client.get(ONE).status_code == 410
    one.bring_back(1)
    assert client.get(f"{ONE}.json").content == before
    assert [row["op"] for row in client.get(f"{ONE}/versions").json()["versions"]] == ["create", "delete", "create"]


def test_a_form_that_cannot_hold_the_record_says_so(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, issuer=None)
    found = client.get(f"{ONE}.ttl")
    assert (found.status_code, found.json()["code"][:8]) == (404, "withheld")
    assert client.get(ONE, headers={"accept": "application/rdf+xml"}).status_code == 406
    other = client.get(ONE, headers={"accept": "text/turtle"})
    assert other.headers["content-location"].endswith(".descriptor.ttl")
    assert f"{ONE}.ttl" not in client.get(ONE).headers["link"]
    assert client.get(f"{ONE}.json").status_code == 200


def test_what_the_rights_hold_back_leaves_in_no_form(client: TestClient, publisher: Publisher) -> None:
    source = publishing.descriptor_of("jmicro", 1)["source_record"] | {"rights": "facts_only"}
    publisher.publish(1, source_record=source, description={"en": "SECRETPROSE"})
    answers = [client.get(ONE), *(client.get(f"{ONE}.{suffix}") for suffix in SUFFIXES)]
    assert [found.status_code for found in answers].count(200) >= 2
    assert not [found.url for found in answers if "SECRETPROSE" in found.text]


def test_signposts_lead_from_the_page_to_everything_and_back(client: TestClient, one: Publisher) -> None:
    page = client.get(ONE, headers={"accept": "text/html"})
    links = re.findall(r'<([^>]+)>; rel="([^"]+)"', page.headers["link"])
    by_relation = {relation: [address for address, other in links if other == relation] for _, relation in links}
    assert by_relation["cite-as"] == [iri("jmicro", 1)]
    assert len(by_relation["describedby"]) == len(SUFFIXES)
    for address in by_relation["describedby"]:
        back = client.get(address).headers["link"]
        assert f'<{publishing.BASE}{ONE}>; rel="describes"' in back
    (linkset,) = by_relation["linkset"]
    found = client.get(linkset)
    assert found.headers["content-type"] == "application/linkset+json"
    (told, *others) = found.json()["linkset"]
    assert [one["href"] for one in told["describedby"]] == by_relation["describedby"]
    assert {other["anchor"] for other in others} == set(by_relation["describedby"])


def test_a_page_carries_its_languages_and_its_data_for_search_engines(client: TestClient, one: Publisher) -> None:
    document = html.document_fromstring(client.get(f"{ONE}?lang=ja").content)
    assert document.get("lang") == "ja"
    hreflangs = document.xpath("//link[@rel='alternate' and @hreflang]/@hreflang")
    assert hreflangs == ["ja", "en", "x-default"]
    (script,) = document.xpath("//script[@type='application/ld+json']/text()")
    assert orjson.loads(str(script)) == client.get(f"{ONE}.schemaorg.json").json()


def test_markup_in_a_record_is_text(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, title={"en": "</title><script>alert(1)</script>\x01"})
    document = html.document_fromstring(client.get(f"{ONE}?lang=en").content)
    assert len(document.xpath("//script")) == 1
    assert document.xpath("//h1")[0].text == "</title><script>alert(1)</script>"


def test_the_sitemap_lists_what_stands(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2, 3)
    publisher.delete(2)
    index = etree.fromstring(client.get("/sitemap.xml").content)
    listed = [
        text
        for address in index.xpath("//*[local-name()='loc']/text()")
        for text in etree.fromstring(client.get(address).content).xpath("//*[local-name()='loc']/text()")
    ]
    assert listed == [f"{publishing.BASE}/mc/{name('jmicro', number)}" for number in sorted((1, 3), key=order)]
    assert client.get("/sitemap-1.xml").status_code == 404


def order(number: int) -> str:
    return name("jmicro", number)


def test_the_well_known_addresses_answer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.partners.discovery.now", lambda: datetime(2026, 11, 21, tzinfo=UTC))
    catalog = client.get("/.well-known/api-catalog")
    assert catalog.headers["content-type"].startswith("application/linkset+json")
    for item in catalog.json()["linkset"][0]["item"]:
        assert client.get(item["href"]).status_code == 200
    assert "Expires: 2027-04-30T00:00:00Z" in client.get("/.well-known/security.txt").text
    assert "Sitemap: https://kakehashi.example/sitemap.xml" in client.get("/robots.txt").text
    assert clock.now().tzinfo is UTC


def test_head_is_get_without_the_body(client: TestClient, one: Publisher) -> None:
    got, head = client.get(f"{ONE}.ttl"), client.head(f"{ONE}.ttl")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


def test_a_fault_of_the_program_is_told_without_its_insides(one: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr("portal.partners.shelf.make", broken)
    app = application(one.place.settings, one.place.database)
    found = TestClient(app, base_url=publishing.BASE, raise_server_exceptions=False).get(ONE)
    assert (found.status_code, found.json()["code"]) == (500, "unexpected")
    assert "inside" not in found.text


def test_a_database_that_is_away_is_a_matter_of_waiting(one: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: object) -> None:
        raise CodedError.of("database_unreachable", detail="away")

    monkeypatch.setattr("portal.partners.log.record_named", away)
    monkeypatch.setattr("portal.partners.log.latest", away)
    client = TestClient(application(one.place.settings, one.place.database), base_url=publishing.BASE)
    for address in (ONE, "/oai?verb=ListRecords&metadataPrefix=oai_dc"):
        found = client.get(address)
        assert (found.status_code, found.headers["retry-after"]) == (503, "10")


def test_what_cannot_be_kept_is_served_all_the_same(one: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*arguments: object) -> None:
        raise CodedError.of("database_unreachable", detail="database is locked")

    monkeypatch.setattr("portal.partners.shelf.keep_renditions", locked)
    monkeypatch.setattr("portal.partners.making.keep_conforming", locked)
    client = TestClient(application(one.place.settings, one.place.database), base_url=publishing.BASE)
    first, again = client.get(f"{ONE}.ttl"), client.get(f"{ONE}.ttl")
    assert (first.status_code, first.content, first.headers["etag"]) == (200, again.content, again.headers["etag"])
