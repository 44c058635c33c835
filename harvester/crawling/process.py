"""Running a crawl in a process of its own, and waiting for it.

Crawls are forked by a nursery, a process that has loaded their code and is kept for the next crawl. It stands for the
environment and folder it was started in: where these have changed, another one is started.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO

import orjson

from config.messages import CodedError
from harvester.crawling.crawl import STRUCTURE_BROKEN
from harvester.crawling.crawlspec import CrawlSpec

_QUICK = 0.02
_POLL = 0.1
_PATIENCE = 10.0
_MOST_TOLD = 200


def run_crawl(spec: CrawlSpec, log: Path, longest: float, watch: Callable[[], None]) -> bool:
    """Run a crawl to its end, calling `watch` while it works; False when the source's structure was broken.

    The process's own messages go to `log`. Raises `CodedError` with `crawl_timeout` or `crawl_failed`; the process is
    always ended.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        nursery = _nursery(errors)
    crawl = _Crawl(nursery, spec, log)
    try:
        _wait(crawl, longest, watch)
    finally:
        crawl.end()
        if crawl.status is None:
            nursery.close()
        else:
            nursery.keep()
    if crawl.status not in {0, STRUCTURE_BROKEN}:
        tail = log.read_text(errors="replace").strip().splitlines()[-1:] or [f"exit status {crawl.status}"]
        raise CodedError.of("crawl_failed", detail=tail[0][:300])
    return crawl.status == 0


class _Nursery:
    """A nursery that runs, without a crawl or with one."""

    def __init__(self, errors: IO[bytes]) -> None:
        self._stands_for = _surroundings()
        self._unread = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harvester.crawling.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    @property
    def fits(self) -> bool:
        """Whether it runs, in the environment that the next crawl is to have."""
        return self._process.poll() is None and self._stands_for == _surroundings()

    def order(self, spec: CrawlSpec, log: Path) -> None:
        """Have a crawl forked."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                order = {"log": str(log.absolute()), "spec": spec.model_dump(mode="json")}
                self._process.stdin.write(orjson.dumps(order) + b"\n")
                self._process.stdin.flush()

    def told(self, seconds: float) -> int | None:
        """Return the next number it tells. Raises `TimeoutError`; None when it has ended."""
        if self._process.stdout is None:
            return None
        if not self._unread:
            if not select.select([self._process.stdout], [], [], seconds)[0]:
                raise TimeoutError
            self._unread = os.read(self._process.stdout.fileno(), _MOST_TOLD)
        line, _, self._unread = self._unread.partition(b"\n")
        return int(line) if line else None

    def keep(self) -> None:
        """Keep it for the next crawl."""
        _idle.append(self)

    def close(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


_idle: list[_Nursery] = []


def _nursery(errors: IO[bytes]) -> _Nursery:
    """Return a nursery without a crawl; end those that do not fit any more."""
    while _idle:
        nursery = _idle.pop()
        if nursery.fits:
            return nursery
        nursery.close()
    return _Nursery(errors)


@atexit.register
def _close_all() -> None:
    while _idle:
        _idle.pop().close()


def _surroundings() -> tuple[dict[str, str], str]:
    return dict(os.environ), str(Path.cwd())


class _Crawl:
    """A crawl process; `status` is what it ended with, negative for a signal."""

    def __init__(self, nursery: _Nursery, spec: CrawlSpec, log: Path) -> None:
        self._nursery = nursery
        self._process_id: int | None = None
        self.status: int | None = None
        nursery.order(spec, log)

    def wait(self, seconds: float) -> None:
        """Wait for the end. Raises `TimeoutError`."""
        while self.status is None:
            number = self._nursery.told(seconds)
            if number is None:
                self._signal(signal.SIGKILL)
                self.status = -signal.SIGKILL
            elif self._process_id is None:
                self._process_id = number
            else:
                self.status = number

    def end(self) -> None:
        """End it, by force if need be."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.status is None:
                self._signal(how)
                with suppress(TimeoutError):
                    self.wait(_PATIENCE)

    def _signal(self, number: signal.Signals) -> None:
        if self._process_id is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process_id, number)


def _wait(crawl: _Crawl, longest: float, watch: Callable[[], None]) -> None:
    begun = monotonic()
    while True:
        waited = monotonic() - begun
        with suppress(TimeoutError):
            crawl.wait(_QUICK if waited < 1 else _POLL)
            return
        watch()
        if waited > longest:
            raise CodedError.of("crawl_timeout", seconds=longest)
