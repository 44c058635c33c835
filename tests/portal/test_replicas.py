"""Whatever happens while a harvester walks, its replica ends equal to what is public."""

from __future__ import annotations

import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lxml import etree
from starlette.testclient import TestClient

from config.settings import Settings
from harvester.workplace import Workplace
from portal.application import application
from portal.oai import provider as providing
from portal.oai.provider import Provider
from portal.partners.log import PublicationLog
from portal.partners.shelf import Shelf
from store import plans
from tests.portal import publishing
from tests.portal.publishing import BASE, Publisher, name

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
Replica = dict[str, str | None]


def records_of(page: Any) -> Replica:
    """What a page says: record → first title, None for a deleted one."""
    said: Replica = {}
    for one in page.iter(f"{OAI}record"):
        record = one.findtext(f"{OAI}header/{OAI}identifier").rpartition(":")[2]
        said[record] = next((title.text for title in one.iter(f"{DC}title")), None)
    return said


def token_of(page: Any) -> str | None:
    end = next(page.iter(f"{OAI}resumptionToken"), None)
    return None if end is None else end.text


class Harvesting(RuleBasedStateMachine):
    """A registry that publishes, updates, withdraws and restarts; a harvester that pages, waits and asks twice."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.place = Workplace.of(Settings(home=Path(self.folder.name), oai_page_size=2))
        self.publisher = Publisher(self.place)
        self.unused = iter(range(1, 1000))
        self.live: list[int] = []
        self.gone: list[int] = []
        self.replica: Replica = {}
        self.since: str | None = None
        self.began: str | None = None
        self.token: str | None = None
        self.last: tuple[str, Replica] | None = None
        self.edits = 0
        self.later = timedelta()
        self.clock = pytest.MonkeyPatch()
        for module in (plans, providing, publishing):
            self.clock.setattr(module, "now", lambda: datetime.now(UTC) + self.later)
        self.restart()

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self._to_the_end()
            self.harvest()
            self._to_the_end()
            self.clock.undo()
            assert self.replica == self.publisher.truth
            self.place.database.close()
            self.folder.cleanup()

    @rule()
    def restart(self) -> None:
        self.client = TestClient(application(self.place.settings, self.place.database), base_url=BASE)

    @rule(seconds=st.integers(1, 3600))
    def wait(self, seconds: int) -> None:
        self.later += timedelta(seconds=seconds)

    @rule(count=st.integers(1, 4))
    def publish(self, count: int) -> None:
        numbers = [next(self.unused) for _ in range(count)]
        self.publisher.publish(*numbers)
        self.live += numbers

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def update(self, data: st.DataObject) -> None:
        self.edits += 1
        self.publisher.update(data.draw(st.sampled_from(self.live)), f"改訂 {self.edits}")

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.live))
        self.publisher.delete(number)
        self.live.remove(number)
        self.gone.append(number)

    @precondition(lambda self: self.gone)
    @rule()
    def bring_back(self) -> None:
        number = self.gone.pop()
        self.publisher.bring_back(number)
        self.live.append(number)

    @precondition(lambda self: self.token is None)
    @rule()
    def harvest(self) -> None:
        span = {"from": self.since} if self.since else {}
        page = self._ask({"metadataPrefix": "oai_dc", **span})
        self.began = page.findtext(f"{OAI}responseDate")
        self._take(page)

    @precondition(lambda self: self.token is not None)
    @rule()
    def next_page(self) -> None:
        assert self.token is not None
        token = self.token
        page = self._ask({"resumptionToken": token})
        self.last = token, records_of(page)
        self._take(page)

    @precondition(lambda self: self.last is not None)
    @rule()
    def ask_again(self) -> None:
        assert self.last is not None
        assert records_of(self._ask({"resumptionToken": self.last[0]})) == self.last[1]

    @invariant()
    def the_log_and_the_lists_agree(self) -> None:
        if hasattr(self, "publisher"):
            log = PublicationLog(self.place.database, BASE)
            standing = {row.record_id: row.deleted for row in log.rows()}
            assert standing == {record: title is None for record, title in self.publisher.truth.items()}

    def _ask(self, arguments: dict[str, str]) -> Any:
        return etree.fromstring(self.client.get("/oai", params={"verb": "ListRecords", **arguments}).content)

    def _to_the_end(self) -> None:
        while self.token is not None:
            self.next_page()

    def _take(self, page: Any) -> None:
        self.replica |= records_of(page)
        self.token = token_of(page)
        if self.token is None:
            self.since = self.began


TestHarvesting = pytest.mark.slow(Harvesting.TestCase)
TestHarvesting.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.slow
def test_harvesters_during_publication_end_equal_after_one_more_visit(place: Workplace) -> None:
    publisher = Publisher(place)
    publisher.publish(*range(1, 61))
    chosen = place.settings.model_copy(update={"oai_page_size": 7})
    replicas: list[tuple[Replica, str]] = []

    def provider() -> Provider:
        return Provider(PublicationLog(place.database, BASE), Shelf(place.database, chosen), chosen)

    def walk(since: str | None = None) -> tuple[Replica, str]:
        source = provider()
        span = [("from", since)] if since else []
        page = etree.fromstring(source.answer([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), *span]))
        began, replica = page.findtext(f"{OAI}responseDate"), records_of(page)
        while token := token_of(page):
            page = etree.fromstring(source.answer([("verb", "ListRecords"), ("resumptionToken", token)]))
            replica |= records_of(page)
        return replica, began

    harvesters = [threading.Thread(target=lambda: replicas.append(walk())) for _ in range(8)]
    for number, harvester in enumerate(harvesters):
        harvester.start()
        publisher.update(number + 1, f"改訂 {number}")
        publisher.delete(number + 20)
        publisher.publish(*range(100 + number * 5, 105 + number * 5))
    for harvester in harvesters:
        harvester.join()
    assert len(replicas) == 8
    for replica, began in replicas:
        assert replica | walk(began)[0] == publisher.truth
    assert publisher.truth[name("jmicro", 20)] is None
