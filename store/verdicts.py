"""Which outgoing records were found to conform already, so that none is judged twice."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select

from store.clock import now
from store.database import Database
from store.tables import Verdict, sql

_VERDICT = sql(Verdict)


def conforming(database: Database, keys: Collection[str]) -> set[str]:
    """Return those of some keys (at most some hundreds) whose records are known to conform."""
    with database.reading() as connection:
        return set(connection.execute(select(_VERDICT.c.key).where(_VERDICT.c.key.in_(keys))).scalars())


def keep_conforming(database: Database, keys: Collection[str]) -> None:
    """Remember that the records of some keys conform; what is known already stays as it is."""
    with database.writing() as connection:
        known = set(connection.execute(select(_VERDICT.c.key).where(_VERDICT.c.key.in_(keys))).scalars())
        if fresh := sorted(set(keys) - known):
            connection.execute(insert(_VERDICT), [{"key": key, "judged_at": now()} for key in fresh])
