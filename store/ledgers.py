"""Ledgers of published records: their counters summed by the database, and the ledgers themselves, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import func, select

from crosswalks.ledger import FieldOutcome, Ledger
from store.database import Database
from store.tables import DescriptorVersion, Record, sql

_RECORD = sql(Record)
_DESCRIPTOR = sql(DescriptorVersion)
_CURRENT = (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id)
_AT_ONCE = 500


def outcome_sums(database: Database) -> dict[str, dict[str, int]]:
    """Return, by registry, how often each outcome stands in the ledgers of its live records."""
    counters = [func.sum(_DESCRIPTOR.c[outcome.value]).label(outcome.value) for outcome in FieldOutcome]
    statement = (
        select(_RECORD.c.registry_id, *counters)
        .join(_DESCRIPTOR, _CURRENT)
        .where(_RECORD.c.state == "live")
        .group_by(_RECORD.c.registry_id)
    )
    with database.reading() as connection:
        return {
            row[0]: dict(zip(FieldOutcome, map(int, row[1:]), strict=True)) for row in connection.execute(statement)
        }


def current_ledgers(database: Database, registry: str) -> Iterator[Ledger]:
    """Yield the ledger of the way in of each live record of a registry, by id."""
    statement = (
        select(_DESCRIPTOR.c.ledger)
        .join(_RECORD, _CURRENT)
        .where(_RECORD.c.registry_id == registry, _RECORD.c.state == "live")
        .order_by(_RECORD.c.id)
    )
    with database.reading() as connection:
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(statement):
            yield Ledger.from_json(orjson.loads(row.ledger))
