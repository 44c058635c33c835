"""Reading the publication log: every outgoing channel asks here, and nowhere else, what is public.

The log is read at a horizon (a sequence number): what a record is then is its last row up to it. The same horizon gives
the same answer for ever, whatever is published meanwhile. Time and number grow together, so a span of time is a span of
numbers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from store.database import Database
from store.prepared import Prepared
from store.tables import DescriptorVersion, Publication, Record, Rendition, sql

_RECORD = sql(Record)
_DESCRIPTOR = sql(DescriptorVersion)
_LOG = sql(Publication)
_RENDITION = sql(Rendition)
_LATER = sql(Publication).alias("later")
_SOME = 500


class LogRow(NamedTuple):
    """One row of the log, with what names its record. A tombstone may have a `reason` and a `successor` (record id)."""

    seq: int
    record_id: str
    iri: str
    registry: str
    version: int
    op: str
    published_at: datetime
    content_hash: str
    reason: str | None
    successor: str | None

    @property
    def deleted(self) -> bool:
        """Whether the row is a tombstone."""
        return self.op == "delete"


class Span(NamedTuple):
    """Part of the log: rows after one number up to another, of one registry or all, as they stood at the horizon."""

    horizon: int
    after: int = 0
    until: int | None = None
    registry: str | None = None


class Activity(NamedTuple):
    """When something was first and last published."""

    first: datetime
    last: datetime


def rows_after(database: Database, after: int, limit: int, until: int | None = None) -> list[LogRow]:
    """Return the next rows of the log as they were written, oldest first."""
    statement = _rows().where(_LOG.c.seq > after)
    if until is not None:
        statement = statement.where(_LOG.c.seq <= until)
    return _fetch(database, statement.order_by(_LOG.c.seq).limit(limit))


def standing(database: Database, span: Span, limit: int) -> list[LogRow]:
    """Return the next records of a span, each by the row that stood for it at the horizon, oldest first."""
    return _fetch(database, _rows().where(*_within(span)).order_by(_LOG.c.seq).limit(limit))


def standing_without(database: Database, span: Span, forms: Collection[str], edition: str, limit: int) -> list[LogRow]:
    """Return the next records of a span that are not kept in each of some forms as an edition writes them.

    Tombstones have no forms, so none is among them.
    """
    kept = (
        select(func.count())
        .select_from(_RENDITION)
        .where(_RENDITION.c.seq == _LOG.c.seq, _RENDITION.c.form.in_(forms), _RENDITION.c.edition == edition)
        .correlate(_LOG)
        .scalar_subquery()
    )
    lacking = [*_within(span), _LOG.c.op != "delete", kept < len(forms)]
    return _fetch(database, _rows().where(*lacking).order_by(_LOG.c.seq).limit(limit))


def standing_count(database: Database, span: Span, held: tuple[str, str] | None = None) -> int:
    """Return how many records a span has; without those that a form, in an edition, is known to withhold (`held`)."""
    statement = select(func.count()).select_from(_LOG)
    if span.registry is not None:
        statement = statement.join(_RECORD, _RECORD.c.id == _LOG.c.record_id)
    conditions = _within(span)
    if held is not None:
        form, edition = held
        conditions.append(
            ~select(_RENDITION.c.seq)
            .where(
                _RENDITION.c.seq == _LOG.c.seq,
                _RENDITION.c.form == form,
                _RENDITION.c.edition == edition,
                _RENDITION.c.body.is_(None),
            )
            .exists()
        )
    with database.reading() as connection:
        return int(connection.execute(statement.where(*conditions)).scalar_one())


def record_named(database: Database, names: Collection[str]) -> str | None:
    """Return the id of the record that has one of these ids or identifiers and was ever published."""
    any_row = select(_LOG.c.seq).where(_LOG.c.record_id == _RECORD.c.id).exists()
    statement = select(_RECORD.c.id).where(or_(_RECORD.c.id.in_(names), _RECORD.c.iri.in_(names)), any_row)
    with database.reading() as connection:
        return connection.execute(statement.order_by(_RECORD.c.id).limit(1)).scalar()


def standing_row(database: Database, record_id: str) -> LogRow | None:
    """Return the row that stands for a record; None when nothing ever did."""
    row = _STANDING_ROW.first(database, record=record_id)
    return LogRow(*row) if row else None


def standing_body(database: Database, record_id: str, form: str, edition: str) -> tuple[LogRow, bytes | None] | None:
    """Return the row that stands for a record with its body in a form, where that is kept as an edition writes it."""
    row = _STANDING_BODY.first(database, record=record_id, form=form, edition=edition)
    return (LogRow(*row[:-1]), row[-1]) if row else None


def history(database: Database, record_id: str) -> list[LogRow]:
    """Return every row of a record, oldest first."""
    return _fetch(database, _rows().where(_LOG.c.record_id == record_id).order_by(_LOG.c.seq))


def contents(database: Database, seqs: Collection[int]) -> dict[int, str]:
    """Return the descriptors (canonical JSON) that rows of the log published, by number; tombstones have none.

    A record that comes back as it was has a row of a run that wrote no version; the last one that says the same is it.
    """
    wanted = sorted(seqs)
    found: dict[int, str] = {}
    older = _DESCRIPTOR.alias("older")
    last = (
        select(func.max(older.c.run_id))
        .where(
            older.c.record_id == _LOG.c.record_id,
            older.c.run_id <= _LOG.c.run_id,
            older.c.content_hash == _LOG.c.content_hash,
        )
        .correlate(_LOG)
        .scalar_subquery()
    )
    for start in range(0, len(wanted), _SOME):
        statement = (
            select(_LOG.c.seq, _DESCRIPTOR.c.content)
            .join(_DESCRIPTOR, _DESCRIPTOR.c.record_id == _LOG.c.record_id)
            .where(_LOG.c.seq.in_(wanted[start : start + _SOME]), _LOG.c.op != "delete", _DESCRIPTOR.c.run_id == last)
        )
        with database.reading() as connection:
            found |= {row.seq: row.content for row in connection.execute(statement)}
    return found


def last_before(database: Database, moment: datetime, *, inclusive: bool) -> int:
    """Return the number of the last row published before a moment (or at it, if `inclusive`), 0 when there is none."""
    early = _LOG.c.published_at <= moment if inclusive else _LOG.c.published_at < moment
    statement = select(_LOG.c.seq).where(early).order_by(_LOG.c.published_at.desc(), _LOG.c.seq.desc()).limit(1)
    with database.reading() as connection:
        return int(connection.execute(statement).scalar() or 0)


def earliest(database: Database) -> datetime | None:
    """Return when the first row was published, None when the log is empty."""
    statement = select(_LOG.c.published_at).order_by(_LOG.c.published_at, _LOG.c.seq).limit(1)
    with database.reading() as connection:
        moment: datetime | None = connection.execute(statement).scalar()
    return moment


def latest(database: Database) -> tuple[int, datetime | None]:
    """Return number and time of the last row, 0 and None when the log is empty."""
    row = _LATEST.first(database)
    return (row[0], row[1]) if row else (0, None)


def published_registries(database: Database) -> list[str]:
    """Return the registries that any published record is of, by name."""
    any_row = select(_LOG.c.seq).where(_LOG.c.record_id == _RECORD.c.id).exists()
    statement = select(_RECORD.c.registry_id).where(any_row).distinct().order_by(_RECORD.c.registry_id)
    with database.reading() as connection:
        return list(connection.execute(statement).scalars())


def activity(database: Database) -> dict[str, Activity]:
    """Return when records of each registry were first and last published, by registry."""
    statement = (
        select(_RECORD.c.registry_id, func.min(_LOG.c.published_at), func.max(_LOG.c.published_at))
        .select_from(_LOG.join(_RECORD, _RECORD.c.id == _LOG.c.record_id))
        .group_by(_RECORD.c.registry_id)
        .order_by(_RECORD.c.registry_id)
    )
    with database.reading() as connection:
        return {name: Activity(first, last) for name, first, last in connection.execute(statement)}


def _rows() -> Select[Any]:
    return select(
        _LOG.c.seq, _LOG.c.record_id, _RECORD.c.iri, _RECORD.c.registry_id, _LOG.c.version, _LOG.c.op,
        _LOG.c.published_at, _LOG.c.content_hash, _LOG.c.reason, _LOG.c.successor,
    ).join(_RECORD, _RECORD.c.id == _LOG.c.record_id)  # fmt: skip


_LATEST = Prepared(select(_LOG.c.seq, _LOG.c.published_at).order_by(_LOG.c.seq.desc()).limit(1))
_OF_RECORD = _rows().where(_LOG.c.record_id == bindparam("record")).order_by(_LOG.c.seq.desc()).limit(1)
_STANDING_ROW = Prepared(_OF_RECORD)
_STANDING_BODY = Prepared(
    _OF_RECORD.add_columns(_RENDITION.c.body).outerjoin(
        _RENDITION,
        and_(
            _RENDITION.c.seq == _LOG.c.seq,
            _RENDITION.c.form == bindparam("form"),
            _RENDITION.c.edition == bindparam("edition"),
        ),
    )
)


def _within(span: Span) -> list[ColumnElement[bool]]:
    until = span.horizon if span.until is None else min(span.horizon, span.until)
    replaced = (
        select(_LATER.c.seq)
        .where(_LATER.c.record_id == _LOG.c.record_id, _LATER.c.seq > _LOG.c.seq, _LATER.c.seq <= span.horizon)
        .exists()
    )
    conditions = [_LOG.c.seq > span.after, _LOG.c.seq <= until, ~replaced]
    if span.registry is not None:
        conditions.append(_RECORD.c.registry_id == span.registry)
    return conditions


def _fetch(database: Database, statement: Select[Any]) -> list[LogRow]:
    with database.reading() as connection:
        return [LogRow(*row) for row in connection.execute(statement).all()]
