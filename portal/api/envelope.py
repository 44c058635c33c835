"""What every answer of the API carries besides: the number of its request, and leave for browsers to read fields."""

from __future__ import annotations

import re
import uuid

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_READABLE = "ETag, Last-Modified, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"


class Envelope:
    """Gives each request below `/api/` a number: the caller's own `X-Request-Id` if it is plain, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and mark its answer."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        number = given if _PLAIN.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = number

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = number
                if "Access-Control-Allow-Origin" in headers:
                    headers["Access-Control-Expose-Headers"] = _READABLE
            await send(message)

        await self._app(scope, receive, marked)
