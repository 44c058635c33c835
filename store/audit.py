"""The audit log: what people did, each event hashed over the one before it, so that none can be changed unseen.

The hash is SHA-256 over the hash of the event before (64 zeros for the first), a line feed, and the event as JSON with
sorted keys, without blanks, in UTF-8: `action`, `actor`, `at`, `details`, `subject`. Writers take turns under a lock,
and no two events can name the same one before them, so the chain never forks. What only the chain cannot show is a log
cut off at its end: for that, note the head somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, insert, select, text

from store.clock import now
from store.database import Database
from store.tables import AuditEvent, sql

START = "0" * 64
"""What the first event names as the hash before it."""
_AUDIT = sql(AuditEvent)
_LOCK = 0x6B616B67
_PAGE = 1000
_GUARDS = {"sqlite": {"audit_event_no_update", "audit_event_no_delete"},
           "postgresql": {"audit_event_no_change", "audit_event_no_emptying"}}  # fmt: skip


class Event(NamedTuple):
    """One event. `number` is its place in the log."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    previous: str
    hash: str


class Wanted(NamedTuple):
    """Which events to list. `action` and `subject` also stand for what begins with them."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


class Verified(NamedTuple):
    """What a look at the whole chain found.

    `bad` is the first event that is not as it was written, and `fault` how: `altered` (its content does not give its
    hash), `broken` (it does not follow the one before it: something was removed, put in or moved), or `head_missing`
    (the noted head is not in the log). `unguarded` tells that the database would let rows be changed.
    """

    events: int
    head: str
    fault: str | None = None
    bad: int | None = None
    unguarded: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.fault is None and not self.unguarded


def append_event(
    connection: Connection, actor: str, action: str, subject: str, details: dict[str, Any], at: datetime | None = None
) -> str:
    """Add an event within a write transaction and return its hash.

    It is the last thing a transaction does: other writers wait until that ends.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = select(_AUDIT.c.hash).order_by(_AUDIT.c.id.desc()).limit(1)
    previous = connection.execute(last).scalar() or START
    moment = at or now()
    kept = orjson.loads(orjson.dumps(details, option=orjson.OPT_NON_STR_KEYS, default=str))
    digest = hash_of(previous, moment, actor, action, subject, kept)
    values = {"at": moment, "actor": actor, "action": action, "subject": subject, "details": kept,
              "previous": previous, "hash": digest}  # fmt: skip
    connection.execute(insert(_AUDIT).values(values))
    return digest


def audit(database: Database, actor: str, action: str, subject: str, details: dict[str, Any] | None = None) -> None:
    """Keep what a person did."""
    with database.writing() as connection:
        append_event(connection, actor, action, subject, details or {})


def hash_of(previous: str, at: datetime, actor: str, action: str, subject: str, details: Any) -> str:
    """Return the hash of an event after another."""
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = {"at": moment, "actor": actor, "action": action, "subject": subject, "details": details}
    return sha256(previous.encode() + b"\n" + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def events(database: Database, wanted: Wanted | None = None, limit: int = 100) -> list[Event]:
    """Return the latest events that are wanted, newest first."""
    chosen = wanted or Wanted()
    statement = select(_AUDIT).order_by(_AUDIT.c.id.desc()).limit(limit)
    if chosen.actor is not None:
        statement = statement.where(_AUDIT.c.actor == chosen.actor)
    if chosen.action is not None:
        statement = statement.where(_AUDIT.c.action.startswith(chosen.action, autoescape=True))
    if chosen.subject is not None:
        statement = statement.where(_AUDIT.c.subject.startswith(chosen.subject, autoescape=True))
    if chosen.since is not None:
        statement = statement.where(_AUDIT.c.at >= chosen.since)
    if chosen.until is not None:
        statement = statement.where(_AUDIT.c.at < chosen.until)
    if chosen.before is not None:
        statement = statement.where(_AUDIT.c.id < chosen.before)
    with database.reading() as connection:
        return [_event(row) for row in connection.execute(statement)]


def head(database: Database) -> tuple[int, str]:
    """Return the number of events and the hash of the last one."""
    with database.reading() as connection:
        count = connection.execute(select(func.count()).select_from(_AUDIT)).scalar_one()
        last = connection.execute(select(_AUDIT.c.hash).order_by(_AUDIT.c.id.desc()).limit(1)).scalar()
    return int(count), last or START


def verify(database: Database, noted: str | None = None) -> Verified:
    """Follow the chain from its beginning and tell the first event that is not as it was written.

    `noted` is a head that was written down elsewhere; the log must still contain it.
    """
    count, last, seen = 0, START, noted in {None, START}
    for event in _all(database):
        if event.previous != last:
            return Verified(count, last, "broken", event.number)
        expected = hash_of(last, event.at, event.actor, event.action, event.subject, event.details)
        if event.hash != expected:
            return Verified(count, last, "altered", event.number)
        count, last = count + 1, event.hash
        seen = seen or event.hash == noted
    unguarded = not _guarded(database)
    return Verified(count, last, None if seen else "head_missing", None, unguarded)


def _all(database: Database) -> Iterator[Event]:
    """Yield every event in its order, a page at a time, so that memory does not grow with their number."""
    after: int | None = None
    while True:
        statement = select(_AUDIT).order_by(_AUDIT.c.id).limit(_PAGE)
        if after is not None:
            statement = statement.where(_AUDIT.c.id > after)
        with database.reading() as connection:
            rows = connection.execute(statement).all()
        yield from map(_event, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _guarded(database: Database) -> bool:
    statement = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
    if not database.is_sqlite:
        statement = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass AND tgenabled <> 'D'"
    with database.reading() as connection:
        there = set(connection.execute(text(statement)).scalars())
    return there >= _GUARDS["sqlite" if database.is_sqlite else "postgresql"]


def _event(row: Any) -> Event:
    return Event(row.id, row.at, row.actor, row.action, row.subject, row.details, row.previous, row.hash)
