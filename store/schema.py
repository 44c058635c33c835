"""Bringing a database's schema up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config.messages import CodedError
from store import (  # noqa: F401  their tables belong to the schema
    acceptances,
    account_tables,
    committee_tables,
    decision_tables,
    hosts,
    likeness_tables,
    notices,
    retention,
)
from store.database import Database

Standing = Literal["current", "behind", "empty", "newer"]
_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Bring the schema up to date. Does nothing when it is. Raises `CodedError` with `database_newer`."""
    config = alembic_config(database)
    standing, revision = _standing(database, config)
    if standing == "current":
        return
    if standing == "newer":
        raise CodedError.of("database_newer", revision=revision)
    with database.connected() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def standing_of(database: Database) -> Standing:
    """Tell how a database's schema stands to this release. Raises `CodedError` with `database_unreachable`."""
    return _standing(database, alembic_config(database))[0]


def _standing(database: Database, config: Config) -> tuple[Standing, str | None]:
    scripts = ScriptDirectory.from_config(config)
    with database.reading() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return "empty", revision
    if revision == scripts.get_current_head():
        return "current", revision
    known = {script.revision for script in scripts.walk_revisions()}
    return "behind" if revision in known else "newer", revision


def alembic_config(database: Database) -> Config:
    """Return the migration settings of a database."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database.address.replace("%", "%%"))
    return config
