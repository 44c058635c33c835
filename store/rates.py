"""Counting tries in windows of time, in the database, so that all processes of a deployment count together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.account_tables import RateCount
from store.clock import now
from store.database import Database
from store.tables import sql

_COUNT = sql(RateCount)


def count_try(database: Database, name: str, seconds: int, amount: int = 1) -> int:
    """Count tries under a name and return how many there were in its window; a window over begins anew."""
    moment = now()
    ends = moment + timedelta(seconds=seconds)
    add = sqlite.insert if database.is_sqlite else postgresql.insert
    fresh = add(_COUNT).values(name=name, tries=amount, ends_at=ends)
    over = _COUNT.c.ends_at <= moment
    counted = fresh.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "tries": case((over, amount), else_=_COUNT.c.tries + amount),
            "ends_at": case((over, fresh.excluded.ends_at), else_=_COUNT.c.ends_at),
        },
    )
    with database.writing() as connection:
        return int(connection.execute(counted.returning(_COUNT.c.tries)).scalar_one())


def tries_of(database: Database, name: str) -> tuple[int, datetime | None]:
    """Return how many tries a name has in its window, and when that ends; (0, None) when there is none."""
    with database.reading() as connection:
        row = connection.execute(select(_COUNT).where(_COUNT.c.name == name, _COUNT.c.ends_at > now())).first()
    return (row.tries, row.ends_at) if row else (0, None)


def forget_tries(database: Database, name: str | None = None) -> int:
    """Forget the tries of a name, or of every window that is over; return how many names that were."""
    with database.writing() as connection:
        gone = _COUNT.c.ends_at <= now() if name is None else _COUNT.c.name == name
        return connection.execute(delete(_COUNT).where(gone)).rowcount
