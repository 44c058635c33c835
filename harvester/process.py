"""Running a crawl in a process of its own, and waiting for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from config.messages import CodedError
from harvester.crawl import STRUCTURE_BROKEN
from harvester.crawlspec import CrawlSpec

_QUICK = 0.02
_POLL = 0.1
_PATIENCE = 10.0


def run_crawl(spec: CrawlSpec, log: Path, longest: float, watch: Callable[[], None]) -> bool:
    """Run a crawl to its end, calling `watch` while it works; False when the source's structure was broken.

    The process's own messages go to `log`. Raises `CodedError` with `crawl_timeout` or `crawl_failed`; the process is
    always ended.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "harvester.crawl"], stdin=subprocess.PIPE, stdout=errors, stderr=errors
        )
        try:
            if child.stdin is not None:
                with suppress(BrokenPipeError):
                    child.stdin.write(spec.model_dump_json().encode())
                    child.stdin.close()
            _wait(child, longest, watch)
        finally:
            _end(child)
    if child.returncode not in {0, STRUCTURE_BROKEN}:
        tail = log.read_text(errors="replace").strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
        raise CodedError.of("crawl_failed", detail=tail[0][:300])
    return child.returncode == 0


def _wait(child: subprocess.Popen[bytes], longest: float, watch: Callable[[], None]) -> None:
    begun = monotonic()
    while True:
        waited = monotonic() - begun
        with suppress(subprocess.TimeoutExpired):
            child.wait(_QUICK if waited < 1 else _POLL)
            return
        watch()
        if waited > longest:
            raise CodedError.of("crawl_timeout", seconds=longest)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_PATIENCE)
    if child.poll() is None:
        child.kill()
        child.wait()
