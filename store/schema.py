"""Bringing a database's schema up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config.messages import CodedError
from store import acceptances, account_tables, decision_tables, notices, retention  # noqa: F401  their tables belong to the schema
from store.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Bring the schema up to date. Does nothing when it is. Raises `CodedError` with `database_newer`."""
    config = alembic_config(database)
    scripts = ScriptDirectory.from_config(config)
    with database.reading() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision == scripts.get_current_head():
        return
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise CodedError.of("database_newer", revision=revision)
    with database.connected() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def alembic_config(database: Database) -> Config:
    """Return the migration settings of a database."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database.address.replace("%", "%%"))
    return config
