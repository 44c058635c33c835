"""judgements on mappings

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mapping_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mapping_table", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("predicate", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('proposed', 'confirmed', 'rejected')", name=op.f("ck_mapping_judgement_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_judgement")),
    )
    op.create_index(op.f("ix_mapping_judgement_mapping_table"), "mapping_judgement", ["mapping_table"])


def downgrade() -> None:
    op.drop_index(op.f("ix_mapping_judgement_mapping_table"), table_name="mapping_judgement")
    op.drop_table("mapping_judgement")
