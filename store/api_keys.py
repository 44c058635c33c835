"""Keys of machines: kept as hashes, found by the prefix that is part of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from store.account_tables import ApiKey
from store.clock import now
from store.database import Database
from store.tables import sql

_KEY = sql(ApiKey)


def keep_key(
    database: Database,
    *,
    prefix: str,
    secret: str,
    title: str,
    scopes: list[str],
    made_by: str,
    expires_at: datetime | None,
) -> None:
    """Keep a new key; `secret` is its hash."""
    values = {"prefix": prefix, "secret": secret, "title": title, "scopes": scopes, "made_by": made_by,
              "created_at": now(), "expires_at": expires_at}  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(_KEY).values(values))


def key_of(database: Database, prefix: str) -> dict[str, Any] | None:
    """Return a key by its prefix, spent and revoked ones too."""
    with database.reading() as connection:
        row = connection.execute(select(_KEY).where(_KEY.c.prefix == prefix)).first()
    return dict(row._mapping) if row else None  # noqa: SLF001


def keys(database: Database) -> list[dict[str, Any]]:
    """Return every key, the newest first."""
    with database.reading() as connection:
        rows = connection.execute(select(_KEY).order_by(_KEY.c.created_at.desc(), _KEY.c.prefix))
        return [dict(row._mapping) for row in rows]  # noqa: SLF001


def note_use(database: Database, prefix: str) -> None:
    """Note that a key was used now."""
    _set(database, prefix, used_at=now())


def revoke(database: Database, prefix: str) -> None:
    """End a key for ever."""
    _set(database, prefix, revoked_at=now())


def _set(database: Database, prefix: str, **values: Any) -> None:
    with database.writing() as connection:
        connection.execute(update(_KEY).where(_KEY.c.prefix == prefix).values(**values))
