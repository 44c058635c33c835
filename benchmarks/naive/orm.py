"""Keeping what a run found as SQLModel objects: one object per row, `Session.add_all`, one commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from crosswalks.ledger import FieldOutcome
from store.clock import now
from store.database import Database
from store.plans import Proposal
from store.tables import DescriptorVersion, ListingVersion, PlanItem, Publication, Record, Registry, Table


def add_all(database: Database, run_id: int, registry: str, proposals: Sequence[Proposal]) -> None:
    """Keep and publish new records."""
    moment = now().replace(microsecond=0)
    with Session(database.engine) as session:
        for item in proposals:
            session.add_all(rows_of(item, run_id))
            session.add(
                Record(
                    id=item.record_id,
                    registry_id=registry,
                    key=item.key,
                    iri=item.iri,
                    state="live",
                    version=1,
                    listing_run=run_id,
                    descriptor_run=run_id,
                    created_at=moment,
                    changed_at=moment,
                )
            )
        session.flush()
        session.add_all(
            Publication(
                record_id=item.record_id, version=1, op="create", published_at=moment,
                content_hash=item.descriptor_hash, run_id=run_id,
            )
            for item in sorted(proposals, key=lambda item: item.record_id)
        )  # fmt: skip
        known = session.get_one(Registry, registry)
        known.last_complete_run, known.last_complete_at, known.published_digest = run_id, moment, "digest"
        session.commit()


def rows_of(item: Proposal, run_id: int) -> list[Table]:
    """Return the versions of a new record and its line in the plan."""
    return [
        ListingVersion(
            run_id=run_id, record_id=item.record_id, content_hash=item.listing_hash, content=item.listing,
            payload_hash=item.payload_hash, places=item.places, retrieved_at=item.retrieved_at,
        ),
        DescriptorVersion(
            run_id=run_id, record_id=item.record_id, content_hash=item.descriptor_hash, content=item.descriptor,
            ledger=item.ledger, issues=item.issues,
            **{outcome.value: item.outcomes.get(outcome, 0) for outcome in FieldOutcome},
        ),
        PlanItem(
            run_id=run_id, record_id=item.record_id, key=item.key, iri=item.iri, op=item.op, fields=item.fields,
            visible=item.visible, content_hash=item.descriptor_hash,
        ),
    ]  # fmt: skip
