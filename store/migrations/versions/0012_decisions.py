"""decisions, dossiers with marks, agreements, proofs

Revision: 0012
Follows: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables
from store.migrations.guards import guard, unguard

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = ("decision", "decision_step", "dossier", "dossier_mark", "agreement", "proof_key", "proof")


def upgrade() -> None:
    moment = store.tables.UTCDateTime(timezone=True)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint("track IN ('home', 'foreign')", name=op.f("ck_decision_track")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_decision_record_id_record")),
        sa.ForeignKeyConstraint(["supersedes"], ["decision.id"], name=op.f("fk_decision_supersedes_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_record_id"), "decision", ["record_id"])
    op.create_table(
        "decision_step",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_step_decision_id_decision")),
        sa.PrimaryKeyConstraint("decision_id", "number", name=op.f("pk_decision_step")),
    )
    op.create_table(
        "dossier",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_dossier_record_id_record")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dossier")),
    )
    op.create_index(op.f("ix_dossier_record_id"), "dossier", ["record_id"])
    op.create_table(
        "dossier_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_key", sa.String(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("material", sa.Boolean(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_key"], ["dossier.key"], name=op.f("fk_dossier_mark_dossier_key_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_mark")),
    )
    op.create_index(op.f("ix_dossier_mark_dossier_key"), "dossier_mark", ["dossier_key"])
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ends"], ["agreement.id"], name=op.f("fk_agreement_ends_agreement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "proof_key",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_proof_key")),
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_proof_decision_id_decision")),
        sa.ForeignKeyConstraint(["kid"], ["proof_key.kid"], name=op.f("fk_proof_kid_proof_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("decision_id", "step", "kid", name=op.f("uq_proof_decision_id_step_kid")),
    )
    for table in _TABLES:
        guard(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        unguard(table)
    for index, table in (
        ("ix_dossier_mark_dossier_key", "dossier_mark"), ("ix_dossier_record_id", "dossier"),
        ("ix_decision_record_id", "decision"),
    ):  # fmt: skip
        op.drop_index(op.f(index), table_name=table)
    for table in reversed(_TABLES):
        op.drop_table(table)
