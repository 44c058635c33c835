"""What pages say when a record has changed, is missing at its source, or is gone; and when nothing is there yet."""

from __future__ import annotations

from datetime import timedelta

from lxml import html
from sqlalchemy import insert
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.application import application
from store.clock import now
from store.tables import Absence, sql
from tests.portal.publishing import BASE, Publisher, name

ONE = name("jmicro", 1)


def _text(client: TestClient, address: str, status: int = 200) -> str:
    found = client.get(address)
    assert found.status_code == status
    return " ".join(html.fromstring(found.text).text_content().split())


def test_an_empty_deployment_says_that_nothing_is_published(client: TestClient) -> None:
    for address in ("/ja/", "/ja/search", "/ja/search?q=量子"):
        assert "まだ何も公開されていません" in _text(client, address)
    assert "まだ収集していません" in _text(client, "/ja/registries")


def test_history_tells_what_changed(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, title={"ja": "量子計算の入門"})
    publisher.update(1, "量子計算の基礎")
    entries = html.fromstring(client.get(f"/ja/mc/{ONE}").text).xpath("//ol[@class='history']/li")
    assert len(entries) == 2
    assert (entries[0].xpath("string(.//del)"), entries[0].xpath("string(.//ins)")) == (
        "量子計算の入門",
        "量子計算の基礎",
    )
    assert "最初の公開" in entries[1].text_content()


def test_search_follows_the_log(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, title={"ja": "量子計算の入門"})
    assert "1 件" in _text(client, "/ja/search?q=量子")
    publisher.update(1, "光計算の入門")
    assert "この条件に合うものはありません" in _text(client, "/ja/search?q=量子")
    assert "1 件" in _text(client, "/ja/search?q=光")
    publisher.delete(1)
    assert "まだ何も公開されていません" in _text(client, "/ja/search?q=光")
    publisher.bring_back(1)
    assert "1 件" in _text(client, "/ja/search?q=光")


def test_a_title_comes_before_a_mention_and_the_exact_title_first(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, title={"ja": "量子"}, description={"ja": "x"})
    publisher.publish(2, title={"ja": "量子計算"}, description={"ja": "x"})
    publisher.publish(3, title={"ja": "計算"}, description={"ja": "量子も扱う"})
    tree = html.fromstring(client.get("/ja/search?q=量子").text)
    assert tree.xpath("//ol[@class='results']//h3/a/text()") == ["量子", "量子計算", "計算"]


def test_a_record_its_source_lost_says_since_when(client: TestClient, publisher: Publisher, place: Workplace) -> None:
    publisher.publish(1)
    since = now() - timedelta(days=3)
    with place.database.writing() as connection:
        connection.execute(
            insert(sql(Absence)).values(record_id=ONE, since=since, first_run=1, complete_runs=1)
        )  # fmt: skip
    for address in (f"/ja/mc/{ONE}", "/ja/search"):
        told = _text(client, address)
        assert "掲載元に見つからない" in told
        assert f"{since:%Y-%m-%d}" in told


def test_a_tombstone_is_a_page(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2)
    publisher.delete(1, reason="withdrawn", successor=name("jmicro", 2))
    told = _text(client, f"/en/mc/{ONE}", 410)
    assert "withdrawn" in told
    assert name("jmicro", 2) in told
    assert ONE not in client.get("/en/search").text
    found = client.get(f"/ja/compare?ids={ONE},{name('jmicro', 2)}")
    assert found.status_code == 404
    assert "withdrawn" in html.fromstring(found.text).xpath("string(//div[@role='alert'])")


def test_what_was_merged_leads_on(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, 2)
    publisher.delete(1, reason="merged", successor=name("jmicro", 2))
    found = client.get(f"/ja/mc/{ONE}")
    assert (found.status_code, found.headers["location"]) == (301, f"/ja/mc/{name('jmicro', 2)}")


def test_a_page_a_reader_has_is_not_sent_again(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    first = client.get(f"/ja/mc/{ONE}")
    assert client.get(f"/ja/mc/{ONE}", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_the_pages_are_the_same_on_each_database(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1, 2, title={"ja": "量子計算の入門"})
    publisher.delete(2)
    with TestClient(application(any_place.settings, any_place.database), base_url=BASE) as client:
        assert "1 件" in _text(client, "/ja/search?q=量")
        assert "量子計算の入門" in _text(client, f"/ja/mc/{ONE}")
        assert "まだ全体を確認していません" in _text(client, "/ja/registries")


def test_the_plain_page_leads_to_the_full_one(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    plain = html.fromstring(client.get(f"/mc/{ONE}?lang=ja", headers={"Accept": "text/html"}).text)
    assert f"{BASE}/ja/mc/{ONE}" in plain.xpath("//a/@href")
    assert client.get(f"/ja/mc/{ONE}").status_code == 200
