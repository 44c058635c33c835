"""Figures of a deployment for whoever watches it: counted in the database, which is what all its processes share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from store.database import Database
from store.notices import Notice
from store.tables import Absence, IssueRow, MissedSlot, Publication, Record, Registry, Run, sql

_RUN = sql(Run)
_REGISTRY = sql(Registry)
_RECORD = sql(Record)
_ABSENCE = sql(Absence)
_ISSUE = sql(IssueRow)
_NOTICE = sql(Notice)
_MISSED = sql(MissedSlot)
_PUBLICATION = sql(Publication)
OUTCOMES = ("new", "changed", "unchanged", "gone", "returned", "retired", "rejected")
"""What becomes of a record in a run, as runs count it."""
_GOOD = ("succeeded", "succeeded_with_warnings")
_GATES = "gate_"


class Figures(NamedTuple):
    """All figures of one moment.

    Keyed by registry and a word: `runs` by state, `records` by state (`missing` counts those live that complete runs no
    longer find), `outcomes` of records over all good runs, `gates` that held runs. `outbox` counts notices by state.
    """

    runs: dict[tuple[str, str], int]
    records: dict[tuple[str, str], int]
    outcomes: dict[tuple[str, str], int]
    gates: dict[tuple[str, str], int]
    missed: dict[str, int]
    last_good: dict[str, datetime]
    queued_since: datetime | None
    quietest_beat: datetime | None
    outbox: dict[str, int]
    outbox_since: datetime | None
    sequence: int


def figures(database: Database) -> Figures:
    """Count everything. Raises `CodedError` with `database_unreachable`."""
    with database.reading() as connection:
        registry, state = _RUN.c.registry_id, _RUN.c.state
        live = _RECORD.c.state == "live"
        missing = select(_RECORD.c.registry_id, func.count()).join(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        gates = select(registry, _ISSUE.c.code, func.count()).join(_RUN, _RUN.c.id == _ISSUE.c.run_id)
        held = _ISSUE.c.code.startswith(_GATES, autoescape=True)
        trips = connection.execute(gates.where(held).group_by(registry, _ISSUE.c.code))
        absent = connection.execute(missing.where(live).group_by(_RECORD.c.registry_id))
        return Figures(
            runs=_by_two(connection, registry, state),
            records=_by_two(connection, _RECORD.c.registry_id, _RECORD.c.state)
            | {(row[0], "missing"): row[1] for row in absent},
            outcomes=_outcomes(connection),
            gates={(row[0], str(row[1]).removeprefix(_GATES)): row[2] for row in trips},
            missed=_by_one(connection, _MISSED.c.registry_id),
            last_good=_last_good(connection),
            queued_since=connection.execute(
                select(func.min(_RUN.c.queued_at)).where(state == "queued", _RUN.c.not_before.is_(None))
            ).scalar(),
            quietest_beat=connection.execute(select(func.min(_RUN.c.heartbeat_at)).where(state == "running")).scalar(),
            outbox=_by_one(connection, _NOTICE.c.state),
            outbox_since=connection.execute(
                select(func.min(_NOTICE.c.created_at)).where(_NOTICE.c.state == "waiting")
            ).scalar(),
            sequence=int(connection.execute(select(func.coalesce(func.max(_PUBLICATION.c.seq), 0))).scalar_one()),
        )


def latest_moment(database: Database) -> datetime | None:
    """Return the latest moment that anything was queued, begun or published at, for clocks to be held against."""
    found = (func.max(_RUN.c.queued_at), func.max(_RUN.c.started_at), func.max(_RUN.c.heartbeat_at))
    with database.reading() as connection:
        told = [
            *connection.execute(select(*found)).one(),
            connection.execute(select(func.max(_PUBLICATION.c.published_at))).scalar(),
        ]
    return max((moment for moment in told if moment is not None), default=None)


def _last_good(connection: Connection) -> dict[str, datetime]:
    known = select(_REGISTRY.c.id, _REGISTRY.c.last_complete_at).where(_REGISTRY.c.last_complete_at.is_not(None))
    return {row[0]: row[1] for row in connection.execute(known)}


def _outcomes(connection: Connection) -> dict[tuple[str, str], int]:
    counted = [func.coalesce(func.sum(_RUN.c.counts[name].as_integer()), 0) for name in OUTCOMES]
    good = _RUN.c.state.in_(_GOOD) & _RUN.c.replay_of.is_(None)
    rows = connection.execute(select(_RUN.c.registry_id, *counted).where(good).group_by(_RUN.c.registry_id))
    return {(row[0], name): int(number) for row in rows for name, number in zip(OUTCOMES, row[1:], strict=True)}


def _by_one(connection: Connection, column: ColumnElement[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}


def _by_two(connection: Connection, one: ColumnElement[Any], other: ColumnElement[Any]) -> dict[tuple[str, str], int]:
    rows = connection.execute(select(one, other, func.count()).group_by(one, other))
    return {(row[0], row[1]): row[2] for row in rows}
