"""Taking records out of what is public, and letting them come back: always with a row of the publication log.

A record is retired when complete runs have missed it long enough, when its source says that it is gone, or when a
person says so. Its identity, versions and history stay. What was missed or withdrawn and is found again comes back by
itself; what a person retired does not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from store.tables import Absence, DescriptorVersion, PlanItem, Publication, Record, sql

_RECORD = sql(Record)
_ABSENCE = sql(Absence)
_PLAN = sql(PlanItem)
_PUBLICATION = sql(Publication)
_DESCRIPTOR = sql(DescriptorVersion)

NOT_FOUND = "not_found_at_source"
WITHDRAWN = "withdrawn_at_source"


class Patience(NamedTuple):
    """How long a record must be missing before it is retired: complete runs that missed it, and days."""

    runs: int
    days: int


def retire_missing(
    connection: Connection, run_id: int, registry: str, moment: datetime, patience: Patience
) -> list[str]:
    """Retire the records of a registry that have been missing long enough; return their ids."""
    due = (
        select(_RECORD.c.id)
        .join(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        .where(
            _RECORD.c.registry_id == registry,
            _RECORD.c.state == "live",
            _ABSENCE.c.complete_runs >= patience.runs,
            _ABSENCE.c.since <= moment - timedelta(days=patience.days),
        )
        .order_by(_RECORD.c.id)
    )
    found = list(connection.execute(due).scalars())
    retire(connection, run_id, found, moment, NOT_FOUND)
    return found


def retire(
    connection: Connection,
    run_id: int,
    records: Collection[str],
    moment: datetime,
    reason: str,
    successor: str | None = None,
) -> None:
    """Retire records, one row of the log for each; `successor` is the record that takes their place."""
    _turn(connection, records, "retired", moment)
    _log(connection, run_id, records, "delete", moment, reason, successor)


def revive(connection: Connection, run_id: int, moment: datetime) -> int:
    """Bring back retired records that a plan found again; return how many are logged as created anew.

    Those that also changed are logged by the plan itself, which is told to show them; what a person retired stays
    retired, and the plan is told not to show it.
    """
    ours = (_PLAN.c.run_id == run_id) & _PLAN.c.op.in_(("returned", "changed"))
    rows = connection.execute(
        select(_PLAN.c.record_id, _PLAN.c.op, _ABSENCE.c.record_id.is_not(None).label("missed"))
        .join(_RECORD, _RECORD.c.id == _PLAN.c.record_id)
        .outerjoin(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        .where(ours, _RECORD.c.state == "retired")
        .order_by(_PLAN.c.record_id)
    ).all()
    for row in rows:
        item = (_PLAN.c.run_id == run_id) & (_PLAN.c.record_id == row.record_id)
        connection.execute(update(_PLAN).where(item).values(visible=bool(row.missed)))
    changed = [row.record_id for row in rows if row.missed and row.op == "changed"]
    if changed:
        connection.execute(update(_RECORD).where(_RECORD.c.id.in_(changed)).values(state="live"))
    same = [row.record_id for row in rows if row.missed and row.op == "returned"]
    _turn(connection, same, "live", moment)
    _log(connection, run_id, same, "create", moment, None)
    return len(same)


def _turn(connection: Connection, records: Collection[str], state: str, moment: datetime) -> None:
    if records:
        values = {"state": state, "version": _RECORD.c.version + 1, "changed_at": moment}
        each = update(_RECORD).where(_RECORD.c.id == bindparam("record")).values(values)
        connection.execute(each, [{"record": record} for record in records])


def _log(
    connection: Connection,
    run_id: int,
    records: Collection[str],
    op: str,
    moment: datetime,
    reason: str | None,
    successor: str | None = None,
) -> None:
    names = ("record_id", "version", "op", "published_at", "content_hash", "run_id", "reason", "successor")
    columns = _PUBLICATION.c
    for record in records:
        row = (
            select(
                _RECORD.c.id, _RECORD.c.version, literal(op), literal(moment, columns.published_at.type),
                _DESCRIPTOR.c.content_hash, literal(run_id), literal(reason, columns.reason.type),
                literal(successor, columns.successor.type),
            )
            .join(
                _DESCRIPTOR,
                (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id),
            )
            .where(_RECORD.c.id == record)
        )  # fmt: skip
        connection.execute(insert(_PUBLICATION).from_select(names, row))
