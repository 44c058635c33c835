"""Triggers by which the database itself keeps a table append-only, on SQLite and on PostgreSQL."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

_FUNCTION = "kakehashi_append_only"


def guard(table: str) -> None:
    """Refuse every change and removal of rows of a table, emptying it included."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(text(
                f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            ))  # fmt: skip
        return
    op.execute(text(
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    ))  # fmt: skip
    op.execute(text(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
    ))  # fmt: skip
    op.execute(text(
        f"CREATE TRIGGER {table}_no_emptying BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
    ))  # fmt: skip


def unguard(table: str) -> None:
    """Take the guards of a table off again."""
    names = ("update", "delete") if op.get_bind().dialect.name == "sqlite" else ("change", "emptying")
    for name in names:
        place = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
        op.execute(text(f"DROP TRIGGER {table}_no_{name}{place}"))


def forget_guards() -> None:
    """Take away what all guards share, once no table has one."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(text(f"DROP FUNCTION {_FUNCTION}()"))
