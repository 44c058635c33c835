"""The event stream: a reader made from the specification follows it and ends with what is public."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from starlette.testclient import TestClient

from crosswalks.descriptor.rdf import from_statements
from crosswalks.descriptor.serialise import dump
from harvester.workplace import Workplace
from portal.application import application
from portal.ldes import pages, stream
from store import plans
from tests.portal import publishing
from tests.portal.publishing import BASE, Publisher, iri, name

LDES, TREE, DCT = "https://w3id.org/ldes#", "https://w3id.org/tree#", "http://purl.org/dc/terms/"
AS = "https://www.w3.org/ns/activitystreams#"
FORMS = {"text/turtle": ox.RdfFormat.TURTLE, "application/ld+json": ox.RdfFormat.JSON_LD}


@dataclass
class Reader:
    """A client of event streams. It goes where relations may lead to something new, and takes no member twice."""

    client: TestClient
    accept: str = "text/turtle"
    seen: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    until: str = ""
    replica: dict[str, bytes | None] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def fetch(self, address: str) -> list[ox.Quad]:
        found = self.client.get(address, headers={"accept": self.accept})
        assert found.status_code == 200, address
        self.fetched.append(address)
        return list(ox.parse(found.content, FORMS[self.accept], base_iri=address))

    def catch_up(self) -> list[str]:
        """Take what is new, in the order of the stream; return the members."""
        self.fetched = []
        said = self.fetch(f"{BASE}/ldes")
        (root,) = values(said, f"{TREE}view")
        members: list[tuple[str, int, str, list[ox.Quad]]] = []
        waiting, visited = [root], set[str]()
        while waiting:
            page = waiting.pop()
            visited.add(page)
            said = self.fetch(page)
            members += self.members(said)
            if values(said, f"{LDES}immutable", page) == ["true"]:
                self.closed.add(page)
            waiting += [one for one in self.leads_to(said, page) if one not in visited]
        members.sort(key=lambda one: one[:2])
        for created, _, member, statements in members:
            self.take(member, statements)
            self.until = max(self.until, created)
        return [one[2] for one in members]

    def leads_to(self, said: list[ox.Quad], page: str) -> list[str]:
        """Where relations of a node lead, but for what ends before the newest member that is known."""
        bounds: dict[str, list[tuple[str, str]]] = {}
        for relation in values(said, f"{TREE}relation", page):
            (target,) = values(said, f"{TREE}node", relation)
            (kind,) = values(said, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", relation)
            (value,) = values(said, f"{TREE}value", relation)
            assert values(said, f"{TREE}path", relation) == [f"{DCT}created"]
            bounds.setdefault(target, []).append((kind.rpartition("#")[2], value))
        return [
            target
            for target, told in bounds.items()
            if target not in self.closed
            and not any(kind == "LessThanRelation" and value <= self.until for kind, value in told)
        ]

    def members(self, said: list[ox.Quad]) -> list[tuple[str, int, str, list[ox.Quad]]]:
        fresh = [one for one in values(said, f"{TREE}member") if one not in self.seen]
        found = []
        for member in fresh:
            (created,) = values(said, f"{DCT}created", member)
            (position,) = values(said, "https://schema.org/position", member)
            found.append((created, int(position), member, said))
        return found

    def take(self, member: str, said: list[ox.Quad]) -> None:
        self.seen.add(member)
        (record,) = values(said, f"{DCT}isVersionOf", member)
        kinds = values(said, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", member)
        if f"{AS}Delete" in kinds:
            self.replica[record] = None
            return
        assert {f"{AS}Create", f"{AS}Update"} & set(kinds)
        about = [one for one in said if "/versions/" not in str(one.subject) or str(one.subject) == f"<{member}>"]
        (descriptor,) = from_statements(about)
        assert descriptor.id == record
        self.replica[record] = dump(descriptor)


def values(said: list[ox.Quad], predicate: str, subject: str | None = None) -> list[str]:
    return [
        getattr(one.object, "value")  # noqa: B009  no statement here is about a statement
        for one in said
        if one.predicate.value == predicate and subject in {None, getattr(one.subject, "value", "")}
    ]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAGE", 4)
    monkeypatch.setattr(pages, "PAGE", 4)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have every publication come a minute after the one before."""
    minutes = count(1)
    start = datetime(2030, 1, 1, tzinfo=UTC)

    def now() -> datetime:
        return start + timedelta(minutes=next(minutes))

    monkeypatch.setattr(plans, "now", now)
    monkeypatch.setattr(publishing, "now", now)
    return lambda: None


def truth(client: TestClient, publisher: Publisher) -> dict[str, bytes | None]:
    return {
        f"{BASE}/id/mc/{record}": None if title is None else client.get(f"/mc/{record}.json").content[:-1]
        for record, title in publisher.truth.items()
    }


@pytest.mark.parametrize("accept", FORMS)
def test_a_reader_ends_with_what_is_public(client: TestClient, publisher: Publisher, accept: str) -> None:
    publisher.publish(*range(1, 8))
    publisher.update(3, "改訂")
    publisher.delete(4, 5)
    publisher.bring_back(5)
    reader = Reader(client, accept)
    assert len(reader.catch_up()) == 11
    assert reader.replica == truth(client, publisher)
    assert reader.catch_up() == []


@pytest.mark.usefixtures("ticking")
def test_a_second_visit_asks_for_the_root_and_the_open_page_only(client: TestClient, publisher: Publisher) -> None:
    for number in range(1, 11):
        publisher.publish(number)
    reader = Reader(client)
    assert len(reader.catch_up()) == 10
    assert len(reader.fetched) == 2 + 3
    publisher.update(1, "改訂")
    publisher.delete(2)
    assert len(reader.catch_up()) == 2
    assert [one.rpartition("/")[2] for one in reader.fetched] == ["ldes", "pages", "2"]
    assert reader.replica == truth(client, publisher)


