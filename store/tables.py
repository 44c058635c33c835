"""The tables, kept thin: what they mean, not what is done with them.

Nothing from outside is ever put straight into a table class (these do not validate); it comes through the
listing and descriptor models first. Text from outside is kept as canonical JSON in text columns.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

RUN_STATES = (
    "queued",
    "running",
    "succeeded",
    "succeeded_with_warnings",
    "held",
    "failed",
    "cancelled",
    "lost",
)
FETCH_STATES = ("waiting", "asked", "ok", "not_modified", "refused", "failed", "filtered")
PLAN_OPS = ("new", "changed", "gone", "returned", "failed")
PUBLICATION_OPS = ("create", "update", "delete")
JUDGEMENT_VERDICTS = ("proposed", "confirmed", "rejected")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses moments without a zone; gives moments with one back on every engine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn a moment into UTC. Raises `ValueError` for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Return the rule that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


_RUNNING = text("state = 'running'")


class Table(SQLModel):
    """Base of all tables."""

    metadata: ClassVar[MetaData] = metadata


class Registry(Table, table=True):
    """A registry that was harvested at least once. What it is stands in the configuration; here is its state."""

    id: str = Field(primary_key=True)
    connector: str
    last_complete_run: int | None = None
    last_complete_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    published_digest: str | None = None


class Run(Table, table=True):
    """One harvest of one registry, or (`replay_of`) the answers of an earlier one read again by today's rules.

    `scheduled_for` is the slot of the schedule that it was queued for; there is one run for a slot, and one running
    run of a registry. `attempt` counts how often it was begun, `worker` names who has it; one that had to leave its
    window waits until `not_before`. `profile` is what its listings looked like as a whole, `gates` what the gates saw
    of it; the digest of a held run is that of the answers its plan rests on.
    """

    __table_args__ = (
        one_of("state", RUN_STATES),
        Index("ix_run_registry", "registry_id", "id"),
        Index("uq_run_slot", "registry_id", "scheduled_for", unique=True),
        Index("uq_run_running", "registry_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("ix_run_state", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    registry_id: str = Field(foreign_key="registry.id")
    state: str
    actor: str
    address: str
    fingerprint: str
    digest: str | None = None
    complete: bool | None = None
    replay_of: int | None = None
    scheduled_for: datetime | None = Field(default=None, sa_type=UTCDateTime)
    attempt: int = 1
    worker: str | None = None
    queued_at: datetime = Field(sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    not_before: datetime | None = Field(default=None, sa_type=UTCDateTime)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    findings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    profile: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    gates: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Schedule(Table, table=True):
    """When a registry is harvested. `edited` rows are the deployment's own; others follow the registry list.

    `next_at` is the first slot that nobody has looked at yet.
    """

    registry_id: str = Field(primary_key=True)
    zone: str
    cron: str | None = None
    every_minutes: int | None = None
    jitter_minutes: int = 0
    time_window: str | None = None
    paused: bool = False
    edited: bool = False
    next_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MissedSlot(Table, table=True):
    """A slot of a schedule that passed without a run, and when that was noticed."""

    __tablename__ = "missed_slot"

    registry_id: str = Field(primary_key=True)
    scheduled_for: datetime = Field(sa_column=Column(UTCDateTime, primary_key=True))
    noticed_at: datetime = Field(sa_type=UTCDateTime)


class Lease(Table, table=True):
    """Whose turn something is that only one process may do, until when; for databases without advisory locks."""

    name: str = Field(primary_key=True)
    holder: str
    expires_at: datetime = Field(sa_type=UTCDateTime)


class Fetch(Table, table=True):
    """One thing a run asked for, or means to ask for: the frontier. Retrieval facts live here, not in payloads."""

    __table_args__ = (
        one_of("state", FETCH_STATES),
        UniqueConstraint("run_id", "key"),
        Index("ix_fetch_run_state", "run_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    key: str
    url: str
    kind: str
    request: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str
    tries: int = 0
    status: int | None = None
    fetched_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    final_url: str | None = None
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    payload_hash: str | None = None
    original_hash: str | None = None
    error: str | None = None


class Payload(Table, table=True):
    """A raw answer as it was kept, people's data taken out. The bytes lie in the payload folder under the hash.

    `packed_hash` is that of the compressed file as it was written, so that any change of it is seen.
    """

    hash: str = Field(primary_key=True)
    size: int
    media_type: str
    stored_at: datetime = Field(sa_type=UTCDateTime)
    packed_hash: str | None = None


class Record(Table, table=True):
    """A listing's identity: stable for as long as its natural key is. The pointers name its current versions."""

    __table_args__ = (
        UniqueConstraint("registry_id", "key"),
        UniqueConstraint("iri"),
        one_of("state", ("live", "retired")),
    )

    id: str = Field(primary_key=True)
    registry_id: str = Field(foreign_key="registry.id")
    key: str
    iri: str
    state: str
    version: int
    listing_run: int
    descriptor_run: int
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class ListingVersion(Table, table=True):
    """A listing in the registry's own words, as one run found it. `places` says where in the payload each field was."""

    __tablename__ = "listing_version"

    run_id: int = Field(sa_column=Column(Integer, ForeignKey("run.id"), primary_key=True))
    record_id: str = Field(primary_key=True)
    content_hash: str
    content: str = Field(sa_type=Text)
    payload_hash: str
    places: str = Field(sa_type=Text)
    retrieved_at: datetime = Field(sa_type=UTCDateTime)


