"""How requests leave: through Scrapy's HTTP/1.1 handler, to the address a stand-in really has, or straight to disk.

A bulk answer (a dump of hundreds of megabytes) never stands in memory: it is written to a file as it comes, under
limits of its own.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Headers, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS, ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers as WireHeaders

from harvester.crawling.pace import Pace

CONNECT = "KAKEHASHI_CONNECT"
BULK_FOLDER = "KAKEHASHI_BULK_FOLDER"


class TooLarge(Exception):
    """An answer went over its limit of bytes."""


class TooSlow(Exception):
    """An answer went over its limit of seconds."""


class CutShort(Exception):
    """The connection ended before the answer did."""


class Downloader(HTTP11DownloadHandler):
    """Downloads one request. Where the crawl maps an origin to another (stand-ins), only the connection changes:
    the request keeps the public host name, and the answer keeps the public address.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._connect: dict[str, str] = crawler.settings.getdict(CONNECT)
        self._folder = Path(crawler.settings.get(BULK_FOLDER))
        self._pace = Pace(crawler)

    async def download_request(self, request: Request) -> Response:
        """Return the answer to one request; a bulk answer's body is in the file named by `bulk_file` in its meta.

        It is sent when its host may be asked again, whichever run asked it last.
        """
        async with self._pace.turn(request):
            return await self._answer(request)

    async def _answer(self, request: Request) -> Response:
        wire = self._mapped(request)
        if "bulk_limit" not in request.meta:
            response = await super().download_request(wire)
            return response if wire is request else response.replace(url=request.url)
        return await self._to_disk(request, wire)

    def _mapped(self, request: Request) -> Request:
        parts = urlsplit(request.url)
        target = self._connect.get(f"{parts.scheme}://{parts.netloc}")
        if target is None:
            return request
        headers = Headers(request.headers)
        headers["Host"] = parts.netloc
        headers["X-Forwarded-Proto"] = parts.scheme
        actual = urlsplit(target)
        url = parts._replace(scheme=actual.scheme, netloc=actual.netloc).geturl()
        return request.replace(url=url, headers=headers)

    async def _to_disk(self, request: Request, wire: Request) -> Response:
        from twisted.internet import reactor  # noqa: PLC0415

        agent: Any = Agent(reactor, contextFactory=BrowserLikePolicyForHTTPS(), connectTimeout=30)  # type: ignore[no-untyped-call]
        headers = WireHeaders(dict(wire.headers))
        asked = maybe_deferred_to_future(agent.request(wire.method.encode(), wire.url.encode("ascii"), headers))
        try:
            answer = await asyncio.wait_for(asked, request.meta["download_timeout"])
        except TimeoutError:
            raise DownloadTimeoutError(f"no answer began in {request.meta['download_timeout']} seconds") from None
        received = Headers(dict(answer.headers.getAllRawHeaders()))
        if answer.code != 200:
            answer.deliverBody(_Unread())
            return Response(request.url, status=answer.code, headers=received)
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="bulk-", delete=False) as target:
            path = Path(target.name)
            done: Deferred[None] = Deferred()
            writing = _ToFile(target, done, request.meta["bulk_limit"])
            answer.deliverBody(writing)
            late: Any = reactor.callLater(request.meta["bulk_seconds"], writing.stop_late)
            try:
                await maybe_deferred_to_future(done)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                if late.active():
                    late.cancel()
        request.meta["bulk_file"] = str(path)
        return Response(request.url, status=200, headers=received)


def _abort(transport: Any) -> None:
    """Break a connection off. What stands between a body and its connection can only be asked to close politely, which
    a server may draw out, so the connection itself is asked.
    """
    abort = getattr(getattr(transport, "_producer", None), "abortConnection", None)
    if abort is not None:
        abort()
    elif transport is not None:
        transport.stopProducing()


class _Unread(Protocol):
    """Takes nothing of a body."""

    def connectionMade(self) -> None:  # noqa: N802
        """Break the connection off."""
        _abort(self.transport)


class _ToFile(Protocol):
    """Writes a body to a file, within its limit of bytes, until it is told that it is late."""

    def __init__(self, target: IO[bytes], done: Deferred[None], limit: int) -> None:
        self._target, self._done, self._limit = target, done, limit
        self._size = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Write a piece of the body."""
        if self._done.called:
            return
        self._size += len(data)
        if self._size > self._limit:
            self._stop(TooLarge(f"more than {self._limit} bytes"))
        else:
            self._target.write(data)

    def stop_late(self) -> None:
        """End a body that has taken too long, whether anything still comes or not."""
        if not self._done.called:
            self._stop(TooSlow("the download took too long"))

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        """End the file, or tell that the body was cut off."""
        if self._done.called:
            return
        if isinstance(reason.value, ResponseDone):
            self._done.callback(None)
        elif isinstance(reason.value, PotentialDataLoss):
            self._fail(CutShort("the server did not say how long the answer is"))
        else:
            self._fail(CutShort(str(reason.value)))

    def _stop(self, error: Exception) -> None:
        self._fail(error)
        _abort(self.transport)

    def _fail(self, error: Exception) -> None:
        self._done.errback(Failure(error))  # type: ignore[no-untyped-call]
