"""Schedules as rows, and the slots that become queued runs.

A slot has one run, whoever asks for it and however often: the unique key of registry and slot makes a second one
nothing. The rules themselves are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.audit import append_event
from store.database import Database
from store.tables import MissedSlot, Registry, Run, Schedule, sql

_SCHEDULE = sql(Schedule)
_MISSED = sql(MissedSlot)
_RUN = sql(Run)
_REGISTRY = sql(Registry)
RULE = ("zone", "cron", "every_minutes", "jitter_minutes", "time_window")
"""The columns of a schedule that its rule is made of."""


def schedules(database: Database) -> dict[str, dict[str, Any]]:
    """Return every schedule by registry."""
    with database.reading() as connection:
        rows = connection.execute(select(_SCHEDULE).order_by(_SCHEDULE.c.registry_id))
        return {row.registry_id: dict(row._mapping) for row in rows}  # noqa: SLF001


def seed_schedules(database: Database, rules: dict[str, dict[str, Any]]) -> None:
    """Give registries the schedules of the configuration; those that the deployment edited stay as they are.

    A rule that changes is looked at afresh: nothing of the time before counts as missed.
    """
    standing = schedules(database)
    changed = {
        registry: rule
        for registry, rule in rules.items()
        if registry not in standing or not (standing[registry]["edited"] or _same(standing[registry], rule))
    }
    if not changed:
        return
    with database.writing() as connection:
        for registry, rule in changed.items():
            fresh = {**rule, "next_at": None}
            values = {"registry_id": registry, "paused": False, "edited": False, **fresh}
            made = _upsert(database)(_SCHEDULE).values(values)
            unedited = _SCHEDULE.c.edited.is_(False)
            connection.execute(made.on_conflict_do_update(index_elements=["registry_id"], set_=fresh, where=unedited))


def change_schedule(database: Database, registry: str, actor: str, action: str, values: dict[str, Any]) -> None:
    """Change a schedule for a person, and keep who did what. The next slot is found anew."""
    with database.writing() as connection:
        row = _SCHEDULE.c.registry_id == registry
        connection.execute(update(_SCHEDULE).where(row).values(**values, next_at=None))
        append_event(connection, actor, action, registry, values)


def take_slot(
    database: Database,
    registry: str,
    connector: str,
    *,
    slot: datetime | None,
    missed: Sequence[datetime],
    next_at: datetime | None,
    moment: datetime,
) -> tuple[int | None, int]:
    """Queue a run for a slot, note missed ones and move the schedule on, all at once.

    Returns the run (None when there is one for the slot already, or no slot) and how many slots were newly missed.
    """
    with database.writing() as connection:
        run_id = None
        if slot is not None:
            run_id = queue_in(connection, database, registry, connector, "schedule", moment, slot)
        given_up = _note_missed(connection, database, registry, missed, moment)
        row = _SCHEDULE.c.registry_id == registry
        connection.execute(update(_SCHEDULE).where(row).values(next_at=next_at))
    return run_id, given_up


def queue_in(
    connection: Connection,
    database: Database,
    registry: str,
    connector: str,
    actor: str,
    moment: datetime,
    slot: datetime | None,
) -> int | None:
    """Queue a run inside a transaction; None when the slot has one."""
    add = _upsert(database)
    connection.execute(add(_REGISTRY).values(id=registry, connector=connector).on_conflict_do_nothing())
    values = {
        "registry_id": registry, "state": "queued", "actor": actor, "address": "", "fingerprint": "", "attempt": 0,
        "queued_at": moment, "scheduled_for": slot, "counts": {}, "findings": {},
    }  # fmt: skip
    queued = add(_RUN).values(values).on_conflict_do_nothing(index_elements=["registry_id", "scheduled_for"])
    made = connection.execute(queued.returning(_RUN.c.id)).scalar()
    return None if made is None else int(made)


def missed_slots(database: Database, registry: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Return the latest slots that passed without a run, newest first."""
    statement = select(_MISSED).order_by(_MISSED.c.scheduled_for.desc()).limit(limit)
    if registry:
        statement = statement.where(_MISSED.c.registry_id == registry)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001


def missed_counts(database: Database, since: datetime) -> dict[str, int]:
    """Return how many slots each registry missed since a moment."""
    counted = select(_MISSED.c.registry_id, func.count()).where(_MISSED.c.scheduled_for >= since)
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(counted.group_by(_MISSED.c.registry_id))}


def _note_missed(
    connection: Connection, database: Database, registry: str, missed: Iterable[datetime], moment: datetime
) -> int:
    slots = list(missed)
    if not slots:
        return 0
    between = _RUN.c.scheduled_for.between(slots[0], slots[-1])
    run = set(connection.execute(select(_RUN.c.scheduled_for).where(_RUN.c.registry_id == registry, between)).scalars())
    rows = [{"registry_id": registry, "scheduled_for": slot, "noticed_at": moment} for slot in slots if slot not in run]
    if rows:
        connection.execute(_upsert(database)(_MISSED).on_conflict_do_nothing(), rows)
    return len(rows)


def _same(row: dict[str, Any], rule: dict[str, Any]) -> bool:
    return all(row[name] == rule[name] for name in RULE)


def _upsert(database: Database) -> Any:
    """Return the `insert` of the database's own dialect, which knows what to do on a conflict."""
    return sqlite.insert if database.is_sqlite else postgresql.insert