class DescriptorVersion(Table, table=True):
    """A descriptor as one run made it, with its ledger, its findings and the ledger's counters."""

    __tablename__ = "descriptor_version"
    __table_args__ = (Index("ix_descriptor_version_record", "record_id", "run_id"),)

    run_id: int = Field(sa_column=Column(Integer, ForeignKey("run.id"), primary_key=True))
    record_id: str = Field(primary_key=True)
    content_hash: str
    content: str = Field(sa_type=Text)
    ledger: str = Field(sa_type=Text)
    issues: str = Field(sa_type=Text)
    mapped: int
    normalised: int
    derived: int
    defaulted: int
    dropped: int
    unknown: int


class PlanItem(Table, table=True):
    """One thing a run would change. Unchanged records have no row; the run counts them."""

    __tablename__ = "plan_item"
    __table_args__ = (one_of("op", PLAN_OPS),)

    run_id: int = Field(sa_column=Column(Integer, ForeignKey("run.id"), primary_key=True))
    record_id: str = Field(primary_key=True)
    key: str
    iri: str
    op: str
    fields: str = Field(default="[]", sa_type=Text)
    visible: bool = True
    content_hash: str | None = None


class Publication(Table, table=True):
    """The append-only log that every outgoing channel reads. Rows are never changed or deleted.

    A row with `delete` is a tombstone: `reason` says why, `successor` which record takes the place of this one, if any.
    """

    __table_args__ = (
        one_of("op", PUBLICATION_OPS),
        Index("ix_publication_record", "record_id", "seq"),
        Index("ix_publication_published_at", "published_at", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    record_id: str = Field(foreign_key="record.id")
    version: int
    op: str
    published_at: datetime = Field(sa_type=UTCDateTime)
    content_hash: str
    run_id: int = Field(foreign_key="run.id")
    reason: str | None = None
    successor: str | None = None


class Rendition(Table, table=True):
    """A published version as it leaves in one form, kept so that nobody waits for a crosswalk twice.

    `edition` stands for the rules it was made by; under others it is made anew. Without a body the form cannot hold
    the version, and `withheld` is the issue that says why.
    """

    seq: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), ForeignKey("publication.seq"), primary_key=True)
    )
    form: str = Field(primary_key=True)
    edition: str
    tag: str
    body: bytes | None = None
    withheld: str | None = Field(default=None, sa_type=Text)


class Absence(Table, table=True):
    """A published record that complete runs no longer find: "not found at source since …". Not a deletion."""

    record_id: str = Field(primary_key=True, foreign_key="record.id")
    since: datetime = Field(sa_type=UTCDateTime)
    first_run: int = Field(foreign_key="run.id")
    complete_runs: int


class IssueRow(Table, table=True):
    """An issue of a run. Findings that stay with a record stand in its descriptor version."""

    __tablename__ = "issue"
    __table_args__ = (Index("ix_issue_run_code", "run_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    code: str
    severity: str
    record: str | None = None
    place: str | None = None
    payload_hash: str | None = None
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Verdict(Table, table=True):
    """A record that was found to conform as it leaves. The key changes with the record and with the rules."""

    key: str = Field(primary_key=True)
    judged_at: datetime = Field(sa_type=UTCDateTime)


class Correction(Table, table=True):
    """A reviewed value for a field of a record. Rows are never changed: `ends` names an earlier row that this ends."""

    __table_args__ = (Index("ix_correction_record_id", "record_id"),)

    id: int | None = Field(default=None, primary_key=True)
    record_id: str = Field(foreign_key="record.id")
    field: str
    value: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    was: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str
    ends: int | None = Field(default=None, foreign_key="correction.id")


class MappingJudgement(Table, table=True):
    """What a person thinks of a row of a mapping table. Rows are never changed; the last one of a mapping stands."""

    __tablename__ = "mapping_judgement"
    __table_args__ = (
        one_of("verdict", JUDGEMENT_VERDICTS),
        Index("ix_mapping_judgement_mapping_table", "mapping_table"),
    )

    id: int | None = Field(default=None, primary_key=True)
    mapping_table: str
    subject: str
    predicate: str
    object: str
    verdict: str
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str


class AuditEvent(Table, table=True):
    """What a person did, when, and to what. Rows are never changed; each carries the hash of the one before it."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("previous"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str
    action: str
    subject: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous: str
    hash: str


def sql(table: type[Table]) -> SqlTable:
    """Return a table for writing statements with."""
    return cast("SqlTable", table.__table__)  # type: ignore[attr-defined]
