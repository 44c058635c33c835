"""Runs: opening, watching and closing them, their issues, and what people did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from config.messages import CodedError, Issue
from crosswalks.descriptor.privacy import without_people_told
from store.audit import append_event
from store.clock import now
from store.database import Database
from store.tables import AuditEvent, IssueRow, Publication, Record, Registry, Run, sql

_RUN = sql(Run)
_REGISTRY = sql(Registry)
_ISSUE = sql(IssueRow)
_AUDIT = sql(AuditEvent)
_RECORD = sql(Record)
_PUBLICATION = sql(Publication)
_HEARTBEAT_LOST = timedelta(seconds=60)


def open_run(
    database: Database,
    *,
    registry: str,
    connector: str,
    actor: str,
    address: str,
    fingerprint: str,
    replay_of: int | None = None,
) -> int:
    """Open a run in state `running` and audit who asked for it.

    Raises `CodedError` with `run_in_progress` when the registry has one already. A run whose heart stopped beating is
    marked as lost.
    """
    moment = now()
    with database.writing() as connection:
        if connection.execute(select(_REGISTRY.c.id).where(_REGISTRY.c.id == registry)).first() is None:
            connection.execute(insert(_REGISTRY).values(id=registry, connector=connector))
        running = (_RUN.c.registry_id == registry) & (_RUN.c.state == "running")
        dead = running & (_RUN.c.heartbeat_at < moment - _HEARTBEAT_LOST)
        connection.execute(update(_RUN).where(dead).values(state="lost", ended_at=moment))
        if row := connection.execute(select(_RUN.c.id).where(running)).first():
            raise CodedError.of("run_in_progress", registry=registry, run=row.id)
        values = {
            "registry_id": registry, "state": "running", "actor": actor, "address": address, "fingerprint": fingerprint,
            "queued_at": moment, "started_at": moment, "heartbeat_at": moment, "counts": {}, "findings": {},
            "replay_of": replay_of,
        }  # fmt: skip
        try:
            run_id = connection.execute(insert(_RUN).values(values).returning(_RUN.c.id)).scalar_one()
        except IntegrityError:
            raise CodedError.of("run_in_progress", registry=registry, run="?") from None
        asked = {"registry": registry, "address": address}
        if replay_of is None:
            append_event(connection, actor, "harvest", f"run {run_id}", asked)
        else:
            append_event(connection, actor, "replay", f"run {run_id}", {**asked, "replay_of": replay_of})
    return int(run_id)


def take_up(database: Database, run_id: int, *, address: str, fingerprint: str) -> int:
    """Begin a queued run that a worker has claimed. Raises `CodedError` with `run_taken_away` when none has."""
    with database.writing() as connection:
        claimed = (_RUN.c.id == run_id) & (_RUN.c.state == "running")
        values = {"address": address, "fingerprint": fingerprint}
        if not connection.execute(update(_RUN).where(claimed).values(values)).rowcount:
            raise CodedError.of("run_taken_away", run=run_id)
    return run_id


def beat(database: Database, run_id: int) -> None:
    """Note that a run is alive."""
    with database.writing() as connection:
        connection.execute(update(_RUN).where(_RUN.c.id == run_id).values(heartbeat_at=now()))


def running_by_hand(database: Database, registry: str | None = None) -> dict[int, datetime]:
    """Return the running runs that no worker has, with their last heartbeat."""
    ours = (_RUN.c.state == "running") & _RUN.c.worker.is_(None)
    statement = select(_RUN.c.id, _RUN.c.heartbeat_at).where(ours)
    if registry:
        statement = statement.where(_RUN.c.registry_id == registry)
    with database.reading() as connection:
        return {row.id: row.heartbeat_at for row in connection.execute(statement)}


def stop_run(database: Database, run_id: int) -> bool:
    """Mark a run that waits or runs as cancelled; tell whether it was one."""
    ours = (_RUN.c.id == run_id) & _RUN.c.state.in_(("queued", "running"))
    with database.writing() as connection:
        done = connection.execute(update(_RUN).where(ours).values(state="cancelled", ended_at=now()))
        return bool(done.rowcount)


def is_stopped(database: Database, run_id: int) -> bool:
    """Tell whether somebody stopped a run that believes it is running."""
    with database.reading() as connection:
        return connection.execute(select(_RUN.c.state).where(_RUN.c.id == run_id)).scalar() == "cancelled"


def later_publication(database: Database, registry: str, run_id: int) -> int | None:
    """Return a later run of a registry that published something or confirmed what is public, if there is one."""
    good = _RUN.c.state.in_(("succeeded", "succeeded_with_warnings"))
    later = select(func.max(_RUN.c.id)).where(_RUN.c.registry_id == registry, _RUN.c.id > run_id, good)
    with database.reading() as connection:
        found = connection.execute(later).scalar()
    return None if found is None else int(found)


def close_run(database: Database, run_id: int, state: str, **values: Any) -> None:
    """Close a run in a state, with its figures."""
    with database.writing() as connection:
        connection.execute(update(_RUN).where(_RUN.c.id == run_id).values(state=state, ended_at=now(), **values))


def overtake(database: Database, registry: str, run_id: int) -> list[int]:
    """Close the held runs before one that published or confirmed what is public: their plans are out of date.

    Each says so (`plan_overtaken`). Returns their numbers.
    """
    held = (_RUN.c.registry_id == registry) & (_RUN.c.id < run_id) & (_RUN.c.state == "held")
    with database.writing() as connection:
        closed = list(connection.execute(select(_RUN.c.id).where(held).order_by(_RUN.c.id)).scalars())
        connection.execute(update(_RUN).where(held).values(state="cancelled"))
    for one in closed:
        note_issues(database, one, [Issue("plan_overtaken", {"run": run_id})])
    return closed


def note_issues(database: Database, run_id: int, issues: Iterable[Issue], payload: str | None = None) -> None:
    """Keep issues of a run; what they quote of a source is kept without people."""
    rows = [
        {
            "run_id": run_id, "code": issue.code, "severity": issue.severity.value, "record": issue.record,
            "place": issue.place, "payload_hash": payload, "params": issue.params,
        }
        for issue in without_people_told(issues)
    ]  # fmt: skip
    if rows:
        with database.writing() as connection:
            connection.execute(insert(_ISSUE), rows)


def issues_of(database: Database, run_id: int) -> list[Issue]:
    """Return the issues of a run in the order they were noted."""
    with database.reading() as connection:
        rows = connection.execute(select(_ISSUE).where(_ISSUE.c.run_id == run_id).order_by(_ISSUE.c.id)).all()
    return [Issue(row.code, row.params, row.record, row.place) for row in rows]


def run(database: Database, run_id: int) -> dict[str, Any]:
    """Return one run. Raises `CodedError` with `run_unknown`."""
    with database.reading() as connection:
        row = connection.execute(select(_RUN).where(_RUN.c.id == run_id)).first()
    if row is None:
        raise CodedError.of("run_unknown", run=run_id)
    return dict(row._mapping)  # noqa: SLF001


def runs(database: Database, registry: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return the latest runs, newest first."""
    statement = select(_RUN).order_by(_RUN.c.id.desc()).limit(limit)
    if registry:
        statement = statement.where(_RUN.c.registry_id == registry)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001


