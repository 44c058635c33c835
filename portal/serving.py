"""Serving the portal over HTTP from one process."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from config.messages import CodedError
from config.settings import Settings
from portal.application import application
from store.database import Database

_BACKLOG = 512
_PATIENCE = 20
"""Seconds that answers under way get when the process is told to stop."""
_KEPT_OPEN = 75
"""Seconds that a connection stays open without a request, as long as reverse proxies do: a client that digests a large
answer while it reads would lose the rest if it was closed before."""


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """Bind an address and give the socket with what clients call; 0 takes a free port.

    Raises `CodedError` with `port_taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
            bound.listen(_BACKLOG)
        except OSError as error:
            detail = error.strerror or str(error)
            raise CodedError.of("port_taken", address=f"{host}:{port}", detail=detail) from None
        shown = f"[{host}]" if family is socket.AF_INET6 else host
        yield bound, f"http://{shown}:{bound.getsockname()[1]}"
    finally:
        bound.close()


def server(settings: Settings, database: Database) -> uvicorn.Server:
    """Return a server of a deployment's portal; `run` it with the sockets it should answer on.

    The search index is brought up beside it, so that it answers at once whatever was published before.
    """
    app = application(settings, database)
    app.state.finder.begin()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_PATIENCE,
        timeout_keep_alive=_KEPT_OPEN,
    )
    return uvicorn.Server(config)


def run(web: uvicorn.Server, bound: socket.socket) -> None:
    """Run a server in a process that does nothing else, until it is told to stop.

    What was loaded by now stays for good, so the garbage collector need not look at it with every few requests.
    """
    gc.collect()
    gc.freeze()
    web.run(sockets=[bound])
