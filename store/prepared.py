"""Statements that requests wait for, or that write thousands of rows, put into words once: what is left is what the
driver and the database do.

SQLAlchemy takes some ten times as long to run a small statement as SQLite does. Such a statement is still written with
SQLAlchemy and means the same on both databases; its values are read by the same types.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Dialect, Select, Table, insert
from sqlalchemy.engine.default import DefaultDialect

from store.database import Database


class _Words(NamedTuple):
    """A statement in the words of one database: its parameters by name or in order, and how its values are read."""

    text: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]

    def given(self, parameters: dict[str, Any]) -> Any:
        """Return parameters as the driver takes them."""
        known = {**self.fixed, **parameters}
        return [known[name] for name in self.order] if self.order is not None else known

    def read(self, row: Any) -> list[Any]:
        """Return the values of a row."""
        values = list(row)
        for place, reader in self.readers:
            values[place] = reader(values[place])
        return values


class Prepared:
    """A statement that reads; its parameters are plain texts and numbers."""

    def __init__(self, statement: Select[Any]) -> None:
        self._in_words = lru_cache(maxsize=4)(lambda dialect: _worded(statement, dialect))

    def first(self, database: Database, **parameters: Any) -> list[Any] | None:
        """Return the first row. Raises `CodedError` with `database_unreachable`."""
        with self._asked(database, parameters) as (cursor, words):
            row = cursor.fetchone()
            return None if row is None else words.read(row)

    @contextmanager
    def _asked(self, database: Database, parameters: dict[str, Any]) -> Iterator[tuple[Any, _Words]]:
        words: _Words = self._in_words(database.engine.dialect)
        with database.driver() as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(words.text, words.given(parameters))
                yield cursor, words
            finally:
                cursor.close()


class PreparedInsert:
    """Rows that are written by the thousand into some columns of a table, as `insert` would write them."""

    def __init__(self, table: Table, columns: Collection[str]) -> None:
        self._table = table
        self._columns = list(columns)
        self._in_words = lru_cache(maxsize=4)(self._worded)

    def run(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        """Write rows, each with a value for every column."""
        words, order, writers = self._in_words(connection.dialect)
        for name, writer in writers:
            rows = [{**row, name: writer(row[name])} for row in rows]
        given = list(map(itemgetter(*order), rows)) if order is not None else rows
        connection.exec_driver_sql(words, given)

    def _worded(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None, list[tuple[str, Callable[[Any], Any]]]]:
        compiled = insert(self._table).compile(dialect=dialect, column_keys=self._columns)
        types = {name: self._table.c[name].type.dialect_impl(dialect) for name in self._columns}
        processors = {name: one.bind_processor(dialect) for name, one in types.items()}
        positional = cast("DefaultDialect", dialect).positional
        order = tuple(compiled.positiontup or ()) if positional else None
        return compiled.string, order, [(name, writer) for name, writer in processors.items() if writer is not None]


def _worded(statement: Select[Any], dialect: Dialect) -> _Words:
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    readers = [
        (place, reader)
        for place, column in enumerate(statement.selected_columns)
        if (reader := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
    ]
    positional = cast("DefaultDialect", dialect).positional
    order = tuple(compiled.positiontup or ()) if positional else None
    return _Words(compiled.string, order, dict(compiled.params), tuple(readers))
