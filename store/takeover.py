"""Beginning a run's frontier with that of another run: what was answered counts, all else is still to be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from store.database import Database
from store.tables import Fetch, sql

_FETCH = sql(Fetch)
_BATCH = 500
_UNASKED: dict[str, Any] = {
    "state": "waiting", "status": None, "fetched_at": None, "final_url": None, "headers": {}, "payload_hash": None,
    "original_hash": None, "error": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """Which answers count: those that came `since` a moment and are still kept; `confirmed` ones if they are wanted,
    which an even earlier run was given and the server called not modified.
    """

    since: datetime
    is_kept: Callable[[str], bool]
    confirmed: bool

    def accept(self, row: dict[str, Any]) -> bool:
        """Tell whether the answer of a request counts."""
        if row["state"] not in (("ok", "not_modified") if self.confirmed else ("ok",)):
            return False
        payload = row["payload_hash"]
        return bool(row["fetched_at"] >= self.since) and (payload is None or self.is_kept(payload))


def take_over(database: Database, run_id: int, earlier: int, terms: Terms) -> int:
    """Begin a run's frontier with that of an earlier run, and return how many of its answers were taken over."""
    with database.writing() as connection:
        theirs = select(_FETCH).where(_FETCH.c.run_id == earlier).order_by(_FETCH.c.id)
        rows = [dict(row._mapping) for row in connection.execute(theirs)]  # noqa: SLF001
        mine = [{**row, "run_id": run_id, "tries": 0} for row in _taken(rows, terms)]
        for row in mine:
            del row["id"]
        for start in range(0, len(mine), _BATCH):
            connection.execute(insert(_FETCH), mine[start : start + _BATCH])
    return sum(row["payload_hash"] is not None for row in mine)


def _taken(rows: list[dict[str, Any]], terms: Terms) -> Iterator[dict[str, Any]]:
    """Yield the requests as they are to stand in the other run. The files of a dump count together or not at all."""
    damaged = {_dump_of(row) for row in rows if _is_file_of_dump(row) and not terms.accept(row)}
    whole = {
        row["final_url"]
        for row in rows
        if _is_bulk(row) and not _is_file_of_dump(row) and terms.accept(row) and row["final_url"] not in damaged
    }
    for row in rows:
        if _is_file_of_dump(row):
            if _dump_of(row) in whole:
                yield row
        elif terms.accept(row) and (not _is_bulk(row) or row["final_url"] in whole):
            yield row
        else:
            yield row | _UNASKED


def _is_bulk(row: dict[str, Any]) -> bool:
    return bool(row["request"].get("bulk"))


def _is_file_of_dump(row: dict[str, Any]) -> bool:
    """Tell whether a row is a file that a dump held; nobody asks for it by itself."""
    return _is_bulk(row) and any(name == "file" for name, _ in row["request"].get("about", ()))


def _dump_of(row: dict[str, Any]) -> str:
    return str(row["url"]).partition("#")[0]
