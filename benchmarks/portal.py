"""The portal over 100 000 records: search, record page, comparison, what is like a record, and a server that starts.

Each is asked over the application itself, without a network, in one process. Goals are absolute and held against the
processor's time, which other work on the machine disturbs least; the time on the clock stands in the details. The
records are written into the tables as a publication leaves them, from a few thousand made-up listings.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from starlette.testclient import TestClient

from benchmarks.measure import Outcome
from config.settings import Settings
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.serialise import content_hash, dump, from_dict
from harvester.workplace import Workplace
from portal.application import application
from store.clock import now
from store.runs import open_run

RECORDS, FEW, DISTINCT = 100_000, 10_000, 2_000
BASE = "https://kakehashi.example"
_ASKED = 60
_COMMON = ("評価", "of", "講座", "架空", "fictional", "evaluating", "の", "学", "架", "a")
_RARE = ("量", "量子", "情報セキュリティ", "security 12", "病院", "やまなみ", "statistics", "竹", "zz", "ブロンズ")


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the portal."""
    number = FEW if quick else RECORDS
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as folder:
        place = Workplace.of(Settings(home=Path(folder), database_url=None, public_base=BASE))
        try:
            names = _fill(place, number)
            yield from _measured(place, names, number)
        finally:
            place.database.close()


def _measured(place: Workplace, names: Sequence[str], number: int) -> Iterator[Outcome]:
    app = application(place.settings, place.database)
    begun = time.perf_counter()
    app.state.finder.catch_up()
    read = time.perf_counter() - begun
    begun, spent = time.perf_counter(), time.process_time()
    again = application(place.settings, place.database)
    with TestClient(again, base_url=BASE) as client:
        assert client.get("/ja/search?q=量").status_code == 200
        ready, clock = time.process_time() - spent, time.perf_counter() - begun
        asking = _Asking(client, names, number)
        yield asking.goal(
            "start to the first search answered", 5_000, [ready * 1000], {"index_seconds": read, "clock_seconds": clock}
        )
        queries = [f"/ja/search?q={word}" for word in (*_COMMON, *_RARE)]
        queries += [f"/ja/search?q={one} {other}" for one, other in zip(_COMMON, _RARE, strict=True)]
        yield asking.goal("search, p95", 50, asking.times(queries))
        some = random.Random(1).sample(list(names), _ASKED)  # noqa: S311  a steady choice
        yield asking.goal("record page, p95", 100, asking.times([f"/ja/mc/{name}" for name in some]))
        yield asking.goal("what is like a record, p95", 1_000, asking.times([f"/ja/mc/{one}/alike" for one in some]))
        fours = [some[index : index + 4] for index in range(0, _ASKED, 4)]
        told = asking.times([f"/ja/compare?ids={','.join(four)}" for four in fours])
        yield asking.goal("compare four, p95", 200, told)


class _Asking:
    """Asks addresses one after the other and keeps how long each took."""

    def __init__(self, client: TestClient, names: Sequence[str], number: int) -> None:
        self._client, self._names, self._number = client, names, number
        self.clock: list[float] = []

    def times(self, addresses: Sequence[str]) -> list[float]:
        """Return the milliseconds of processor time that each address took; every one must be answered."""
        self._client.get(addresses[0])
        found = []
        self.clock = []
        for address in addresses:
            begun, spent = time.perf_counter(), time.process_time()
            answer = self._client.get(address)
            found.append((time.process_time() - spent) * 1000)
            self.clock.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, address
        return found

    def goal(self, name: str, wanted: float, times: list[float], details: dict[str, Any] | None = None) -> Outcome:
        """Return what a goal came to: the time that nineteen in twenty stay below."""
        last = sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]
        return Outcome(
            f"{name}: {self._number:,} records", wanted, "ms", last, None, last, at_most=True,
            details={"times": times, "clock": self.clock, **(details or {})},
        )  # fmt: skip


def _fill(place: Workplace, number: int) -> list[str]:
    """Publish so many records, every one different; return their names."""
    texts = [_text(index) for index in range(1, min(DISTINCT, number) + 1)]
    run = open_run(
        place.database, registry="jmicro", connector="jmicro", actor="bench", address="", fingerprint=""
    )  # fmt: skip
    moment = now().strftime("%Y-%m-%d %H:%M:%S.%f")
    names = [f"jmicro-bench{index:07d}" for index in range(number)]

    def made_of(index: int) -> tuple[str, str, str, str]:
        content, digest = texts[index % len(texts)]
        kept = content.replace("MARKED", names[index]).replace("NUMBERED", str(index))
        return names[index], f"{BASE}/id/mc/{names[index]}", kept, f"{digest[:-7]}{index:07d}"

    record = "record (id, registry_id, key, iri, state, version, listing_run, descriptor_run, created_at, changed_at)"
    listing = "listing_version (run_id, record_id, content_hash, content, payload_hash, places, retrieved_at)"
    ledger = "mapped, normalised, derived, defaulted, dropped, unknown"
    descriptor = f"descriptor_version (run_id, record_id, content_hash, content, ledger, issues, {ledger})"
    log = "publication (record_id, version, op, published_at, content_hash, run_id)"
    rows = [made_of(index) for index in range(number)]
    tables: dict[str, list[tuple[Any, ...]]] = {
        record: [(name, "jmicro", name, iri, "live", 1, run, run, moment, moment) for name, iri, _, _ in rows],
        listing: [(run, name, digest, "{}", "p", "{}", moment) for name, _, _, digest in rows],
        descriptor: [(run, name, digest, kept, _LEDGER, "[]", *[0] * 6) for name, _, kept, digest in rows],
        log: [(name, 1, "create", moment, digest, run) for name, _, _, digest in rows],
    }
    with place.database.writing() as connection:
        for columns, batch in tables.items():
            marks = ", ".join("?" * (columns.count(",") + 1))
            connection.exec_driver_sql(f"INSERT INTO {columns} VALUES ({marks})", batch)  # noqa: S608  names of ours
    return names


_LEDGER = '{"from":"jmicro","to":"jmicro","entries":[]}'


def _text(index: int) -> tuple[str, str]:
    content = made(index) | {
        "id": f"{BASE}/id/mc/MARKED",
        "identifiers": [{"scheme": "course-code", "value": "NUMBERED"}],
    }
    content["landing_page"] = "https://issuer.example/courses/NUMBERED"
    content["source_record"] = {"registry": "jmicro", "source_id": "MARKED", "rights": "reuse_with_attribution"}
    descriptor = from_dict(
        orjson.loads(orjson.dumps(content).replace("（架空講座".encode(), "（架空講座 NUMBERED ".encode()))
    )
    return dump(descriptor).decode(), content_hash(descriptor)
