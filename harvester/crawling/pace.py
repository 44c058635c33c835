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
from store.hosts import Wish, give_back, take_turn

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
        """Wait until a host may be asked, and count the request as under way as long as the block lasts."""
        host = _host(request)
        delay = max(self._delay, self._asked.get(host, 0.0))
        if not delay:
            yield
            return
        longest = self._longest + float(request.meta.get("bulk_seconds", 0.0))
        connection = await self._take(Wish(host, delay, self._most, longest))
        try:
            yield
        finally:
            with suppress(CodedError):
                give_back(self._database, connection)

    async def _take(self, wish: Wish) -> int:
        """Take a turn, one request of this crawl after the other, so that few ask the database at once."""
        async with self._next[wish.host]:
            while True:
                turn = patiently(lambda: take_turn(self._database, wish, self._run))
                if turn.connection is not None:
                    return turn.connection
                await asyncio.sleep(turn.wait)


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
