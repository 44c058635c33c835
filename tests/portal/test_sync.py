"""ResourceSync and the feed: readers made from the specifications end with what is public."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from portal.sync import feed, lists, packages, routes
from store import plans
from tests.portal import publishing
from tests.portal.publishing import BASE, Publisher, name

SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS = "{http://www.openarchives.org/rs/terms/}"
ATOM, AT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"
FH = "{http://purl.org/syndication/history/1.0}"
Replica = dict[str, bytes]


def dumped(place: Workplace) -> None:
    build(PublicationLog(place.database, BASE), place.settings)


def read(client: TestClient, address: str) -> Any:
    found = client.get(address)
    assert found.status_code == 200, address
    return etree.fromstring(found.content)


def capability(client: TestClient, wanted: str) -> str | None:
    """Where a list is, found from the address that every site has."""
    source = read(client, "/.well-known/resourcesync")
    (listed,) = [one.findtext(f"{SM}loc") for one in source.iter(f"{SM}url")]
    for one in read(client, listed).iter(f"{SM}url"):
        if one.find(f"{RS}md").get("capability") == wanted:
            return str(one.findtext(f"{SM}loc"))
    return None


def entries(client: TestClient, address: str) -> list[tuple[str, Any]]:
    root = read(client, address)
    if root.tag == f"{SM}sitemapindex":
        return [one for part in root.iter(f"{SM}loc") for one in entries(client, part.text)]
    return [(one.findtext(f"{SM}loc"), one.find(f"{RS}md")) for one in root.iter(f"{SM}url")]


def checked(client: TestClient, address: str, about: Any) -> bytes:
    content = client.get(address).content
    assert about.get("hash") == f"sha-256:{sha256(content).hexdigest()}", address
    assert int(about.get("length")) == len(content)
    return content


def baseline(client: TestClient) -> Replica:
    address = capability(client, "resourcelist")
    assert address is not None
    return {one: checked(client, one, about) for one, about in entries(client, address)}


def changed(client: TestClient, replica: Replica) -> Replica:
    """The replica with every change of the list laid over it; only what a resource became last is fetched."""
    address = capability(client, "changelist")
    assert address is not None
    last = dict(entries(client, address))
    fresh = {one: checked(client, one, about) for one, about in last.items() if about.get("change") != "deleted"}
    return {one: content for one, content in replica.items() if one not in last} | fresh


def truth(client: TestClient, publisher: Publisher) -> Replica:
    living = [record for record, title in publisher.truth.items() if title is not None]
    return {f"{BASE}/mc/{record}.json": client.get(f"/mc/{record}.json").content for record in living}


def test_a_replica_is_made_and_kept_up_to_date(client: TestClient, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(*range(1, 8))
    publisher.delete(7)
    dumped(place)
    replica = baseline(client)
    assert replica == truth(client, publisher)
    publisher.update(1, "改訂")
    publisher.delete(2)
    publisher.publish(8, 9)
    publisher.update(8, "改訂")
    publisher.delete(9)
    replica = changed(client, replica)
    assert replica == truth(client, publisher)
    dumped(place)
    assert changed(client, replica) == baseline(client) == replica


def test_who_comes_once_a_week_misses_no_deletion(
    client: TestClient, publisher: Publisher, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def today(day: int) -> None:
        moment = datetime(2030, 1, day, tzinfo=UTC)
        monkeypatch.setattr(plans, "now", lambda: moment)
        monkeypatch.setattr(publishing, "now", lambda: moment)

    today(1)
    publisher.publish(1, 2, 3, 4)
    dumped(place)
    replica = baseline(client)
    for day, number in ((2, 1), (8, 2)):
        today(day)
        publisher.delete(number)
        dumped(place)
    replica = changed(client, replica)
    assert replica == truth(client, publisher)
    today(20)
    publisher.delete(3)
    dumped(place)
    listed = entries(client, str(capability(client, "changelist")))
    assert [(address.rpartition("/")[2], about.get("change")) for address, about in listed] == [
        (f"{name('jmicro', 3)}.json", "deleted")
    ]
    assert changed(client, replica) == truth(client, publisher)


def test_what_is_many_comes_in_parts(
    client: TestClient, publisher: Publisher, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PART", 3)
    monkeypatch.setattr(routes, "MOST", 3)
    publisher.publish(*range(1, 8))
    dumped(place)
    assert read(client, str(capability(client, "resourcelist"))).tag == f"{SM}sitemapindex"
    replica = baseline(client)
    assert len(replica) == 7
    publisher.publish(*range(8, 13))
    assert read(client, str(capability(client, "changelist"))).tag == f"{SM}sitemapindex"
    assert changed(client, replica) == truth(client, publisher)
    for missing in ("resourcelist-3.xml", "changelist-4.xml", "none.xml", "changelist-x.xml", "changelist"):
        assert client.get(f"/resourcesync/{missing}").status_code == 404, missing
    assert lists.MOST == 50_000


def test_packages_hold_every_resource(client: TestClient, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(1, 2, 3)
    dumped(place)
    found: Replica = {}
    for address, about in entries(client, str(capability(client, "resourcedump"))):
        with zipfile.ZipFile(io.BytesIO(checked(client, address, about))) as package:
            manifest = etree.fromstring(package.read("manifest.xml"))
            assert manifest.find(f"{RS}md").get("capability") == "resourcedump-manifest"
            for one in manifest.iter(f"{SM}url"):
                inside = one.find(f"{RS}md")
                content = package.read(inside.get("path").lstrip("/"))
                assert inside.get("hash") == f"sha-256:{sha256(content).hexdigest()}"
                found[one.findtext(f"{SM}loc")] = content
    assert found == truth(client, publisher) == baseline(client)


def test_without_a_dump_the_changes_are_all_there_is(client: TestClient, publisher: Publisher) -> None:
    assert capability(client, "resourcelist") is None
    assert changed(client, {}) == {}
    publisher.publish(1, 2)
    publisher.delete(1)
    assert changed(client, {}) == truth(client, publisher)


def history(client: TestClient) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Every entry (identifier → title) and every deleted entry (of what, when), the newest document first."""
    titles: dict[str, str] = {}
    gone: list[tuple[str, str]] = []
    address: str | None = "/feed.atom"
    while address is not None:
        root = read(client, address)
        titles |= {one.findtext(f"{ATOM}id"): one.findtext(f"{ATOM}title") for one in root.iter(f"{ATOM}entry")}
        gone += [(one.get("ref"), one.get("when")) for one in root.iter(f"{AT}deleted-entry")]
        links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
        assert (root.find(f"{FH}archive") is not None) == ("current" in links)
        address = links.get("prev-archive")
    return titles, gone


