"""What is posted: a file as the body, or in a form; or its address. Read within limits, worked on in confinement."""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message

from config.messages import CodedError, Issue
from config.settings import Settings
from portal.answers import answer
from portal.api import jobs
from portal.api.contract import Asked
from portal.api.records import JSON
from portal.confinement import Confinement

_PLACES = 2
_MEGABYTES = 1024
_ANSWER_BYTES = 64 * 2**20
_FORM = "multipart/form-data"
_SIMPLE = frozenset({"application/x-www-form-urlencoded"})


class File(NamedTuple):
    """A file that was sent."""

    name: str
    data: bytes


class Posting:
    """Answers about files that are sent."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._work = Confinement(_PLACES, settings.api_seconds, _MEGABYTES, _ANSWER_BYTES)

    async def converted(self, request: Request, asked: Asked) -> Response:
        """Answer with a file in another schema, and the ledger of every record."""
        file = await self._file(request, asked["name"])
        options = {"elm_namespace": self._settings.elm_namespace, "public_base": self._settings.base}
        return await self._done(
            request, jobs.convert, file.data, file.name, asked["from"], asked["to"], asked["format"], options
        )

    async def validated(self, request: Request, asked: Asked) -> Response:
        """Answer with what is wrong in a file, by reason; the file is sent, or fetched from the address given."""
        if asked["address"]:
            if await self._read(request):
                raise CodedError.of("parameter_invalid", name="address", detail="there is a body as well")
            settings = self._settings
            given = (settings.user_agent, settings.api_body_bytes, settings.allow_loopback)
            return await self._done(request, jobs.validate_address, asked["address"], asked["schema"], *given)
        file = await self._file(request, asked["name"])
        return await self._done(request, jobs.validate, file.data, file.name, asked["schema"])

    async def _done(self, request: Request, work: Any, *arguments: Any) -> Response:
        body = await run_in_threadpool(self._work.run, work, *arguments)
        told = answer(request, body, JSON, cache="no-store")
        del told.headers["Access-Control-Allow-Origin"]
        return told

    async def _file(self, request: Request, name: str | None) -> File:
        kind = request.headers.get("content-type", "")
        plain = kind.partition(";")[0].strip().lower()
        if (packed := request.headers.get("content-encoding", "identity").lower()) != "identity":
            raise CodedError.of("body_not_taken", detail=f"Content-Encoding {packed[:40]}")
        if plain in _SIMPLE:
            raise CodedError.of("body_not_taken", detail=plain)
        data = await self._read(request)
        if plain == _FORM:
            return await _in_form(request, data, name)
        if not data:
            raise CodedError.of("body_missing")
        return File(jobs.named(name or "", kind), data)

    async def _read(self, request: Request) -> bytes:
        """Return the body. Raises `CodedError` with `body_too_large` as soon as it is known to be."""
        most = self._settings.api_body_bytes
        told = request.headers.get("content-length", "0")
        if told.isdigit() and int(told) > most:
            raise CodedError.of("body_too_large", limit=most)
        data = bytearray()
        try:
            async for piece in request.stream():
                data += piece
                if len(data) > most:
                    raise CodedError.of("body_too_large", limit=most)
        except ClientDisconnect:
            return b""
        return bytes(data)


async def _in_form(request: Request, data: bytes, name: str | None) -> File:
    """Return the file of a form. Raises `CodedError` with `body_not_taken` or `body_missing`."""

    async def receive() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    try:
        async with Request(request.scope, receive).form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if file is None or len(form.multi_items()) != 1:
                raise CodedError.of("body_not_taken", detail="the form needs one part, `file`")
            if isinstance(file, str):
                return File(jobs.named(name or "", ""), _something(file.encode()))
            return File(
                jobs.named(name or file.filename or "", file.content_type or ""), _something(await file.read())
            )  # fmt: skip
    except (HTTPException, MultiPartException, UnicodeDecodeError, ValueError, KeyError) as error:
        raise CodedError(Issue("body_not_taken", {"detail": type(error).__name__})) from None


def _something(data: bytes) -> bytes:
    if not data:
        raise CodedError.of("body_missing")
    return data
