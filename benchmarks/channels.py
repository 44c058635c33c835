"""The ways out: pages of OAI-PMH, the API's records, dumps, and what it costs a partner to hear that nothing changed.

Applications are asked in this process, without a network between: what is measured is the answering. A request is one
that real harvesters make: it takes gzip where they do. That both sides of a comparison say the same is proven on their
parsed answers.

`python -m benchmarks.channels HOME` dumps what stands in a home and prints records, seconds and peak memory.
"""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

import orjson
import pyoxigraph as ox
from lxml import etree

from benchmarks.elm_export import statements
from benchmarks.load import proposals
from benchmarks.measure import Outcome, in_turn, peak_memory, timed
from benchmarks.memory import MOST_GROWTH
from benchmarks.naive import api as naive_api
from benchmarks.naive.elm import elm_graph
from config.settings import Settings
from crosswalks.descriptor.serialise import load
from harvester.collecting import rare_collection
from harvester.workplace import Workplace
from portal.application import application
from portal.dumps.building import build
from portal.dumps.forms import elm_documents
from portal.dumps.reading import records, standing_rows
from portal.partners.log import PublicationLog
from store.plans import publish, write_proposals
from store.publications import Span, contents
from store.runs import open_run

RECORDS, MANY_RECORDS, NAIVE, REPETITIONS = 20_000, 200_000, 2_000, 5
DUMPED = (2_000, 20_000)
PAGE, SLOWEST, FLAT = 100, 300.0, 1.2
PAGES = 40
ONE, MANY, DUMP = 5.0, 40.0, 20.0
_REGISTRY = "jmicro"
_PART = 5_000
_FOUND = 200
_ANY_RATE = "1000000/second"
"""Both sides are asked faster than one address may; hits are counted all the same."""
_OAI = {None: "http://www.openarchives.org/OAI/2.0/"}
_MODIFIED = "http://purl.org/dc/terms/modified"
_TURTLE = ox.RdfFormat.TURTLE


