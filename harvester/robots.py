"""Obeying what robots.txt says about pace: Scrapy reads `Crawl-delay` and `Request-rate` but does not keep to them."""

from __future__ import annotations

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

_LONGEST = 120.0


class CrawlDelay:
    """Raises the pause between requests to a host to what its robots.txt asks for, up to two minutes."""

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
        """Note the pace a host asks for."""
        delay = self.asked_delay(robotparser)
        if delay:
            self._delays[request.meta.get("download_slot") or _host(request)] = min(delay, _LONGEST)

    def asked_delay(self, robotparser: RobotParser) -> float:
        """Return the seconds between requests that a robots.txt asks for, 0 when it asks for nothing."""
        delay = robotparser.crawl_delay(self._agent) or 0.0
        rules = getattr(robotparser, "rp", None)
        rate = rules.request_rate(self._agent) if rules is not None else None
        spread = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(delay), float(spread))

    def process_request(self, request: Request) -> None:
        """Slow a host's slot down once it is known to ask for that."""
        host = request.meta.get("download_slot") or _host(request)
        wanted = self._delays.get(host, 0.0)
        engine = self._crawler.engine
        slot = engine.downloader.slots.get(host) if wanted and engine is not None else None
        if slot is not None and slot.delay < wanted:
            slot.delay = wanted


def _host(request: Request) -> str:
    return request.url.partition("://")[2].partition("/")[0].partition(":")[0]
