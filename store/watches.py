"""What people keep an eye on: records, registries, and fields of study; with the last change that they have seen."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from store.clock import now
from store.committee_tables import WatchRow
from store.database import Database
from store.tables import Publication, Record, sql

_WATCH = sql(WatchRow)
_LOG = sql(Publication)
_RECORD = sql(Record)


class Watch(NamedTuple):
    """One thing that somebody watches."""

    id: int
    account_id: int
    kind: str
    subject: str
    seen: int
    seen_at: datetime


def watches(database: Database, account_id: int) -> list[Watch]:
    """Return what an account watches, in the order it was added."""
    statement = select(_WATCH).where(_WATCH.c.account_id == account_id).order_by(_WATCH.c.id)
    with database.reading() as connection:
        return [Watch(*row) for row in connection.execute(statement)]


def watch(database: Database, account_id: int, kind: str, subject: str, seen: int) -> bool:
    """Begin to watch from a row of the publication log on; tell whether it was not watched before."""
    mine = (_WATCH.c.account_id == account_id) & (_WATCH.c.kind == kind) & (_WATCH.c.subject == subject)
    with database.writing() as connection:
        if connection.execute(select(_WATCH.c.id).where(mine)).first():
            return False
        values = {"account_id": account_id, "kind": kind, "subject": subject, "seen": seen, "seen_at": now()}
        connection.execute(insert(_WATCH).values(values))
    return True


def unwatch(database: Database, account_id: int, number: int) -> None:
    """Watch something no longer; what is not one's own stays."""
    with database.writing() as connection:
        connection.execute(delete(_WATCH).where(_WATCH.c.id == number, _WATCH.c.account_id == account_id))


def mark_seen(database: Database, account_id: int, until: int, number: int | None = None) -> None:
    """Note that an account has looked at all that was published up to a row, of everything it watches or of one."""
    statement = update(_WATCH).where(_WATCH.c.account_id == account_id, _WATCH.c.seen < until)
    if number is not None:
        statement = statement.where(_WATCH.c.id == number)
    with database.writing() as connection:
        connection.execute(statement.values(seen=until, seen_at=now()))


def changed_since(
    database: Database, after: int, *, record: str | None = None, registry: str | None = None, limit: int = 200
) -> list[tuple[int, str]]:
    """Return what was last published of each record after a row of the log: its row and the record, latest first."""
    statement = select(_LOG.c.seq, _LOG.c.record_id).where(_LOG.c.seq > after)
    if record is not None:
        statement = statement.where(_LOG.c.record_id == record)
    if registry is not None:
        statement = statement.join(_RECORD, _RECORD.c.id == _LOG.c.record_id).where(_RECORD.c.registry_id == registry)
    found: dict[str, int] = {}
    with database.reading() as connection:
        for seq, record_id in connection.execute(statement.order_by(_LOG.c.seq.desc()).limit(limit * 5)):
            found.setdefault(record_id, seq)
    return [(seq, record_id) for record_id, seq in found.items()][:limit]
