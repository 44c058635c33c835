"""What is done with accounts: the same for the command line and for pages. Each act is audited with its actor."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from config.messages import CodedError
from config.settings import Settings
from portal.accounts.passwords import hashed, made_up, matches
from store.account_tables import ROLES
from store.accounts import (
    account_named,
    account_of_email,
    account_of_subject,
    accounts,
    add_account,
    change_account,
    forget_account,
)
from store.audit import audit
from store.database import Database

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._@+-]+")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_LONGEST = 80


def add(
    database: Database,
    actor: str,
    name: str,
    role: str,
    *,
    shown: str = "",
    email: str | None = None,
    password: str | None = None,
) -> dict[str, Any]:
    """Keep a new account and return it; without a password only a provider can sign it in, by its e-mail address.

    Raises `CodedError` with `account_name_invalid`, `role_unknown`, `email_invalid`, `password_weak` or
    `account_exists`.
    """
    _check_role(role)
    if not _NAME.fullmatch(name) or not (shown or name).isprintable() or len(shown) > _LONGEST:
        raise CodedError.of("account_name_invalid", name=name)
    if email is not None and not _EMAIL.fullmatch(email):
        raise CodedError.of("email_invalid", email=email)
    kept = hashed(password, name) if password is not None else None
    made = add_account(database, name=name, shown=shown.strip() or name, role=role, email=email, password=kept)
    audit(database, actor, "account_add", name, {"role": role})
    return told(made)


def listed(database: Database) -> list[dict[str, Any]]:
    """Return every account for people and machines, without secrets."""
    return [told(row) for row in accounts(database)]


def give_role(database: Database, actor: str, name: str, role: str) -> dict[str, Any]:
    """Give an account another role; its sessions go on under it. Raises `CodedError`."""
    _check_role(role)
    row = account_named(database, name)
    if row["role"] == "admin" != role:
        _keep_an_admin(database, row)
    change_account(database, row["id"], role=role)
    audit(database, actor, "account_role", name, {"was": row["role"], "role": role})
    return told({**row, "role": role})


def disable(database: Database, actor: str, name: str, *, disabled: bool) -> dict[str, Any]:
    """Close an account, ending its sessions, or open it again. Raises `CodedError`."""
    row = account_named(database, name)
    if disabled:
        _keep_an_admin(database, row)
    change_account(database, row["id"], disabled=disabled, sign_out=disabled)
    audit(database, actor, "account_disable" if disabled else "account_enable", name)
    return told({**row, "disabled": disabled})


def reset(database: Database, actor: str, name: str, password: str | None = None) -> str:
    """Give an account a new password, end its sessions, and return the password. Raises `CodedError`."""
    row = account_named(database, name)
    fresh = password if password is not None else made_up()
    change_account(database, row["id"], password=hashed(fresh, name), sign_out=True)
    audit(database, actor, "account_reset", name)
    return fresh


def change_password(database: Database, actor: str, name: str, old: str, new: str) -> None:
    """Change a password for its owner, ending every session. Raises `CodedError` with `password_wrong` or `_weak`."""
    row = account_named(database, name)
    if not matches(row["password"], old):
        raise CodedError.of("password_wrong")
    change_account(database, row["id"], password=hashed(new, name), sign_out=True)
    audit(database, actor, "account_password", name)


def forget(database: Database, actor: str, name: str) -> None:
    """Take an account away with all that is known of the person; what it did stays in the audit log.

    Raises `CodedError`.
    """
    row = account_named(database, name)
    _keep_an_admin(database, row)
    forget_account(database, row["id"])
    audit(database, actor, "account_forget", name)


def of_provider(
    database: Database, settings: Settings, issuer: str, subject: str, claims: dict[str, Any]
) -> dict[str, Any]:
    """Return the account that a provider's statement belongs to.

    An account made by e-mail address is bound to the subject the first time; later only the subject counts. Raises
    `CodedError` with `account_none` or `account_closed`.
    """
    email = str(claims["email"])[:255] if claims.get("email") and claims.get("email_verified") is True else None
    row = account_of_subject(database, issuer, subject)
    if row is None and email and (found := account_of_email(database, email)) and found["subject"] is None:
        change_account(database, found["id"], issuer=issuer, subject=subject)
        audit(database, found["name"], "account_bind", found["name"], {"issuer": issuer})
        row = found
    if row is None and settings.oidc_new_role:
        called = str(claims.get("name") or email or subject)
        shown = "".join(char for char in called if char.isprintable())[:_LONGEST]
        name = _NOT_IN_NAMES.sub("-", (email or subject).lower()).strip("-")[:64] or "-"
        row = add_account(database, name=name, shown=shown or name, role=settings.oidc_new_role, email=email,
                          identity=(issuer, subject))  # fmt: skip
        audit(database, name, "account_add", name, {"role": row["role"], "issuer": issuer})
    if row is None:
        raise CodedError.of("account_none")
    if row["disabled"]:
        raise CodedError.of("account_closed")
    return row


def told(row: dict[str, Any]) -> dict[str, Any]:
    """Return an account without its secrets."""
    seen: datetime | None = row["signed_in_at"]
    return {
        "name": row["name"], "shown": row["shown"], "email": row["email"], "role": row["role"],
        "disabled": row["disabled"], "password": row["password"] is not None, "provider": row["issuer"],
        "created_at": row["created_at"], "signed_in_at": seen,
    }  # fmt: skip


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise CodedError.of("role_unknown", role=role, known=", ".join(ROLES))


def _keep_an_admin(database: Database, row: dict[str, Any]) -> None:
    """Refuse to take the last administrator away. Raises `CodedError` with `last_admin`."""
    others = [
        one for one in accounts(database) if one["role"] == "admin" and not one["disabled"] and one["id"] != row["id"]
    ]
    if row["role"] == "admin" and not row["disabled"] and not others:
        raise CodedError.of("last_admin", name=row["name"])
