"""A registry's budget: how many requests one run may send it, further attempts and robots.txt included."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

BUDGET = "KAKEHASHI_BUDGET"
SPENT = "KAKEHASHI_BUDGET_SPENT"
REQUESTS_BUDGET = "requests_budget"


class Budget:
    """Lets as many requests pass as a run has left; it stands next to the downloader, so that each attempt counts."""

    def __init__(self, budget: int, spent: int) -> None:
        self._budget, self._spent = budget, spent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Budget:
        """Build the middleware from the crawl's settings; a budget of 0 has no end."""
        return cls(crawler.settings.getint(BUDGET), crawler.settings.getint(SPENT))

    def process_request(self, request: Request) -> None:  # noqa: ARG002  as Scrapy calls it
        """Count a request. Raises `IgnoreRequest` when the budget is used up."""
        if self._budget and self._spent >= self._budget:
            raise IgnoreRequest(REQUESTS_BUDGET)
        self._spent += 1
