"""A small port of its own where a working process tells how it is: `/healthz`, `/readyz`, `/metrics`.

It answers GET and HEAD, reads nothing of a request but its address and what it accepts, and never keeps the work
up: it runs in threads of its own, a few at a time.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import BoundedSemaphore, Thread
from typing import Any, ClassVar

import orjson

from harvester.watching.diary import Diary
from harvester.watching.health import Pulse, readiness
from harvester.watching.metrics import Metrics
from harvester.workplace import Workplace

_AT_ONCE = 8
_PATIENCE = 10.0
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json"


class _Answers(BaseHTTPRequestHandler):
    """Answers one question."""

    server_version, sys_version, timeout = "Kakehashi", "", _PATIENCE
    _busy: ClassVar[BoundedSemaphore] = BoundedSemaphore(_AT_ONCE)

    def do_GET(self) -> None:
        """Answer one of the three addresses."""
        if not self._busy.acquire(blocking=False):
            self._send(503, b"busy\n", _TEXT)
            return
        try:
            self._answer()
        finally:
            self._busy.release()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        """Keep quiet: who asks how things are is no news."""

    def _answer(self) -> None:
        server = self.server
        assert isinstance(server, _Server)  # noqa: S101  it is what this handler is made for
        path = self.path.partition("?")[0]
        if path == "/healthz":
            self._send(200 if server.pulse.alive else 503, b"ok\n" if server.pulse.alive else b"stuck\n", _TEXT)
        elif path == "/readyz":
            checks = readiness(server.place, server.pulse)
            ready = all(check.trouble is None for check in checks)
            body = {"ready": ready, "checks": [check.as_json() for check in checks]}
            self._send(200 if ready else 503, orjson.dumps(body) + b"\n", _JSON)
        elif path == "/metrics":
            self._send(200, *server.metrics.exposed(self.headers.get("Accept", "")))
        else:
            self._send(404, b"/healthz /readyz /metrics\n", _TEXT)

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, at: tuple[str, int], place: Workplace, pulse: Pulse) -> None:
        self.place, self.pulse, self.metrics = place, pulse, Metrics(place, pulse)
        self.address_family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
        super().__init__(at, _Answers)

    def server_bind(self) -> None:
        """Take the port, without asking for the name of the machine, which may take long."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave askers that went away without a word."""


@contextmanager
def lookout(place: Workplace, pulse: Pulse, diary: Diary, port: int) -> Iterator[str | None]:
    """Serve as long as the block lasts and give the address; None, and a word why, when the port cannot be had.

    The host is that of the settings; port 0 is any free one.
    """
    host = place.settings.health_host
    try:
        server = _Server((host, port), place, pulse)
    except OSError as error:
        diary.tell("lookout_unavailable", host=host, port=port, detail=error.strerror or str(error))
        yield None
        return
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{server.server_address[1]}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="lookout", daemon=True).start()
    diary.tell("lookout_begun", address=address)
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
