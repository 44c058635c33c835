"""Decisions in the database: heads and steps, added under one lock so that what was read still holds when it is kept.

What heads and steps say is JSON that the room of recognition writes and reads; here it is only kept, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, text

from config.messages import CodedError
from store.audit import append_event
from store.database import Database
from store.decision_tables import Decision, DecisionStep
from store.tables import sql

_DECISION = sql(Decision)
_STEP = sql(DecisionStep)
_LOCK = 0x6B616B68


class Head(NamedTuple):
    """The head of a decision as it is kept. `content` is JSON."""

    id: int
    track: str
    record_id: str
    content: str
    supersedes: int | None


class StepRow(NamedTuple):
    """A step as it is kept. `content` is JSON."""

    decision_id: int
    number: int
    act: str
    actor: str
    at: datetime
    content: str


class Book:
    """The decisions as one transaction sees them; what is added is there for everybody once it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: list[tuple[str, str, str, dict[str, Any], datetime]] = []

    def heads(self, record_id: str | None = None) -> list[Head]:
        """Return the heads of all decisions, or of those about a record, oldest first."""
        return _heads(self._connection, record_id)

    def head(self, number: int) -> Head:
        """Return one head. Raises `CodedError` with `decision_unknown`."""
        return _head(self._connection, number)

    def steps(self, number: int) -> list[StepRow]:
        """Return the steps of a decision in their order."""
        return _steps(self._connection, [number]).get(number, [])

    def open(self, track: str, record_id: str, content: str, supersedes: int | None) -> int:
        """Add a head and return its number."""
        values = {"track": track, "record_id": record_id, "content": content, "supersedes": supersedes}
        return int(self._connection.execute(insert(_DECISION).values(values).returning(_DECISION.c.id)).scalar_one())

    def add(self, step: StepRow, details: dict[str, Any]) -> None:
        """Add a step; `details` go to the audit log with it."""
        self._connection.execute(insert(_STEP).values(step._asdict()))
        told = {**details, "step": step.number}
        self._told.append((step.actor, f"decision {step.act}", f"decision {step.decision_id}", told, step.at))

    def tell(self) -> None:
        """Write what was added into the audit log, as the last thing the transaction does."""
        for actor, action, subject, details, at in self._told:
            append_event(self._connection, actor, action, subject, details, at)


@contextmanager
def decision_book(database: Database) -> Iterator[Book]:
    """Give the book of decisions for reading and adding to; others who would add wait until it is closed."""
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        book = Book(connection)
        yield book
        book.tell()


def decision_head(database: Database, number: int) -> Head:
    """Return the head of a decision. Raises `CodedError` with `decision_unknown`."""
    with database.reading() as connection:
        return _head(connection, number)


def decision_heads(database: Database, record_id: str | None = None) -> list[Head]:
    """Return the heads of all decisions, or of those about a record, oldest first."""
    with database.reading() as connection:
        return _heads(connection, record_id)


def decision_steps(database: Database, numbers: list[int]) -> dict[int, list[StepRow]]:
    """Return the steps of some decisions by decision, in their order."""
    with database.reading() as connection:
        return _steps(connection, numbers)


def _head(connection: Connection, number: int) -> Head:
    row = connection.execute(select(_DECISION).where(_DECISION.c.id == number)).first()
    if row is None:
        raise CodedError.of("decision_unknown", number=number)
    return Head(row.id, row.track, row.record_id, row.content, row.supersedes)


def _heads(connection: Connection, record_id: str | None) -> list[Head]:
    statement = select(_DECISION).order_by(_DECISION.c.id)
    if record_id is not None:
        statement = statement.where(_DECISION.c.record_id == record_id)
    rows = connection.execute(statement)
    return [Head(row.id, row.track, row.record_id, row.content, row.supersedes) for row in rows]


def _steps(connection: Connection, numbers: list[int]) -> dict[int, list[StepRow]]:
    found: dict[int, list[StepRow]] = {}
    for start in range(0, len(numbers), 500):
        some = _STEP.c.decision_id.in_(numbers[start : start + 500])
        for row in connection.execute(select(_STEP).where(some).order_by(_STEP.c.decision_id, _STEP.c.number)):
            found.setdefault(row.decision_id, []).append(StepRow(*row))
    return found
