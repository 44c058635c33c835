"""The API for reading: operations against their document, paging while others publish, rights, hostile askers."""

from __future__ import annotations

import gzip
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.testclient import TestClient

from config.messages import catalogue
from harvester.workplace import Workplace
from portal.api.routes import api_operations
from portal.application import application
from portal.partners.log import PublicationLog
from portal.partners.shelf import Shelf
from portal.public.finding import Finder
from tests.portal import publishing
from tests.portal.asking import ROOT, Asking, key_for
from tests.portal.publishing import Publisher, iri, name

ONE, TWO, THREE = (name("jmicro", number) for number in (1, 2, 3))
SECRET = "The secret sentence of the source"
NUMBERS = count()
CLOSED = {"rights": "facts_only", "attribution": "Example"}


@pytest.fixture
def asking(client: TestClient) -> Asking:
    return Asking(client)


@pytest.fixture
def some_records(publisher: Publisher) -> Publisher:
    publisher.publish(1, 2, 3)
    publisher.update(2, "改めた題")
    publisher.delete(3, successor=ONE)
    return publisher


def test_the_document_is_valid_and_tells_every_operation(place: Workplace, asking: Asking) -> None:
    OpenAPIV31SpecValidator(asking.document).validate()
    told = {
        (method, path, operation["operationId"])
        for path, methods in asking.document["paths"].items()
        for method, operation in methods.items()
    }
    log = PublicationLog(place.database, place.settings.base)
    every = api_operations(
        log, Shelf(place.database, place.settings), place.settings, Finder(log, place.database, place.settings)
    )
    assert told == {(one.method.lower(), one.path or "/", one.name) for one in every}
    index = asking.get("").json()
    assert set(index["operations"]) == {one.name for one in every}
    for operation in (op for methods in asking.document["paths"].values() for op in methods.values()):
        assert operation["summary"]
        assert operation["description"]
        for status, answer in operation["responses"].items():
            assert (int(status) >= 400) == ("application/problem+json" in answer.get("content", {}))


def test_every_operation_of_reading_answers_as_the_document_says(asking: Asking, some_records: Publisher) -> None:
    for path in (
        "", "/openapi.json", "/records", f"/records/{ONE}", f"/records/{TWO}/versions", f"/records/{TWO}/versions/1",
        f"/records/{ONE}/ledger", f"/records/{ONE}/ledger?to=elm", "/search?q=course", f"/comparison?ids={ONE},{TWO}",
        "/registries", "/statistics", "/schemas", "/mappings/mqa", "/problems/too_many",
    ):  # fmt: skip
        found = asking.get(path)
        assert found.status_code == 200, path
        assert found.headers["access-control-allow-origin"] == "*"
        assert asking.get(path, headers={"If-None-Match": found.headers["etag"]}).status_code == 304, path
        assert asking.client.head(ROOT + path).status_code == 200
    for path, status, code in (
        ("/records/nobody", 404, "nothing_here"), (f"/records/{THREE}", 410, "record_removed"),
        (f"/records/{ONE}/versions/9", 404, "nothing_here"), (f"/records/{THREE}/ledger", 410, "record_removed"),
        (f"/records/{ONE}/ledger?to=nothing", 422, "schema_unknown"), ("/mappings/nothing", 404, "schema_unknown"),
        (f"/records/{ONE}/ledger?to=edc", 422, "schema_not_written"), ("/problems/nothing", 404, "problem_unknown"),
        (f"/comparison?ids={ONE}", 422, "comparison_size"), (f"/comparison?ids={ONE},{THREE}", 410, "record_removed"),
        (f"/comparison?ids={ONE},{ONE}", 422, "comparison_twice"), ("/comparison?ids=a,b", 404, "nothing_here"),
    ):  # fmt: skip
        found = asking.get(path)
        assert (found.status_code, found.json()["code"]) == (status, code), path


