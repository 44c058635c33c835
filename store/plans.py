"""Plans: what a run would change, written before anything changes, and publishing it in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from crosswalks.ledger import FieldOutcome
from store.clock import now
from store.database import Database
from store.prepared import PreparedInsert
from store.retirement import WITHDRAWN, Patience, retire, retire_missing, revive
from store.tables import (
    Absence,
    DescriptorVersion,
    ListingVersion,
    PlanItem,
    Publication,
    Record,
    Registry,
    sql,
)

_RECORD = sql(Record)
_LISTING = sql(ListingVersion)
_DESCRIPTOR = sql(DescriptorVersion)
_PLAN = sql(PlanItem)
_PUBLICATION = sql(Publication)
_ABSENCE = sql(Absence)
_REGISTRY = sql(Registry)
_NEW_LISTINGS = PreparedInsert(
    _LISTING, ("run_id", "record_id", "content_hash", "content", "payload_hash", "places", "retrieved_at")
)
_NEW_DESCRIPTORS = PreparedInsert(
    _DESCRIPTOR,
    ("run_id", "record_id", "content_hash", "content", "ledger", "issues", *(one.value for one in FieldOutcome)),
)
_NEW_ITEMS = PreparedInsert(_PLAN, ("run_id", "record_id", "key", "iri", "op", "fields", "visible", "content_hash"))


class Known(NamedTuple):
    """What the registry's published state says of one record."""

    record_id: str
    listing_hash: str
    descriptor_hash: str
    absent: bool


@dataclass(slots=True)
class Proposal:
    """One new or changed record. Contents are canonical JSON; `fields` names what differs from the last version."""

    record_id: str
    key: str
    iri: str
    op: str
    listing: str
    listing_hash: str
    payload_hash: str
    places: str
    retrieved_at: datetime
    descriptor: str
    descriptor_hash: str
    ledger: str
    issues: str
    outcomes: dict[FieldOutcome, int]
    fields: str = "[]"
    visible: bool = True


