"""Trying again: only where it makes sense, and never sooner than the server asked for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.web.client import ResponseFailed

RETRIES = "KAKEHASHI_RETRIES"
LONGEST_WAIT = "KAKEHASHI_LONGEST_WAIT"
FIRST_WAIT = "KAKEHASHI_FIRST_WAIT"
_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_FAULTS = (
    ConnectError, ConnectionDone, ConnectionLost, ConnectTimeout, DownloadConnectionRefusedError, DownloadFailedError,
    DownloadTimeoutError, OSError, ResponseDataLossError, ResponseFailed,
)  # fmt: skip


def retry_after(value: str, moment: datetime) -> float | None:
    """Return the seconds a `Retry-After` header asks for, in either of its forms; None when it has neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - moment).total_seconds(), 0.0)


class PatientRetry:
    """Asks again after a pause that doubles, or as long as the server says, up to a limit.

    A wait longer than the limit is not sat out: the request counts as failed, and the next run asks again.
    """

    def __init__(self, retries: int, longest: float, first: float) -> None:
        self._retries, self._longest, self._first = retries, longest, first

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PatientRetry:
        """Build the middleware from the crawl's settings."""
        settings = crawler.settings
        return cls(settings.getint(RETRIES), settings.getfloat(LONGEST_WAIT), settings.getfloat(FIRST_WAIT))

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Ask again when the status says that it may help."""
        if response.status not in _STATUSES:
            return response
        header = response.headers.get("Retry-After")
        asked = retry_after(header.decode("latin-1"), datetime.now(UTC)) if header else None
        again = await self._again(request, asked)
        return again or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask again after a fault of the connection."""
        if isinstance(exception, (IgnoreRequest, DNSLookupError)) or not isinstance(exception, _FAULTS):
            return None
        return await self._again(request, None)

    async def _again(self, request: Request, asked: float | None) -> Request | None:
        tries = request.meta.get("tries", 1)
        wait = asked if asked is not None else self._first * 2 ** (tries - 1)
        if tries > self._retries or wait > self._longest:
            return None
        await asyncio.sleep(wait)
        return request.replace(meta={**request.meta, "tries": tries + 1}, dont_filter=True)
