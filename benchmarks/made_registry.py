"""A stand-in of the home registry's shape with nothing but made-up listings, served in a process of its own."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import orjson
import uvicorn

from connectors.contract import Answer, Question, StandIn
from connectors.jmicro.standin_made import made
from connectors.standins import Application

PAGE = 100
_ENTRY = "listings"


def answer(question: Question, listings: int, page: int = PAGE) -> Answer | None:
    """Answer with the index or one of its files, JSON Lines of `page` listings each."""
    starts = range(1, listings + 1, page)
    if question.path == _ENTRY:
        files = [{"url": f"part-{start}.jsonl", "count": min(page, listings + 1 - start)} for start in starts]
        return Answer(orjson.dumps({"files": files}), media_type="application/json")
    number = question.path.removeprefix("part-").removesuffix(".jsonl")
    if number.isdigit() and int(number) in starts:
        numbers = range(int(number), min(int(number) + page, listings + 1))
        lines = (orjson.dumps(made(one)) + b"\n" for one in numbers)
        return Answer(b"".join(lines), media_type="application/jsonl; charset=utf-8")
    return None


def serve(listening: socket.socket, listings: int, page: int = PAGE) -> None:
    """Serve until the process is ended."""
    standin = StandIn(
        answer=partial(answer, page=page), entry=_ENTRY, listings=listings, variants={"full": "everything"}
    )
    config = uvicorn.Config(Application(standin), log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def served(listings: int, page: int = PAGE) -> Iterator[str]:
    """Serve so many listings on loopback, so many on each page, and give the address of the index."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(listening, listings, page), daemon=True
        )
        process.start()
        try:
            port = listening.getsockname()[1]
            _wait(port)
            yield f"http://127.0.0.1:{port}/full/{_ENTRY}"
        finally:
            process.terminate()
            process.join(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise OSError("the stand-in does not answer")
