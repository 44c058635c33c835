"""acceptances of registries, notices about runs, and what became of payloads

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_HARVESTED = """
INSERT INTO acceptance (registry_id, verdict, actor, at, reason)
SELECT id, 'accepted', 'kakehashi', CURRENT_TIMESTAMP, 'harvested before acceptances were kept' FROM registry
WHERE EXISTS (SELECT 1 FROM run WHERE run.registry_id = registry.id) ORDER BY id
"""
_ENDED = """
INSERT INTO notice_look (run_id, state, registry_id, at)
SELECT id, state, registry_id, CURRENT_TIMESTAMP FROM run WHERE state NOT IN ('queued', 'running')
"""


def upgrade() -> None:
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("verdict IN ('accepted', 'refused')", name=op.f("ck_acceptance_verdict")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
    )
    op.create_index("ix_acceptance_registry", "acceptance", ["registry_id", "id"])
    op.create_table(
        "notice_look",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_notice_look_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "state", name=op.f("pk_notice_look")),
    )
    op.create_index("ix_notice_look_registry", "notice_look", ["registry_id", "run_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_notice_channel")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'given_up')", name=op.f("ck_notice_state")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_notice_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_state", "notice", ["state", "not_before"])
    op.create_table(
        "pruned_payload",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pruned_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_pruned_payload")),
    )
    op.add_column("payload", sa.Column("packed_hash", sa.String(), nullable=True))
    op.execute(_HARVESTED)
    op.execute(_ENDED)


def downgrade() -> None:
    with op.batch_alter_table("payload") as batch:
        batch.drop_column("packed_hash")
    for table in ("pruned_payload", "notice", "notice_look", "acceptance"):
        op.drop_table(table)