def test_many_at_one_moment_are_all_found(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(*range(1, 30))
    reader = Reader(client)
    assert len(reader.catch_up()) == 29
    publisher.publish(*range(30, 40))
    assert len(reader.catch_up()) == 10
    assert reader.replica == truth(client, publisher)


@pytest.mark.usefixtures("ticking")
def test_a_deep_tree_leads_to_the_same(
    client: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_BELOW_ROOT", 2)
    monkeypatch.setattr(pages, "GROUP", 2)
    for first in range(1, 22, 2):
        publisher.publish(first, first + 1)
    reader = Reader(client)
    assert len(reader.catch_up()) == 22
    assert {one.split("/")[-2] for one in reader.fetched} >= {"groups", "pages"}
    publisher.update(22, "改訂")
    assert len(reader.catch_up()) == 1
    assert len(reader.fetched) == 4


def test_closed_pages_never_change_and_say_so(client: TestClient, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(*range(1, 7))
    first, second = client.get("/ldes/pages/0"), client.get("/ldes/pages/1")
    assert "immutable" in first.headers["cache-control"]
    assert "immutable" not in second.headers["cache-control"]
    written = place.settings.home / "ldes" / "pages" / "0.ttl"
    stamp = written.stat().st_mtime_ns
    publisher.delete(1)
    publisher.publish(*range(7, 12))
    assert client.get("/ldes/pages/0").content == first.content
    assert client.get("/ldes/pages/1").content != second.content
    assert written.stat().st_mtime_ns == stamp
    again = client.get("/ldes/pages/0", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_restart_and_other_rules_leave_closed_pages_alone(publisher: Publisher, place: Workplace) -> None:
    publisher.publish(*range(1, 7))
    before = TestClient(application(place.settings, place.database), base_url=BASE).get("/ldes/pages/0").content
    changed = place.settings.model_copy(update={"elm_namespace": "elm-3.3"})
    other = TestClient(application(changed, place.database), base_url=BASE)
    publisher.publish(7)
    assert other.get("/ldes/pages/0").content == before
    assert len(Reader(other).catch_up()) == 7


def test_nobody_waits_while_another_writes(client: TestClient, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(1)
    folder = place.settings.home / "ldes"
    folder.mkdir()
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = client.get("/ldes/pages/0")
        assert (found.status_code, found.json()["code"], found.headers["retry-after"]) == (503, "stream_busy", "60")
    first = client.get("/ldes/pages/0")
    assert first.status_code == 200
    publisher.publish(2)
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert client.get("/ldes/pages/0").content == first.content
    assert client.get("/ldes/pages/0").content != first.content


def test_both_forms_say_the_same_in_relative_addresses(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2, title={"en": 'a "b" \\ \n c\x01', "ja": "架け橋"})
    for address in ("/ldes", "/ldes/pages", "/ldes/pages/0"):
        told = [
            {str(one.triple) for one in ox.parse(client.get(address, headers={"accept": kind}).content, form,
                                                 base_iri=BASE)}
            for kind, form in FORMS.items()
        ]  # fmt: skip
        assert without_blanks(told[0]) == without_blanks(told[1])
        assert len(told[0]) == len(told[1])
        assert b"<https://kakehashi.example/ldes" not in client.get(address).content
    assert client.get("/ldes", headers={"accept": "image/png"}).status_code == 406
    assert client.get("/ldes/pages/0.jsonld").headers["content-type"] == "application/ld+json"


def without_blanks(statements: set[str]) -> set[str]:
    return {one for one in statements if "_:" not in one}


def test_every_member_has_the_declared_shape(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2)
    publisher.delete(2)
    page = rdflib.Graph().parse(data=client.get("/ldes/pages/0").content, format="turtle", publicID=BASE)
    (shape,) = page.objects(None, rdflib.URIRef(f"{TREE}shape"))
    members = set(page.objects(None, rdflib.URIRef(f"{TREE}member")))
    assert len(members) == 3
    for member in members:
        page.add((shape, rdflib.SH.targetNode, member))
    conforms, _, told = pyshacl.validate(page, shacl_graph=page, inference="none")
    assert conforms, told
    page.remove((next(iter(members)), rdflib.URIRef(f"{DCT}created"), None))
    assert not pyshacl.validate(page, shacl_graph=page, inference="none")[0]


def test_members_lead_to_the_versions_they_are(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    publisher.update(1, "改訂")
    found = client.get(f"/versions/{name('jmicro', 1)}/2")
    assert (found.status_code, found.headers["location"]) == (303, f"{BASE}/mc/{name('jmicro', 1)}/versions/2")
    for address in (f"/versions/{name('jmicro', 1)}/3", "/versions/none/1", f"/versions/{name('jmicro', 1)}/x"):
        assert client.get(address).status_code == 404


def test_the_rights_policy_binds_members(client: TestClient, publisher: Publisher) -> None:
    source = publishing.descriptor_of("jmicro", 1)["source_record"] | {"rights": "facts_only"}
    publisher.publish(1, source_record=source, description={"en": "SECRETPROSE"})
    found = client.get("/ldes/pages/0")
    assert iri("jmicro", 1) in found.text
    assert "SECRETPROSE" not in found.text


def test_an_empty_log_is_a_stream_without_pages(client: TestClient) -> None:
    assert Reader(client).catch_up() == []
    for address in ("/ldes/pages/0", "/ldes/pages/x", "/ldes/pages/00", "/ldes/none.ttl", "/ldes/groups/0"):
        assert client.get(address).status_code == 404, address
