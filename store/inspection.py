"""What operators look at: runs by state, requests of a run, kept answers, and what a plan proposes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from store.database import Database
from store.tables import Correction, DescriptorVersion, Fetch, Payload, Publication, Record, Run, sql

_RUN = sql(Run)
_FETCH = sql(Fetch)
_PAYLOAD = sql(Payload)
_RECORD = sql(Record)
_DESCRIPTOR = sql(DescriptorVersion)
_PUBLICATION = sql(Publication)
_CORRECTION = sql(Correction)


def runs_page(
    database: Database,
    *,
    registry: str | None = None,
    states: Iterable[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Return runs that are wanted, newest first, those before a number."""
    statement = select(_RUN).order_by(_RUN.c.id.desc()).limit(limit)
    if registry:
        statement = statement.where(_RUN.c.registry_id == registry)
    if wanted := list(states):
        statement = statement.where(_RUN.c.state.in_(wanted))
    if before is not None:
        statement = statement.where(_RUN.c.id < before)
    return _rows(database, statement)


def last_changes(database: Database) -> dict[str, datetime]:
    """Return when something of each registry was last published."""
    statement = (
        select(_RECORD.c.registry_id, func.max(_PUBLICATION.c.published_at).label("at"))
        .join(_RECORD, _RECORD.c.id == _PUBLICATION.c.record_id)
        .group_by(_RECORD.c.registry_id)
    )
    with database.reading() as connection:
        return {row.registry_id: row.at for row in connection.execute(statement)}


def requests_page(
    database: Database, run_id: int, *, state: str | None = None, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Return requests of a run in the order they were planned, those after a number."""
    statement = select(_FETCH).where(_FETCH.c.run_id == run_id, _FETCH.c.id > after).order_by(_FETCH.c.id).limit(limit)
    if state:
        statement = statement.where(_FETCH.c.state == state)
    return _rows(database, statement)


def request_counts(database: Database, run_id: int) -> dict[str, int]:
    """Return how many requests of a run are in each state."""
    counted = select(_FETCH.c.state, func.count()).where(_FETCH.c.run_id == run_id).group_by(_FETCH.c.state)
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(counted.order_by(_FETCH.c.state))}


def payload_row(database: Database, digest: str) -> dict[str, Any] | None:
    """Return what is known of a kept answer; None when none has this address."""
    found = _rows(database, select(_PAYLOAD).where(_PAYLOAD.c.hash == digest))
    return found[0] if found else None


def requests_with(database: Database, digest: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return the latest requests that were answered by a kept answer."""
    statement = select(_FETCH).where(_FETCH.c.payload_hash == digest).order_by(_FETCH.c.id.desc()).limit(limit)
    return _rows(database, statement)


def proposed(database: Database, run_id: int, records: Iterable[str]) -> dict[str, tuple[str | None, str]]:
    """Return the descriptors of some records as published and as a run proposes them, both as JSON."""
    before = _DESCRIPTOR.alias()
    statement = (
        select(_DESCRIPTOR.c.record_id, before.c.content.label("was"), _DESCRIPTOR.c.content)
        .outerjoin(_RECORD, _RECORD.c.id == _DESCRIPTOR.c.record_id)
        .outerjoin(before, (before.c.record_id == _RECORD.c.id) & (before.c.run_id == _RECORD.c.descriptor_run))
        .where(_DESCRIPTOR.c.run_id == run_id, _DESCRIPTOR.c.record_id.in_(list(records)))
    )
    with database.reading() as connection:
        return {row.record_id: (row.was, row.content) for row in connection.execute(statement)}


def identifiers_of(database: Database, records: Iterable[str]) -> dict[str, str]:
    """Return the identifier of each of some records that has been published."""
    statement = select(_RECORD.c.id, _RECORD.c.iri).where(_RECORD.c.id.in_(list(records)))
    with database.reading() as connection:
        return {row.id: row.iri for row in connection.execute(statement)}


def all_corrections(database: Database) -> list[dict[str, Any]]:
    """Return every correction, ends included, oldest first."""
    return _rows(database, select(_CORRECTION).order_by(_CORRECTION.c.id))


def _rows(database: Database, statement: Any) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001
