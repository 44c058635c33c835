"""The one address of the OAI-PMH endpoint: arguments in the query or in a form, errors with status 200."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from portal.answers import METHODS, answer
from portal.oai.document import CONTENT_TYPE
from portal.oai.provider import Provider
from portal.partners.log import PublicationLog
from portal.routing import Router

_LONGEST = 64 * 1024
_MOST = 100


def oai_router(provider: Provider, log: PublicationLog) -> Router:
    """Return the address of the endpoint."""
    router = Router()

    async def oai(request: Request) -> Response:
        """Answer one request of a harvester."""
        text = request.url.query
        if request.method == "POST":
            text = "&".join(filter(None, (text, await _form(request))))
        return await run_in_threadpool(respond, request, text)

    def respond(request: Request, text: str) -> Response:
        pairs = _pairs(text)
        changed = log.last_change() if pairs == [("verb", "Identify")] else None
        return answer(request, provider.answer(pairs), CONTENT_TYPE, changed=changed, cache="no-cache")

    router.add("/oai", oai, [*METHODS, "POST"])
    return router


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the arguments of a request; one with more of them than anybody needs has none."""
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST)
    except ValueError:
        return []


async def _form(request: Request) -> str:
    """Return the form in the body of a request; nothing when it is too long to be one."""
    read = b""
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > _LONGEST:
                return ""
    except ClientDisconnect:
        return ""
    return read.decode("utf-8", "replace").strip()