def test_the_feed_and_its_archives_tell_everything(
    client: TestClient, publisher: Publisher, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SIZE", 4)
    publisher.publish(*range(1, 8))
    publisher.update(1, "改訂")
    publisher.delete(1, 2)
    titles, gone = history(client)
    rows = list(PublicationLog(place.database, BASE).rows())
    assert set(titles) == {f"{BASE}/versions/{row.record_id}/{row.seq}" for row in rows if not row.deleted}
    assert "改訂" in titles.values()
    assert {ref for ref, _ in gone} <= set(titles)
    last = {row.record_id: row.seq for row in rows if not row.deleted}
    assert {ref for ref, _ in gone} == {f"{BASE}/versions/{one}/{last[one]}" for one in
                                        (name("jmicro", 1), name("jmicro", 2))}  # fmt: skip


def test_an_archive_never_changes_and_the_feed_says_when_nothing_has(
    client: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SIZE", 4)
    publisher.publish(*range(1, 6))
    archived, current = client.get("/feed/0.atom"), client.get("/feed.atom")
    assert "immutable" in archived.headers["cache-control"]
    assert client.get("/feed.atom", headers={"if-none-match": current.headers["etag"]}).status_code == 304
    publisher.update(1, "改訂")
    assert client.get("/feed/0.atom").content == archived.content
    assert client.get("/feed.atom").content != current.content
    for missing in ("/feed/1.atom", "/feed/x.atom", "/feed/00.atom", "/feed/0"):
        assert client.get(missing).status_code == 404, missing


def test_every_entry_has_what_atom_demands(client: TestClient, publisher: Publisher) -> None:
    source = publishing.descriptor_of("jmicro", 1)["source_record"] | {"rights": "facts_only"}
    publisher.publish(1, source_record=source, description={"en": "SECRETPROSE"}, title={"en": "<b>&\x01</b>"})
    root = read(client, "/feed.atom")
    assert "SECRETPROSE" not in etree.tostring(root).decode()
    for one in (root, *root.iter(f"{ATOM}entry")):
        assert all(one.find(f"{ATOM}{part}") is not None for part in ("id", "title", "updated"))
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    (entry,) = root.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title").startswith("<b>&")
    (page,) = [link.get("href") for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    assert client.get(page).status_code == 200
    assert client.get(entry.findtext(f"{ATOM}id")).status_code == 303
    assert read(client, "/feed.atom") is not None


def test_an_empty_log_has_a_feed(client: TestClient) -> None:
    assert history(client) == ({}, [])
