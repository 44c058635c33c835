"""One published version of a record with what is known of its evidence, whatever became of the record since."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from config.messages import CodedError
from store.database import Database
from store.tables import DescriptorVersion, ListingVersion, Publication, sql

_LOG = sql(Publication)
_DESCRIPTOR = sql(DescriptorVersion)
_LISTING = sql(ListingVersion)


class Published(NamedTuple):
    """A version: its descriptor as canonical JSON, the ledger of its crossing, and where its listing was found."""

    record_id: str
    version: int
    content: str
    ledger: Any
    places: dict[str, Any]
    retrieved_at: datetime | None


def published_version(database: Database, seq: int) -> Published:
    """Return what a row of the publication log published. Raises `CodedError` with `record_unknown`.

    A record that came back as it was has a row of a run that wrote no version; the last one that says the same is it.
    """
    older = _DESCRIPTOR.alias("older")
    same = (older.c.record_id == _LOG.c.record_id) & (older.c.content_hash == _LOG.c.content_hash)
    last = select(func.max(older.c.run_id)).where(same, older.c.run_id <= _LOG.c.run_id).correlate(_LOG)
    statement = (
        select(_LOG.c.record_id, _LOG.c.version, _DESCRIPTOR.c.content, _DESCRIPTOR.c.ledger, _DESCRIPTOR.c.run_id)
        .join(_DESCRIPTOR, _DESCRIPTOR.c.record_id == _LOG.c.record_id)
        .where(_LOG.c.seq == seq, _LOG.c.op != "delete", _DESCRIPTOR.c.run_id == last.scalar_subquery())
    )
    with database.reading() as connection:
        row = connection.execute(statement).first()
        if row is None:
            raise CodedError.of("record_unknown", name=f"#{seq}")
        found = select(_LISTING).where(_LISTING.c.record_id == row.record_id, _LISTING.c.run_id <= row.run_id)
        listing = connection.execute(found.order_by(_LISTING.c.run_id.desc()).limit(1)).first()
    return Published(
        row.record_id, row.version, row.content, orjson.loads(row.ledger),
        orjson.loads(listing.places) if listing else {}, listing.retrieved_at if listing else None,
    )  # fmt: skip
