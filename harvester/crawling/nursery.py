"""A process that has loaded what crawls need and forks one for each: `python -m harvester.crawling.nursery`.

Loading takes a second, forking a few hundredths. Nothing is connected, no thread runs and no reactor exists before
the fork, so that a crawl is as much a process of its own as one that loaded everything itself.

One line of JSON on standard input orders a crawl (`log`, a path, and `spec`); the answer is two lines, the crawl's
process id at once and its exit status when it has ended. It ends with its input, and so does the crawl that it has:
nobody is left who waits for it. A crawl also ends when its nursery does.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import sys
import time
import traceback
from contextlib import suppress
from threading import Thread
from typing import Any, NoReturn

import orjson

from config.messages import catalogue
from connectors.discovery import connector
from harvester.crawling.crawl import crawl
from harvester.crawling.crawlspec import CrawlSpec

_NEEDED_LATER = (
    "connectors.redaction", "scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler", "scrapy.dupefilters",
    "scrapy.extensions.throttle", "scrapy.downloadermiddlewares.redirect", "scrapy.pqueues", "scrapy.squeues",
    "twisted.internet.asyncioreactor", "twisted.internet.endpoints", "sqlalchemy.dialects.sqlite",
)  # fmt: skip
"""What Scrapy and the database load only when a crawl begins."""
_MOST = 2**16
_LOOK = 0.2


def main() -> None:
    """Fork a crawl for each order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _NEEDED_LATER:
        importlib.import_module(name)
    catalogue()
    ended = _ends_of_children()
    while line := _line():
        order = orjson.loads(line)
        _write_to(order["log"])
        with suppress(Exception):
            connector(order["spec"]["connector"])
        gc.freeze()
        nursery_id = os.getpid()
        crawl_id = os.fork()
        if not crawl_id:
            _become_crawl(order["spec"], nursery_id)
        with suppress(BrokenPipeError):
            _tell(crawl_id)
        status = _status_of(crawl_id, ended)
        with suppress(BrokenPipeError):
            _tell(status)


def _line() -> bytes:
    """Read one order; empty when the input has ended."""
    read = b""
    while not read.endswith(b"\n"):
        if not (piece := os.read(0, _MOST)):
            return b""
        read += piece
    return read


def _ends_of_children() -> int:
    """Return what becomes readable when a child ends."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def _status_of(crawl_id: int, ended: int) -> int:
    """Wait for a crawl and return how it ended; when standard input ends first, end the crawl."""
    while True:
        readable, _, _ = select.select([0, ended], [], [])
        if ended in readable:
            with suppress(BlockingIOError):
                os.read(ended, _MOST)
        done, status = os.waitpid(crawl_id, os.WNOHANG)
        if not done and 0 in readable:
            os.kill(crawl_id, signal.SIGKILL)
            done, status = os.waitpid(crawl_id, 0)
        if done:
            return os.waitstatus_to_exitcode(status)


def _write_to(log: str) -> None:
    """Have all messages written to a log, those of the crawl too."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(file, 2)
    os.close(file)


def _become_crawl(spec: dict[str, Any], nursery_id: int) -> NoReturn:
    """Crawl in this process and end, when the nursery does at the latest."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        Thread(target=_end_with, args=(nursery_id,), daemon=True).start()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        status = crawl(CrawlSpec.model_validate(spec))
    except BaseException:  # noqa: BLE001 - what it is stands in the log, and the status tells the rest
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _end_with(nursery_id: int) -> None:
    """End this process once its parent is another than the nursery."""
    while os.getppid() == nursery_id:
        time.sleep(_LOOK)
    os._exit(1)


def _tell(number: int) -> None:
    os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    main()
