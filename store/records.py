"""Reading published records: one by its id, its versions, and all of them in a steady order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import or_, select

from config.messages import CodedError
from store.database import Database
from store.tables import Absence, DescriptorVersion, ListingVersion, Publication, Record, sql

_RECORD = sql(Record)
_LISTING = sql(ListingVersion)
_DESCRIPTOR = sql(DescriptorVersion)
_PUBLICATION = sql(Publication)
_ABSENCE = sql(Absence)
_CURRENT_LISTING = (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id)
_CURRENT_DESCRIPTOR = (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id)
_PAGE = 1000


class Current(NamedTuple):
    """A published record as it stands: its descriptor as canonical JSON and when it last changed."""

    record_id: str
    registry: str
    version: int
    content: str
    content_hash: str
    changed_at: datetime


def find_record(database: Database, name: str) -> dict[str, Any]:
    """Return a record by its id, its identifier, or the start of an id that only one record has.

    Raises `CodedError` with `record_unknown` or `record_ambiguous`.
    """
    with database.reading() as connection:
        exact = connection.execute(select(_RECORD).where(or_(_RECORD.c.id == name, _RECORD.c.iri == name))).first()
        if exact:
            return dict(exact._mapping)  # noqa: SLF001
        start = select(_RECORD).where(_RECORD.c.id.startswith(name, autoescape=True)).order_by(_RECORD.c.id).limit(6)
        rows = connection.execute(start).all()
    if not rows:
        raise CodedError.of("record_unknown", name=name)
    if len(rows) > 1:
        raise CodedError.of("record_ambiguous", name=name, some=", ".join(row.id for row in rows[:5]))
    return dict(rows[0]._mapping)  # noqa: SLF001


def details(database: Database, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record's current listing and descriptor with ledger, findings and places, and whether it is absent."""
    with database.reading() as connection:
        listing = connection.execute(
            select(_LISTING).where(_LISTING.c.run_id == record["listing_run"], _LISTING.c.record_id == record["id"])
        ).one()
        descriptor = connection.execute(
            select(_DESCRIPTOR).where(
                _DESCRIPTOR.c.run_id == record["descriptor_run"], _DESCRIPTOR.c.record_id == record["id"]
            )
        ).one()
        absence = connection.execute(select(_ABSENCE).where(_ABSENCE.c.record_id == record["id"])).first()
    return {
        "listing": orjson.loads(listing.content),
        "places": orjson.loads(listing.places),
        "payload": listing.payload_hash,
        "listing_hash": listing.content_hash,
        "retrieved_at": listing.retrieved_at,
        "descriptor": orjson.loads(descriptor.content),
        "ledger": orjson.loads(descriptor.ledger),
        "issues": orjson.loads(descriptor.issues),
        "not_found_since": absence.since if absence else None,
    }


def absences(database: Database, record_ids: list[str]) -> dict[str, datetime]:
    """Return since when the source no longer has some records, by record id; only those it does not have."""
    statement = select(_ABSENCE.c.record_id, _ABSENCE.c.since).where(_ABSENCE.c.record_id.in_(record_ids))
    with database.reading() as connection:
        return {row.record_id: row.since for row in connection.execute(statement)}


def versions(database: Database, record_id: str) -> list[dict[str, Any]]:
    """Return a record's published versions with their descriptors, oldest first."""
    statement = (
        select(_PUBLICATION, _DESCRIPTOR.c.content)
        .outerjoin(
            _DESCRIPTOR,
            (_DESCRIPTOR.c.run_id == _PUBLICATION.c.run_id) & (_DESCRIPTOR.c.record_id == _PUBLICATION.c.record_id),
        )
        .where(_PUBLICATION.c.record_id == record_id)
        .order_by(_PUBLICATION.c.seq)
    )
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001


def descriptor_json(database: Database, record_ids: list[str], registry: str) -> dict[str, tuple[str, str]]:
    """Return the published descriptor and listing (canonical JSON) of some records of a registry by record id."""
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(record_ids), 500):
        statement = (
            select(_RECORD.c.id, _DESCRIPTOR.c.content, _LISTING.c.content)
            .join(
                _DESCRIPTOR,
                (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id),
            )
            .join(
                _LISTING,
                (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id),
            )
            .where(_RECORD.c.registry_id == registry, _RECORD.c.id.in_(record_ids[start : start + 500]))
        )
        with database.reading() as connection:
            found |= {row[0]: (row[1], row[2]) for row in connection.execute(statement)}
    return found


def current_records(database: Database, registries: tuple[str, ...] = ()) -> Iterator[Current]:
    """Yield every live record, by id, a page at a time, so that memory does not grow with their number."""
    after = ""
    while True:
        statement = (
            select(
                _RECORD.c.id, _RECORD.c.registry_id, _RECORD.c.version, _DESCRIPTOR.c.content,
                _DESCRIPTOR.c.content_hash, _RECORD.c.changed_at,
            )
            .join(_DESCRIPTOR, _CURRENT_DESCRIPTOR)
            .where(_RECORD.c.state == "live", _RECORD.c.id > after)
            .order_by(_RECORD.c.id)
            .limit(_PAGE)
        )  # fmt: skip
        if registries:
            statement = statement.where(_RECORD.c.registry_id.in_(registries))
        with database.reading() as connection:
            rows = connection.execute(statement).all()
        yield from (Current(*row) for row in rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def current_findings(database: Database, registry: str) -> Iterator[tuple[str, str]]:
    """Yield the findings (JSON) that stay with each live record of a registry, with its id."""
    statement = (
        select(_RECORD.c.id, _DESCRIPTOR.c.issues)
        .join(
            _DESCRIPTOR, (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id)
        )
        .where(_RECORD.c.registry_id == registry, _RECORD.c.state == "live", _DESCRIPTOR.c.issues != "[]")
        .order_by(_RECORD.c.id)
    )
    with database.reading() as connection:
        for row in connection.execution_options(yield_per=_PAGE).execute(statement):
            yield row.id, row.issues


def published_sequence(database: Database) -> int:
    """Return the number of the last publication, 0 when there is none."""
    with database.reading() as connection:
        last = connection.execute(select(_PUBLICATION.c.seq).order_by(_PUBLICATION.c.seq.desc()).limit(1)).scalar()
    return int(last or 0)
