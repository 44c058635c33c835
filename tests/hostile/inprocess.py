"""Whole runs without a network and without a second process: the stand-in answers the desk of the crawl at once.

Everything else is as in any run, so that a great many faults can be tried where one real crawl would have to do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import orjson
import pytest

from config.messages import CodedError
from connectors.contract import Answer
from connectors.discovery import connector, registry
from connectors.standins import Application
from harvester.crawling.crawlspec import CrawlSpec
from harvester.crawling.desk import Desk
from harvester.crawling.guard import AllowList
from harvester.crawling.spider import _code_of
from harvester.running import runner
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.database import Database
from store.frontier import Frontier, Waiting
from store.payloads import PayloadStore
from store.records import current_records
from store.runs import note_issues
from tests.conftest import standin_registry

BASE = "http://127.0.0.1:9"
AT_ONCE = 16
Change = Callable[[str, Answer], Answer]
"""What becomes of an answer, by the kind of request."""


def _healthy(kind: str, answer: Answer) -> Answer:
    return answer


class Crawl:
    """Stands in for the crawl process: asks a stand-in, and lets `change` spoil what it answers."""

    def __init__(self, name: str, change: Change | None = None, listings: int | None = None) -> None:
        self.name = name
        self.application = Application(connector(registry(name).connector).standin, listings)
        self.change = change or _healthy
        self.kinds: dict[str, int] = {}

    def __call__(self, spec: CrawlSpec, *_: object) -> bool:
        database = Database(spec.database)
        desk = Desk(spec, Frontier(database, spec.run_id), PayloadStore(spec.payloads, database))
        try:
            desk.begin()
            while rows := desk.take(AT_ONCE):
                for row in rows:
                    self._settle(desk, row, AllowList(spec.hosts))
            desk.flush()
        except CodedError as error:
            desk.flush()
            note_issues(database, spec.run_id, error.issues)
            return False
        finally:
            database.close()
        return True

    def _settle(self, desk: Desk, row: Waiting, allowed: AllowList) -> None:
        url, answer = row.url, None
        for _ in range(5):
            if not allowed.allows(url):
                desk.refused(row, "address_refused")
                return
            answer = self._answer(url, row)
            if answer.status not in {301, 302, 303, 307}:
                break
            url = urljoin(url, dict(answer.headers)["Location"])
        assert answer is not None
        headers = {"Content-Type": answer.media_type}
        if answer.status != 200:
            desk.failed(row, _code_of(answer.status), status=answer.status, url=url)
            return
        self.kinds[row.kind] = self.kinds.get(row.kind, 0) + 1
        answer = self.change(row.kind, answer)
        headers = {"Content-Type": answer.media_type}
        if row.request.get("bulk"):
            with tempfile.NamedTemporaryFile() as file:
                file.write(answer.body)
                file.flush()
                original = desk.unpack(row, url, headers, Path(file.name))
                desk.answered_in_bulk(row, url, headers, original)
        else:
            desk.answered(row, url, 200, headers, answer.body)

    def _answer(self, url: str, row: Waiting) -> Answer:
        parts = urlsplit(url)
        form = [tuple(pair) for pair in row.request.get("form", ())]
        form += [
            (name, Path(path).read_text(encoding="utf-8").strip()) for name, path in row.request.get("secrets", ())
        ]
        method = row.request.get("method", "GET")
        return self.application.answer(BASE, method, parts.path, parts.query.encode(), urlencode(form).encode())


class Here:
    """Harvests stand-ins in the test's own process."""

    def __init__(self, place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        self._monkeypatch = monkeypatch
        self.listings: int | None = None
        self.own_gates = False

    def __call__(self, name: str, variant: str = "full", change: Change | None = None) -> RunReport:
        """Harvest a variant, its answers spoilt by `change`."""
        self.crawl = Crawl(name, change, self.listings)
        self._monkeypatch.setattr(runner, "run_crawl", self.crawl)
        source = standin_registry(name, BASE, variant)
        if self.own_gates:
            manifest = source.manifest.model_copy(update={"gates": registry(name).manifest.gates})
            source = replace(source, manifest=manifest)
        return harvest(self.place, Order(source, "test", allow_loopback=True))

    def titles(self) -> set[str]:
        """Every title that is published."""
        return {
            text for record in current_records(self.place.database) for text in _titles(orjson.loads(record.content))
        }


def _titles(content: dict[str, Any]) -> list[str]:
    return list(content["title"].values())
