"""A process that has loaded what crawls need and forks one for each: `python -m harvester.nursery`.

Loading takes a second, forking a few hundredths. Nothing is connected, no thread runs and no reactor exists before
the fork, so that a crawl is as much a process of its own as one that loaded everything itself.

One line of JSON on standard input orders a crawl (`log`, a path, and `spec`); the answer is two lines, the crawl's
process id at once and its exit status when it has ended. It ends with its input.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

import orjson

from config.messages import catalogue
from connectors.discovery import connector
from harvester.crawl import crawl
from harvester.crawlspec import CrawlSpec

_NEEDED_LATER = (
    "connectors.redaction", "scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler", "scrapy.dupefilters",
    "scrapy.extensions.throttle", "scrapy.downloadermiddlewares.redirect", "scrapy.pqueues", "scrapy.squeues",
    "twisted.internet.asyncioreactor", "twisted.internet.endpoints", "sqlalchemy.dialects.sqlite",
)  # fmt: skip
"""What Scrapy and the database load only when a crawl begins."""


def main() -> None:
    """Fork a crawl for each order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _NEEDED_LATER:
        importlib.import_module(name)
    catalogue()
    for line in sys.stdin.buffer:
        order = orjson.loads(line)
        _write_to(order["log"])
        with suppress(Exception):
            connector(order["spec"]["connector"])
        gc.freeze()
        crawl_id = os.fork()
        if not crawl_id:
            _become_crawl(order["spec"])
        try:
            _tell(crawl_id)
            _tell(os.waitstatus_to_exitcode(os.waitpid(crawl_id, 0)[1]))
        except BrokenPipeError:
            return


def _write_to(log: str) -> None:
    """Have all messages written to a log, those of the crawl too."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(file, 2)
    os.close(file)


def _become_crawl(spec: dict[str, Any]) -> NoReturn:
    """Crawl in this process, which has no more to do with its parent, and end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
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


def _tell(number: int) -> None:
    os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    main()
