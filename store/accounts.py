"""Accounts and the browsers they are signed in with. What passwords and tokens are is not known here: only hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from config.messages import CodedError
from store.account_tables import Account, SignIn
from store.clock import now
from store.database import Database
from store.tables import sql

_ACCOUNT = sql(Account)
_SIGN_IN = sql(SignIn)


def add_account(
    database: Database,
    *,
    name: str,
    shown: str,
    role: str,
    email: str | None = None,
    password: str | None = None,
    identity: tuple[str, str] | None = None,
    demo: bool = False,
) -> dict[str, Any]:
    """Keep a new account and return it. Raises `CodedError` with `account_exists` when name or address is taken."""
    issuer, subject = identity or (None, None)
    values = {
        "name": name, "shown": shown, "role": role, "email": email, "password": password, "issuer": issuer,
        "subject": subject, "disabled": False, "demo": demo, "created_at": now(),
    }  # fmt: skip
    try:
        with database.writing() as connection:
            row = connection.execute(insert(_ACCOUNT).values(values).returning(_ACCOUNT)).one()
    except IntegrityError:
        raise CodedError.of("account_exists", name=name) from None
    return dict(row._mapping)  # noqa: SLF001


def accounts(database: Database) -> list[dict[str, Any]]:
    """Return every account, by name."""
    with database.reading() as connection:
        rows = connection.execute(select(_ACCOUNT).order_by(_ACCOUNT.c.name))
        return [dict(row._mapping) for row in rows]  # noqa: SLF001


def account_named(database: Database, name: str) -> dict[str, Any]:
    """Return an account by its name. Raises `CodedError` with `account_unknown`."""
    found = _one(database, _ACCOUNT.c.name == name)
    if found is None:
        raise CodedError.of("account_unknown", name=name)
    return found


def account_of_subject(database: Database, issuer: str, subject: str) -> dict[str, Any] | None:
    """Return the account that a provider knows by a subject."""
    return _one(database, (_ACCOUNT.c.issuer == issuer) & (_ACCOUNT.c.subject == subject))


def account_of_email(database: Database, email: str) -> dict[str, Any] | None:
    """Return the account with an e-mail address, whatever its case."""
    return _one(database, func.lower(_ACCOUNT.c.email) == email.lower())


def change_account(database: Database, account_id: int, *, sign_out: bool = False, **values: Any) -> None:
    """Change columns of an account; `sign_out` ends every session of it in the same transaction."""
    with database.writing() as connection:
        connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account_id).values(**values))
        if sign_out:
            connection.execute(delete(_SIGN_IN).where(_SIGN_IN.c.account_id == account_id))


def forget_account(database: Database, account_id: int) -> None:
    """Take an account away with its sessions; audit events keep the name it acted under."""
    with database.writing() as connection:
        connection.execute(delete(_SIGN_IN).where(_SIGN_IN.c.account_id == account_id))
        connection.execute(delete(_ACCOUNT).where(_ACCOUNT.c.id == account_id))


def open_sign_in(database: Database, token: str, account_id: int, instead_of: str | None, oldest: datetime) -> None:
    """Keep a new session in place of an earlier one of the same browser, and forget those begun before a moment."""
    moment = now()
    with database.writing() as connection:
        over = or_(_SIGN_IN.c.token == instead_of, _SIGN_IN.c.created_at < oldest)
        connection.execute(delete(_SIGN_IN).where(over))
        values = {"token": token, "account_id": account_id, "created_at": moment, "seen_at": moment}
        connection.execute(insert(_SIGN_IN).values(values))
        connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account_id).values(signed_in_at=moment))


def signed_in(database: Database, token: str) -> dict[str, Any] | None:
    """Return the account of a session with the moments `begun` and `seen`; None for a session nobody has."""
    statement = (
        select(_ACCOUNT, _SIGN_IN.c.created_at.label("begun"), _SIGN_IN.c.seen_at.label("seen"))
        .join(_SIGN_IN, _SIGN_IN.c.account_id == _ACCOUNT.c.id)
        .where(_SIGN_IN.c.token == token)
    )
    with database.reading() as connection:
        row = connection.execute(statement).first()
    return dict(row._mapping) if row else None  # noqa: SLF001


def note_seen(database: Database, token: str) -> None:
    """Note that a session is in use."""
    with database.writing() as connection:
        connection.execute(update(_SIGN_IN).where(_SIGN_IN.c.token == token).values(seen_at=now()))


def close_sign_in(database: Database, token: str) -> None:
    """End a session."""
    with database.writing() as connection:
        connection.execute(delete(_SIGN_IN).where(_SIGN_IN.c.token == token))


def _one(database: Database, condition: Any) -> dict[str, Any] | None:
    with database.reading() as connection:
        row = connection.execute(select(_ACCOUNT).where(condition)).first()
    return dict(row._mapping) if row else None  # noqa: SLF001
