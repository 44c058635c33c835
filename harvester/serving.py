"""Running the stand-ins in a process of their own while something else goes on."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from config.messages import CodedError
from connectors.standins import Listening, listening, serve_forever

_PATIENCE = 60.0
_PAUSE = 0.05


@contextmanager
def served(
    names: tuple[str, ...] | None = None,
    listings: int | None = None,
    port: int = 0,
    instead: Mapping[str, str] | None = None,
) -> Iterator[list[Listening]]:
    """Serve stand-ins on loopback and give their addresses; the process is ended afterwards.

    `instead` names variants that are shown at the addresses of others. Raises `CodedError` with `stand_in_failed`
    when the process ends, or one does not answer within a minute: a busy machine takes its time.
    """
    with listening(names, port) as bound:
        process = multiprocessing.get_context("spawn").Process(
            target=serve_forever, args=([(item.name, item.socket) for item in bound], listings, instead), daemon=True
        )
        process.start()
        try:
            for item in bound:
                _wait_for(item, process)
            yield bound
        finally:
            process.terminate()
            process.join(10)
            if process.is_alive():
                process.kill()
                process.join()


def _wait_for(item: Listening, process: BaseProcess) -> None:
    port = int(item.address.rpartition(":")[2])
    until = time.monotonic() + _PATIENCE
    while process.is_alive() and time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                probe.sendall(b"GET /robots.txt HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if probe.recv(1):
                    return
        except OSError:
            pass
        time.sleep(_PAUSE)
    raise CodedError.of("stand_in_failed", registry=item.name)
