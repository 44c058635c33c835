"""Connecting to the database: SQLite in one file by default, PostgreSQL by one setting; the same migrations on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as AllTaken

from config.messages import CodedError

_PUBLISH_LOCK = 0x6B616B65  # "kake": the advisory lock that gives publication numbers one at a time
_MOST_ENGINES = 8
_ENGINES: dict[str, Engine] = {}
_OPENING = Lock()


class Database:
    """One database. Reads and writes go through short connections; a write transaction is `writing()`."""

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            url = make_url(address)
            self.is_sqlite = url.get_backend_name() == "sqlite"
            if self.is_sqlite and url.database and url.database != ":memory:":
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except (ArgumentError, OSError) as error:
            raise CodedError.of("database_unreachable", detail=str(error)) from None
        self.engine = _engine(address, is_sqlite=self.is_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for reading. Raises `CodedError` with `database_unreachable`."""
        with self.connected() as connection:
            yield connection

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a plain connection; a database that cannot be asked or written ends in `database_unreachable`."""
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise CodedError.of("database_unreachable", detail=_reason(error)) from error
        except AllTaken as error:
            raise CodedError.of("database_unreachable", detail="every connection is in use") from error
        with connection:
            try:
                yield connection
            except OperationalError as error:
                raise CodedError.of("database_unreachable", detail=_reason(error)) from error

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """Give the driver's own connection for reading; an error is told as by `connected`."""
        errors = self.engine.dialect.loaded_dbapi.OperationalError
        try:
            with closing(self.engine.raw_connection()) as connection:
                yield connection
        except AllTaken as error:
            raise CodedError.of("database_unreachable", detail="every connection is in use") from error
        except errors as error:
            raise CodedError.of("database_unreachable", detail=str(error).strip().partition("\n")[0]) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed at the end, or rolled back on an error."""
        with self.connected() as plain:
            connection = plain.execution_options(sqlite_begin="IMMEDIATE") if self.is_sqlite else plain
            with connection.begin():
                yield connection

    def lock_publications(self, connection: Connection) -> None:
        """Hold the lock under which publication numbers are given, until the transaction ends.

        On SQLite a write transaction holds the only write lock already.
        """
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PUBLISH_LOCK})

    def close(self) -> None:
        """Close every connection. Asked again, the database opens new ones."""
        self.engine.dispose()


def _engine(address: str, *, is_sqlite: bool) -> Engine:
    """Return the engine of an address. One that gives way to newer ones closes what it holds open."""
    with _OPENING:
        engine = _ENGINES.pop(address, None) or _made(address, is_sqlite=is_sqlite)
        _ENGINES[address] = engine
        given_way = [_ENGINES.pop(one) for one in list(_ENGINES)[:-_MOST_ENGINES]]
    for one in given_way:
        one.dispose()
    return engine


def _made(address: str, *, is_sqlite: bool) -> Engine:
    engine = create_engine(
        address,
        json_serializer=lambda value: orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode(),
        json_deserializer=orjson.loads,
        **({} if is_sqlite else {"pool_pre_ping": True}),
    )
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ARG001
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON",
                   "recursive_triggers=ON"):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction. Only one that takes the write lock can be refused, so reading asks the driver itself."""
    if (mode := connection.get_execution_options().get("sqlite_begin")) is not None:
        connection.exec_driver_sql(f"BEGIN {mode}")
    elif (driver := connection.connection.driver_connection) is not None:
        driver.execute("BEGIN DEFERRED")
