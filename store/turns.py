"""Whose turn it is: one process at a time, another within a minute when that one is gone.

On PostgreSQL an advisory lock on a connection of its own, which the server frees with the connection; on SQLite a
row that must be renewed before it expires.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from config.messages import CodedError
from store.clock import now
from store.database import Database
from store.tables import Lease, sql

_LEASE = sql(Lease)
_LOCK = 0x6B616B67
_TERM = timedelta(seconds=40)
_WATCHFUL = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""Has the server notice within half a minute that the machine of the other end is gone."""


class Turn(Protocol):
    """The right to do what only one process may."""

    def held(self) -> bool:
        """Take or keep the turn; False when it is another's. Raises `CodedError` with `database_unreachable`."""

    def release(self) -> None:
        """Give it up."""


def turn(database: Database, name: str, holder: str, clock: Callable[[], datetime] = now) -> Turn:
    """Return the turn of a name, as the database can give it. It must be asked for at least every ten seconds."""
    return _LeaseTurn(database, name, holder, clock) if database.is_sqlite else _LockTurn(database, name)


class _LeaseTurn:
    """A row with an expiry. One that lies further ahead than any term was written by a clock that ran wrong."""

    def __init__(self, database: Database, name: str, holder: str, clock: Callable[[], datetime]) -> None:
        self._database, self._name, self._holder, self._clock = database, name, holder, clock

    def held(self) -> bool:
        moment = self._clock()
        values = {"holder": self._holder, "expires_at": moment + _TERM}
        over = (_LEASE.c.expires_at < moment) | (_LEASE.c.expires_at > moment + 2 * _TERM)
        taken = insert(_LEASE).values(name=self._name, **values)
        mine = (_LEASE.c.holder == self._holder) | over
        with self._database.writing() as connection:
            statement = taken.on_conflict_do_update(index_elements=["name"], set_=values, where=mine)
            return connection.execute(statement.returning(_LEASE.c.name)).first() is not None

    def release(self) -> None:
        with suppress(CodedError), self._database.writing() as connection:
            mine = (_LEASE.c.name == self._name) & (_LEASE.c.holder == self._holder)
            connection.execute(delete(_LEASE).where(mine))


class _LockTurn:
    """A connection that holds an advisory lock."""

    def __init__(self, database: Database, name: str) -> None:
        self._database, self._name = database, name
        self._connection: Connection | None = None

    def held(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except DBAPIError:
                self._drop()
            else:
                return True
        return self._taken()

    def release(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._drop()

    def _taken(self) -> bool:
        try:
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise CodedError.of("database_unreachable", detail=str(error.orig).strip().partition("\n")[0]) from error
        connection.detach()
        lock = text("SELECT pg_try_advisory_lock(:room, hashtext(:name))")
        got = False
        with suppress(DBAPIError):
            connection.exec_driver_sql(_WATCHFUL)
            got = bool(connection.execute(lock, {"room": _LOCK, "name": self._name}).scalar_one())
        self._connection = connection
        if not got:
            self._drop()
        return got

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None
