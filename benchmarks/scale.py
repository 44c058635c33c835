"""What a harvest of many listings takes: speed from list pages and from detail pages, the repetition, peak memory.

`python -m benchmarks.scale ADDRESS HOME TIMES` harvests a made-up registry so many times into a home, in a process of
its own, and prints the seconds, listings and publications of each, and the peak memory of harvest and crawls.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import orjson

from benchmarks import made_registry
from benchmarks.measure import Outcome, children, nurseries, peak_memory
from config.settings import Settings
from connectors.contract import Registry
from connectors.discovery import registry
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace

FEW, MANY, DETAILS = 2_000, 20_000, 2_000
LIST_SPEED, DETAIL_SPEED, AGAIN, MOST_GROWTH = 1_000.0, 100.0, 5.0, 1.3
_GLANCE = 0.01


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure a harvest of many listings, of few, and of pages with one listing each."""
    few, many, details = (FEW // 10, MANY // 10, DETAILS // 10) if quick else (FEW, MANY, DETAILS)
    small = run(few, made_registry.PAGE, 1)
    large = run(many, made_registry.PAGE, 2)
    single = run(details, 1, 1)
    first, again = large["runs"]
    yield _speed(f"scale: {many:,} listings from list pages", LIST_SPEED, first, many)
    yield _speed(f"scale: {details:,} listings, a page each", DETAIL_SPEED, single["runs"][0], details)
    found = Outcome(f"scale: {many:,} listings unchanged again", AGAIN, "s", again["seconds"], first["seconds"],
                    first["seconds"] / again["seconds"])  # fmt: skip
    if (again["listings"], again["publications"]) == (many, 0):
        found.equal = "scale: every listing found again, not one publication"
    else:
        found.difference = f"{again} is not the first harvest again"
    yield found
    for name, told in (("harvest", "whole harvest"), ("crawl", "crawl process")):
        growth = large[name] / small[name]
        grown = Outcome(f"scale: peak memory of the {told}, {few:,} to {many:,}", MOST_GROWTH, "×", large[name] / 1024,
                        None, growth, at_most=True, details={"small": small, "large": large})  # fmt: skip
        grown.equal = "scale: as many listings published as there are"
        yield grown


def _speed(name: str, goal: float, told: dict[str, Any], wanted: int) -> Outcome:
    speed = wanted / told["seconds"]
    found = Outcome(name, goal, "listings/s", speed, None, speed)
    if (told["listings"], told["publications"]) == (wanted, wanted):
        found.equal = "scale: as many listings published as there are"
    else:
        found.difference = f"{told} is not what was asked for"
    return found


def run(listings: int, page: int, times: int) -> dict[str, Any]:
    """Harvest so many listings in a process of its own; return what it tells."""
    with (
        tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as home,
        made_registry.served(listings, page) as address,
    ):
        command = [sys.executable, "-m", "benchmarks.scale", address, home, str(times)]
        told: dict[str, Any] = orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def repeated(address: str, home: Path, times: int) -> dict[str, Any]:
    """Harvest a registry so many times, and return what it took."""
    plain = registry("jmicro")
    source = Registry(plain.id, plain.connector, plain.manifest.model_copy(update={"address": address}))
    place = Workplace.of(Settings(home=home, database_url=None))
    with crawls_watched() as most:
        runs = [one_run(place, source) for _ in range(times)]
    place.database.close()
    return {"runs": runs, "harvest": peak_memory(), "crawl": most()}


def one_run(place: Workplace, source: Registry) -> dict[str, Any]:
    """Harvest once, and return what came of it."""
    begun = time.perf_counter()
    report = harvest(place, Order(source, "bench", allow_loopback=True))
    published = report.published
    return {
        "seconds": time.perf_counter() - begun,
        "listings": report.reading.listings,
        "publications": 0 if published.last_seq is None else published.last_seq - (published.first_seq or 0) + 1,
        "state": report.state,
    }


@contextmanager
def crawls_watched() -> Iterator[Callable[[], int]]:
    """Look at the crawls of this process again and again; what is given returns the most memory (KB) one has had."""
    most, over = 0, Event()

    def look() -> None:
        nonlocal most
        while not over.wait(_GLANCE):
            for crawl in (one for nursery in nurseries() for one in children(nursery)):
                with suppress(OSError, ValueError, IndexError):
                    most = max(most, peak_memory(crawl))

    watch = Thread(target=look, daemon=True)
    watch.start()
    try:
        yield lambda: most
    finally:
        over.set()
        watch.join()


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(repeated(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
