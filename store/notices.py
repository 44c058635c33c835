"""Notices about runs: which runs were looked at, and the outbox of what is to be sent.

A run that has ended is looked at once in each state it ends in; what is to be told of it goes into the outbox in the
same transaction. So a crash at any moment neither loses a notice nor makes a second one. Sending is another matter: a
notice is sent at least once, always under the same id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Index, Text, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field

from store.clock import now
from store.database import Database
from store.tables import Run, Table, UTCDateTime, one_of, sql


class NoticeLook(Table, table=True):
    """That a run was looked at after it had ended in a state, and as what it was told, if it was."""

    __tablename__ = "notice_look"
    __table_args__ = (Index("ix_notice_look_registry", "registry_id", "run_id"),)

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    state: str = Field(primary_key=True)
    registry_id: str
    told: str | None = None
    at: datetime = Field(sa_type=UTCDateTime)


class Notice(Table, table=True):
    """One message to one address. The id goes with it each time it is sent, so that a receiver knows it again."""

    __table_args__ = (
        one_of("channel", ("mail", "webhook")),
        one_of("state", ("waiting", "sent", "given_up")),
        Index("ix_notice_state", "state", "not_before"),
    )

    id: str = Field(primary_key=True)
    registry_id: str
    run_id: int | None = Field(default=None, foreign_key="run.id")
    kind: str
    channel: str
    address: str
    content: str = Field(sa_type=Text)
    state: str
    attempts: int
    not_before: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = None


class Target(NamedTuple):
    """Where a notice goes: `mail` or `webhook`, and the address."""

    channel: str
    address: str


_RUN = sql(Run)
_LOOK = sql(NoticeLook)
_NOTICE = sql(Notice)
_UNENDED = ("queued", "running")
_NOT_HARVESTS = "retirement"
_SENDING = timedelta(minutes=2)
"""How long a notice belongs to the process that is sending it."""


def unseen_runs(database: Database, limit: int = 100) -> list[dict[str, Any]]:
    """Return runs that have ended and were not looked at in that state, in the order they ended.

    Replays and retirements by hand are not among them: whoever did those knows.
    """
    seen = select(_LOOK.c.run_id).where(_LOOK.c.run_id == _RUN.c.id, _LOOK.c.state == _RUN.c.state)
    harvests = _RUN.c.replay_of.is_(None) & (_RUN.c.fingerprint != _NOT_HARVESTS)
    statement = select(_RUN).where(_RUN.c.state.not_in(_UNENDED), harvests, ~seen.exists())
    with database.reading() as connection:
        rows = connection.execute(statement.order_by(_RUN.c.ended_at, _RUN.c.id).limit(limit))
        return [dict(row._mapping) for row in rows]  # noqa: SLF001


def looks_before(database: Database, registry: str, limit: int = 200) -> list[tuple[str, str | None]]:
    """Return the looks at a registry's runs, (state, told as) each, the latest first."""
    statement = select(_LOOK.c.state, _LOOK.c.told).where(_LOOK.c.registry_id == registry)
    with database.reading() as connection:
        rows = connection.execute(statement.order_by(_LOOK.c.at.desc(), _LOOK.c.run_id.desc()).limit(limit))
        return [(row.state, row.told) for row in rows]


def keep_look(
    database: Database, run: dict[str, Any], told: str | None, targets: list[Target], content: str
) -> list[str]:
    """Note that a run was looked at, and put what is told of it into the outbox, at once.

    Returns the ids of the notices; none when another process has looked already.
    """
    moment = now()
    look = {"run_id": run["id"], "state": run["state"], "registry_id": run["registry_id"], "told": told, "at": moment}
    try:
        with database.writing() as connection:
            connection.execute(insert(_LOOK).values(look))
            rows = [_row(run["registry_id"], run["id"], told or "", target, content, moment) for target in targets]
            if rows:
                connection.execute(insert(_NOTICE), rows)
    except IntegrityError:
        return []
    return [row["id"] for row in rows]


def keep_notice(database: Database, registry: str, kind: str, targets: list[Target], content: str) -> list[str]:
    """Put a message that no run is behind into the outbox, and return the ids of its notices."""
    moment = now()
    rows = [_row(registry, None, kind, target, content, moment) for target in targets]
    with database.writing() as connection:
        connection.execute(insert(_NOTICE), rows)
    return [row["id"] for row in rows]


def take_due(database: Database, moment: datetime, only: list[str] | None = None) -> dict[str, Any] | None:
    """Take the notice that has waited longest and is due, for two minutes; None when there is none.

    It counts as one more attempt. When it is not settled meanwhile, it is due again.
    """
    due = (_NOTICE.c.state == "waiting") & (_NOTICE.c.not_before <= moment)
    if only is not None:
        due &= _NOTICE.c.id.in_(only)
    with database.reading() as connection:
        found = connection.execute(select(_NOTICE).where(due).order_by(_NOTICE.c.not_before, _NOTICE.c.id)).first()
    if found is None:
        return None
    row = dict(found._mapping)  # noqa: SLF001
    untaken = (_NOTICE.c.id == row["id"]) & (_NOTICE.c.state == "waiting") & (_NOTICE.c.attempts == row["attempts"])
    attempts = row["attempts"] + 1
    with database.writing() as connection:
        taken = update(_NOTICE).where(untaken).values(attempts=attempts, not_before=moment + _SENDING)
        if not connection.execute(taken).rowcount:
            return take_due(database, moment, only)
    return {**row, "attempts": attempts}


def settle(database: Database, notice: str, *, error: str | None = None, again: datetime | None = None) -> None:
    """Note how an attempt went: sent without an error, to be tried `again`, or given up."""
    moment = now()
    if error is None:
        values: dict[str, Any] = {"state": "sent", "ended_at": moment, "error": None}
    elif again is not None:
        values = {"not_before": again, "error": error}
    else:
        values = {"state": "given_up", "ended_at": moment, "error": error}
    with database.writing() as connection:
        connection.execute(update(_NOTICE).where(_NOTICE.c.id == notice).values(values))


def notices(database: Database, registry: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return the latest notices, newest first."""
    statement = select(_NOTICE).order_by(_NOTICE.c.created_at.desc(), _NOTICE.c.id).limit(limit)
    if registry:
        statement = statement.where(_NOTICE.c.registry_id == registry)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001


def notice(database: Database, name: str) -> dict[str, Any]:
    """Return one notice of the outbox."""
    with database.reading() as connection:
        return dict(connection.execute(select(_NOTICE).where(_NOTICE.c.id == name)).one()._mapping)  # noqa: SLF001


def _row(
    registry: str, run_id: int | None, kind: str, target: Target, content: str, moment: datetime
) -> dict[str, Any]:
    return {
        "id": uuid4().hex, "registry_id": registry, "run_id": run_id, "kind": kind, "channel": target.channel,
        "address": target.address, "content": content, "state": "waiting", "attempts": 0, "not_before": moment,
        "created_at": moment,
    }  # fmt: skip
