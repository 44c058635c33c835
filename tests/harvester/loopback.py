"""A server on loopback for the tests: it answers byte for byte as it is told, well or badly, and notes who asked."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

_HEAD = 2**16
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came, and when."""

    path: str
    method: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection that a reply writes to."""

    send: Callable[[bytes], None]
    closing: threading.Event

    def wait(self, seconds: float) -> bool:
        """Pause; False when the server is being closed meanwhile."""
        return not self.closing.wait(seconds)


Reply = bytes | Callable[[Asked, Line], None]


def answer(body: bytes | str = b"", status: int = 200, media_type: str = "application/json", **headers: str) -> bytes:
    """An HTTP answer. Headers are given with underscores for hyphens; `Content_Length=""` leaves that one out."""
    body = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": media_type, "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in named.items() if value)]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


NOT_THERE = answer(b"not there", 404, "text/plain")


class Loopback:
    """A running server. `routes` maps a path (with or without its query) to a reply; what has none gets a 404.

    A reply is bytes, sent as they are, or a function that is given the request and the open connection.
    """

    def __init__(self, secure: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.busy = 0
        self.closing = threading.Event()
        self._server = _Server(self, secure)
        self.port = int(self._server.server_address[1])
        self.netloc = f"127.0.0.1:{self.port}"
        self.address = f"{'https' if secure else 'http'}://{self.netloc}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path: str = "/") -> str:
        """The whole address of a path."""
        return f"{self.address}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def reply(self, asked: Asked) -> Reply:
        """What the server is told to answer."""
        self.asked.append(asked)
        return self.routes.get(asked.path) or self.routes.get(asked.path.partition("?")[0]) or NOT_THERE

    def settle(self) -> None:
        """Wait until whoever was connected has been answered or has hung up, also those not yet let in."""
        with socket.create_connection(("127.0.0.1", self.port), _PATIENCE) as last:
            last.sendall(b"GET /robots.txt HTTP/1.1\r\n\r\n")
            while last.recv(_HEAD):
                pass
        until = monotonic() + _PATIENCE
        while self.busy and monotonic() < until:
            sleep(0.01)

    def close(self) -> None:
        """End the server and every reply that is still under way."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, owner: Loopback, secure: ssl.SSLContext | None) -> None:
        self.owner = owner
        self._secure = secure
        self._counting = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.owner.connections += 1
        with self._counting:
            self.owner.busy += 1
        connection.settimeout(_PATIENCE)
        if self._secure:
            connection = self._secure.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Hang up, and count it."""
        super().shutdown_request(request)
        with self._counting:
            self.owner.busy -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up in the middle are what these tests are about."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        with suppress(OSError):
            asked = _request(self.request)
            if asked is None:
                return
            reply = server.owner.reply(asked)
            if isinstance(reply, bytes):
                self.request.sendall(reply)
            else:
                reply(asked, Line(self.request.sendall, server.owner.closing))


def _request(connection: socket.socket) -> Asked | None:
    received = b""
    while b"\r\n\r\n" not in received and len(received) < _HEAD:
        piece = connection.recv(_HEAD)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(_HEAD)
    method, path, _ = first.split(" ", 2)
    return Asked(path, method, headers, body, monotonic())


@contextmanager
def loopback(secure: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Give a running server, and end it."""
    server = Loopback(secure)
    try:
        yield server
    finally:
        server.close()


def dripping(first: bytes, piece: bytes = b"", pause: float = 0.1) -> Reply:
    """A reply that begins with `first`, then sends `piece` again and again; without a piece it only stalls."""

    def reply(asked: Asked, line: Line) -> None:
        line.send(first)
        until = monotonic() + _PATIENCE
        while monotonic() < until and line.wait(pause):
            line.send(piece)

    return reply
