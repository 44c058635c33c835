"""The OAI-PMH endpoint: verbs, lists, tokens, deletions, errors; every answer valid by the official schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from config.settings import Settings
from crosswalks.descriptor.serialise import dump, load
from crosswalks.descriptor.xml import from_xml
from portal.application import application
from portal.oai import provider as providing
from portal.oai import tokens
from store import plans
from tests.portal import publishing
from tests.portal.publishing import Publisher, descriptor_of, name

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
HOST = "kakehashi.example"


@pytest.fixture
def small(publisher: Publisher) -> TestClient:
    """A client of a deployment that gives three records a page."""
    settings = publisher.place.settings.model_copy(update={"oai_page_size": 3})
    return TestClient(application(settings, publisher.place.database), base_url=publishing.BASE)


def ask(client: TestClient, **arguments: str) -> Any:
    found = client.get("/oai", params={key.rstrip("_"): value for key, value in arguments.items()})
    assert (found.status_code, found.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    return etree.fromstring(found.content)


def fault(root: Any) -> str | None:
    found = root.find(f"{OAI}error")
    return None if found is None else found.get("code")


def ids(root: Any) -> list[str]:
    return [
        one.text.rpartition(":")[2] for one in root.iter(f"{OAI}identifier") if one.getparent().tag == f"{OAI}header"
    ]


def deleted(root: Any) -> set[str]:
    heads = root.iter(f"{OAI}header")
    return {one.findtext(f"{OAI}identifier").rpartition(":")[2] for one in heads if one.get("status") == "deleted"}


def token(root: Any) -> Any:
    return next(root.iter(f"{OAI}resumptionToken"), None)


def walk(client: TestClient, verb: str = "ListIdentifiers", **arguments: str) -> list[Any]:
    pages = [ask(client, verb=verb, **{"metadataPrefix": "oai_dc", **arguments})]
    while (end := token(pages[-1])) is not None and end.text:
        pages.append(ask(client, verb=verb, resumptionToken=end.text))
    return pages


def test_identify_tells_the_truth(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    found = ask(client, verb="Identify")
    told = {child.tag.removeprefix(OAI): child.text for child in found.find(f"{OAI}Identify")}
    assert told["baseURL"] == f"{publishing.BASE}/oai" == found.findtext(f"{OAI}request")
    assert (told["protocolVersion"], told["deletedRecord"]) == ("2.0", "persistent")
    assert told["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert told["earliestDatestamp"] == next(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc").iter(
        f"{OAI}datestamp")).text  # fmt: skip
    since = client.get("/oai?verb=Identify").headers["last-modified"]
    assert client.get("/oai?verb=Identify", headers={"if-modified-since": since}).status_code == 304


def test_the_request_is_told_back_with_its_verb(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "registry:jmicro"}
    assert dict(ask(client, **asked).find(f"{OAI}request").attrib) == asked
    broken = 'invalid"id<&'
    found = ask(client, verb="GetRecord", identifier=broken, metadataPrefix="oai_dc")
    assert found.find(f"{OAI}request").get("identifier") == broken
    assert dict(ask(client, verb="Identify", junk="1").find(f"{OAI}request").attrib) == {}


WRONG = [
    ({"junk": "junk"}, "badVerb"),
    ({"verb": "junk"}, "badVerb"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
    ({"verb": "GetRecord", "identifier": "x"}, "badArgument"),
    ({"verb": "GetRecord", "identifier": 'invalid"id', "metadataPrefix": "oai_dc"}, "idDoesNotExist"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "until": "junk"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "junk"}, "badArgument"),
    ({"verb": "ListIdentifiers", "resumptionToken": "junk", "until": "2000-02-05"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "junk"}, "badArgument"),
    ({"verb": "ListRecords", "resumptionToken": "junk"}, "badResumptionToken"),
    (
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "junk", "until": "1990-01-10"},
        "badArgument",
    ),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "junk"}, "badArgument"),
    ({"verb": "ListRecords"}, "badArgument"),
    (
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2001-01-01", "until": "2002-01-01T00:00:00Z"},
        "badArgument",
    ),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01T00:00:00Z"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2002-01-01", "until": "2001-01-01"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "registry:none"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2001-02-30"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2001-01-01T00:00:00+09:00"}, "badArgument"),
    ({"verb": "ListMetadataFormats", "identifier": f"oai:{HOST}:none"}, "idDoesNotExist"),
    *(
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": odd}, "badArgument")
        for odd in ("%%%", "http://[", "http://a:b:c", "::", "#a#b", "oai:x:%1")
    ),
    *(
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": odd}, "idDoesNotExist")
        for odd in ("oai:x:a%20b", "http://a:80/b", "a b", "\x01", "<>&", "x" * 5000, "é")
    ),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": ""}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": ""}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": ""}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2001"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2001-01-01T00:00Z"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2999-01-01"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "catalogue"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": ""}, "badArgument"),
    ({"verb": "identify"}, "badVerb"),
    ({"VERB": "Identify"}, "badVerb"),
    ({"verb": "Identify", "set": "x"}, "badArgument"),
    ({"verb": "ListSets", "resumptionToken": "junk"}, "badResumptionToken"),
]


@pytest.mark.parametrize(("arguments", "code"), WRONG)
def test_wrong_requests_get_their_code(
    client: TestClient, publisher: Publisher, arguments: dict[str, str], code: str
) -> None:
    publisher.publish(1)
    assert fault(ask(client, **arguments)) == code
    assert fault(etree.fromstring(client.post("/oai", data=arguments).content)) == code


def test_a_repeated_argument_is_refused(client: TestClient) -> None:
    assert fault(etree.fromstring(client.get("/oai?verb=Identify&verb=Identify").content)) == "badVerb"
    twice = "/oai?verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=elm"
    assert fault(etree.fromstring(client.get(twice).content)) == "badArgument"
    assert fault(etree.fromstring(client.get("/oai?" + "a=1&" * 500).content)) == "badVerb"


def test_a_form_is_answered_as_a_query_is(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    identifier = f"oai:{HOST}:{name('jmicro', 1)}"
    for asked in (
        {"verb": "Identify"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": identifier},
        {"verb": "ListRecords", "metadataPrefix": "jmicro", "set": "registry:jmicro"},
    ):
        by_form, by_query = etree.fromstring(client.post("/oai", data=asked).content), ask(client, **asked)
        assert dict(by_form.find(f"{OAI}request").attrib) == asked
        assert etree.tostring(by_form[2]) == etree.tostring(by_query[2])
    assert fault(etree.fromstring(client.post("/oai?verb=Identify", data={"verb": "Identify"}).content)) == "badVerb"
    assert fault(etree.fromstring(client.post("/oai", json={"verb": "Identify"}).content)) == "badVerb"
    assert client.put("/oai?verb=Identify").status_code == 405


def test_a_list_comes_in_pages_without_gaps(small: TestClient, publisher: Publisher) -> None:
    publisher.publish(*range(1, 11))
    pages = walk(small)
    assert [len(ids(page)) for page in pages] == [3, 3, 3, 1]
    ends = [token(page) for page in pages]
    assert [end.get("cursor") for end in ends] == ["0", "3", "6", "9"]
    assert {end.get("completeListSize") for end in ends} == {"10"}
    assert ends[-1].text is None
    assert all("expirationDate" in end.attrib for end in ends[:-1])
    found = [one for page in pages for one in ids(page)]
    assert sorted(found) == sorted(publisher.truth)
    assert token(ask(small, verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2100-01-01")) is None


def test_a_list_of_exactly_one_page_has_no_token(small: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2, 3)
    assert token(ask(small, verb="ListRecords", metadataPrefix="oai_dc")) is None


def test_a_token_gives_the_same_page_whatever_happens_meanwhile(small: TestClient, publisher: Publisher) -> None:
    publisher.publish(*range(1, 9))
    text = token(ask(small, verb="ListRecords", metadataPrefix="oai_dc")).text
    first = ask(small, verb="ListRecords", resumptionToken=text)
    publisher.update(3, "改訂")
    publisher.delete(4)
    publisher.publish(20)
    settings = publisher.place.settings.model_copy(update={"oai_page_size": 3})
    restarted = TestClient(application(settings, publisher.place.database), base_url=publishing.BASE)
    again = ask(restarted, verb="ListRecords", resumptionToken=text)
    without_token = [etree.tostring(record) for page in (first, again) for record in page.iter(f"{OAI}record")]
    assert without_token[:3] == without_token[3:]


def test_a_token_of_others_is_refused(small: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher.publish(*range(1, 9))
    text = token(ask(small, verb="ListRecords", metadataPrefix="oai_dc")).text
    for wrong in (text[:-1], text + "A", "A" + text[1:], text[::-1], "", "é", "A" * 5000):
        assert fault(ask(small, verb="ListRecords", resumptionToken=wrong)) == "badResumptionToken", wrong
    assert fault(ask(small, verb="ListIdentifiers", resumptionToken=text)) == "badResumptionToken"
    late = datetime.now(UTC) + tokens.LIFETIME + timedelta(minutes=1)
    monkeypatch.setattr(providing, "now", lambda: late)
    assert fault(ask(small, verb="ListRecords", resumptionToken=text)) == "badResumptionToken"


def test_tokens_live_a_day_at_least() -> None:
    assert timedelta(hours=24) <= tokens.LIFETIME


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    key = tokens.signing_key(settings)
    assert key == tokens.signing_key(settings)
    assert len(key) == 64
    assert (settings.home / "token.key").stat().st_mode & 0o777 == 0o600
    assert tokens.signing_key(Settings(home=tmp_path, token_key="set")) == b"set"


def test_deletions_are_told_for_ever_in_every_verb_and_format(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2)
    publisher.delete(1)
    gone = name("jmicro", 1)
    for prefix in ("oai_dc", "elm", "elm_xml", "jmicro"):
        for verb in ("ListRecords", "ListIdentifiers"):
            found = ask(client, verb=verb, metadataPrefix=prefix)
            assert deleted(found) == {gone}, (verb, prefix)
            assert set(ids(found)) == set(publisher.truth)
        one = ask(client, verb="GetRecord", metadataPrefix=prefix, identifier=f"oai:{HOST}:{gone}")
        assert deleted(one) == {gone}
        assert next(one.iter(f"{OAI}metadata"), None) is None
        assert next(one.iter(f"{OAI}setSpec")).text == "registry:jmicro"
    assert fault(ask(client, verb="ListMetadataFormats", identifier=f"oai:{HOST}:{gone}")) == "noMetadataFormats"


def test_spans_of_time_are_inclusive_in_both_granularities(
    client: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (1, 2, 3):
        moment = datetime(2027, 1, day, 12, 0, 0, tzinfo=UTC)
        monkeypatch.setattr(plans, "now", lambda moment=moment: moment)
        publisher.publish(day)

    def found(**span: str) -> list[str]:
        return ids(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", **span))

    by_day = {day: name("jmicro", day) for day in (1, 2, 3)}
    assert found(from_="2027-01-02", until="2027-01-02") == [by_day[2]]
    assert found(from_="2027-01-02T12:00:00Z", until="2027-01-02T12:00:00Z") == [by_day[2]]
    assert found(from_="2027-01-02T12:00:01Z") == [by_day[3]]
    assert found(until="2027-01-02T11:59:59Z") == [by_day[1]]
    assert found(from_="2027-01-01", until="2027-01-03") == list(by_day.values())


def test_what_changed_is_listed_once_under_its_new_date(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2)
    publisher.update(1, "改訂")
    found = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    assert ids(found) == [name("jmicro", 2), name("jmicro", 1)]
    assert [one.text for one in found.iter(f"{DC}title")][-1] == "改訂"


def test_sets_are_the_registries(client: TestClient, publisher: Publisher) -> None:
    other = Publisher(publisher.place, registry="mqa")
    publisher.publish(1)
    other.publish(2)
    specs = [one.text for one in ask(client, verb="ListSets").iter(f"{OAI}setSpec")]
    assert specs == ["registry", "registry:jmicro", "registry:mqa", "catalogue"]
    assert ids(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", set="registry:mqa")) == list(other.truth)
    assert len(ids(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", set="registry"))) == 2


def test_harvested_records_tell_where_they_came_from(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    Publisher(publisher.place, registry="mqa").publish(2)
    found = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    home, taken = found.iter(f"{OAI}record")
    assert home.find(f"{OAI}about") is None
    (origin,) = taken.find(f"{OAI}about")[0]
    space = "{http://www.openarchives.org/OAI/2.0/provenance}"
    assert dict(origin.attrib) == {"harvestDate": "2026-11-20T03:00:00Z", "altered": "true"}
    assert origin.findtext(f"{space}baseURL") == "https://list.example/1"
    assert origin.findtext(f"{space}identifier") == "urn:kakehashi:source:mqa:n2"


def test_the_whole_descriptor_comes_through(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    identifier = f"oai:{HOST}:{name('jmicro', 1)}"
    found = ask(client, verb="GetRecord", metadataPrefix="jmicro", identifier=identifier)
    served = client.get(f"/mc/{name('jmicro', 1)}.json").content
    assert dump(from_xml(next(found.iter(f"{OAI}metadata"))[0])) == dump(load(served))
    assert load(served).title == descriptor_of("jmicro", 1)["title"]


def test_a_format_lists_only_what_it_can_hold(small: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2, 3, 4, 5)
    publisher.publish(6, 7, 8, 9, issuer=None)
    identifier = f"oai:{HOST}:{name('jmicro', 6)}"
    formats = [one.text for one in ask(small, verb="ListMetadataFormats", identifier=identifier).iter(
        f"{OAI}metadataPrefix")]  # fmt: skip
    assert formats == ["oai_dc", "jmicro"]
    request = {"verb": "GetRecord", "metadataPrefix": "elm", "identifier": identifier}
    assert fault(ask(small, **request)) == "cannotDisseminateFormat"
    expected = {name("jmicro", number) for number in range(1, 6)}
    for verb in ("ListRecords", "ListIdentifiers"):
        pages = walk(small, verb, metadataPrefix="elm")
        assert [len(ids(page)) for page in pages] == [3, 2]
        assert {one for page in pages for one in ids(page)} == expected
    assert {token(page).get("completeListSize") for page in walk(small, "ListRecords", metadataPrefix="elm")} == {"5"}
    publisher.publish(1, op="changed", issuer=None)
    assert {one for page in walk(small, metadataPrefix="elm") for one in deleted(page)} == {name("jmicro", 1)}


def test_an_empty_deployment_answers(client: TestClient) -> None:
    assert fault(ask(client, verb="Identify")) is None
    assert fault(ask(client, verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"
    assert [one.text for one in ask(client, verb="ListSets").iter(f"{OAI}setSpec")] == ["registry", "catalogue"]


@pytest.mark.judges
def test_every_answer_is_valid_by_the_official_schema(small: TestClient, publisher: Publisher, judges: Path) -> None:
    source = (judges / "schemas" / "oai" / "OAI-PMH.xsd").read_bytes()
    # The schemas of what records hold are not at hand; the protocol's own elements are still held to theirs.
    schema = etree.XMLSchema(etree.fromstring(source.replace(b'processContents="strict"', b'processContents="lax"')))
    publisher.publish(*range(1, 6))
    Publisher(publisher.place, registry="mqa").publish(7)
    publisher.delete(2)
    identifier = f"oai:{HOST}:{name('jmicro', 1)}"
    requests: list[dict[str, str]] = [arguments for arguments, _ in WRONG]
    requests += [
        {"verb": "Identify"},
        {"verb": "ListSets"},
        {"verb": "ListMetadataFormats"},
        {"verb": "ListMetadataFormats", "identifier": identifier},
    ]
    for prefix in ("oai_dc", "elm", "elm_xml", "jmicro"):
        requests.append({"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix})
        for verb in ("ListRecords", "ListIdentifiers"):
            pages = walk(small, verb, metadataPrefix=prefix)
            assert len(pages) == 2
            for page in pages:
                schema.assertValid(page)
    for arguments in requests:
        answered = ask(small, **arguments)
        assert schema.validate(answered), (arguments, schema.error_log)
