"""A deployment with published records, made through the store as a harvest does it; and tombstones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from connectors.jmicro.standin_made import made
from crosswalks.descriptor.identity import record_iri
from crosswalks.descriptor.serialise import content_hash, dump, from_dict, load
from crosswalks.ledger import Ledger
from harvester.workplace import Workplace
from store.clock import now
from store.plans import Proposal, publish, write_absences, write_proposals
from store.publications import contents, latest, standing_row
from store.retirement import retire
from store.runs import close_run, open_run
from store.tables import Absence, sql

BASE = "https://kakehashi.example"
_LEDGER = Ledger("jmicro", "descriptor").dump()
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

    def _run(self) -> int:
        database, registry = self.place.database, self.registry
        return open_run(
            database, registry=registry, connector="jmicro", actor="t", address="http://x.example/", fingerprint=""
        )

    def publish(self, *numbers: int, op: str = "new", **changes: Any) -> None:
        database = self.place.database
        run = self._run()
        proposals = []
        for number in numbers:
            descriptor = from_dict(descriptor_of(self.registry, number, **changes))
            digest = content_hash(descriptor)
            proposals.append(
                Proposal(
                    record_id=name(self.registry, number), key=f"n{number}", iri=descriptor.id, op=op, listing="{}",
                    listing_hash=digest, payload_hash="p", places="{}", retrieved_at=now(),
                    descriptor=dump(descriptor).decode(), descriptor_hash=digest, ledger=_LEDGER, issues="[]",
                    outcomes={},
                )
            )  # fmt: skip
            self.truth[name(self.registry, number)] = next(iter(descriptor.title.values()))
        write_proposals(database, run, proposals)
        publish(database, run, self.registry, complete=False, digest=None)
        close_run(database, run, "succeeded")

    def update(self, number: int, title: str) -> None:
        self.publish(number, op="changed", title={"ja": title})

    def delete(self, *numbers: int, reason: str = "withdrawn", successor: str | None = None) -> None:
        database, records = self.place.database, [name(self.registry, number) for number in numbers]
        last = latest(database)[1]
        run = self._run()
        with database.writing() as connection:
            database.lock_publications(connection)
            moment = now().replace(microsecond=0)
            retire(connection, run, records, max(moment, last) if last else moment, reason, successor)
        close_run(database, run, "succeeded")
        self.truth.update(dict.fromkeys(records))

    def bring_back(self, number: int) -> None:
        """Have a complete run find a record again, as it was, that was retired because it was missing."""
        database, record = self.place.database, name(self.registry, number)
        row = standing_row(database, record)
        assert row is not None
        assert row.deleted
        run = self._run()
        absence = {"record_id": record, "since": row.published_at, "first_run": run, "complete_runs": 3}
        with database.writing() as connection:
            connection.execute(insert(sql(Absence)).values(absence))
        write_absences(database, run, [], [(record, f"n{number}")])
        publish(database, run, self.registry, complete=False, digest=None)
        close_run(database, run, "succeeded")
        back = standing_row(database, record)
        assert back is not None
        self.truth[record] = next(iter(load(contents(database, [back.seq])[back.seq]).title.values()))
