"""Baskets: the records that each account has put aside to compare."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from store.clock import now
from store.committee_tables import BasketItem
from store.database import Database
from store.tables import sql

MOST = 60
"""How many records a basket holds."""
_ITEM = sql(BasketItem)


def in_basket(database: Database, account_id: int) -> list[str]:
    """Return the records in an account's basket, the first one put in first."""
    statement = select(_ITEM.c.record_id).where(_ITEM.c.account_id == account_id)
    with database.reading() as connection:
        return list(connection.execute(statement.order_by(_ITEM.c.added_at, _ITEM.c.record_id)).scalars())


def put_in_basket(database: Database, account_id: int, record_ids: list[str]) -> int:
    """Put records into a basket until it is full; return how many are new in it."""
    added = 0
    with database.writing() as connection:
        mine = _ITEM.c.account_id == account_id
        there = set(connection.execute(select(_ITEM.c.record_id).where(mine)).scalars())
        for record_id in dict.fromkeys(record_ids):
            if record_id not in there and len(there) < MOST:
                values = {"account_id": account_id, "record_id": record_id, "added_at": now()}
                connection.execute(insert(_ITEM).values(values))
                there.add(record_id)
                added += 1
    return added


def take_from_basket(database: Database, account_id: int, record_ids: list[str] | None = None) -> None:
    """Take some records out of a basket, or all."""
    statement = delete(_ITEM).where(_ITEM.c.account_id == account_id)
    if record_ids is not None:
        statement = statement.where(_ITEM.c.record_id.in_(record_ids))
    with database.writing() as connection:
        connection.execute(statement)


def basket_size(database: Database, account_id: int) -> int:
    """Return how many records are in a basket."""
    statement = select(func.count()).select_from(_ITEM).where(_ITEM.c.account_id == account_id)
    with database.reading() as connection:
        return int(connection.execute(statement).scalar_one())
