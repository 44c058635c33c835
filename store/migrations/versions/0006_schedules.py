"""schedules, and runs that wait in a queue

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_RUNNING = sa.text("state = 'running'")
_MORE_THAN_ONE = """
UPDATE run SET state = 'lost' WHERE state = 'running'
AND id NOT IN (SELECT max(id) FROM run WHERE state = 'running' GROUP BY registry_id)
"""


def upgrade() -> None:
    op.add_column("run", sa.Column("scheduled_for", store.tables.UTCDateTime(timezone=True), nullable=True))
    op.add_column("run", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("run", sa.Column("worker", sa.String(), nullable=True))
    op.execute(_MORE_THAN_ONE)
    op.create_index("uq_run_slot", "run", ["registry_id", "scheduled_for"], unique=True)
    op.create_index(
        "uq_run_running", "run", ["registry_id"], unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING
    )
    op.create_index("ix_run_state", "run", ["state"])
    op.create_table(
        "schedule",
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("cron", sa.String(), nullable=True),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("jitter_minutes", sa.Integer(), nullable=False),
        sa.Column("time_window", sa.String(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("next_at", store.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("registry_id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "missed_slot",
        sa.Column("registry_id", sa.String(), nullable=False),
        sa.Column("scheduled_for", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registry_id", "scheduled_for", name=op.f("pk_missed_slot")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", store.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def downgrade() -> None:
    for table in ("lease", "missed_slot", "schedule"):
        op.drop_table(table)
    for index in ("ix_run_state", "uq_run_running", "uq_run_slot"):
        op.drop_index(index, table_name="run")
    for column in ("worker", "attempt", "scheduled_for"):
        op.drop_column("run", column)
