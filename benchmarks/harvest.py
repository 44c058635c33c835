"""A harvest of list pages from start to end, against Scrapy with its default settings; and the same harvest again.

Both sides fetch the pages of the same stand-in over loopback, in a process of their own, into an empty SQLite file.
Two comparisons: with the naive side doing the same job (pages, listings, descriptors, ledgers, publications kept), and
with one that keeps the bare rows. Ours does all of its work in both, accounting, plan and history too.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import orjson

from benchmarks.measure import Outcome, Pairs, timed
from config.settings import Settings
from connectors.contract import Registry
from connectors.discovery import connector, registry
from connectors.standins import entry_url
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.serving import served
from harvester.workplace import Workplace
from store.records import current_records, details, find_record

LISTINGS, FEW, REPETITIONS, PAGE = 10_000, 1_000, 3, 50
_FIELDS = ("title", "programme", "reference", "provider")


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the harvest and its unchanged repetition."""
    listings = FEW if quick else LISTINGS
    full, bare, again = Pairs([], []), Pairs([], []), Pairs([], [])
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as name, served(("mqa",), listings) as bound:
        folder, numbers = Path(name), count(1)
        source = registry("mqa")
        address = entry_url(connector("mqa").standin, bound[0].address, "paged-long")
        manifest = source.manifest.model_copy(update={"address": address})
        order = Order(Registry(source.id, source.connector, manifest), "bench", allow_loopback=True)
        warm_up(address, listings)
        for _ in range(REPETITIONS):
            place = Workplace.of(Settings(home=folder / f"ours-{next(numbers)}", database_url=None))
            rows = folder / f"rows-{next(numbers)}.db"
            kept = folder / f"kept-{next(numbers)}.db"
            naive_kept, _ = timed(partial(scrapy_run, address, kept, "--descriptors"))
            first, report = timed(partial(harvest, place, order))
            naive_rows, _ = timed(partial(scrapy_run, address, rows))
            second, repeated = timed(partial(harvest, place, order))
            full.ours.append(first)
            full.naive.append(naive_kept)
            bare.ours.append(first)
            bare.naive.append(naive_rows)
            again.ours.append(second)
            again.naive.append(first)
            compared = same_listings(place, kept, rows), unchanged(report, repeated)
            place.database.close()
    scale = 1e6 / listings
    one = full.outcome(f"harvest: {listings:,} rows to listings and descriptors", 4, "µs/row", scale)
    two = bare.outcome(f"harvest: {listings:,} rows; naive: bare rows only", 1, "µs/row", scale)
    three = again.outcome("harvest: unchanged again; beside it, the first", 5, "µs/row", scale)
    (one.equal, one.difference), (three.equal, three.difference) = compared
    two.equal, two.difference = one.equal, one.difference
    for found, pairs in ((one, full), (two, bare)):
        found.details["rows_per_second"] = [listings / median(spent.wall for spent in pairs.ours),
                                            listings / median(spent.wall for spent in pairs.naive)]  # fmt: skip
    yield from (one, two, three)


def warm_up(address: str, listings: int) -> None:
    """Have the stand-in make every page once: it keeps its answers, so that both sides meet the same server."""
    for start in range(1, listings + PAGE, PAGE):
        with urlopen(f"{address}?StartRow={start}" if start > 1 else address) as answer:  # noqa: S310 - loopback
            answer.read()


def scrapy_run(address: str, database: Path, *options: str) -> None:
    """Harvest by the naive side, in a process of its own as ours is."""
    command = [sys.executable, "-m", "benchmarks.naive.spider", address, f"sqlite:///{database}",
               str(database.with_suffix(".log")), *options]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def same_listings(place: Workplace, kept: Path, rows: Path) -> tuple[str | None, str]:
    """Return what was found equal: rows field by field, descriptors but for when and where they were found."""
    ours, descriptors = set(), {}
    for current in current_records(place.database):
        listing = details(place.database, find_record(place.database, current.record_id))["listing"]
        ours.add(tuple(listing.get(name) for name in _FIELDS))
        descriptors[current.record_id] = _content(current.content)
    for path in (rows, kept):
        with sqlite3.connect(path) as database:
            theirs = set(database.execute("SELECT title, programme, reference, provider FROM listingrow"))
        if not ours or ours != theirs:
            return None, f"{len(ours - theirs)} rows only in ours, {len(theirs - ours)} only in the other"
    with sqlite3.connect(kept) as database:
        made = {row[0]: _content(row[1]) for row in database.execute("SELECT id, content FROM descriptorrow")}
        published = {row[0] for row in database.execute("SELECT record_id FROM publicationrow WHERE op = 'create'")}
    if published != descriptors.keys():
        return None, f"{len(published ^ descriptors.keys())} publications of one side only"
    if made != descriptors:
        differ = sum(made.get(name) != content for name, content in descriptors.items())
        return None, f"{differ} of {len(descriptors)} descriptors differ"
    return "harvest: the same rows, and the same descriptors but for the moment", ""


def _content(text: str) -> bytes:
    value = orjson.loads(text)
    value["source_record"] = {
        name: one for name, one in value["source_record"].items() if name not in {"retrieved_at", "content_hash"}
    }
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def unchanged(first: RunReport, second: RunReport) -> tuple[str | None, str]:
    """Return whether a second run found everything as the first had left it."""
    counted = second.reading.listings == first.reading.listings == second.reading.unchanged == first.published.created
    if counted and second.same_as_run == first.run_id and second.published.last_seq is None:
        return "harvest again: every listing found unchanged, nothing written", ""
    return None, "the second run did not find everything unchanged"
