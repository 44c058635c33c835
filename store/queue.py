"""Queued runs: asking for one, claiming one, staying alive, and putting back what a dead worker left.

The run table is the truth. Whatever carries the news of a queued run to a worker, only a claim here makes it the
worker's; so news that comes twice, late or never does no harm. One run of a registry runs at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from config.messages import CodedError, Issue
from store.audit import append_event
from store.clock import now
from store.database import Database
from store.schedules import queue_in
from store.tables import (
    DescriptorVersion,
    Fetch,
    IssueRow,
    ListingVersion,
    PlanItem,
    Publication,
    Record,
    Registry,
    Run,
    sql,
)

_RUN = sql(Run)
_REGISTRY = sql(Registry)
_ISSUE = sql(IssueRow)
_RECORD = sql(Record)
_FETCH = sql(Fetch)
_PUBLICATION = sql(Publication)
_CLAIM_LOCK = 0x6B616B66
LOST_AFTER = timedelta(seconds=60)
"""How old the heartbeat of a run may become."""
MOST_ATTEMPTS = 4
"""A run is begun once, and again at most three times."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that a worker has taken."""

    run_id: int
    registry: str
    actor: str
    worker: str
    attempt: int
    scheduled_for: datetime | None


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of a run whose worker is gone: `queued`, `lost`, or closed as what it had published."""

    run_id: int
    registry: str
    state: str
    attempt: int
    worker: str | None


def queue_run(database: Database, registry: str, connector: str, actor: str) -> int:
    """Queue a run that a person asked for. Raises `CodedError` with `run_waiting` when one waits already."""
    moment = now()
    with database.writing() as connection:
        _one_at_a_time(database, connection)
        waiting = (_RUN.c.registry_id == registry) & (_RUN.c.state == "queued")
        if (found := connection.execute(select(_RUN.c.id).where(waiting)).scalar()) is not None:
            raise CodedError.of("run_waiting", registry=registry, run=found)
        run_id = queue_in(connection, database, registry, connector, actor, moment, None)
        if run_id is None:
            raise CodedError.of("run_waiting", registry=registry, run="?")
        append_event(connection, actor, "run_now", f"run {run_id}", {"registry": registry}, moment)
    return run_id


def claim(database: Database, worker: str, run_id: int | None = None, most: int = 0) -> Claimed | None:
    """Take a queued run, the one that waits longest or the one named, if its registry is free; None otherwise.

    With `most`, none is taken while so many runs of any registry are running, on whatever machine. Of several slots of
    a registry that wait unbegun, the latest is taken and the others are cancelled.
    """
    moment = now()
    try:
        with database.writing() as connection:
            _one_at_a_time(database, connection)
            row = connection.execute(_claimable(moment, run_id).limit(1)).first()
            if row is None or (most and _running_count(connection) >= most):
                return None
            if row.attempt == 0 and row.scheduled_for is not None:
                row = _latest_slot(connection, row, moment)
            values = {"state": "running", "worker": worker, "attempt": row.attempt + 1, "started_at": moment,
                      "heartbeat_at": moment, "ended_at": None, "not_before": None}  # fmt: skip
            connection.execute(update(_RUN).where(_RUN.c.id == row.id).values(values))
    except IntegrityError:
        return None
    return Claimed(row.id, row.registry_id, row.actor, worker, row.attempt + 1, row.scheduled_for)


def waiting_runs(database: Database) -> list[int]:
    """Return the runs that could be claimed now, the longest waiting first."""
    with database.reading() as connection:
        return [int(row.id) for row in connection.execute(_claimable(now()))]


def queued_count(database: Database) -> int:
    """Return how many runs wait, those of busy registries too, but not those that wait for their window."""
    with database.reading() as connection:
        counted = select(func.count()).select_from(_RUN).where(_RUN.c.state == "queued", _due(now()))
        return int(connection.execute(counted).scalar_one())


def keep_alive(database: Database, run_id: int, worker: str) -> bool:
    """Note that a claimed run is alive; False when it is no longer the worker's.

    One that a person stopped still is: its harvest ends by itself.
    """
    with database.writing() as connection:
        held = _RUN.c.state.in_(("running", "cancelled"))
        mine = (_RUN.c.id == run_id) & (_RUN.c.worker == worker) & held
        return connection.execute(update(_RUN).where(mine).values(heartbeat_at=now())).rowcount == 1


def silent_runs(database: Database, moment: datetime) -> dict[int, datetime]:
    """Return the running runs whose heart has not beaten for 60 seconds, with its last beat."""
    silent = (_RUN.c.state == "running") & (_RUN.c.heartbeat_at < moment - LOST_AFTER)
    with database.reading() as connection:
        return {row.id: row.heartbeat_at for row in connection.execute(select(_RUN).where(silent))}


def runs_of_worker(database: Database, worker: str) -> list[int]:
    """Return the running runs that a worker has."""
    mine = (_RUN.c.state == "running") & (_RUN.c.worker == worker)
    with database.reading() as connection:
        return [int(row.id) for row in connection.execute(select(_RUN.c.id).where(mine))]


def put_back(
    database: Database, run_id: int, *, beat: datetime | None = None, worker: str | None = None, stopped: bool = False
) -> PutBack | None:
    """Put a run whose worker is gone back in the queue, and take away what it had only proposed.

    Its requests and answers stay, so that it goes on from there. A run begun four times is lost for good, as is one
    that a person had started from a terminal; one that had published already is closed. `stopped` marks an orderly
    end that says nothing against the run. `beat` and `worker` name what the run must still have: None when it has not.
    """
    moment = now()
    with database.writing() as connection:
        running = (_RUN.c.id == run_id) & (_RUN.c.state == "running")
        row = connection.execute(select(_RUN).where(running)).first()
        if row is None or (beat is not None and row.heartbeat_at != beat) or worker not in {None, row.worker}:
            return None
        if _has_published(connection, run_id):
            values = {"state": "succeeded_with_warnings", "ended_at": moment, **_figures(connection, row)}
        elif row.worker is None or row.replay_of is not None or (row.attempt >= MOST_ATTEMPTS and not stopped):
            values = {"state": "lost", "ended_at": moment}
        else:
            _forget_proposals(connection, run_id)
            attempt = row.attempt - 1 if stopped else row.attempt
            values = {"state": "queued", "heartbeat_at": None, "worker": None, "attempt": max(attempt, 1)}
        connection.execute(update(_RUN).where(_RUN.c.id == run_id).values(values))
        if values["state"] == "lost":
            _note(connection, run_id, Issue("run_lost", {"worker": row.worker or "-", "attempt": row.attempt}))
    return PutBack(run_id, row.registry_id, values["state"], row.attempt, row.worker)


def pause_run(database: Database, run_id: int, worker: str, until: datetime, *, begun: bool) -> bool:
    """Put a run back in the queue until its window opens again; it goes on from there, and it counts as no attempt.

    One that had not `begun` this time may still be overtaken by a later slot. False when the run is another worker's.
    """
    mine = (_RUN.c.id == run_id) & (_RUN.c.state == "running") & (_RUN.c.worker == worker)
    with database.writing() as connection:
        row = connection.execute(select(_RUN.c.attempt).where(mine)).first()
        if row is None:
            return False
        _forget_proposals(connection, run_id)
        values = {"state": "queued", "heartbeat_at": None, "worker": None, "not_before": until,
                  "attempt": max(row.attempt - 1, int(begun))}  # fmt: skip
        connection.execute(update(_RUN).where(_RUN.c.id == run_id).values(values))
    return True


def _due(moment: datetime) -> Any:
    return _RUN.c.not_before.is_(None) | (_RUN.c.not_before <= moment)


def _running_count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).where(_RUN.c.state == "running")).scalar_one())


def _claimable(moment: datetime, run_id: int | None = None) -> Any:
    busy = select(_RUN.c.registry_id).where(_RUN.c.state == "running")
    waiting = (_RUN.c.state == "queued") & _RUN.c.registry_id.not_in(busy) & _due(moment)
    named = waiting if run_id is None else waiting & (_RUN.c.id == run_id)
    return select(_RUN).where(named).order_by(_RUN.c.queued_at, _RUN.c.id)


def _latest_slot(connection: Connection, row: Any, moment: datetime) -> Any:
    unbegun = (_RUN.c.registry_id == row.registry_id) & (_RUN.c.state == "queued") & (_RUN.c.attempt == 0)
    slots = select(_RUN).where(unbegun, _RUN.c.scheduled_for.is_not(None)).order_by(_RUN.c.scheduled_for.desc())
    latest, *overtaken = connection.execute(slots).all()
    for one in overtaken:
        connection.execute(update(_RUN).where(_RUN.c.id == one.id).values(state="cancelled", ended_at=moment))
        _note(connection, one.id, Issue("slot_overtaken", {"run": latest.id}))
    return latest


def _has_published(connection: Connection, run_id: int) -> bool:
    traces = (
        select(_PUBLICATION.c.seq).where(_PUBLICATION.c.run_id == run_id),
        select(_REGISTRY.c.id).where(_REGISTRY.c.last_complete_run == run_id),
        select(_RECORD.c.id).where((_RECORD.c.listing_run == run_id) | (_RECORD.c.descriptor_run == run_id)),
    )
    return any(connection.execute(trace.limit(1)).first() is not None for trace in traces)


def _figures(connection: Connection, row: Any) -> dict[str, Any]:
    """Count what a run did that could not say so itself."""
    mine = _PUBLICATION.c.run_id == row.id
    by_op = select(_PUBLICATION.c.op, func.count()).where(mine).group_by(_PUBLICATION.c.op)
    ops = {str(row[0]): int(row[1]) for row in connection.execute(by_op)}
    first, last = connection.execute(
        select(func.min(_PUBLICATION.c.seq), func.max(_PUBLICATION.c.seq)).where(mine)
    ).one()
    live = select(func.count()).where(_RECORD.c.registry_id == row.registry_id, _RECORD.c.state == "live")
    kept = select(func.count()).where(_FETCH.c.run_id == row.id, _FETCH.c.payload_hash.is_not(None))
    complete = select(_REGISTRY.c.id).where(_REGISTRY.c.last_complete_run == row.id)
    listings = int(connection.execute(live).scalar_one())
    new, changed = ops.get("create", 0), ops.get("update", 0)
    return {
        "complete": connection.execute(complete).first() is not None,
        "counts": {
            "payloads": int(connection.execute(kept).scalar_one()), "listings": listings, "new": new,
            "changed": changed, "unchanged": max(listings - new - changed, 0), "rejected": 0, "blank": 0,
            "passed_over": {}, "stated": {}, "publications": [first, last],
        },
    }  # fmt: skip


def _forget_proposals(connection: Connection, run_id: int) -> None:
    for table in (sql(PlanItem), sql(ListingVersion), sql(DescriptorVersion), _ISSUE):
        connection.execute(delete(table).where(table.c.run_id == run_id))
    asked = (_FETCH.c.run_id == run_id) & (_FETCH.c.state == "asked")
    connection.execute(update(_FETCH).where(asked).values(state="waiting"))


def _note(connection: Connection, run_id: int, issue: Issue) -> None:
    values = {"run_id": run_id, "code": issue.code, "severity": issue.severity.value, "params": issue.params}
    connection.execute(insert(_ISSUE).values(values))


def _one_at_a_time(database: Database, connection: Connection) -> None:
    """Let nobody else claim until the transaction ends; on SQLite its write lock does that already."""
    if not database.is_sqlite:
        connection.execute(select(func.pg_advisory_xact_lock(_CLAIM_LOCK)))
