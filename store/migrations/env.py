"""How Alembic runs our migrations: on a connection it is given, in batches where SQLite needs that."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from store.tables import metadata


def run(connection: Connection) -> None:
    """Run the migrations asked for on one connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
