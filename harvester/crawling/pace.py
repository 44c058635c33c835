"""Keeping to a host's pace at the moment a request is really sent, together with every other run.

Scrapy's own pauses know of one crawl only. Where a registry wishes for no pause (stand-ins on loopback whose robots.txt
asks for none), nothing is shared and nothing is asked of the database.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

from config.messages import CodedError
from harvester.crawling.patience import patiently
from harvester.crawling.robots import asked_delay
from store.database import Database
from store.hosts import Turn, Wish, give_back, take_turn

PACE = "KAKEHASHI_PACE"


class Pace:
    """The pace of every host that a crawl asks. A host is a name, whatever the port."""

    def __init__(self, crawler: Crawler) -> None:
        told: dict[str, Any] = crawler.settings.getdict(PACE)
        self._database = Database(told["database"])
        self._run: int | None = told["run"]
        self._delay, self._most, self._longest = float(told["delay"]), int(told["most"]), float(told["longest"])
        self._agent: str = crawler.settings["USER_AGENT"]
        self._asked: dict[str, float] = {}
        self._next: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        crawler.signals.connect(self.robots_read, signals.robots_parsed)

    def robots_read(self, robotparser: RobotParser, request: Request) -> None:
        """Note the pace that a host asks for."""
        self._asked[_host(request)] = asked_delay(robotparser, self._agent)

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[None]:
        """Wait until a host may be asked, and count the request as under way as long as the block lasts.

        One request of this crawl waits at a time, so that no run has more places in the row than another.
        """
        host = _host(request)
        delay = max(self._delay, self._asked.get(host, 0.0))
        if not delay:
            yield
            return
        longest = self._longest + float(request.meta.get("bulk_seconds", 0.0))
        taken: Turn | None = None
        try:
            async with self._next[host]:
                while taken is None or taken.wait:
                    taken = self._taken(Wish(host, delay, self._most, longest), taken)
                    await asyncio.sleep(taken.wait)
            yield
        finally:
            if taken is not None:
                with suppress(CodedError):
                    give_back(self._database, taken.connection)

    def _taken(self, wish: Wish, before: Turn | None) -> Turn:
        place = before.connection if before else None
        return patiently(lambda: take_turn(self._database, wish, self._run, place))


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