class Answered(NamedTuple):
    """One answer: its status and its body, unpacked."""

    status: int
    body: bytes


Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the channels."""
    less = 10 if quick else 1
    count, many = RECORDS // less, MANY_RECORDS // less
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as folder, asyncio.Runner() as runner:
        place = stocked(Path(folder) / "some", count)
        yield from of_oai(runner, place, count)
        yield from of_records(runner, place, count, 20 if quick else 100)
        yield of_rdflib(place, min(NAIVE, count) // (4 if quick else 1))
        place.database.close()
        place = stocked(Path(folder) / "many", many)
        yield from of_oai(runner, place, many)
        place.database.close()
        yield of_memory(Path(folder), [size // less for size in DUMPED])


def stocked(home: Path, count: int) -> Workplace:
    """Return a deployment in which so many made-up listings are published."""
    place = Workplace.of(Settings(home=home, database_url=None))
    run = open_run(place.database, registry=_REGISTRY, connector=_REGISTRY, actor="bench", address="", fingerprint="")
    for first in range(1, count + 1, _PART):
        write_proposals(place.database, run, proposals(min(_PART, count + 1 - first), first))
    publish(place.database, run, _REGISTRY, complete=True, digest="digest")
    return place


async def asked(app: Application, path: str, query: str = "", accept: str = "identity") -> Answered:
    """Return what an application answers to one request."""
    told: dict[str, Any] = {"status": 0, "body": bytearray(), "packed": False}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"kakehashi.example"), (b"accept-encoding", accept.encode())],
        "client": ("127.0.0.1", 1), "server": ("kakehashi.example", 443), "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            told["status"] = message["status"]
            told["packed"] = (b"content-encoding", b"gzip") in message["headers"]
        else:
            told["body"] += message.get("body", b"")

    await app(scope, receive, send)
    body = bytes(told["body"])
    return Answered(told["status"], gzip.decompress(body) if told["packed"] else body)


async def harvested(app: Application, query: str) -> tuple[list[float], list[str], list[str]]:
    """Walk a list of OAI-PMH to its end; return milliseconds and query of each page, and the identifiers met."""
    times, queries, met = [], [], []
    while query:
        begun = perf_counter()
        found = await asked(app, "/oai", query, "gzip")
        times.append((perf_counter() - begun) * 1000)
        queries.append(query)
        tree = etree.fromstring(found.body)
        met += [one.text or "" for one in tree.iterfind(".//header/identifier", _OAI)]
        token = tree.findtext(".//resumptionToken", None, _OAI)
        query = f"verb=ListRecords&resumptionToken={token}" if token else ""
    return times, queries, met


def of_oai(runner: asyncio.Runner, place: Workplace, count: int) -> Iterator[Outcome]:
    """Measure pages of the first harvest and of one after it, and what an incremental one without changes costs."""
    app = application(place.settings, place.database)
    start = "verb=ListRecords&metadataPrefix=oai_dc"
    title = f"OAI-PMH, {count:,} records"
    for walk in ("first walk", "next walk"):
        times, queries, met = runner.run(harvested(app, start))
        slow = quantiles(times, n=20)[-1]
        found = Outcome(
            f"{title}: page of {PAGE}, {walk}, p95", SLOWEST, "ms", slow, None, slow, at_most=True,
            details={"times": times},
        )  # fmt: skip
        whole = len(met) == len(set(met)) == count
        told = f"{len(set(met))} of {count} records"
        found.equal, found.difference = _verdict(whole, f"{title}: every record once", told)
        yield found
    last = min(199, len(queries) - 2)
    pairs, _, _ = in_turn(
        lambda: [runner.run(asked(app, "/oai", queries[last], "gzip")) for _ in range(4)],
        lambda: [runner.run(asked(app, "/oai", queries[0], "gzip")) for _ in range(4)],
        4 * REPETITIONS,
    )
    first, later = (median(one.cpu for one in side) * 250 for side in (pairs.naive, pairs.ours))
    ratio = 1 / pairs.ratio("cpu")
    found = Outcome(f"{title}: page {last + 1} beside page 1", FLAT, "×", later, first, ratio, at_most=True)
    found.equal, found.difference = _verdict(whole, f"{title}: every record once", "records are missing")
    yield found
    since = "2099-01-01T00:00:00Z"
    times, _, met = runner.run(harvested(app, f"{start}&from={since}"))
    found = Outcome(
        f"{title}: requests to hear of no change", 1, "requests", len(times), None, len(times), at_most=True
    )
    found.equal, found.difference = _verdict(not met, f"{title}: no record after no change", f"{len(met)} records")
    yield found


def of_records(runner: asyncio.Runner, place: Workplace, count: int, requests: int) -> Iterator[Outcome]:
    """Measure one record and a page of records of the API against the same from objects of the ORM.

    Pages are other ones each time, as whoever walks the list asks for them, and more than an application remembers.
    """
    settings = place.settings.model_copy(update={"api_rate": _ANY_RATE})
    ours, naive = application(settings, place.database), naive_api.application(place.database, settings.base)
    walk = [f"limit={PAGE}&after={first}" for first in range(0, min(count, PAGES * PAGE), PAGE)]
    names = [one["name"] for one in orjson.loads(runner.run(asked(ours, "/api/v1/records", walk[-1])).body)["records"]]
    cases = (
        ("API: one record", ONE, [(f"/api/v1/records/{name}", "") for name in names[:requests]], 9),
        (f"API: a page of {PAGE} records", MANY, [("/api/v1/records", query) for query in walk], 3),
    )
    for title, wanted, addresses, repetitions in cases:

        def all_of(app: Application, addresses: list[tuple[str, str]] = addresses) -> list[Answered]:
            async def one_after_the_other() -> list[Answered]:
                return [await asked(app, path, query) for path, query in addresses]

            return runner.run(one_after_the_other())

        pairs, one, other = in_turn(lambda: all_of(ours), lambda: all_of(naive), repetitions)
        found = pairs.outcome(title, wanted, "ms CPU", 1000 / len(addresses))
        odd = [answered for answered in (*one, *other) if answered.status != _FOUND]
        unlike = sum(_plain(mine) != _plain(theirs) for mine, theirs in zip(one, other, strict=True))
        difference = f"{len(odd)} answers are no 200, {unlike} of {len(one)} differ"
        found.equal, found.difference = _verdict(not odd and not unlike, f"{title}: the same values", difference)
        yield found


def of_rdflib(place: Workplace, count: int) -> Outcome:
    """Measure a file of a dump, from the store to packed Turtle, against one graph of rdflib."""
    log = PublicationLog(place.database, place.settings.base)
    rows = [row for some in standing_rows(log, Span(count)) for row in some]
    seqs = [row.seq for row in rows]

    def ours() -> bytes:
        with tempfile.TemporaryDirectory() as folder, rare_collection():
            named = [("elm.ttl", "turtle", "text/turtle")]
            with elm_documents(Path(folder), named, "elm-3.2") as (document,):
                for some in standing_rows(log, Span(count)):
                    for one in records(log, some):
                        document.add(one)
            return gzip.decompress((Path(folder) / "elm.ttl.gz").read_bytes())

    def naive() -> bytes:
        graph = elm_graph([load(text) for text in contents(place.database, seqs).values()])
        return gzip.decompress(gzip.compress(graph.serialize(format="turtle", encoding="utf-8"), 6))

    pairs, one, other = in_turn(ours, naive, 2, warm=ours)
    found = pairs.outcome(f"dump: Turtle of {count:,} records", DUMP, "µs/record", 1e6 / count)
    mine, theirs = ({item for item in statements(file, _TURTLE) if item[1] != _MODIFIED} for file in (one, other))
    alike = mine == theirs and len(mine) > count
    equal = "dump: the same statements but for dc:modified"
    found.equal, found.difference = _verdict(alike, equal, f"{len(mine ^ theirs)} statements of one side only")
    return found


def of_memory(folder: Path, sizes: list[int]) -> Outcome:
    """Measure how much more memory a whole dump of more records takes, each in a process of its own."""
    told = []
    for size in sizes:
        home = folder / f"dumped-{size}"
        stocked(home, size).database.close()
        command = [sys.executable, "-m", "benchmarks.channels", str(home)]
        told.append(orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    growth = (told[-1]["peak"] - told[0]["peak"]) / 1024
    found = Outcome(
        f"dump: all files, growth {sizes[0]:,} to {sizes[-1]:,}", MOST_GROWTH, "MB", told[-1]["peak"] / 1024, None,
        growth, at_most=True, details={"runs": told},
    )  # fmt: skip
    right = [one["records"] for one in told] == sizes
    found.equal, found.difference = _verdict(right, "dump: as many records as were published", str(told))
    return found


def _verdict(right: bool, equal: str, difference: str) -> tuple[str | None, str]:  # noqa: FBT001
    return (equal, "") if right else (None, difference)


def _plain(answer: Answered) -> Any:
    """Return an answer's values, without the address of the next page: only one side signs it."""
    values = orjson.loads(answer.body)
    return {key: value for key, value in values.items() if key != "next"}


def dumped(home: Path) -> dict[str, float]:
    """Dump what stands in a home."""
    place = Workplace.of(Settings(home=home, database_url=None))
    log = PublicationLog(place.database, place.settings.base)
    spent, (manifest, _) = timed(lambda: build(log, place.settings))
    return {"records": manifest.records, "seconds": spent.cpu, "peak": peak_memory()}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(dumped(Path(sys.argv[1]))))
