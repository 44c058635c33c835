"""Reviewed values: kept append-only, read per registry or per record."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import insert, select

from crosswalks.descriptor.corrections import Correction
from store.clock import now
from store.database import Database
from store.tables import Correction as CorrectionRow
from store.tables import Record, sql

_CORRECTION = sql(CorrectionRow)
_RECORD = sql(Record)


def keep_correction(
    database: Database, record_id: str, field: str, *, value: Any, was: Any, actor: str, reason: str, ends: int | None
) -> int:
    """Keep a reviewed value, or with `ends` the end of an earlier one; return its number."""
    row = {"record_id": record_id, "field": field, "value": value, "was": was, "actor": actor, "at": now(),
           "reason": reason, "ends": ends}  # fmt: skip
    with database.writing() as connection:
        made = connection.execute(insert(_CORRECTION).values(row).returning(_CORRECTION.c.id)).scalar_one()
    return int(made)


def corrections_of(database: Database, record_id: str) -> list[dict[str, Any]]:
    """Return every correction of a record, ends included, oldest first."""
    statement = select(_CORRECTION).where(_CORRECTION.c.record_id == record_id).order_by(_CORRECTION.c.id)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001


def standing(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the corrections among rows that no later row ended."""
    ended = {row["ends"] for row in rows if row["ends"] is not None}
    return [row for row in rows if row["ends"] is None and row["id"] not in ended]


def plain(row: dict[str, Any]) -> Correction:
    """Return a row as the correction that a descriptor is laid under."""
    return Correction(row["field"], row["value"], row["was"], row["actor"], row["at"].date(), row["reason"])


def standing_corrections(database: Database, registry: str) -> dict[str, list[Correction]]:
    """Return the corrections that stand, by record, of a registry's records."""
    statement = (
        select(_CORRECTION)
        .join(_RECORD, _RECORD.c.id == _CORRECTION.c.record_id)
        .where(_RECORD.c.registry_id == registry)
        .order_by(_CORRECTION.c.id)
    )
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with database.reading() as connection:
        for row in connection.execute(statement):
            rows[row.record_id].append(dict(row._mapping))  # noqa: SLF001
    return {record: [plain(row) for row in standing(found)] for record, found in rows.items()}
