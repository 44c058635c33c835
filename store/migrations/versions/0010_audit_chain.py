"""a chain through the audit log

Every event is hashed over the one before it. Rows that are there already are chained in the order of their numbers;
from then on the database itself refuses to change or remove any.

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

from hashlib import sha256

import orjson
import sqlalchemy as sa
from alembic import op

import store.tables
from store.migrations.guards import forget_guards, guard, unguard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_START = "0" * 64


def upgrade() -> None:
    with op.batch_alter_table("audit_event") as batch:
        batch.add_column(sa.Column("previous", sa.String(), nullable=True))
        batch.add_column(sa.Column("hash", sa.String(), nullable=True))
    _chain()
    with op.batch_alter_table("audit_event") as batch:
        batch.alter_column("previous", existing_type=sa.String(), nullable=False)
        batch.alter_column("hash", existing_type=sa.String(), nullable=False)
        batch.create_unique_constraint(op.f("uq_audit_event_previous"), ["previous"])
    guard("audit_event")


def downgrade() -> None:
    unguard("audit_event")
    forget_guards()
    with op.batch_alter_table("audit_event") as batch:
        batch.drop_constraint(op.f("uq_audit_event_previous"), type_="unique")
        batch.drop_column("hash")
        batch.drop_column("previous")


def _chain() -> None:
    """Chain the rows that are there, by the rule of the first chain."""
    events = sa.table(
        "audit_event", sa.column("id", sa.Integer), sa.column("at", store.tables.UTCDateTime),
        sa.column("actor", sa.String), sa.column("action", sa.String), sa.column("subject", sa.String),
        sa.column("details", sa.JSON), sa.column("previous", sa.String), sa.column("hash", sa.String),
    )  # fmt: skip
    connection = op.get_bind()
    previous = _START
    for row in connection.execute(sa.select(events).order_by(events.c.id)).all():
        told = {
            "at": row.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "actor": row.actor, "action": row.action,
            "subject": row.subject, "details": row.details,
        }  # fmt: skip
        digest = sha256(previous.encode() + b"\n" + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
        connection.execute(sa.update(events).where(events.c.id == row.id).values(previous=previous, hash=digest))
        previous = digest