@pytest.mark.parametrize(
    "query",
    [
        "nothing=1", "limit=0", "limit=201", "limit=x", "limit=１", "limit=1&limit=2", "after=-1", "after=1e9",
        "published_since=yesterday", "published_since=9999-12-31T23:59:59-23:59", "deleted=yes", "cursor=x",
        "cursor=" + "A" * 5000, "cursor=%00", "registry=", "registry=" + "x" * 300, "registry=a%0Ab",
        "&".join(["country=MY"] * 40), "cursor=AAAA&registry=mqa", "%ff=1", "limit=" + "9" * 400,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(asking: Asking, query: str) -> None:
    found = asking.get(f"/records?{query}")
    assert found.status_code == 400
    assert found.json()["code"] in {"parameter_unknown", "parameter_invalid", "cursor_invalid"}


def test_problems_speak_the_language_that_is_preferred(asking: Asking) -> None:
    japanese = asking.get("/records/nobody", headers={"Accept-Language": "ja, en;q=0.5"})
    english = asking.get("/records/nobody", headers={"Accept-Language": "fr, en;q=0.5"})
    assert (japanese.headers["content-language"], english.headers["content-language"]) == ("ja", "en")
    told = japanese.json()
    assert told["title"] == told["messages"]["ja"]["text"]
    assert english.json()["title"] == told["messages"]["en"]["text"]
    meaning = asking.get(told["type"].removeprefix(ROOT)).json()
    assert meaning["text"] == catalogue()["nothing_here"].text


def test_requests_are_numbered(asking: Asking) -> None:
    mine = asking.get("/records/nobody", headers={"X-Request-Id": "mine-1"})
    assert (mine.headers["x-request-id"], mine.json()["request_id"]) == ("mine-1", "mine-1")
    odd = asking.get("/records/nobody", headers={"X-Request-Id": "<script>\t"})
    assert "<" not in odd.headers["x-request-id"]
    lost = asking.client.get("/api/v2/records")
    assert (lost.status_code, lost.headers["x-request-id"]) == (404, lost.json()["request_id"])
    wrong = asking.client.put(f"{ROOT}/records")
    assert wrong.status_code == 405
    assert wrong.headers["x-request-id"]


def test_long_answers_are_packed(asking: Asking, some_records: Publisher) -> None:
    packed = asking.client.get(f"{ROOT}/records", headers={"Accept-Encoding": "gzip"})
    plain = asking.client.get(f"{ROOT}/records", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.compress(plain.content, 5, mtime=0) == gzip.compress(packed.content, 5, mtime=0)
    assert packed.headers["etag"] != plain.headers["etag"]


def test_a_list_tells_deletions_only_when_asked(asking: Asking, some_records: Publisher) -> None:
    assert {one["name"] for one in asking.walk("/records")} == {ONE, TWO}
    every = {one["name"]: one for one in asking.walk("/records?deleted=true&limit=1")}
    assert set(every) == {ONE, TWO, THREE}
    gone = every[THREE]
    assert (gone["deleted"], gone["reason"], gone["successor"]) == (True, "withdrawn", iri("jmicro", 1))
    assert gone["page"] is None
    assert every[TWO]["descriptor"] == asking.client.get(f"/mc/{TWO}.json").json()
    assert "descriptor" not in asking.walk("/records?descriptor=false")[0]


def test_lists_are_filtered_by_what_is_shown(asking: Asking, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(1, 2)
    Publisher(place, "mqa").publish(5, issuer={"name": {"en": "Contoh"}, "country": "MY"})
    assert [one["registry"] for one in asking.walk("/records?registry=mqa")] == ["mqa"]
    assert [one["name"] for one in asking.walk("/records?country=MY&limit=1")] == [name("mqa", 5)]
    assert asking.walk("/records?country=MY&registry=jmicro") == []
    horizon = asking.get("/records").json()["horizon"]
    assert asking.get(f"/records?after={horizon}&deleted=true").json() == {
        "horizon": horizon, "next": None, "records": [],
    }  # fmt: skip
    assert len(asking.walk("/records?published_since=2020-01-01T00:00:00Z")) == 3
    assert asking.walk("/records?published_since=2099-01-01T00:00:00Z") == []


def test_a_filter_that_finds_little_ends_pages_early(
    asking: Asking, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(*range(1, 13))
    publisher.publish(13, issuer={"name": {"en": "Contoh"}, "country": "MY"})
    monkeypatch.setattr("portal.api.records._BATCH", 3)
    monkeypatch.setattr("portal.api.records._MOST_SEEN", 4)
    first = asking.get("/records?country=MY").json()
    assert first["records"] == []
    assert first["next"]
    assert [one["name"] for one in asking.walk("/records?country=MY")] == [name("jmicro", 13)]


def test_a_cursor_of_another_log_or_hand_is_refused(asking: Asking, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(1, 2)
    following = asking.get("/records?limit=1").json()["next"].partition(ROOT)[2]
    assert asking.get(following).status_code == 200
    cursor = following.partition("cursor=")[2].partition("&")[0]
    for changed in (cursor[:-1], cursor[1:], cursor.swapcase(), cursor + "AAAA"):
        assert asking.get(f"/records?cursor={changed}").json()["code"] == "cursor_invalid"
    other = place.settings.model_copy(update={"token_key": None, "home": place.settings.home / "other"})
    other.home.mkdir()
    with TestClient(application(other, place.database), base_url=publishing.BASE) as elsewhere:
        assert elsewhere.get(ROOT + following).json()["code"] == "cursor_invalid"


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_a_walk_loses_and_doubles_nothing_while_others_publish(
    asking: Asking, place: Workplace, data: some.DataObject
) -> None:
    """What a walk gives is what stood when it began; with what changed since, it is what stands now.

    Every example has a registry of its own.
    """
    registry = f"r{next(NUMBERS)}"
    publisher = Publisher(place, registry)

    def act() -> None:
        number = data.draw(some.integers(1, 9))
        stands = publisher.truth.get(name(registry, number))
        if name(registry, number) not in publisher.truth:
            publisher.publish(number)
        elif stands is not None and data.draw(some.booleans()):
            publisher.delete(number)
        elif stands is not None:
            publisher.update(number, f"題 {data.draw(some.integers(0, 10**6))}")

    for _ in range(data.draw(some.integers(1, 5))):
        act()
    began = {key: title for key, title in publisher.truth.items() if title is not None}
    path = f"/records?registry={registry}&limit={data.draw(some.integers(1, 4))}"
    walked: list[dict[str, Any]] = []
    horizon = None
    while path:
        page = asking.get(path).json()
        assert horizon in {None, page["horizon"]}
        horizon = page["horizon"]
        walked += page["records"]
        path = (page["next"] or "").partition(ROOT)[2]
        if data.draw(some.booleans()):
            act()
    replica = {one["name"]: _title(one) for one in walked}
    assert len(walked) == len(replica)
    assert replica == began
    for one in asking.walk(f"/records?registry={registry}&after={horizon}&deleted=true&limit=2"):
        if one["deleted"]:
            replica.pop(one["name"], None)
        else:
            replica[one["name"]] = _title(one)
    assert replica == {key: title for key, title in publisher.truth.items() if title is not None}


def _title(one: dict[str, Any]) -> str:
    return str(next(iter(one["descriptor"]["title"].values())))


@pytest.fixture
def closed(publisher: Publisher, place: Workplace) -> str:
    """A record whose registry releases facts only, with prose in every place there is."""
    registry = Publisher(place, "mqa")
    source = {"registry": "mqa", "source_id": "n1", "url": "https://list.example/1", **CLOSED}
    registry.publish(
        1, source_record=source, description={"en": SECRET}, outcome_summary={"en": SECRET},
        learning_outcomes=[{"text": {"en": SECRET}}],
    )  # fmt: skip
    publisher.publish(1)
    return name("mqa", 1)


def test_what_a_policy_closes_is_in_no_answer(asking: Asking, closed: str) -> None:
    for path in (
        "/records", f"/records/{closed}", f"/records/{closed}/versions/1", f"/records/{closed}/ledger",
        f"/records/{closed}/ledger?to=elm", f"/records/{closed}/ledger?to=schemaorg",
        f"/records/{closed}/ledger?to=openbadges", f"/comparison?ids={closed},{ONE}", "/statistics",
    ):  # fmt: skip
        found = asking.get(path)
        assert found.status_code == 200, path
        assert SECRET not in found.text, path
    assert asking.get("/search?q=secret%20sentence").json()["total"] == 0
    rows = [
        row for heading in asking.get(f"/comparison?ids={closed},{ONE}").json()["headings"] for row in heading["rows"]
    ]
    outcomes = next(row for row in rows if row["code"] == "learning_outcomes")
    assert [cell["withheld"] for cell in outcomes["cells"]] == [True, False]
    assert outcomes["pairs"] == []


def test_a_key_counts_for_itself_and_a_bad_one_is_refused(place: Workplace, asking: Asking) -> None:
    good = asking.get("/records", headers=key_for(place, "read"))
    assert good.headers["ratelimit-policy"] == '"requests";q=600;w=60'
    assert good.headers["ratelimit"].startswith('"requests";r=599;')
    assert asking.get("/records", headers={"Authorization": "Bearer nothing"}).status_code == 401
    assert asking.get("/records", headers=key_for(place, "submit")).status_code == 200


def test_too_many_requests_are_told_to_wait(place: Workplace) -> None:
    few = place.settings.model_copy(update={"api_rate": "3/minute"})
    with TestClient(application(few, place.database), base_url=publishing.BASE) as client:
        left = [client.get(f"{ROOT}/registries").headers["ratelimit"].partition("r=")[2][0] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = client.get(f"{ROOT}/registries")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["x-request-id"]
