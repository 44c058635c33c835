"""the pace of hosts that several runs share, and runs that wait for their window

Revision: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = store.tables.UTCDateTime(timezone=True)
    op.create_table(
        "host_pace",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("pause", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_pace")),
    )
    op.create_table(
        "host_connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("until", moment, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_host_connection_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_connection")),
    )
    op.create_index(op.f("ix_host_connection_host"), "host_connection", ["host"])
    op.add_column("run", sa.Column("not_before", moment, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.drop_column("not_before")
    op.drop_index(op.f("ix_host_connection_host"), table_name="host_connection")
    op.drop_table("host_connection")
    op.drop_table("host_pace")
