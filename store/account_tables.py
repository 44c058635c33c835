"""The tables of accounts: who may sign in, who is signed in, keys of machines, and how often something was tried.

Secrets are kept as hashes only. Of a person there is what an account needs: a name to sign in with, a name to show,
and an e-mail address or the subject that a provider of identities knows them by.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from store.tables import Table, UTCDateTime, one_of

ROLES = ("viewer", "partner", "committee", "operator", "admin")


class Account(Table, table=True):
    """Somebody who may sign in, by a password of this deployment or through a provider (`issuer` and `subject`).

    `demo` accounts have passwords that everybody knows, and exist in the home of the demonstration only.
    """

    __table_args__ = (one_of("role", ROLES), UniqueConstraint("issuer", "subject"))

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    shown: str
    email: str | None = Field(default=None, unique=True)
    role: str
    password: str | None = None
    issuer: str | None = None
    subject: str | None = None
    disabled: bool = False
    demo: bool = False
    created_at: datetime = Field(sa_type=UTCDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignIn(Table, table=True):
    """A session: one browser that somebody is signed in with. `token` is the hash of what its cookie holds."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    token: str = Field(primary_key=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id", ondelete="CASCADE"),))
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)


class ApiKey(Table, table=True):
    """A key that a machine comes with. `prefix` names it in the open; of the whole there is only the hash."""

    __tablename__ = "api_key"

    prefix: str = Field(primary_key=True)
    secret: str
    title: str
    scopes: list[Any] = Field(default_factory=list, sa_type=JSON)
    made_by: str
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RateCount(Table, table=True):
    """How often something was tried in the window that ends at a moment; names are hashes."""

    __tablename__ = "rate_count"
    __table_args__ = (Index("ix_rate_count_ends_at", "ends_at"),)

    name: str = Field(primary_key=True)
    tries: int
    ends_at: datetime = Field(sa_type=UTCDateTime)
