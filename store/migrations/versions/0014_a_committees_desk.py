"""baskets, watches, reviewed translations

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables
from store.migrations.guards import guard, unguard

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_GUARDED = ("translation", "translation_verdict")


def upgrade() -> None:
    moment = store.tables.UTCDateTime(timezone=True)
    op.create_table(
        "basket_item",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_basket_item_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_basket_item_record_id_record")),
        sa.PrimaryKeyConstraint("account_id", "record_id", name=op.f("pk_basket_item")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.CheckConstraint("kind IN ('record', 'registry', 'field')", name=op.f("ck_watch_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_watch_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("account_id", "kind", "subject", name=op.f("uq_watch_account_id_kind_subject")),
    )
    op.create_table(
        "translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("original_language", sa.String(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_translation_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
    )
    op.create_index(op.f("ix_translation_record_id"), "translation", ["record_id"])
    op.create_table(
        "translation_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("translation_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approved', 'refused', 'withdrawn')", name=op.f("ck_translation_verdict_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["translation_id"], ["translation.id"], name=op.f("fk_translation_verdict_translation_id_translation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_verdict")),
    )
    op.create_index(op.f("ix_translation_verdict_translation_id"), "translation_verdict", ["translation_id"])
    for table in _GUARDED:
        guard(table)


def downgrade() -> None:
    for table in _GUARDED:
        unguard(table)
    op.drop_index(op.f("ix_translation_verdict_translation_id"), table_name="translation_verdict")
    op.drop_table("translation_verdict")
    op.drop_index(op.f("ix_translation_record_id"), table_name="translation")
    op.drop_table("translation")
    op.drop_table("watch")
    op.drop_table("basket_item")
