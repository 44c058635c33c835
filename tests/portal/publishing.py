"""A deployment with published records, made through the store as a harvest does it; and tombstones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update

from connectors.jmicro.standin_made import made
from crosswalks.descriptor.identity import record_iri
from crosswalks.descriptor.serialise import content_hash, dump, from_dict
from harvester.workplace import Workplace
from store.clock import now
from store.plans import Proposal, publish, write_proposals
from store.publications import latest, standing_row
from store.runs import close_run, open_run
from store.tables import Publication, Record, sql

BASE = "https://kakehashi.example"
_FOUND = {"url": "https://list.example/1", "retrieved_at": "2026-11-20T03:00:00Z"}


def descriptor_of(registry: str, number: int, **changes: Any) -> dict[str, Any]:
    """A made-up listing under an identifier of this deployment; `changes` replace fields."""
    content = made(number) | {"id": iri(registry, number)}
    rights = {"rights": "reuse_with_attribution", "attribution": "Example"}
    content["source_record"] = {"registry": registry, "source_id": f"n{number}", **_FOUND, **rights}
    return content | changes


def iri(registry: str, number: int) -> str:
    return record_iri(BASE, registry, f"n{number}")


def name(registry: str, number: int) -> str:
    return iri(registry, number).rpartition("/")[2]


@dataclass
class Publisher:
    """Publishes to a deployment, and remembers what must be public: record → title, or None once it is deleted."""

    place: Workplace
    registry: str = "jmicro"
    truth: dict[str, str | None] = field(default_factory=dict)

    def publish(self, *numbers: int, op: str = "new", **changes: Any) -> None:
        database = self.place.database
        run = open_run(
            database, registry=self.registry, connector="jmicro", actor="t", address="http://x.example/", fingerprint=""
        )
        proposals = []
        for number in numbers:
            descriptor = from_dict(descriptor_of(self.registry, number, **changes))
            digest = content_hash(descriptor)
            proposals.append(
                Proposal(
                    record_id=name(self.registry, number), key=f"n{number}", iri=descriptor.id, op=op, listing="{}",
                    listing_hash=digest, payload_hash="p", places="{}", retrieved_at=now(),
                    descriptor=dump(descriptor).decode(), descriptor_hash=digest, ledger="{}", issues="[]", outcomes={},
                )
            )  # fmt: skip
            self.truth[name(self.registry, number)] = next(iter(descriptor.title.values()))
        write_proposals(database, run, proposals)
        publish(database, run, self.registry, complete=False, digest=None)
        close_run(database, run, "succeeded")

    def update(self, number: int, title: str) -> None:
        self.publish(number, op="changed", title={"ja": title})

    def delete(self, number: int, reason: str = "withdrawn", successor: str | None = None) -> None:
        """Write a tombstone."""
        database, record = self.place.database, name(self.registry, number)
        row = standing_row(database, (record,))
        assert row is not None
        last = latest(database)[1]
        moment = max(now().replace(microsecond=0), last) if last else now()
        with database.writing() as connection:
            run = connection.execute(sql(Record).select().where(sql(Record).c.id == record)).one().descriptor_run
            connection.execute(
                insert(sql(Publication)).values(
                    record_id=record, version=row.version + 1, op="delete", published_at=moment,
                    content_hash=row.content_hash, run_id=run, reason=reason, successor=successor,
                )
            )  # fmt: skip
            connection.execute(
                update(sql(Record))
                .where(sql(Record).c.id == record)
                .values(state="retired", version=row.version + 1, changed_at=moment)
            )
        self.truth[record] = None
