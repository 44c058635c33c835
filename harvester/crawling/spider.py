"""The one Scrapy spider: it works off the frontier of a run and lets the connector decide what comes next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from config.messages import CodedError, Issue
from harvester.crawling.budget import REQUESTS_BUDGET
from harvester.crawling.conditions import condition_headers, has_own_conditions
from harvester.crawling.desk import Desk
from harvester.crawling.download import TooLarge
from harvester.crawling.guard import GuardedResolver
from store.frontier import Waiting

_PAUSE = 0.5
_ACCESS = frozenset({401, 403, 407})


class FrontierSpider(scrapy.Spider):
    """Yields requests from the frontier, so many at once, until nothing waits and nothing is under way."""

    name = "frontier"

    def __init__(self, desk: Desk, at_once: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._desk = desk
        self._at_once = at_once
        self._under_way = 0
        self._news = asyncio.Event()
        self.issues: list[Issue] = []
        self.fault: Exception | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> FrontierSpider:
        """Build the spider and have the desk written down when it closes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.finish, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yield what waits; wait for news while requests are under way."""
        try:
            self._desk.begin()
            while not self.issues and not self.fault:
                room = self._at_once - self._under_way
                rows = self._desk.take(room) if room > 0 else []
                for row in rows:
                    request = self._request(row)
                    self._under_way += 1
                    yield request
                if not rows:
                    if room > 0 and not self._under_way:
                        return
                    await self._some_news()
        except Exception as error:  # noqa: BLE001 - Scrapy would log it and call the crawl finished
            self._give_up(error)

    async def _some_news(self) -> None:
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), _PAUSE)
        except TimeoutError:
            return

    def _request(self, row: Waiting) -> Request:
        details = row.request
        meta: dict[str, Any] = {"row": row}
        limits = self._desk.registry.manifest.limits
        if details.get("bulk"):
            meta |= {"bulk_limit": limits.bulk_bytes, "bulk_seconds": limits.bulk_seconds}
        common: dict[str, Any] = {
            "callback": self.arrived, "errback": self.missed, "meta": meta, "dont_filter": True,
            "headers": {**dict(details.get("headers", ())), **condition_headers(row.before)},
        }  # fmt: skip
        if details.get("method") == "POST":
            hidden = [(name, secret(path)) for name, path in details.get("secrets", ())]
            form = [*(tuple(pair) for pair in details.get("form", ())), *hidden]
            return scrapy.FormRequest(row.url, formdata=form, **common)
        return Request(row.url, **common)

    async def arrived(self, response: Response) -> None:
        """Hand an answer to the desk."""
        row: Waiting = response.meta["row"]
        row.tries += response.meta.get("tries", 1) - 1
        headers = {
            name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values
        }
        try:
            if response.status == 200 and "bulk_file" in response.meta:
                file = Path(response.meta["bulk_file"])
                try:
                    original = await asyncio.to_thread(self._desk.unpack, row, response.url, headers, file)
                finally:
                    file.unlink(missing_ok=True)
                self._desk.answered_in_bulk(row, response.url, headers, original)
            elif response.status == 200:
                self._desk.answered(row, response.url, response.status, headers, response.body)
            elif response.status == 304 and row.before is not None:
                self._desk.confirmed(row, row.before, response.url, headers)
            elif response.status == 304 and has_own_conditions(row):
                self._desk.not_modified(row, response.url, headers)
            else:
                self._desk.failed(row, _code_of(response.status), status=response.status, url=response.url)
        except Exception as error:
            self._give_up(error)
            raise CloseSpider("given_up") from error
        finally:
            self._settled()

    def missed(self, failure: Failure) -> None:
        """Note a request that has no answer."""
        try:
            self._note_missed(failure)
        except Exception as error:
            self._give_up(error)
            raise CloseSpider("given_up") from error
        finally:
            self._settled()

    def _note_missed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        row: Waiting = request.meta["row"]
        row.tries += request.meta.get("tries", 1) - 1
        error = failure.value
        if isinstance(error, IgnoreRequest):
            if not request.meta.get("redirect_times"):
                row.tries -= 1
            self._note_ignored(row, request.url, str(error))
        elif isinstance(error, (DownloadCancelledError, TooLarge)) and not isinstance(error, DownloadTimeoutError):
            self._desk.failed(row, "answer_too_large", url=request.url)
        elif (urlsplit(request.url).hostname or "") in GuardedResolver.refused:
            self._desk.refused(row, "address_refused")
        else:
            self._desk.failed(row, f"download_failed: {type(error).__name__}", url=request.url)

    def _note_ignored(self, row: Waiting, url: str, reason: str) -> None:
        """Note what a middleware would not let pass; only its words say why."""
        if "address_refused" in reason:
            self._desk.refused(row, "address_refused")
        elif reason == REQUESTS_BUDGET:
            self._desk.left_out(row, REQUESTS_BUDGET)
        elif "robots.txt" in reason:
            self._desk.refused(row, "robots_refused")
        elif "DOWNLOAD_MAXSIZE" in reason:
            self._desk.failed(row, "answer_too_large", url=url)
        else:
            self._desk.failed(row, f"download_failed: {reason[:200]}", url=url)

    def finish(self) -> None:
        """Write down what is left."""
        try:
            self._desk.flush()
        except Exception as error:  # noqa: BLE001 - Scrapy would log it and call the crawl finished
            self._give_up(error)

    def _settled(self) -> None:
        self._under_way -= 1
        self._news.set()

    def _give_up(self, error: Exception) -> None:
        """Keep the reasons to stop: the coded ones as issues, a fault of our own code as itself."""
        if isinstance(error, CodedError):
            self.issues.extend(issue for issue in error.issues if issue not in self.issues)
        else:
            self.fault = self.fault or error


def secret(path: str) -> str:
    """Return what a file of the deployment keeps secret. Raises `CodedError` with `secret_missing`."""
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        value = ""
    if not value:
        raise CodedError.of("secret_missing", file=path)
    return value


def _code_of(status: int) -> str:
    if status in _ACCESS:
        return "needs_access"
    return "page_missing" if status in {404, 410} else "server_error"
