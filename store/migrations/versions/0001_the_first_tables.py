"""the first tables

Revision: 0001
Follows:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "payload",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("stored_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_payload")),
    )
    op.create_table(
        "registry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("last_complete_run", sa.Integer(), nullable=True),
        sa.Column("last_complete_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("published_digest", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("listing_run", sa.Integer(), nullable=False),
        sa.Column("descriptor_run", sa.Integer(), nullable=False),
        sa.Column("created_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('live', 'retired')", name=op.f("ck_record_state")),
        sa.ForeignKeyConstraint(["registry_id"], ["registry.id"], name=op.f("fk_record_registry_id_registry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("iri", name=op.f("uq_record_iri")),
        sa.UniqueConstraint("registry_id", "key", name=op.f("uq_record_registry_id_key")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=True),
        sa.Column("queued_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("started_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'succeeded_with_warnings', 'held', 'failed', 'cancelled', 'lost')",
            name=op.f("ck_run_state"),
        ),
        sa.ForeignKeyConstraint(["registry_id"], ["registry.id"], name=op.f("fk_run_registry_id_registry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index("ix_run_registry", ["registry_id", "id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("since", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("complete_runs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["first_run"], ["run.id"], name=op.f("fk_absence_first_run_run")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_absence_record_id_record")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_absence")),
    )
    op.create_table(
        "descriptor_version",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("mapped", sa.Integer(), nullable=False),
        sa.Column("normalised", sa.Integer(), nullable=False),
        sa.Column("derived", sa.Integer(), nullable=False),
        sa.Column("defaulted", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_descriptor_version_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_descriptor_version")),
    )
    with op.batch_alter_table("descriptor_version", schema=None) as batch_op:
        batch_op.create_index("ix_descriptor_version_record", ["record_id", "run_id"], unique=False)

    op.create_table(
        "fetch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fetched_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=True),
        sa.Column("original_hash", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'asked', 'ok', 'not_modified', 'refused', 'failed', 'filtered')",
            name=op.f("ck_fetch_state"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_fetch_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch")),
        sa.UniqueConstraint("run_id", "key", name=op.f("uq_fetch_run_id_key")),
    )
    with op.batch_alter_table("fetch", schema=None) as batch_op:
        batch_op.create_index("ix_fetch_run_state", ["run_id", "state"], unique=False)

    op.create_table(
        "issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("payload_hash", sa.String(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_issue_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
    )
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.create_index("ix_issue_run_code", ["run_id", "code"], unique=False)

    op.create_table(
        "listing_version",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("retrieved_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_listing_version_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_listing_version")),
    )
    op.create_table(
        "plan_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("op", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.CheckConstraint("op IN ('new', 'changed', 'gone', 'returned', 'failed')", name=op.f("ck_plan_item_op")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_plan_item_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_plan_item")),
    )
    op.create_table(
        "publication",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("op", sa.String(), nullable=False),
        sa.Column("published_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("op IN ('create', 'update', 'delete')", name=op.f("ck_publication_op")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_publication_record_id_record")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_publication_run_id_run")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_publication")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index("ix_publication_record", ["record_id", "seq"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_record")

    op.drop_table("publication")
    op.drop_table("plan_item")
    op.drop_table("listing_version")
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_run_code")

    op.drop_table("issue")
    with op.batch_alter_table("fetch", schema=None) as batch_op:
        batch_op.drop_index("ix_fetch_run_state")

    op.drop_table("fetch")
    with op.batch_alter_table("descriptor_version", schema=None) as batch_op:
        batch_op.drop_index("ix_descriptor_version_record")

    op.drop_table("descriptor_version")
    op.drop_table("absence")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index("ix_run_registry")

    op.drop_table("run")
    op.drop_table("record")
    op.drop_table("registry")
    op.drop_table("payload")
    op.drop_table("audit_event")
