"""First load: the proposals of one run into an empty SQLite store, by plan and publication and by the ORM."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import Outcome, in_turn
from benchmarks.naive.orm import add_all
from config.settings import Settings
from connectors.contract import Payload
from connectors.discovery import connector, registry
from connectors.jmicro.standin_made import made
from crosswalks.contract import crosswalk_for
from harvester.running.reading import Reader, Source
from harvester.workplace import Workplace
from store.clock import now
from store.database import Database
from store.plans import Proposal, publish, write_proposals
from store.runs import open_run

RECORDS, FEW, REPETITIONS = 10_000, 1_000, 3
_BATCH = 500
_REGISTRY = "jmicro"
_TABLES = ("listing_version", "descriptor_version", "plan_item", "record", "publication")
_MOMENTS = frozenset({"created_at", "changed_at", "published_at", "retrieved_at"})


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the first load."""
    number = FEW if quick else RECORDS
    proposed = proposals(number)
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as folder:
        stores = _Stores(Path(folder))
        pairs, one, other = in_turn(
            stores.loading(ours, proposed), stores.loading(add_all, proposed), REPETITIONS, collect=True
        )
        found = pairs.outcome(f"first load: {number:,} records, SQLite", 3, "µs/record", 1e6 / number)
        found.equal, found.difference = same_rows(one, other, number)
        stores.close()
    yield found


def proposals(number: int, first: int = 1) -> list[Proposal]:
    """Return what a harvest of so many made-up listings proposes; `first` is the number of the first."""
    source = registry(_REGISTRY)
    body = b"".join(orjson.dumps(made(index)) + b"\n" for index in range(first, first + number))
    payload = Payload("list", "https://registry.jmicro.example/registry/listings", body, "application/jsonl", "0" * 40)
    reader = Reader(
        registry=source,
        connector=connector(source.connector),
        crosswalk=crosswalk_for(source.manifest.schema_name),
        base="https://kakehashi.example",
        known={},
        same_rules=False,
        previous=lambda _: {},
    )
    return list(reader.proposals([Source(payload, now())]))


def ours(database: Database, run_id: int, name: str, proposed: list[Proposal]) -> None:
    """Keep and publish as a harvest does."""
    for start in range(0, len(proposed), _BATCH):
        write_proposals(database, run_id, proposed[start : start + _BATCH])
    publish(database, run_id, name, complete=True, digest="digest")


class _Stores:
    """Fresh stores, made before the clock runs and closed at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers, self._open = folder, count(1), list[Workplace]()

    def loading(
        self, load: Callable[[Database, int, str, list[Proposal]], None], proposed: list[Proposal]
    ) -> Callable[[], Database]:
        """Return the work of one side: it finds a fresh store with an open run each time it is called."""
        fresh: list[tuple[Database, int]] = [self._fresh() for _ in range(REPETITIONS + 1)]

        def work() -> Database:
            database, run_id = fresh.pop()
            load(database, run_id, _REGISTRY, proposed)
            return database

        return work

    def _fresh(self) -> tuple[Database, int]:
        place = Workplace.of(Settings(home=self._folder / str(next(self._numbers)), database_url=None))
        self._open.append(place)
        run_id = open_run(
            place.database, registry=_REGISTRY, connector=_REGISTRY, actor="bench", address="", fingerprint=""
        )
        return place.database, run_id

    def close(self) -> None:
        """Close every store."""
        for place in self._open:
            place.database.close()


def same_rows(one: Database, other: Database, number: int) -> tuple[str | None, str]:
    """Return what was found equal of two stores, or the difference."""
    for table in _TABLES:
        first, second = (list(_rows(database, table)) for database in (one, other))
        if first != second or len(first) != number:
            return None, f"{table}: {len(first)} and {len(second)} rows, {number} wanted, or different values"
    return f"store: the same rows in {', '.join(_TABLES)} but for the moment of writing", ""


def _rows(database: Database, table: str) -> Iterator[dict[str, Any]]:
    order = "seq" if table == "publication" else "id" if table == "record" else "record_id"
    statement = f"SELECT * FROM {table} ORDER BY {order}"  # noqa: S608 - names of our own tables
    with database.reading() as connection:
        for row in connection.exec_driver_sql(statement).mappings():
            yield {name: value for name, value in row.items() if name not in _MOMENTS}
