"""Serving stand-ins on loopback: one plain web application per connector, all in one process.

The first step of an address picks the variant (`/full/…`, `/login/…`), so that one server shows every state.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from connectors.contract import Answer, Question, StandIn
from connectors.discovery import connector, connector_names

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_ROBOTS = Answer(b"User-agent: *\nDisallow: /private/\n", media_type="text/plain")
_NOWHERE = Answer(b"<html><body><h1>404 Not Found</h1></body></html>", status=404)
_CACHED = 4096


def entry_url(standin: StandIn, base: str, variant: str = "full") -> str:
    """Return where a harvest of a stand-in begins."""
    return f"{base.rstrip('/')}/{variant}/{standin.entry}"


class Application:
    """An ASGI application that serves one stand-in at a scale. Answers are kept, so that they cost nothing again.

    `instead` names variants that are shown at the addresses of others: a registry whose pages changed overnight.
    """

    def __init__(self, standin: StandIn, listings: int | None = None, instead: Mapping[str, str] | None = None) -> None:
        self.standin = standin
        self._instead = instead or {}
        self.listings = standin.listings if listings is None else listings
        self._kept: dict[tuple[str, str, str, bytes], Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        form = await _body(receive) if scope["method"] == "POST" else b""
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        proto = headers.get("x-forwarded-proto", scope.get("scheme", "http"))
        base = f"{proto}://{headers.get('host', 'localhost')}"
        key = (base, scope["path"], scope["query_string"].decode("latin-1"), form)
        answer = self._kept.get(key)
        if answer is None:
            answer = self.answer(base, scope["method"], scope["path"], scope["query_string"], form)
            if len(self._kept) < _CACHED:
                self._kept[key] = answer
        fixed = [
            (b"content-type", answer.media_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        extra = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": [*fixed, *extra]})
        await send({"type": "http.response.body", "body": answer.body})

    def answer(self, base: str, method: str, path: str, query: bytes, form: bytes) -> Answer:
        """Return the answer to one request."""
        if path == "/robots.txt":
            return _ROBOTS
        variant, _, rest = path.lstrip("/").partition("/")
        if variant not in self.standin.variants:
            return _NOWHERE
        question = Question(
            variant=self._instead.get(variant, variant),
            path=rest,
            query=dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)),
            base=f"{base}/{variant}/",
            method=method,
            form=dict(parse_qsl(form.decode("latin-1"), keep_blank_values=True)),
        )
        return self.standin.answer(question, self.listings) or _NOWHERE


async def _body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Listening:
    """A stand-in that has its port."""

    name: str
    address: str
    socket: socket.socket


@contextmanager
def listening(names: tuple[str, ...] | None = None, port: int = 0) -> Iterator[list[Listening]]:
    """Bind a loopback port for each stand-in; a given `port` goes to the first, the next ones count up."""
    bound: list[Listening] = []
    try:
        for number, name in enumerate(names or connector_names()):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", port + number if port else 0))
            bound.append(Listening(name, f"http://127.0.0.1:{sock.getsockname()[1]}", sock))
        yield bound
    finally:
        for item in bound:
            item.socket.close()


async def serve(
    standins: list[Listening], listings: int | None = None, instead: Mapping[str, str] | None = None
) -> None:
    """Serve stand-ins until the task is cancelled or the process is told to stop."""
    servers = [
        (uvicorn.Server(_config(Application(connector(item.name).standin, listings, instead))), item.socket)
        for item in standins
    ]
    await asyncio.gather(*(server.serve(sockets=[sock]) for server, sock in servers))


def serve_forever(
    bound: list[tuple[str, socket.socket]], listings: int | None = None, instead: Mapping[str, str] | None = None
) -> None:
    """Serve stand-ins on bound sockets until the process ends; what a child process runs."""
    standins = [Listening(name, "", sock) for name, sock in bound]
    asyncio.run(serve(standins, listings, instead))


def _config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=30,
        server_header=False,
    )
