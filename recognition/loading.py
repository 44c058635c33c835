"""Bringing published records under comparison: one version, with its ledger, its places and approved translations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crosswalks.descriptor.serialise import from_dict, load
from crosswalks.ledger import Ledger
from recognition.reviewed import reviewed_over
from recognition.subject import Subject
from store.database import Database
from store.records import details, find_record
from store.versions import published_version


def load_subject(database: Database, name: str) -> Subject:
    """Return a record by its id, its identifier, or the beginning of an id.

    Raises `CodedError` with `record_unknown` or `record_ambiguous`.
    """
    record = find_record(database, name)
    found = details(database, record)
    descriptor = from_dict(found["descriptor"])
    return Subject.of(
        descriptor,
        identity=record["id"],
        version=record["version"],
        entries=Ledger.from_json(found["ledger"]).entries,
        places=found["places"],
        retrieved_at=_moment(found["retrieved_at"]),
        reviewed=reviewed_over(database, record["id"], descriptor),
    )


def load_version(database: Database, seq: int) -> Subject:
    """Return a version, as it was published, by its row of the publication log. Raises as `load_subject` does."""
    found = published_version(database, seq)
    descriptor = load(found.content)
    return Subject.of(
        descriptor,
        identity=found.record_id,
        version=found.version,
        entries=Ledger.from_json(found.ledger).entries,
        places=found.places,
        retrieved_at=_moment(found.retrieved_at),
        reviewed=reviewed_over(database, found.record_id, descriptor),
    )


def _moment(at: Any) -> datetime | None:
    """Return a moment with its zone; the store keeps all of them in UTC."""
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
