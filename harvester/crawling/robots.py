"""Obeying robots.txt, its pace too: Scrapy reads `Crawl-delay` and `Request-rate` but does not keep to them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

_LONGEST = 120.0
_CLOSED = b"User-agent: *\nDisallow: /\n"


class Robots(RobotsTxtMiddleware):
    """Lets pass what a host's robots.txt allows. One that its server cannot give forbids everything (RFC 9309).

    Requests for a host wait for its robots.txt one behind the other: of several that wait at once, Scrapy tells only
    two what it says.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._one_by_one: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return what a host's robots.txt says; None where there is none to be had."""
        async with self._one_by_one[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=_CLOSED)
        await super()._parse_robots(response, netloc, request)


class CrawlDelay:
    """Raises the pause between requests to a host to what its robots.txt asks for, up to two minutes, and never below
    it: the pause that was asked for does not vary as our own does.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._delays: dict[str, float] = {}
        crawler.signals.connect(self.robots_read, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlDelay:
        """Build the middleware."""
        return cls(crawler)

    def robots_read(self, robotparser: RobotParser, request: Request) -> None:
        """Note the pace a host asks for, before any request that waited for its robots.txt is sent."""
        delay = asked_delay(robotparser, self._agent)
        if delay > 0:
            host = request.meta.get("download_slot") or _host(request)
            self._delays[host] = delay
            self._slow_down(host)

    def process_request(self, request: Request) -> None:
        """Slow a host's slot down once it is known to ask for that."""
        self._slow_down(request.meta.get("download_slot") or _host(request))

    def _slow_down(self, host: str) -> None:
        wanted = self._delays.get(host, 0.0)
        engine = self._crawler.engine
        slot = engine.downloader.slots.get(host) if wanted and engine is not None else None
        if slot is not None and slot.delay < wanted:
            slot.delay, slot.jitter = wanted, 0.0


def asked_delay(robotparser: RobotParser, agent: str) -> float:
    """Return the seconds between requests that a robots.txt asks for, two minutes at most; 0 when it asks for none."""
    delay = robotparser.crawl_delay(agent) or 0.0
    rules = getattr(robotparser, "rp", None)
    rate = rules.request_rate(agent) if rules is not None else None
    spread = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return min(max(float(delay), float(spread)), _LONGEST)


def _host(request: Request) -> str:
    return request.url.partition("://")[2].partition("/")[0].partition(":")[0]