def healthy_runs(database: Database, registry: str, limit: int) -> list[dict[str, Any]]:
    """Return the latest complete runs of a registry that succeeded and have a profile, the oldest first."""
    good = _RUN.c.state.in_(("succeeded", "succeeded_with_warnings")) & _RUN.c.complete.is_(True)
    ours = (_RUN.c.registry_id == registry) & _RUN.c.replay_of.is_(None)
    statement = select(_RUN).where(ours, good).order_by(_RUN.c.id.desc()).limit(limit)
    with database.reading() as connection:
        found = [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001
    return [row for row in reversed(found) if row["profile"]]


def unfinished_run(database: Database, run_id: int, codes: Iterable[str]) -> dict[str, Any] | None:
    """Return the run of the same registry just before a run, if it ended before its crawl did.

    It was lost, or failed with one of the codes. One that has published or confirmed anything has ended.
    """
    with database.reading() as connection:
        registry = select(_RUN.c.registry_id).where(_RUN.c.id == run_id).scalar_subquery()
        before = (_RUN.c.registry_id == registry) & (_RUN.c.id < run_id) & _RUN.c.replay_of.is_(None)
        begun = before & _RUN.c.started_at.is_not(None)
        row = connection.execute(select(_RUN).where(begun).order_by(_RUN.c.id.desc()).limit(1)).first()
        if row is None:
            return None
        failed = select(_ISSUE.c.id).where(_ISSUE.c.run_id == row.id, _ISSUE.c.code.in_(list(codes))).limit(1)
        ended = (
            select(_REGISTRY.c.id).where(_REGISTRY.c.last_complete_run == row.id),
            select(_PUBLICATION.c.seq).where(_PUBLICATION.c.run_id == row.id).limit(1),
        )
        broken_off = row.state == "lost" or (row.state == "failed" and connection.execute(failed).first() is not None)
        if not broken_off or any(connection.execute(trace).first() is not None for trace in ended):
            return None
    return dict(row._mapping)  # noqa: SLF001


def runs_since_full(database: Database, registry: str, most: int) -> int:
    """Return how many of the latest good runs, up to a number, took answers as not modified, until one that did not."""
    good = _RUN.c.state.in_(("succeeded", "succeeded_with_warnings")) & _RUN.c.complete.is_(True)
    ours = (_RUN.c.registry_id == registry) & _RUN.c.replay_of.is_(None)
    statement = select(_RUN.c.counts).where(ours, good).order_by(_RUN.c.id.desc()).limit(most)
    with database.reading() as connection:
        latest = connection.execute(statement).scalars().all()
    saved = [bool((counts or {}).get("fetches", {}).get("not_modified")) for counts in latest]
    return saved.index(False) if False in saved else len(saved)


def last_answered_run(database: Database, registry: str) -> int | None:
    """Return the latest complete run of a registry, else the latest that reached its end; None when there is none."""
    with database.reading() as connection:
        known = select(_REGISTRY.c.last_complete_run).where(_REGISTRY.c.id == registry)
        if (last := connection.execute(known).scalar()) is not None:
            return int(last)
        ended = _RUN.c.state.in_(("succeeded", "succeeded_with_warnings")) & _RUN.c.replay_of.is_(None)
        latest = select(func.max(_RUN.c.id)).where(_RUN.c.registry_id == registry, ended)
        found = connection.execute(latest).scalar()
        return None if found is None else int(found)


def registry_state(database: Database, registry: str) -> dict[str, Any] | None:
    """Return what is known of a registry from earlier runs, or None when it was never harvested."""
    with database.reading() as connection:
        row = connection.execute(select(_REGISTRY).where(_REGISTRY.c.id == registry)).first()
    return dict(row._mapping) if row else None  # noqa: SLF001


def audit_events(database: Database, limit: int = 100) -> list[dict[str, Any]]:
    """Return the latest audit events, newest first."""
    with database.reading() as connection:
        rows = connection.execute(select(_AUDIT).order_by(_AUDIT.c.id.desc()).limit(limit))
        return [dict(row._mapping) for row in rows]  # noqa: SLF001


def registry_sizes(database: Database) -> dict[str, int]:
    """Return the number of live records of each registry."""
    statement = (
        select(_RECORD.c.registry_id, func.count()).where(_RECORD.c.state == "live").group_by(_RECORD.c.registry_id)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(statement)}
