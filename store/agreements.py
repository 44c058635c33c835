"""Agreements as somebody recorded them. Rows are added, never changed; a row with `ends` ends an earlier one."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from config.messages import CodedError
from store.audit import append_event
from store.clock import now
from store.database import Database
from store.decision_tables import AgreementRow
from store.tables import sql

_AGREEMENT = sql(AgreementRow)


class AgreementEntry(NamedTuple):
    """A row: what it says as JSON, who recorded it, when and why."""

    id: int
    content: str
    ends: int | None
    actor: str
    at: datetime
    reason: str


def add_agreement(database: Database, content: str, actor: str, reason: str) -> int:
    """Record an agreement and return its number."""
    return _add(database, content, None, actor, reason, "agreement add")


def end_agreement(database: Database, number: int, actor: str, reason: str) -> int:
    """End an agreement that was recorded. Raises `CodedError` with `agreement_unknown` or `agreement_ended`."""
    return _add(database, "{}", number, actor, reason, "agreement end")


def agreement_entries(database: Database) -> list[AgreementEntry]:
    """Return every row, ends included, oldest first."""
    with database.reading() as connection:
        return [AgreementEntry(*row) for row in connection.execute(select(_AGREEMENT).order_by(_AGREEMENT.c.id))]


def _add(database: Database, content: str, ends: int | None, actor: str, reason: str, action: str) -> int:
    moment = now()
    values = {"content": content, "ends": ends, "actor": actor, "at": moment, "reason": reason}
    with database.writing() as connection:
        if ends is not None:
            known = {row.id: row.ends for row in connection.execute(select(_AGREEMENT.c.id, _AGREEMENT.c.ends))}
            if ends not in known or known[ends] is not None:
                raise CodedError.of("agreement_unknown", number=ends)
            if ends in known.values():
                raise CodedError.of("agreement_ended", number=ends)
        made = int(connection.execute(insert(_AGREEMENT).values(values).returning(_AGREEMENT.c.id)).scalar_one())
        append_event(connection, actor, action, f"agreement {ends or made}", {"why": reason}, moment)
    return made
