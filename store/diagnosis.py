"""What a database says of itself, for `kakehashi doctor`. Nothing is changed, no table is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError

from store.clock import now
from store.database import Database


class Engine(NamedTuple):
    """A database's engine. `moment` is its clock, `asked_at` ours at that time; both in UTC.

    `number` is PostgreSQL's version as a number (170002), 0 for SQLite.
    """

    name: str
    version: str
    number: int
    journal: str
    encoding: str
    moment: datetime
    asked_at: datetime


def engine_of(database: Database) -> Engine:
    """Ask a database what it is. Raises `CodedError` with `database_unreachable`."""
    with database.reading() as connection:
        before = now()
        if database.is_sqlite:
            version = str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
            journal = str(connection.execute(text("PRAGMA journal_mode")).scalar_one())
            encoding = str(connection.execute(text("PRAGMA encoding")).scalar_one())
            return Engine("SQLite", version, 0, journal, encoding, before, before)
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        asked_at = before + (now() - before) / 2
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        encoding = str(connection.execute(text("SHOW server_encoding")).scalar_one())
        return Engine("PostgreSQL", version.split()[0], number, "", encoding, moment.astimezone(UTC), asked_at)


def without_password(address: str) -> str:
    """Return a database's address with dots for its password."""
    try:
        return make_url(address).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return "••••••"
