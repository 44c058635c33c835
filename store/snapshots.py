"""Copies of a whole database: SQLite by its online backup, PostgreSQL by its own programs.

A copy is what the database was at one moment, whatever is written meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from config.messages import CodedError
from store.database import Database
from store.schema import alembic_config
from store.tables import Payload, Publication, Record, Run, sql

_COUNTED = {"records": sql(Record), "runs": sql(Run), "publications": sql(Publication), "payloads": sql(Payload)}
_CONNECTION = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
               "options": "PGOPTIONS", "application_name": "PGAPPNAME"}  # fmt: skip


def engine_of(address: str) -> str:
    """Return what kind of database an address is of, for people."""
    return "SQLite" if make_url(address).get_backend_name() == "sqlite" else "PostgreSQL"


class Copied(NamedTuple):
    """What a copy of a database holds: the version of its schema, how much of what, and the payloads it names."""

    revision: str | None
    sizes: dict[str, int]
    payloads: list[str]


def copy_out(database: Database, target: Path) -> Copied:
    """Write a copy of a database to a file. Raises `CodedError` with `backup_failed` or `database_tool_missing`."""
    return _copy_sqlite(database, target) if database.is_sqlite else _dump_postgresql(database, target)


def _copy_sqlite(database: Database, target: Path) -> Copied:
    try:
        with (
            closing(sqlite3.connect(f"{_file(database.address).absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (told,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise CodedError.of("backup_failed", detail=str(error)) from error
    if told != "ok":
        raise CodedError.of("backup_failed", detail=told)
    plain = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    with plain.connect() as connection:
        return _account(connection)


def _dump_postgresql(database: Database, target: Path) -> Copied:
    """Dump what one transaction sees, and count what it sees too."""
    with database.connected() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            seen = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            _run("pg_dump", database.address, "--format=custom", "--no-owner", "--no-privileges",
                 f"--snapshot={seen}", f"--file={target}", failed="backup_failed")  # fmt: skip
            return _account(connection)


def _account(connection: Connection) -> Copied:
    counted = {name: select(func.count()).select_from(table) for name, table in _COUNTED.items()}
    return Copied(
        MigrationContext.configure(connection).get_current_revision(),
        {name: int(connection.execute(statement).scalar_one()) for name, statement in counted.items()},
        list(connection.execute(select(sql(Payload).c.hash).order_by(sql(Payload).c.hash)).scalars()),
    )


def copy_in(address: str, source: Path) -> None:
    """Make an empty database of a copy, all of it or nothing.

    Raises `CodedError` with `restore_failed` or `database_tool_missing`.
    """
    if engine_of(address) == "PostgreSQL":
        _run("pg_restore", address, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
             f"--dbname={_plain(address)}", str(source), failed="restore_failed")  # fmt: skip
        return
    target = _file(address)
    unfinished = target.with_name(f"{target.name}.restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise CodedError.of("restore_failed", detail=error.strerror or str(error)) from error


def is_empty(address: str) -> bool:
    """Tell whether a database holds no table, or is not there. Raises `CodedError` with `database_unreachable`."""
    if engine_of(address) == "SQLite" and not _file(address).exists():
        return True
    database = Database(address)
    try:
        with database.reading() as connection:
            return not inspect(connection).get_table_names()
    except DBAPIError as error:
        raise CodedError.of("database_unreachable", detail=str(error.orig)) from error
    finally:
        database.close()


def knows_revision(revision: str | None) -> bool:
    """Tell whether this program knows a version of the schema."""
    scripts = ScriptDirectory.from_config(alembic_config(Database("sqlite://")))
    return revision in {script.revision for script in scripts.walk_revisions()}


def account_of(database: Database) -> Copied:
    """Return what a database holds."""
    with database.reading() as connection:
        return _account(connection)


def _file(address: str) -> Path:
    return Path(make_url(address).database or "")


def _plain(address: str) -> str:
    """Return an address as PostgreSQL's own programs read it, without what belongs into the environment."""
    url = make_url(address)
    return url.set(drivername="postgresql", password=None, query={}).render_as_string(hide_password=False)


def _run(tool: str, address: str, *arguments: str, failed: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where other users do not see it."""
    program = program_of(tool)
    url = make_url(address)
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    environment |= {_CONNECTION[name]: str(value) for name, value in url.query.items() if name in _CONNECTION}
    named = () if tool == "pg_restore" else (f"--dbname={_plain(address)}",)
    done: Any = subprocess.run(  # noqa: S603  a program of PostgreSQL, without a shell
        [program, "--no-password", *named, *arguments], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise CodedError.of(failed, detail=(lines or [f"{tool}: {done.returncode}"])[0][:300])


def program_of(tool: str) -> str:
    """Return where one of PostgreSQL's programs is. Raises `CodedError` with `database_tool_missing`."""
    program = shutil.which(tool) or _newest(tool)
    if program is None:
        raise CodedError.of("database_tool_missing", tool=tool)
    return program


def _newest(tool: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), key=lambda path: path.parts[-3].zfill(4))
    return str(found[-1]) if found else None
