"""Databases share one engine for each address, and nothing that gave way to newer ones stays open unseen."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from store.database import _MOST_ENGINES, Database


def _asked(address: str) -> Database:
    database = Database(address)
    with database.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    return database


def _open(database: Database) -> int:
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedin()


def test_an_engine_that_gives_way_closes_what_it_holds_and_may_be_asked_again(tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path}/{number}.sqlite" for number in range(_MOST_ENGINES + 1)]
    first = _asked(addresses[0])
    assert _asked(addresses[0]).engine is first.engine
    assert _open(first) == 1
    others = [_asked(address) for address in addresses[1:]]
    assert _open(first) == 0, "a connection of PostgreSQL that is forgotten while open is a warning somewhere else"
    assert [_open(other) for other in others] == [1] * _MOST_ENGINES
    with first.reading() as connection:
        assert connection.execute(text("SELECT 2")).scalar_one() == 2
    for one in (first, *others):
        one.close()
        assert _open(one) == 0
