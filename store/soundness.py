"""What a look at everything needs to read: the publication log in order, and the versions that stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from crosswalks.ledger import FieldOutcome
from store.database import Database
from store.tables import DescriptorVersion, ListingVersion, Publication, Record, sql

_RECORD = sql(Record)
_LOG = sql(Publication)
_LISTING = sql(ListingVersion)
_DESCRIPTOR = sql(DescriptorVersion)
_AT_ONCE = 500


class Logged(NamedTuple):
    """A row of the publication log, as far as it can be replayed."""

    seq: int
    record_id: str
    version: int
    op: str
    published_at: datetime
    content_hash: str


class Standing(NamedTuple):
    """A record as the tables have it: its state, its version, and the hash of its current descriptor."""

    record_id: str
    state: str
    version: int
    content_hash: str | None


class Version(NamedTuple):
    """The current listing and descriptor of a live record, with what was written beside them."""

    record_id: str
    listing_run: int
    listing: str
    listing_hash: str
    descriptor_run: int
    descriptor: str
    descriptor_hash: str
    ledger: str
    counters: dict[FieldOutcome, int]


def whole_log(database: Database) -> Iterator[Logged]:
    """Yield every row of the publication log, oldest first."""
    columns = (_LOG.c.seq, _LOG.c.record_id, _LOG.c.version, _LOG.c.op, _LOG.c.published_at, _LOG.c.content_hash)
    yield from (Logged(*row) for row in _each(database, select(*columns).order_by(_LOG.c.seq)))


def standing_records(database: Database) -> Iterator[Standing]:
    """Yield every record."""
    current = (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id)
    columns = (_RECORD.c.id, _RECORD.c.state, _RECORD.c.version, _DESCRIPTOR.c.content_hash)
    statement = select(*columns).outerjoin(_DESCRIPTOR, current).order_by(_RECORD.c.id)
    yield from (Standing(*row) for row in _each(database, statement))


def standing_versions(database: Database) -> Iterator[Version]:
    """Yield the current version of every live record."""
    listing = (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id)
    descriptor = (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id)
    statement = (
        select(
            _RECORD.c.id, _LISTING.c.run_id, _LISTING.c.content, _LISTING.c.content_hash, _DESCRIPTOR.c.run_id,
            _DESCRIPTOR.c.content, _DESCRIPTOR.c.content_hash, _DESCRIPTOR.c.ledger,
            *(_DESCRIPTOR.c[outcome.value] for outcome in FieldOutcome),
        )
        .join(_LISTING, listing)
        .join(_DESCRIPTOR, descriptor)
        .where(_RECORD.c.state == "live")
        .order_by(_RECORD.c.id)
    )  # fmt: skip
    for row in _each(database, statement):
        counters = dict(zip(FieldOutcome, row[8:], strict=True))
        yield Version(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], counters)


def _each(database: Database, statement: Any) -> Iterator[Any]:
    with database.reading() as connection:
        yield from connection.execution_options(yield_per=_AT_ONCE).execute(statement)
