"""judgements on look-alikes

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables
from store.migrations.guards import guard, unguard

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likeness_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("verdict IN ('same', 'not_same', 'open')", name=op.f("ck_likeness_judgement_verdict")),
        sa.ForeignKeyConstraint(["first"], ["record.id"], name=op.f("fk_likeness_judgement_first_record")),
        sa.ForeignKeyConstraint(["second"], ["record.id"], name=op.f("fk_likeness_judgement_second_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness_judgement")),
    )
    op.create_index(op.f("ix_likeness_judgement_first"), "likeness_judgement", ["first"])
    op.create_index(op.f("ix_likeness_judgement_second"), "likeness_judgement", ["second"])
    guard("likeness_judgement")


def downgrade() -> None:
    unguard("likeness_judgement")
    op.drop_index(op.f("ix_likeness_judgement_second"), table_name="likeness_judgement")
    op.drop_index(op.f("ix_likeness_judgement_first"), table_name="likeness_judgement")
    op.drop_table("likeness_judgement")