@dataclass(slots=True)
class Published:
    """What a publication changed."""

    created: int = 0
    updated: int = 0
    gone: int = 0
    returned: int = 0
    first_seq: int | None = None
    last_seq: int | None = None
    missing: list[tuple[str, datetime]] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def known_records(database: Database, registry: str) -> dict[str, Known]:
    """Return the records of a registry by natural key, retired ones included: what returns keeps its identity."""
    statement = (
        select(
            _RECORD.c.key,
            _RECORD.c.id,
            _LISTING.c.content_hash,
            _DESCRIPTOR.c.content_hash,
            _ABSENCE.c.record_id.is_not(None),
        )
        .join(_LISTING, (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id))
        .join(
            _DESCRIPTOR,
            (_DESCRIPTOR.c.run_id == _RECORD.c.descriptor_run) & (_DESCRIPTOR.c.record_id == _RECORD.c.id),
        )
        .outerjoin(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        .where(_RECORD.c.registry_id == registry)
    )
    with database.reading() as connection:
        return {row[0]: Known(row[1], row[2], row[3], bool(row[4])) for row in connection.execute(statement)}


def write_proposals(database: Database, run_id: int, proposals: list[Proposal]) -> None:
    """Write part of a plan: the versions it proposes and one plan item each."""
    if not proposals:
        return
    listings = [
        {
            "run_id": run_id, "record_id": item.record_id, "content_hash": item.listing_hash, "content": item.listing,
            "payload_hash": item.payload_hash, "places": item.places, "retrieved_at": item.retrieved_at,
        }
        for item in proposals
    ]  # fmt: skip
    descriptors = [
        {
            "run_id": run_id, "record_id": item.record_id, "content_hash": item.descriptor_hash,
            "content": item.descriptor, "ledger": item.ledger, "issues": item.issues,
            **{outcome.value: item.outcomes.get(outcome, 0) for outcome in FieldOutcome},
        }
        for item in proposals
    ]  # fmt: skip
    plan = [
        {
            "run_id": run_id, "record_id": item.record_id, "key": item.key, "iri": item.iri, "op": item.op,
            "fields": item.fields, "visible": item.visible, "content_hash": item.descriptor_hash,
        }
        for item in proposals
    ]  # fmt: skip
    with database.writing() as connection:
        _NEW_LISTINGS.run(connection, listings)
        _NEW_DESCRIPTORS.run(connection, descriptors)
        _NEW_ITEMS.run(connection, plan)


def stood_at(database: Database, registry: str) -> dict[str, str]:
    """Return the natural keys of a registry's records by where in the source they were last found."""
    statement = select(_RECORD.c.key, _LISTING.c.places).join(
        _LISTING, (_LISTING.c.run_id == _RECORD.c.listing_run) & (_LISTING.c.record_id == _RECORD.c.id)
    )
    with database.reading() as connection:
        rows = connection.execute(statement.where(_RECORD.c.registry_id == registry)).all()
    places = ((orjson.loads(row.places).get("at"), row.key) for row in rows)
    return {at: key for at, key in places if isinstance(at, str)}


def write_absences(
    database: Database, run_id: int, gone: Iterable[tuple[str, str]], returned: Iterable[tuple[str, str]],
    withdrawn: Iterable[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Write the part of a plan about records that are missing, found again, or withdrawn by the source's own word:
    (record id, key) each. A row that says `gone` and is visible is a withdrawal: it waits for nothing.

    A record that is found again and changed has its row in the plan already; publishing it ends its absence too.
    """
    by_word = dict(withdrawn)
    missed = [(record, key) for record, key in gone if record not in by_word]
    rows = [
        {
            "run_id": run_id,
            "record_id": record_id,
            "key": key,
            "iri": "",
            "op": op,
            "fields": "[]",
            "visible": seen,
        }
        for op, seen, pairs in (("gone", False, missed), ("gone", True, by_word.items()), ("returned", False, returned))
        for record_id, key in pairs
    ]
    if not rows:
        return
    with database.writing() as connection:
        planned = set(connection.execute(select(_PLAN.c.record_id).where(_PLAN.c.run_id == run_id)).scalars())
        if rows := [row for row in rows if row["record_id"] not in planned]:
            connection.execute(insert(_PLAN), rows)


def plan_sizes(database: Database, run_id: int) -> Counter[str]:
    """Return how many records a plan would make new, change, miss or find again."""
    statement = select(_PLAN.c.op, func.count()).where(_PLAN.c.run_id == run_id).group_by(_PLAN.c.op)
    with database.reading() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(statement)})


def plan_samples(database: Database, run_id: int, most: int = 3) -> list[dict[str, Any]]:
    """Return the first records of each kind of change in a plan."""
    found: list[dict[str, Any]] = []
    with database.reading() as connection:
        for op in ("new", "changed", "gone", "returned"):
            ours = (_PLAN.c.run_id == run_id) & (_PLAN.c.op == op)
            rows = connection.execute(select(_PLAN).where(ours).order_by(_PLAN.c.record_id).limit(most))
            found.extend(dict(row._mapping) for row in rows)  # noqa: SLF001
    return found


def take_out_clashes(database: Database, run_id: int) -> list[tuple[str, str]]:
    """Take new records out of a plan whose identifier another record has; return (record id, identifier) of each.

    Two registries may list one thing under one identifier; the record that was there first keeps it.
    """
    clashes = (
        select(_PLAN.c.record_id, _PLAN.c.iri)
        .join(_RECORD, (_RECORD.c.iri == _PLAN.c.iri) & (_RECORD.c.id != _PLAN.c.record_id))
        .where(_PLAN.c.run_id == run_id, _PLAN.c.op == "new")
        .order_by(_PLAN.c.record_id)
    )
    with database.writing() as connection:
        found = [(row.record_id, row.iri) for row in connection.execute(clashes)]
        for record_id, _ in found:
            item = (_PLAN.c.run_id == run_id) & (_PLAN.c.record_id == record_id)
            connection.execute(update(_PLAN).where(item).values(op="failed"))
    return found


def publish(
    database: Database,
    run_id: int,
    registry: str,
    *,
    complete: bool,
    digest: str | None,
    patience: Patience | None = None,
) -> Published:
    """Publish a run's plan: all of it or nothing, with one publication row per change that can be seen.

    `digest` stands for all answers that what is public then rests on; None when they are not all of one run. A record
    that a complete run misses gets or keeps its absence and stays published, until it was missing for as long as
    `patience` says; without that nothing is retired.
    """
    result = Published()
    with database.writing() as connection:
        database.lock_publications(connection)
        moment = _publication_time(connection)
        before = connection.execute(select(func.coalesce(func.max(_PUBLICATION.c.seq), 0))).scalar_one()
        revived = revive(connection, run_id, moment)
        _create_records(connection, run_id, registry, moment)
        _update_records(connection, run_id, moment)
        result.created = _log(connection, run_id, "new", "create", moment) - revived
        result.updated = _log(connection, run_id, "changed", "update", moment)
        result.returned = _end_absences(connection, run_id)
        withdrawn = _withdraw(connection, run_id, moment)
        if complete:
            result.gone = _absences(connection, run_id, registry, moment)
            if patience:
                result.retired = retire_missing(connection, run_id, registry, moment, patience)
            result.missing = _missing(connection, registry)
        result.retired = [*withdrawn, *result.retired]
        last = connection.execute(select(func.coalesce(func.max(_PUBLICATION.c.seq), 0))).scalar_one()
        if last > before:
            result.first_seq, result.last_seq = before + 1, last
            _stamp(connection, before, moment)
        state: dict[str, Any] = {"published_digest": digest}
        if complete:
            state |= {"last_complete_run": run_id, "last_complete_at": moment}
        connection.execute(update(_REGISTRY).where(_REGISTRY.c.id == registry).values(state))
    return result


def confirm_unchanged(database: Database, run_id: int, registry: str, patience: Patience | None = None) -> Published:
    """Note that a complete run found everything as it was; return what is still missing, and what was retired for that.

    A missing record has been missing for one more complete run; no other is touched.
    """
    result = Published()
    with database.writing() as connection:
        database.lock_publications(connection)
        values = {"last_complete_run": run_id, "last_complete_at": now()}
        connection.execute(update(_REGISTRY).where(_REGISTRY.c.id == registry).values(values))
        _count_absences(connection, registry)
        if patience:
            moment = _publication_time(connection)
            result.retired = retire_missing(connection, run_id, registry, moment, patience)
        result.missing = _missing(connection, registry)
    return result


def plan_withdrawals(database: Database, run_id: int) -> int:
    """Return how many records a plan would retire at once, because the source itself says that they are gone."""
    ours = (_PLAN.c.run_id == run_id) & (_PLAN.c.op == "gone") & _PLAN.c.visible.is_(True)
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).where(ours)).scalar_one())


def retire_by_hand(database: Database, run_id: int, record_id: str, reason: str, successor: str | None = None) -> None:
    """Retire one record because a person says so; `successor` takes its place.

    Raises nothing for one that is retired already: it is left alone.
    """
    with database.writing() as connection:
        database.lock_publications(connection)
        live = select(_RECORD.c.id).where(_RECORD.c.id == record_id, _RECORD.c.state == "live")
        if connection.execute(live).first() is not None:
            retire(connection, run_id, [record_id], _publication_time(connection), reason, successor)


def _publication_time(connection: Connection) -> datetime:
    """Return a moment in whole seconds that is not before any published one."""
    last: datetime | None = connection.execute(select(func.max(_PUBLICATION.c.published_at))).scalar_one()
    moment = now().replace(microsecond=0)
    return max(moment, last) if last else moment


def _stamp(connection: Connection, before: int, moment: datetime) -> None:
    """Give the rows of a publication that took its time the moment they become visible, not the one it began.

    Who asks meanwhile for what is new since then would never hear of them otherwise.
    """
    visible = _publication_time(connection)
    if visible > moment:
        fresh = _PUBLICATION.c.seq > before
        ours = select(_PUBLICATION.c.record_id).where(fresh)
        connection.execute(update(_RECORD).where(_RECORD.c.id.in_(ours)).values(changed_at=visible))
        connection.execute(update(_PUBLICATION).where(fresh).values(published_at=visible))


def _create_records(connection: Connection, run_id: int, registry: str, moment: datetime) -> None:
    names = (
        "id",
        "registry_id",
        "key",
        "iri",
        "state",
        "version",
        "listing_run",
        "descriptor_run",
        "created_at",
        "changed_at",
    )
    kind = _RECORD.c.created_at.type
    rows = select(
        _PLAN.c.record_id, literal(registry), _PLAN.c.key, _PLAN.c.iri, literal("live"), literal(1), _PLAN.c.run_id,
        _PLAN.c.run_id, literal(moment, kind), literal(moment, kind),
    ).where(_PLAN.c.run_id == run_id, _PLAN.c.op == "new").order_by(_PLAN.c.record_id)  # fmt: skip
    connection.execute(insert(_RECORD).from_select(names, rows))


def _update_records(connection: Connection, run_id: int, moment: datetime) -> None:
    ours = (_PLAN.c.run_id == run_id) & (_PLAN.c.op == "changed")
    changed = select(_PLAN.c.record_id, _PLAN.c.visible, _PLAN.c.key).where(ours)
    rows = connection.execute(changed).all()
    if not rows:
        return
    every = update(_RECORD).where(_RECORD.c.id == bindparam("record"))
    connection.execute(
        every.values(listing_run=run_id, descriptor_run=run_id, key=bindparam("natural")),
        [{"record": row.record_id, "natural": row.key} for row in rows],
    )
    seen = [{"record": row.record_id} for row in rows if row.visible]
    if seen:
        connection.execute(every.values(version=_RECORD.c.version + 1, changed_at=moment), seen)


def _log(connection: Connection, run_id: int, plan_op: str, op: str, moment: datetime) -> int:
    names = ("record_id", "version", "op", "published_at", "content_hash", "run_id")
    rows = (
        select(
            _PLAN.c.record_id, _RECORD.c.version, literal(op), literal(moment, _PUBLICATION.c.published_at.type),
            _PLAN.c.content_hash, _PLAN.c.run_id,
        )
        .join(_RECORD, _RECORD.c.id == _PLAN.c.record_id)
        .where(_PLAN.c.run_id == run_id, _PLAN.c.op == plan_op, _PLAN.c.visible.is_(True))
        .order_by(_PLAN.c.record_id)
    )  # fmt: skip
    connection.execute(insert(_PUBLICATION).from_select(names, rows))
    made = select(func.count()).where(_PUBLICATION.c.run_id == run_id, _PUBLICATION.c.op == op)
    return int(connection.execute(made).scalar_one())


def _end_absences(connection: Connection, run_id: int) -> int:
    """End the absence of what a run found again, as it was or changed; return how many came back."""
    found = select(_PLAN.c.record_id).where(_PLAN.c.run_id == run_id, _PLAN.c.op.in_(("returned", "changed")))
    return connection.execute(delete(_ABSENCE).where(_ABSENCE.c.record_id.in_(found))).rowcount


def _absences(connection: Connection, run_id: int, registry: str, moment: datetime) -> int:
    """Keep up the absences of a complete run; return how many records are newly gone."""
    _count_absences(connection, registry)
    rows = select(_PLAN.c.record_id, literal(moment, _ABSENCE.c.since.type), _PLAN.c.run_id, literal(1)).where(
        _PLAN.c.run_id == run_id, _PLAN.c.op == "gone", _PLAN.c.visible.is_(False)
    )
    names = ("record_id", "since", "first_run", "complete_runs")
    return connection.execute(insert(_ABSENCE).from_select(names, rows)).rowcount


def _withdraw(connection: Connection, run_id: int, moment: datetime) -> list[str]:
    """Retire at once what the source itself says is gone; return the ids. It comes back when the source lists it."""
    due = (
        select(_RECORD.c.id, _ABSENCE.c.record_id.is_not(None).label("missed"))
        .join(_PLAN, _PLAN.c.record_id == _RECORD.c.id)
        .outerjoin(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        .where(_PLAN.c.run_id == run_id, _PLAN.c.op == "gone", _PLAN.c.visible.is_(True), _RECORD.c.state == "live")
        .order_by(_RECORD.c.id)
    )
    rows = connection.execute(due).all()
    begun = {"since": moment, "first_run": run_id, "complete_runs": 1}
    if absent := [{"record_id": row.id, **begun} for row in rows if not row.missed]:
        connection.execute(insert(_ABSENCE), absent)
    found = [row.id for row in rows]
    retire(connection, run_id, found, moment, WITHDRAWN)
    return found


def _count_absences(connection: Connection, registry: str) -> None:
    ours = select(_RECORD.c.id).where(_RECORD.c.registry_id == registry)
    more = update(_ABSENCE).where(_ABSENCE.c.record_id.in_(ours)).values(complete_runs=_ABSENCE.c.complete_runs + 1)
    connection.execute(more)


def _missing(connection: Connection, registry: str) -> list[tuple[str, datetime]]:
    rows = connection.execute(
        select(_RECORD.c.id, _ABSENCE.c.since)
        .join(_ABSENCE, _ABSENCE.c.record_id == _RECORD.c.id)
        .where(_RECORD.c.registry_id == registry, _RECORD.c.state == "live")
        .order_by(_RECORD.c.id)
    )
    return [(row.id, row.since) for row in rows]
