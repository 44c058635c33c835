"""The migrations make the schema that the tables describe, on both databases."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from harvester.workplace import Workplace
from store.schema import alembic_config, migrate
from store.tables import metadata


def test_migrations_leave_no_difference_to_the_tables(any_place: Workplace) -> None:
    with any_place.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_migration_can_be_undone_and_done_again(any_place: Workplace) -> None:
    database = any_place.database
    config = alembic_config(database)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        command.upgrade(config, "head")
        connection.commit()
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_migrating_twice_changes_nothing(any_place: Workplace) -> None:
    migrate(any_place.database)
    with any_place.database.reading() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
