"""Which payloads a deployment still needs, and taking away the others.

Needed are those that a live record rests on, those that the next run may ask about or go on from, and those of the
latest complete runs, for replays. A payload that was taken away keeps a row that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, text
from sqlmodel import Field

from config.messages import CodedError
from store.clock import now
from store.database import Database
from store.payloads import PayloadStore
from store.tables import Fetch, ListingVersion, Payload, Record, Registry, Run, Table, UTCDateTime, sql


class PrunedPayload(Table, table=True):
    """A payload that was taken away because nothing needed it any more."""

    __tablename__ = "pruned_payload"

    hash: str = Field(primary_key=True)
    size: int
    pruned_at: datetime = Field(sa_type=UTCDateTime)


_PAYLOAD = sql(Payload)
_PRUNED = sql(PrunedPayload)
_LISTING = sql(ListingVersion)
_RECORD = sql(Record)
_FETCH = sql(Fetch)
_RUN = sql(Run)
_REGISTRY = sql(Registry)
_OPEN = ("queued", "running", "held")
_GOOD = ("succeeded", "succeeded_with_warnings")


def payload_rows(database: Database) -> list[dict[str, Any]]:
    """Return every kept payload: `hash`, `size`, `stored_at`, `packed_hash`."""
    columns = (_PAYLOAD.c.hash, _PAYLOAD.c.size, _PAYLOAD.c.stored_at, _PAYLOAD.c.packed_hash)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(*columns).order_by(_PAYLOAD.c.hash))]  # noqa: SLF001


def pruned_payloads(database: Database) -> set[str]:
    """Return the payloads that were taken away and did not come back."""
    back = select(_PAYLOAD.c.hash).where(_PAYLOAD.c.hash == _PRUNED.c.hash).exists()
    with database.reading() as connection:
        return set(connection.execute(select(_PRUNED.c.hash).where(~back)).scalars())


def live_payloads(database: Database) -> dict[str, str]:
    """Return the payloads that the current versions of live records were read from, each with one such record."""
    current = (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id)
    statement = select(_LISTING.c.payload_hash, func.min(_RECORD.c.id)).join(_RECORD, current)
    live = statement.where(_RECORD.c.state == "live").group_by(_LISTING.c.payload_hash)
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(live)}


def joined_payloads(database: Database, single: Collection[str]) -> set[str]:
    """Return every answer of the runs that current versions come from, but for registries with `single` answers.

    Where a listing is put together from several answers, only the run knows which. Of a registry with single answers
    they are those that belong to one unit, the parts of a dump.
    """
    wrote = select(_RECORD.c.listing_run).where(_RECORD.c.state == "live").distinct()
    joined = _answers(database, wrote.where(_RECORD.c.registry_id.not_in(list(single))))
    return joined | _answers(database, wrote, _FETCH.c.request["unit"].as_string().is_not(None))


def payloads_of_open_runs(database: Database) -> set[str]:
    """Return the answers of runs that wait, run or are held, and of the last run of each registry."""
    last = select(func.max(_RUN.c.id)).group_by(_RUN.c.registry_id)
    needed = select(_RUN.c.id).where(or_(_RUN.c.state.in_(_OPEN), _RUN.c.id.in_(last)))
    return _answers(database, needed)


def payloads_of_last_runs(database: Database, most: int) -> set[str]:
    """Return the answers of the latest complete runs of each registry, so many, and of the one that is public."""
    place = func.row_number().over(partition_by=_RUN.c.registry_id, order_by=_RUN.c.id.desc())
    good = _RUN.c.state.in_(_GOOD) & _RUN.c.complete.is_(True) & _RUN.c.replay_of.is_(None)
    ranked = select(_RUN.c.id, place.label("place")).where(good).subquery()
    public = select(_REGISTRY.c.last_complete_run).where(_REGISTRY.c.last_complete_run.is_not(None))
    return _answers(database, select(ranked.c.id).where(ranked.c.place <= most)) | _answers(database, public)


def forget_payloads(database: Database, rows: Iterable[dict[str, Any]]) -> None:
    """Note that payloads are taken away. Raises `CodedError` with `runs_under_way`."""
    moment = now()
    gone = [{"hash": row["hash"], "size": row["size"], "pruned_at": moment} for row in rows]
    hashes = [row["hash"] for row in gone]
    with database.writing() as connection:
        _alone(database, connection)
        connection.execute(delete(_PRUNED).where(_PRUNED.c.hash.in_(hashes)))
        connection.execute(delete(_PAYLOAD).where(_PAYLOAD.c.hash.in_(hashes)))
        connection.execute(insert(_PRUNED), gone)


def remove_files(database: Database, payloads: PayloadStore, hashes: Collection[str]) -> int:
    """Remove the files of payloads that no row has, and return how many. Raises `CodedError` with `runs_under_way`.

    No run begins meanwhile, so none can find a file that is about to go.
    """
    removed = 0
    with database.writing() as connection:
        _alone(database, connection)
        for digest in set(hashes) - _kept(connection, hashes):
            removed += payloads.path(digest).is_file()
            payloads.path(digest).unlink(missing_ok=True)
    return removed


def _alone(database: Database, connection: Connection) -> None:
    """Let no run begin until the transaction ends. Raises `CodedError` with `runs_under_way` when one runs."""
    if not database.is_sqlite:
        connection.execute(text("LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE"))
    running = select(_RUN.c.id).where(_RUN.c.state == "running").order_by(_RUN.c.id)
    if found := connection.execute(running).scalars().all():
        raise CodedError.of("runs_under_way", runs=", ".join(map(str, found)))


def _kept(connection: Connection, hashes: Collection[str]) -> set[str]:
    return set(connection.execute(select(_PAYLOAD.c.hash).where(_PAYLOAD.c.hash.in_(list(hashes)))).scalars())


def _answers(database: Database, runs: Select[Any], *also: ColumnElement[bool]) -> set[str]:
    kept = _FETCH.c.payload_hash.is_not(None)
    asked = select(_FETCH.c.payload_hash).where(_FETCH.c.run_id.in_(runs), kept, *also)
    with database.reading() as connection:
        return set(connection.execute(asked.distinct()).scalars())
