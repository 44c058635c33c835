"""The one address of the OAI-PMH endpoint: arguments in the query or in a form, errors with status 200."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from portal.answers import answer
from portal.oai.document import CONTENT_TYPE
from portal.oai.provider import Provider
from portal.partners.log import PublicationLog

_LONGEST = 64 * 1024
_MOST = 100


def oai_router(provider: Provider, log: PublicationLog) -> APIRouter:
    """Return the address of the endpoint."""
    router = APIRouter()

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

    router.add_api_route("/oai", oai, methods=["GET", "HEAD", "POST"], response_model=None, include_in_schema=False)
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
